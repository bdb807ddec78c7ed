// Runs over vectors/chain/{hashing,crypto,ss58} and the RSA and base58 material of vectors/integritee.
// The vectors come from @polkadot/util-crypto, @scure/sr25519, @noble/curves and Integritee's worker.
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <primitives/crypto/base58.hpp>
#include <primitives/crypto/bip39.hpp>
#include <primitives/crypto/ecdsa.hpp>
#include <primitives/crypto/ed25519.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/crypto/merlin.hpp>
#include <primitives/crypto/multi_address.hpp>
#include <primitives/crypto/multi_signature.hpp>
#include <primitives/crypto/rsa.hpp>
#include <primitives/crypto/secret_uri.hpp>
#include <primitives/crypto/sr25519.hpp>
#include <primitives/crypto/sr25519_vrf.hpp>
#include <primitives/crypto/ss58.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::crypto {
namespace {

using nlohmann::json;
using tests::VectorCount;

Bytes bytes_at(const json& c, const char* field) {
    auto bytes = parse_hex(c.at(field).get<std::string>());
    EXPECT_TRUE(bytes.has_value()) << field;
    return bytes ? std::move(bytes).value() : Bytes{};
}

template <std::size_t N>
FixedBytes<N> fixed_at(const json& c, const char* field) {
    auto bytes = parse_hex_fixed<FixedBytes<N>>(c.at(field).get<std::string>());
    EXPECT_TRUE(bytes.has_value()) << field;
    return bytes ? bytes.value() : FixedBytes<N>{};
}

SecretBytes<32> secret_at(const json& c, const char* field) {
    return SecretBytes<32>::copy_of(fixed_at<32>(c, field).bytes);
}

std::string text_at(const json& c, const char* field) {
    return c.at(field).get<std::string>();
}

bool expects_valid(const json& c) {
    const auto expected = text_at(c, "expected");
    EXPECT_TRUE(expected == "valid" || expected == "invalid") << expected;
    return expected == "valid";
}

Scheme scheme_at(const json& c) {
    for (const auto scheme : {Scheme::kEd25519, Scheme::kSr25519, Scheme::kEcdsa}) {
        if (text_at(c, "scheme") == scheme_name(scheme)) {
            return scheme;
        }
    }
    ADD_FAILURE() << "unknown scheme " << text_at(c, "scheme");
    return Scheme::kEd25519;
}

bool check_hashes(const json& c) {
    const auto input = bytes_at(c, "input");
    const std::map<std::string, Bytes> expected{
        {"blake2b_64", to_bytes(blake2b_64(input).view())},
        {"blake2b_128", to_bytes(blake2b_128(input).view())},
        {"blake2b_256", to_bytes(blake2b_256(input).view())},
        {"blake2b_512", to_bytes(blake2b_512(input).view())},
        {"twox_64", to_bytes(twox_64(input).view())},
        {"twox_128", to_bytes(twox_128(input).view())},
        {"twox_256", to_bytes(twox_256(input).view())},
        {"keccak_256", to_bytes(keccak_256(input).view())},
        {"sha2_256", to_bytes(sha2_256(input).view())},
        {"blake2_128_concat", concat(blake2b_128(input), input)},
        {"twox_64_concat", concat(twox_64(input), input)},
        {"identity", input},
        {"input", input},
    };
    bool passed = true;
    for (const auto& [name, value] : c.items()) {
        const auto found = expected.find(name);
        if (found == expected.end()) {
            ADD_FAILURE() << "unknown hash " << name;
            return false;
        }
        passed = passed && found->second == bytes_at(c, name.c_str());
    }
    return passed;
}

bool check_bip39(const json& c) {
    const auto phrase = text_at(c, "phrase");
    const auto entropy = mnemonic_to_entropy(phrase);
    const auto seed = mnemonic_to_mini_secret(phrase, text_at(c, "password"));
    if (!entropy || !seed || !equal(entropy.value().expose(), bytes_at(c, "entropy")) ||
        !equal(seed.value().expose(), bytes_at(c, "miniSecret"))) {
        return false;
    }
    const auto public_key = [&](Scheme scheme) {
        return KeyPair::from_seed(scheme, seed.value()).value().public_key();
    };
    return public_key(Scheme::kSr25519) == bytes_at(c, "sr25519Public") &&
           public_key(Scheme::kEd25519) == bytes_at(c, "ed25519Public") &&
           public_key(Scheme::kEcdsa) == bytes_at(c, "ecdsaPublic");
}

bool check_bip39_invalid(const json& c) {
    return !mnemonic_to_mini_secret(text_at(c, "phrase"), "").has_value();
}

bool check_sr25519_key(const json& c) {
    const auto key = sr25519::SecretKey::from_mini_secret(secret_at(c, "miniSecret"));
    const auto form = key.storage_form();
    const auto again = sr25519::SecretKey::from_storage_form(bytes_at(c, "secretKey64"));
    return text_at(c, "expansion") == "ed25519" && equal(form.expose(), bytes_at(c, "secretKey64")) &&
           equal(key.public_key().view(), bytes_at(c, "publicKey")) &&
           concat(form.expose(), key.public_key()) == bytes_at(c, "keypair96") && again.has_value() &&
           again.value().public_key() == key.public_key();
}

bool check_sr25519_signature(const json& c) {
    const auto message = bytes_at(c, "message");
    const auto signature = bytes_at(c, "signature");
    const auto context = text_at(c, "context");
    const auto public_key = bytes_at(c, "publicKey");
    bool passed = sr25519::verify(public_key, message, signature, context) == expects_valid(c);
    if (c.contains("witnessRandom")) {
        const auto key = sr25519::SecretKey::from_storage_form(bytes_at(c, "secretKey64"));
        passed = passed && key.has_value() &&
                 equal(key.value().sign_with_witness(message, context, secret_at(c, "witnessRandom")).view(),
                       signature) &&
                 sr25519::verify(public_key, message, key.value().sign(message, context).view(), context);
    }
    return passed;
}

bool check_sr25519_derivation(const json& c) {
    const auto parent = sr25519::SecretKey::from_mini_secret(secret_at(c, "miniSecret"));
    const auto chain_code = fixed_at<32>(c, "chainCode");
    const auto hard = sr25519::SecretKey::from_mini_secret(parent.derive_hard(chain_code));
    const auto soft = parent.derive_soft(chain_code);
    const auto soft_public = sr25519::derive_soft(parent.public_key(), chain_code);
    return equal(hard.public_key().view(), bytes_at(c, "hardPublic")) &&
           equal(hard.storage_form().expose(), bytes_at(c, "hardSecret64")) &&
           equal(soft.public_key().view(), bytes_at(c, "softPublic")) &&
           equal(soft.storage_form().expose().first<32>(), bytes_at(c, "softScalar32")) &&
           soft_public.has_value() && equal(soft_public.value().view(), bytes_at(c, "softPublicFromPublic"));
}

Transcript wallet_vrf_input(ByteView context, ByteView message) {
    Transcript out{"SigningContext"};
    out.append_message("", context);
    out.append_message("sign-bytes", message);
    return out;
}

Transcript wallet_vrf_extra(ByteView extra) {
    auto out = sr25519::vrf_proof_transcript();
    if (!extra.empty()) {
        out.append_message("", extra);
    }
    return out;
}

bool check_sr25519_vrf(const json& c) {
    const auto both = fixed_at<96>(c, "outputAndProof96");
    const std::span view{both.bytes};
    const sr25519::VrfClaim claim{.output = sr25519::VrfOutput::copy_of(view.first<32>()),
                                  .proof = sr25519::VrfProof::copy_of(view.last<64>())};
    return sr25519::vrf_verify(fixed_at<32>(c, "publicKey"),
                               wallet_vrf_input(bytes_at(c, "context"), bytes_at(c, "message")), claim,
                               wallet_vrf_extra(bytes_at(c, "extra"))) == expects_valid(c);
}

bool check_junction(const json& c) {
    return equal(junction_chain_code(text_at(c, "junction")).view(), bytes_at(c, "chainCode"));
}

bool check_suri(const json& c) {
    const auto key = KeyPair::from_secret_uri(text_at(c, "suri"), scheme_at(c));
    if (c.contains("expected")) {
        return text_at(c, "expected") == "reject" && !key.has_value();
    }
    if (!key) {
        return false;
    }
    const auto account = key.value().account_id();
    return key.value().public_key() == bytes_at(c, "publicKey") &&
           equal(account.view(), bytes_at(c, "accountId")) &&
           encode_ss58(account.view(), 42) == text_at(c, "ss58_42") &&
           encode_ss58(account.view(), 0) == text_at(c, "ss58_0");
}

bool check_ed25519(const json& c) {
    const auto message = bytes_at(c, "message");
    const auto signature = bytes_at(c, "signature");
    bool passed = ed25519::verify(bytes_at(c, "publicKey"), message, signature) == expects_valid(c);
    if (c.contains("seed")) {
        const auto key = ed25519::SecretKey::from_seed(secret_at(c, "seed"));
        passed = passed && equal(key.public_key().view(), bytes_at(c, "publicKey")) &&
                 equal(key.sign(message).view(), signature);
    }
    return passed;
}

bool check_ecdsa(const json& c) {
    const auto message = bytes_at(c, "message");
    const auto digest = blake2b_256(message);
    const auto signature = EcdsaSignature{fixed_at<65>(c, "signatureBlake2").bytes};
    const auto public_key = fixed_at<33>(c, "publicCompressed");
    const auto account = AccountId{fixed_at<32>(c, "accountId").bytes};
    for (const auto rules : {ecdsa::Rules::kStrict, ecdsa::Rules::kLikeChain}) {
        const auto recovered = ecdsa::recover(digest, signature, rules);
        if ((recovered.has_value() && recovered.value() == public_key) != expects_valid(c)) {
            return false;
        }
    }
    bool passed = account_id_of(Scheme::kEcdsa, public_key.view()) == account &&
                  verify(MultiSignature{signature}, account, message) == expects_valid(c);
    if (c.contains("secret")) {
        const auto key = ecdsa::SecretKey::from_seed(secret_at(c, "secret"));
        const auto uncompressed = ecdsa::uncompressed(public_key);
        const auto address = ecdsa::ethereum_address(public_key);
        passed = passed && key.has_value() && key.value().public_key() == public_key &&
                 key.value().sign_digest(digest) == signature &&
                 equal(digest.view(), bytes_at(c, "digestBlake2_256")) &&
                 equal(key.value().sign_digest(keccak_256(message)).view(), bytes_at(c, "signatureKeccak")) &&
                 uncompressed.has_value() &&
                 equal(uncompressed.value().view(), bytes_at(c, "publicUncompressed")) &&
                 address.has_value() && equal(address.value().view(), bytes_at(c, "ethereumAddress"));
    }
    return passed;
}

bool check_merlin(const json& c) {
    Transcript transcript{text_at(c, "protocolLabel")};
    std::vector<std::string> challenges;
    for (const auto& operation : c.at("operations")) {
        if (operation.contains("append")) {
            const auto& part = operation.at("append");
            transcript.append_message(text_at(part, "label"), bytes_at(part, "message"));
        } else {
            const auto& part = operation.at("challenge");
            Bytes out(part.at("length").get<std::size_t>());
            transcript.challenge_bytes(text_at(part, "label"), out);
            challenges.push_back(to_hex_0x(out));
        }
    }
    return challenges == c.at("challenges").get<std::vector<std::string>>();
}

bool check_multi_signature(const json& c) {
    const auto encoded = bytes_at(c, "multiSignature");
    const auto signature = scale::decode<MultiSignature>(encoded);
    const auto account = AccountId{fixed_at<32>(c, "accountId").bytes};
    auto message = bytes_at(c, "message");
    const bool passed = signature.has_value() && scale::encode(signature.value()) == encoded &&
                        signature.value().scheme() == scheme_at(c) &&
                        verify(signature.value(), account, message);
    message.push_back(0);
    return passed && !verify(signature.value(), account, message);
}

bool check_multi_address(const json& c) {
    const json& named = c.at("value");
    const std::string name = named.begin().key();
    MultiAddress expected;
    if (name == "Id") {
        expected.address = AccountId{fixed_at<32>(named, "Id").bytes};
    } else if (name == "Index") {
        expected.address = MultiAddress::Index{named.at("Index").get<std::uint32_t>()};
    } else if (name == "Raw") {
        expected.address = bytes_at(named, "Raw");
    } else if (name == "Address20") {
        expected.address = FixedBytes<20, Address20Tag>{fixed_at<20>(named, "Address20").bytes};
    } else {
        ADD_FAILURE() << "unknown address kind " << name;
        return false;
    }
    const auto encoded = bytes_at(c, "hex");
    const auto decoded = scale::decode<MultiAddress>(encoded);
    return scale::encode(expected) == encoded && decoded.has_value() && decoded.value() == expected;
}

bool check_ss58(const json& c) {
    const auto body = bytes_at(c, "publicOrAccount");
    const auto prefix = c.at("prefix").get<std::uint16_t>();
    const auto decoded = decode_ss58(text_at(c, "address"));
    return encode_ss58(body, prefix) == text_at(c, "address") && decoded.has_value() &&
           decoded.value() == Ss58Address{.prefix = prefix, .body = body};
}

bool check_ss58_invalid(const json& c) {
    EXPECT_TRUE(text_at(c, "expected").starts_with("reject"));
    std::optional<std::uint16_t> prefix;
    if (c.contains("requiredPrefix")) {
        prefix = c.at("requiredPrefix").get<std::uint16_t>();
    }
    return !parse_account_id(text_at(c, "address"), prefix).has_value();
}

using Check = bool (*)(const json&);

void run_folder(const std::filesystem::path& folder, const std::map<std::string, Check>& checks) {
    VectorCount count{folder.filename().string()};
    for (const auto& file : tests::indexed_files(folder)) {
        const auto check = checks.find(file.stem().string());
        if (check == checks.end()) {
            ADD_FAILURE() << "no check for the vector file " << file;
            continue;
        }
        std::size_t number = 0;
        for (const auto& c : tests::read_json(file)) {
            count.record(file.stem().string(), "case " + std::to_string(number++), check->second(c));
        }
    }
}

TEST(CryptoVectors, hashing) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/hashing");
    run_folder(folder, {{"hashes", check_hashes}});
}

