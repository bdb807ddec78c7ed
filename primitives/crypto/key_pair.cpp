#include <primitives/crypto/key_pair.hpp>

#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/key_error.hpp>
#include <primitives/crypto/secret_uri.hpp>
#include <primitives/scale.hpp>

namespace redoubt::crypto {
namespace {

/// The seed below a hard junction for the schemes that hash: B256(String(domain) ++ seed ++ chain code).
SecretBytes<32> hash_hard_junction(std::string_view domain,
                                   const SecretBytes<32>& seed,
                                   const FixedBytes<32>& chain_code) {
    Bytes encoded;
    encoded.reserve(domain.size() + 1 + 64);
    scale::append_compact(encoded, domain.size());
    append(encoded, bytes_of(domain));
    append(encoded, seed.expose());
    append(encoded, chain_code.view());
    auto hash = blake2b_256(encoded);
    wipe(encoded);
    auto out = SecretBytes<32>::copy_of(hash.bytes);
    wipe(hash.bytes);
    return out;
}

Result<SecretBytes<32>> walk_hard_path(SecretBytes<32> seed,
                                       const std::vector<Junction>& path,
                                       std::string_view domain) {
    for (const auto& junction : path) {
        if (!junction.hard) {
            return KeyError::kSoftNotSupported;
        }
        seed = hash_hard_junction(domain, seed, junction.chain_code);
    }
    return seed;
}

sr25519::SecretKey walk_sr25519_path(const SecretBytes<32>& seed, const std::vector<Junction>& path) {
    auto key = sr25519::SecretKey::from_mini_secret(seed);
    for (const auto& junction : path) {
        key = junction.hard ? sr25519::SecretKey::from_mini_secret(key.derive_hard(junction.chain_code))
                            : key.derive_soft(junction.chain_code);
    }
    return key;
}

}  // namespace

Result<KeyPair> KeyPair::from_secret_uri(std::string_view uri, Scheme scheme) {
    BOOST_OUTCOME_TRY(const auto parsed, parse_secret_uri(uri));
    BOOST_OUTCOME_TRY(auto seed, root_seed(parsed));
    if (scheme == Scheme::kSr25519) {
        return KeyPair{Key{walk_sr25519_path(seed, parsed.path)}};
    }
    const std::string_view domain = scheme == Scheme::kEd25519 ? "Ed25519HDKD" : "Secp256k1HDKD";
    BOOST_OUTCOME_TRY(const auto derived, walk_hard_path(std::move(seed), parsed.path, domain));
    return from_seed(scheme, derived);
}

Result<KeyPair> KeyPair::from_seed(Scheme scheme, const SecretBytes<32>& seed) {
    switch (scheme) {
        case Scheme::kEd25519:
            return KeyPair{Key{ed25519::SecretKey::from_seed(seed)}};
        case Scheme::kSr25519:
            return KeyPair{Key{sr25519::SecretKey::from_mini_secret(seed)}};
        case Scheme::kEcdsa:
            break;
    }
    BOOST_OUTCOME_TRY(auto key, ecdsa::SecretKey::from_seed(seed));
    return KeyPair{Key{std::move(key)}};
}

Bytes KeyPair::public_key() const {
    return std::visit([](const auto& key) { return to_bytes(key.public_key().view()); }, key_);
}

AccountId KeyPair::account_id() const {
    return account_id_of(scheme(), public_key());
}

MultiSignature KeyPair::sign(ByteView message) const {
    if (const auto* key = std::get_if<ed25519::SecretKey>(&key_)) {
        return MultiSignature{key->sign(message)};
    }
    if (const auto* key = std::get_if<sr25519::SecretKey>(&key_)) {
        return MultiSignature{key->sign(message)};
    }
    return MultiSignature{std::get<ecdsa::SecretKey>(key_).sign_digest(blake2b_256(message))};
}

}  // namespace redoubt::crypto
