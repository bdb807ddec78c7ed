/// sr25519: Schnorr signatures on ristretto255 over Merlin transcripts, with key derivation.
///
/// Peers: Rust's schnorrkel, @polkadot/wasm-crypto. Its VRF is in sr25519_vrf.hpp.
///
/// @source light-client.md, sections 5.2 to 5.4
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/merlin.hpp>
#include <primitives/crypto/multi_signature.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>

namespace redoubt::crypto::sr25519 {

using PublicKey = FixedBytes<32>;

/// The context of every account signature.
inline constexpr std::string_view kSubstrateContext = "substrate";

/// A secret key: scalar, nonce seed and public key. Move-only.
class SecretKey {
  public:
    /// Expands a mini secret in Ed25519 mode, the one Substrate accounts use.
    [[nodiscard]] static SecretKey from_mini_secret(const SecretBytes<32>& mini_secret);
    /// Reads the 64 bytes that JavaScript peers store: scalar times 8, then the nonce seed.
    /// @errors kBadSecretKey
    [[nodiscard]] static Result<SecretKey> from_storage_form(ByteView form);
    /// The inverse of from_storage_form.
    [[nodiscard]] SecretBytes<64> storage_form() const;

    [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
    [[nodiscard]] SecretKey clone() const;

    /// Signs with a witness made of the secret nonce and fresh randomness.
    [[nodiscard]] Sr25519Signature sign(ByteView message, std::string_view context = kSubstrateContext) const;
    /// As sign, with the given 32 bytes in place of fresh randomness: reproduces published vectors. Two
    /// messages under one witness do not leak the key, since the transcript enters the witness as well.
    [[nodiscard]] Sr25519Signature sign_with_witness(ByteView message,
                                                     std::string_view context,
                                                     const SecretBytes<32>& witness) const;

    /// The mini secret below a hard junction. @source light-client.md, section 5.4
    [[nodiscard]] SecretBytes<32> derive_hard(const FixedBytes<32>& chain_code) const;
    /// The key below a soft junction; its nonce seed is random, so only the scalar repeats.
    [[nodiscard]] SecretKey derive_soft(const FixedBytes<32>& chain_code) const;

    /// The scalar modulo the group order, little-endian: for the VRF and tests.
    [[nodiscard]] const SecretBytes<32>& scalar() const noexcept { return scalar_; }
    [[nodiscard]] const SecretBytes<32>& nonce_seed() const noexcept { return nonce_seed_; }

  private:
    SecretKey() = default;
    SecretBytes<32> scalar_;
    SecretBytes<32> nonce_seed_;
    PublicKey public_key_;
};

/// True for a valid signature. @param public_key, signature  any lengths; wrong ones are false
[[nodiscard]] bool verify(ByteView public_key,
                          ByteView message,
                          ByteView signature,
                          std::string_view context = kSubstrateContext);

/// The public key below a soft junction. @errors kBadPublicKey
[[nodiscard]] Result<PublicKey> derive_soft(const PublicKey& parent, const FixedBytes<32>& chain_code);

/// True for the canonical encoding of a point other than the identity.
[[nodiscard]] bool is_valid_public_key(ByteView public_key);

}  // namespace redoubt::crypto::sr25519