TEST(CryptoVectors, keys_and_signatures) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/crypto");
    run_folder(folder, {{"bip39", check_bip39},
                        {"bip39_invalid", check_bip39_invalid},
                        {"sr25519_keys", check_sr25519_key},
                        {"sr25519_signatures", check_sr25519_signature},
                        {"sr25519_invalid", check_sr25519_signature},
                        {"sr25519_vrf", check_sr25519_vrf},
                        {"sr25519_derive", check_sr25519_derivation},
                        {"junctions", check_junction},
                        {"suri", check_suri},
                        {"ed25519", check_ed25519},
                        {"ecdsa", check_ecdsa},
                        {"merlin", check_merlin},
                        {"multisignature", check_multi_signature},
                        {"multiaddress", check_multi_address}});
}

TEST(CryptoVectors, ss58) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/ss58");
    run_folder(folder, {{"addresses", check_ss58}, {"invalid", check_ss58_invalid}});
}

/// The PKCS#1 DER of a private key given as little-endian numbers.
Bytes der_of_private_json(const json& key) {
    OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
    std::vector<BIGNUM*> numbers;
    const std::map<std::string, const char*> names{{"n", OSSL_PKEY_PARAM_RSA_N},
                                                   {"e", OSSL_PKEY_PARAM_RSA_E},
                                                   {"d", OSSL_PKEY_PARAM_RSA_D},
                                                   {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
                                                   {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},
                                                   {"dmp1", OSSL_PKEY_PARAM_RSA_EXPONENT1},
                                                   {"dmq1", OSSL_PKEY_PARAM_RSA_EXPONENT2},
                                                   {"iqmp", OSSL_PKEY_PARAM_RSA_COEFFICIENT1}};
    for (const auto& [name, param] : names) {
        const auto bytes = key.at(name).get<Bytes>();
        numbers.push_back(BN_lebin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
        OSSL_PARAM_BLD_push_BN(builder, param, numbers.back());
    }
    OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
    EVP_PKEY* pkey = nullptr;
    EXPECT_EQ(EVP_PKEY_fromdata_init(context), 1);
    EXPECT_EQ(EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_KEYPAIR, params), 1);
    Bytes der(static_cast<std::size_t>(i2d_PrivateKey(pkey, nullptr)));
    auto* position = der.data();
    i2d_PrivateKey(pkey, &position);
    EVP_PKEY_free(pkey);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    std::ranges::for_each(numbers, BN_free);
    return der;
}

TEST(CryptoVectors, rsa_shielding) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/integritee");
    const auto vectors = tests::read_json(folder / "rsa-shielding.json");
    VectorCount count{"rsa-shielding"};
    auto key = RsaKeyPair::from_private_der(der_of_private_json(vectors.at("private_key_json")));
    ASSERT_OK(key);
    const auto& public_key = key.value().public_key();

    const auto json_text = text_at(vectors, "public_key_json");
    const auto parsed = RsaPublicKey::from_json(json_text);
    ASSERT_OK(parsed);
    count.record("public key", "to_json", public_key.to_json() == json_text);
    count.record("public key", "from_json", parsed.value().to_json() == json_text);
    auto modulus = public_key.modulus_le();
    std::ranges::reverse(modulus);
    count.record("public key", "modulus", modulus == bytes_at(vectors, "n_hex_be"));
    const auto wire =
        scale::decode<std::string>(bytes_at(vectors, "rpc_get_shielding_key_value_scale_string"));
    ASSERT_OK(wire);
    // The RPC value is a JSON string that holds the JSON of the key, or the JSON itself.
    const auto inner = json::parse(wire.value());
    const auto inner_text = inner.is_string() ? inner.get<std::string>() : wire.value();
    count.record("public key", "from RPC", inner_text == json_text);

    const auto decrypts = [&](const Bytes& ciphertext, const Bytes& plaintext) {
        const auto opened = key.value().decrypt_oaep(ciphertext, 16);
        return opened.has_value() && equal(opened.value().expose(), plaintext);
    };
    std::size_t number = 0;
    for (const auto& c : vectors.at("ciphertexts")) {
        const auto name = "case " + std::to_string(number++);
        count.record("ciphertexts", name, decrypts(bytes_at(c, "ciphertext"), bytes_at(c, "plaintext")));
        if (c.contains("as_sent_by_js_client")) {
            count.record("short ciphertexts", name,
                         decrypts(bytes_at(c, "as_sent_by_js_client"), bytes_at(c, "plaintext")));
        }
        const auto sealed = parsed.value().encrypt_oaep(bytes_at(c, "plaintext"));
        count.record("round trips", name,
                     sealed.has_value() && decrypts(sealed.value(), bytes_at(c, "plaintext")));
    }
    for (const auto& c : vectors.at("js_client_ciphertexts")) {
        const auto plaintext = bytes_at(c, "plaintext_top");
        count.record("JS client", text_at(c, "produced_by"),
                     decrypts(bytes_at(c, "ciphertext"), plaintext) &&
                         equal(blake2b_256(plaintext).view(), bytes_at(c, "top_hash_blake2_256")));
    }
}

