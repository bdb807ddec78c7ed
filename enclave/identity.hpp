/// The enclave's identity: its keys, and what they were made for. Created once, sealed, unsealed at each
/// start.
///
/// Layout of the sealed form: docs/PROTOCOL.md, "Sealed identity".
#pragma once

#include <boundary/messages.hpp>
#include <cstdint>
#include <enclave/tee.hpp>
#include <light-client/finality_tracker.hpp>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/crypto/rsa.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>

namespace redoubt::enclave {

/// Largest part that the client endpoint may keep in the identity.
inline constexpr std::size_t kIdentityExtensionBytesMax = 4 * 1024;

/// What an identity belongs to, and what it believes at first. Fixed when it is created.
struct IdentityScope {
    Hash256 genesis_hash;
    Hash256 shard;
    /// A development shard.
    bool dev = false;
    /// Blocks are taken from the host as they are.
    bool unverified_finality = false;
    /// Age of the last block above which nothing is signed, milliseconds; 0 for ever.
    std::uint64_t stale_after_ms = 0;
    /// Where the chain view begins; nullopt with unverified finality.
    std::optional<light_client::FinalityState> anchor;
    /// Present for a parachain: the anchor is then the relay chain's.
    std::optional<boundary::RelayChain> relay;
};

class Identity {
  public:
    /// Makes new keys; takes a second or so.
    /// @param extension  secrets of the client endpoint, at most kIdentityExtensionBytesMax
    /// @errors Refusal::kCryptoFailed
    [[nodiscard]] static Result<Identity> create(const Tee& tee,
                                                 const IdentityScope& scope,
                                                 crypto::SecretBuffer extension);

    /// @errors Refusal::kSealedByOtherEnclave, Refusal::kIdentityDamaged
    [[nodiscard]] static Result<Identity> unseal(const Tee& tee, ByteView sealed);

    /// @errors Refusal::kCryptoFailed
    [[nodiscard]] Result<Bytes> seal(const Tee& tee) const;

    [[nodiscard]] const IdentityScope& scope() const noexcept { return scope_; }
    /// Ed25519: signs extrinsics, and is the account that is registered on chain.
    [[nodiscard]] const crypto::KeyPair& signing_key() const noexcept { return signing_key_; }
    [[nodiscard]] const crypto::SecretBytes<32>& signing_seed() const noexcept { return signing_seed_; }
    [[nodiscard]] const crypto::RsaKeyPair& shielding_key() const noexcept { return shielding_key_; }
    /// Seals the journal.
    [[nodiscard]] const crypto::SecretBytes<32>& state_key() const noexcept { return state_key_; }
    [[nodiscard]] ByteView extension() const noexcept { return extension_.expose(); }

  private:
    Identity(const IdentityScope& scope,
             crypto::SecretBytes<32> signing_seed,
             crypto::KeyPair signing_key,
             crypto::RsaKeyPair shielding_key,
             crypto::SecretBytes<32> state_key,
             crypto::SecretBuffer extension);

    IdentityScope scope_;
    crypto::SecretBytes<32> signing_seed_;
    crypto::KeyPair signing_key_;
    crypto::RsaKeyPair shielding_key_;
    crypto::SecretBytes<32> state_key_;
    crypto::SecretBuffer extension_;
};

}  // namespace redoubt::enclave
