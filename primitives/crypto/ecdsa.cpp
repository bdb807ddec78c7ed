#include <primitives/crypto/ecdsa.hpp>

#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/key_error.hpp>
#include <primitives/crypto/random.hpp>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace redoubt::crypto::ecdsa {
namespace {

/// One context for the life of the process, blinded against side channels when it is made.
const secp256k1_context* context() {
    static const secp256k1_context* const made = [] {
        secp256k1_context* out = secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY);
        REDOUBT_ASSERT(out != nullptr);
        const auto seed = SecretBytes<32>::random();
        REDOUBT_ASSERT(secp256k1_context_randomize(out, seed.expose().data()) == 1);
        return out;
    }();
    return made;
}

PublicKey compressed(const secp256k1_pubkey& key) {
    PublicKey out;
    std::size_t size = out.size();
    secp256k1_ec_pubkey_serialize(context(), out.data(), &size, &key, SECP256K1_EC_COMPRESSED);
    return out;
}

bool has_high_s(const secp256k1_ecdsa_recoverable_signature& signature) {
    secp256k1_ecdsa_signature plain;
    secp256k1_ecdsa_recoverable_signature_convert(context(), &plain, &signature);
    return secp256k1_ecdsa_signature_normalize(context(), nullptr, &plain) == 1;
}

}  // namespace

Result<SecretKey> SecretKey::from_seed(const SecretBytes<32>& seed) {
    secp256k1_pubkey key;
    if (secp256k1_ec_pubkey_create(context(), &key, seed.expose().data()) != 1) {
        return KeyError::kBadSecretKey;
    }
    SecretKey out;
    out.secret_ = seed.clone();
    out.public_key_ = compressed(key);
    return out;
}

EcdsaSignature SecretKey::sign_digest(const Hash256& digest) const {
    secp256k1_ecdsa_recoverable_signature signature;
    const int signed_ok =
        secp256k1_ecdsa_sign_recoverable(context(), &signature, digest.data(), secret_.expose().data(),
                                         secp256k1_nonce_function_rfc6979, nullptr);
    REDOUBT_ASSERT(signed_ok == 1);
    EcdsaSignature out;
    int recovery_id = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context(), out.data(), &recovery_id, &signature);
    out.bytes[64] = static_cast<std::uint8_t>(recovery_id);
    return out;
}

Result<PublicKey> recover(const Hash256& digest, const EcdsaSignature& signature, Rules rules) {
    int recovery_id = signature.bytes[64];
    if (rules == Rules::kLikeChain && recovery_id >= 27) {
        recovery_id -= 27;
    }
    secp256k1_ecdsa_recoverable_signature parsed;
    if (recovery_id > 3 || secp256k1_ecdsa_recoverable_signature_parse_compact(
                               context(), &parsed, signature.data(), recovery_id) != 1) {
        return KeyError::kBadSignature;
    }
    if (rules == Rules::kStrict && has_high_s(parsed)) {
        return KeyError::kBadSignature;
    }
    secp256k1_pubkey key;
    if (secp256k1_ecdsa_recover(context(), &key, &parsed, digest.data()) != 1) {
        return KeyError::kBadSignature;
    }
    return compressed(key);
}

Result<FixedBytes<65>> uncompressed(const PublicKey& public_key) {
    secp256k1_pubkey key;
    if (secp256k1_ec_pubkey_parse(context(), &key, public_key.data(), public_key.size()) != 1) {
        return KeyError::kBadPublicKey;
    }
    FixedBytes<65> out;
    std::size_t size = out.size();
    secp256k1_ec_pubkey_serialize(context(), out.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
    return out;
}

Result<FixedBytes<20>> ethereum_address(const PublicKey& public_key) {
    BOOST_OUTCOME_TRY(const auto key, uncompressed(public_key));
    const auto hash = keccak_256(key.view().subspan(1));
    return FixedBytes<20>::copy_of(hash.view().last<20>());
}

}  // namespace redoubt::crypto::ecdsa
