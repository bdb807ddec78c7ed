/// GRANDPA justifications: votes that show a block to be final, and the one function that believes them.
///
/// @source light-client.md, sections 11.1 and 11.2
#pragma once

#include <light-client/authority_set.hpp>
#include <light-client/finality_error.hpp>
#include <primitives/bytes.hpp>
#include <substrate/header.hpp>

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

namespace redoubt::light_client {

inline constexpr std::size_t kJustificationBytesMax = std::size_t{16} * 1024 * 1024;
inline constexpr std::size_t kAncestryHeadersMax = 1024;
/// Bytes of an encoded precommit.
inline constexpr std::size_t kPrecommitBytes = 132;

/// A block by hash and number, as votes name it.
struct BlockRef {
    Hash256 hash;
    std::uint32_t number = 0;
    static constexpr auto kScaleFields = std::tuple{&BlockRef::hash, &BlockRef::number};
    bool operator==(const BlockRef&) const = default;
};

struct Precommit {
    BlockRef target;
    FixedBytes<64> signature;
    AuthorityId voter;
    static constexpr auto kScaleFields =
        std::tuple{&Precommit::target, &Precommit::signature, &Precommit::voter};
    bool operator==(const Precommit&) const = default;
};

struct Justification {
    std::uint64_t round = 0;
    BlockRef target;
    std::vector<Precommit> precommits;
    /// Headers between the lowest vote and the others, needed to compare the votes.
    std::vector<substrate::Header> votes_ancestries;
};

/// The message that a precommit signs: tag 1, target, round, set id; 53 bytes.
[[nodiscard]] Bytes precommit_message(const BlockRef& target, std::uint64_t round, std::uint64_t set_id);

/// @errors kTooLarge; DecodeError and those of substrate::decode_header
[[nodiscard]] Result<Justification> decode_justification(ByteView bytes);
/// Reads a justification from a stream, as warp sync fragments hold it.
[[nodiscard]] Result<Justification> read_justification(ByteCursor& in);
/// The bytes that decode_justification reads.
[[nodiscard]] Bytes encode(const Justification& justification);

/// Checks everything about a justification: target, weights, threshold, every signature (also of surplus and
/// unknown voters), ancestry, use of each ancestry header, and that equivocators count once.
/// @param set_id    id of the authority set in charge; part of what is signed
/// @param expected  the block that the justification has to be for
/// @errors FinalityError, in the order of its enumerators
[[nodiscard]] Result<void> verify_justification(const Justification& justification,
                                                std::uint64_t set_id,
                                                const VoterSet& voters,
                                                const BlockRef& expected);

}  // namespace redoubt::light_client
