/// secp256k1 ECDSA with key recovery over 32-byte digests. Which hash makes the digest is the caller's
/// choice: Substrate accounts use BLAKE2b-256, Ethereum Keccak-256.
///
/// @source light-client.md, section 5.9
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/multi_signature.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>

namespace redoubt::crypto::ecdsa {

/// A compressed public key.
using PublicKey = FixedBytes<33>;

/// Which signatures are taken besides plainly correct ones.
enum class Rules : std::uint8_t {
    kStrict,     ///< v in 0..3 and low s: protocols of our own
    kLikeChain,  ///< v of 27 and 28 and high s as well: what the reference node takes
};

/// A secret key. Move-only.
class SecretKey {
  public:
    /// @errors kBadSecretKey: zero or not below the group order
    [[nodiscard]] static Result<SecretKey> from_seed(const SecretBytes<32>& seed);

    [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
    /// Deterministic (RFC 6979) with low s; v is 0..3.
    [[nodiscard]] EcdsaSignature sign_digest(const Hash256& digest) const;

  private:
    SecretKey() = default;
    SecretBytes<32> secret_;
    PublicKey public_key_;
};

/// The compressed key that made the signature. @errors kBadSignature
[[nodiscard]] Result<PublicKey> recover(const Hash256& digest, const EcdsaSignature& signature, Rules rules);
/// The same key in its form of 65 bytes, 04 ++ x ++ y. @errors kBadPublicKey
[[nodiscard]] Result<FixedBytes<65>> uncompressed(const PublicKey& public_key);
/// The last 20 bytes of the Keccak-256 of x ++ y. @errors kBadPublicKey
[[nodiscard]] Result<FixedBytes<20>> ethereum_address(const PublicKey& public_key);

}  // namespace redoubt::crypto::ecdsa