TEST(CryptoVectors, integritee_identifiers) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/integritee");
    const auto vectors = tests::read_json(folder / "identifiers.json");
    VectorCount count{"identifiers"};
    for (const auto& c : vectors.at("base58")) {
        const auto bytes = bytes_at(c, "hex");
        const auto decoded = decode_base58(text_at(c, "base58"));
        count.record("base58", text_at(c, "base58"),
                     encode_base58(bytes) == text_at(c, "base58") && decoded.has_value() &&
                         decoded.value() == bytes &&
                         (!c.contains("ascii") || text_of(bytes) == text_at(c, "ascii")));
    }
    for (const auto& c : vectors.at("accounts").at("test_seeds_ed25519")) {
        const auto seed_text = text_at(c, "seed_ascii");
        ASSERT_EQ(seed_text.size(), 32U);
        const auto seed = SecretBytes<32>::copy_of(bytes_of(seed_text).first<32>());
        count.record("ed25519 seeds", seed_text,
                     equal(ed25519::SecretKey::from_seed(seed).public_key().view(), bytes_at(c, "public")));
    }
    const auto& commitment = vectors.at("credits_commitment");
    count.record(
        "commitment", "credits",
        equal(blake2b_256(bytes_at(commitment, "secret")).view(), bytes_at(commitment, "commitment")));
}

}  // namespace
}  // namespace redoubt::crypto
