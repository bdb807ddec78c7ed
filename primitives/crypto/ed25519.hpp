/// ed25519 keys and signatures: RFC 8032 when signing, ZIP-215 when verifying.
///
/// ZIP-215 is what the reference node applies: any encoding that decodes to a point is taken, the cofactored
/// equation decides, and s has to be below the group order. Every strictly valid signature passes too.
///
/// @source light-client.md, section 5.8; ZIP 215
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/multi_signature.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>

namespace redoubt::crypto::ed25519 {

using PublicKey = FixedBytes<32>;

/// A secret key, made from its seed of 32 bytes. Move-only.
class SecretKey {
  public:
    [[nodiscard]] static SecretKey from_seed(const SecretBytes<32>& seed);

    [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
    /// Deterministic. @source RFC 8032, section 5.1.6
    [[nodiscard]] Ed25519Signature sign(ByteView message) const;

  private:
    SecretKey() = default;
    SecretBytes<64> seed_and_public_;
    PublicKey public_key_;
};

/// True for a valid signature under ZIP-215. @param public_key, signature  any lengths; wrong ones are false
[[nodiscard]] bool verify(ByteView public_key, ByteView message, ByteView signature);

/// SHA-512(commitment ++ public key ++ message) modulo the group order: what a signature answers.
[[nodiscard]] std::array<std::uint8_t, 32> challenge(ByteView commitment,
                                                     ByteView public_key,
                                                     ByteView message);

}  // namespace redoubt::crypto::ed25519
