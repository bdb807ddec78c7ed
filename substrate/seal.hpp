/// Block authorship: BABE and Aura pre-digests, seals, slot claims.
///
/// Authorship is not finality: a sealed header may belong to a fork that is never finalized.
///
/// @source light-client.md sections 5.7, 6.2 and 6.3
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <primitives/uint128.hpp>
#include <span>
#include <substrate/errors.hpp>
#include <substrate/header.hpp>
#include <substrate/metadata.hpp>
#include <vector>

namespace redoubt::substrate {

/// How a BABE author claims its slot. The values are the tags on the wire.
enum class BabeClaim : std::uint8_t { kPrimary = 1, kSecondaryPlain = 2, kSecondaryVrf = 3 };

struct BabePreDigest {
    BabeClaim claim = BabeClaim::kPrimary;
    std::uint32_t authority_index = 0;
    std::uint64_t slot = 0;
    Hash256 vrf_output;        ///< zero for kSecondaryPlain
    FixedBytes<64> vrf_proof;  ///< zero for kSecondaryPlain
};

struct BabeAuthority {
    Hash256 key;  ///< sr25519
    std::uint64_t weight = 0;
};
struct BabeNextEpoch {
    std::vector<BabeAuthority> authorities;
    Hash256 randomness;
};
struct BabeNextConfig {
    std::uint64_t c_numerator = 0;
    std::uint64_t c_denominator = 1;
    std::uint8_t allowed_slots = 0;  ///< 0 primary, 1 also secondary plain, 2 also secondary VRF
};

/// What the unsealed header hash is, and the seal that was over it.
struct UnsealedHeader {
    Hash256 hash;
    EngineId engine{};
    Bytes seal;
};

/// Takes the seal off. @errors HeaderError::kMissingSeal, kDuplicateSeal
[[nodiscard]] Result<UnsealedHeader> unseal(const Header& header);

/// @errors HeaderError::kMissingPreDigest, kDuplicatePreDigest, kBadPreDigest
[[nodiscard]] Result<BabePreDigest> babe_pre_digest(const Header& header);
/// The slot of an Aura block. @errors as babe_pre_digest
[[nodiscard]] Result<std::uint64_t> aura_slot(const Header& header);
/// The next epoch that a block announces; nullopt when it announces none.
/// @errors HeaderError::kBadConsensusLog, also when there are two
[[nodiscard]] Result<std::optional<BabeNextEpoch>> babe_next_epoch(const Header& header);
/// @errors HeaderError::kBadConsensusLog, also when there are two or when no next epoch stands beside it
[[nodiscard]] Result<std::optional<BabeNextConfig>> babe_next_config(const Header& header);

/// Checks the seal of a BABE block against the author's sr25519 key.
/// @errors those of unseal and babe_pre_digest; HeaderError::kBadSeal
[[nodiscard]] Result<void> verify_babe_seal(const Header& header, const Hash256& author);

/// Checks the VRF of a claim and returns its 128-bit value (0 for kSecondaryPlain, which has none).
/// @param epoch_index  of the block's epoch    @param randomness  of that epoch
/// @errors HeaderError::kBadVrf
[[nodiscard]] Result<uint128> verify_babe_vrf(const BabePreDigest& claim,
                                              const Hash256& author,
                                              std::uint64_t epoch_index,
                                              const Hash256& randomness);
/// A primary claim is good when its value is below `floor(2^128 * (1 - (1 - c)^(weight / total)))`,
/// computed in IEEE double precision as the nodes do.
[[nodiscard]] uint128 babe_primary_threshold(std::uint64_t c_numerator,
                                             std::uint64_t c_denominator,
                                             std::uint64_t weight,
                                             std::uint64_t total_weight);
/// The authority that a secondary slot belongs to; nullopt for an empty set.
[[nodiscard]] std::optional<std::uint32_t> babe_secondary_author(const Hash256& randomness,
                                                                 std::uint64_t slot,
                                                                 std::size_t authority_count);

/// The epoch that a BABE block is checked against.
struct BabeEpoch {
    std::uint64_t index = 0;
    Hash256 randomness;
    std::span<const BabeAuthority> authorities;
    BabeNextConfig config;
};
/// Seal, slot claim and VRF of a BABE block.
/// @errors HeaderError::kUnknownAuthority, kWrongAuthor, kBadSeal, kBadVrf, kAboveThreshold; as unseal
[[nodiscard]] Result<void> verify_babe_block(const Header& header, const BabeEpoch& epoch);

enum class AuraScheme : std::uint8_t { kSr25519, kEd25519 };
/// What the authorities of pallet Aura sign with; nullopt when the runtime has no Aura of the two usual
/// kinds.
[[nodiscard]] std::optional<AuraScheme> aura_scheme(const Metadata& metadata);
/// Checks that an Aura block is sealed by the authority that its slot belongs to.
/// @errors HeaderError::kUnknownAuthority (empty set), kBadSeal; those of unseal and aura_slot
[[nodiscard]] Result<void> verify_aura_block(const Header& header,
                                             AuraScheme scheme,
                                             std::span<const Hash256> authorities);

}  // namespace redoubt::substrate
