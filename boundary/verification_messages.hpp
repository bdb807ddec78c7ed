/// Messages that look at what was stored, and do nothing else with it.
///
/// Part of the list in messages.hpp, which is what is included elsewhere.
#pragma once

#include <boundary/block_messages.hpp>
#include <boundary/bounded.hpp>
#include <boundary/chain_messages.hpp>
#include <boundary/limits.hpp>
#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <cstdint>
#include <optional>
#include <tuple>

namespace redoubt::boundary {

/// In place of Start: opens what was stored to look at it, and does nothing else with it. Restore with every
/// part of the journal follows, and then VerifyState. Answered with VerifyingStarted.
struct StartVerifying {
    Bytes sealed_identity;
    static constexpr auto kScaleFields = std::tuple{&StartVerifying::sealed_identity};
    bool operator==(const StartVerifying&) const = default;
};

/// Answers StartVerifying: what the identity was made for.
struct VerifyingStarted {
    Hash256 shard;
    Hash256 genesis_hash;
    static constexpr auto kScaleFields =
        std::tuple{&VerifyingStarted::shard, &VerifyingStarted::genesis_hash};
    bool operator==(const VerifyingStarted&) const = default;
};

/// Goes on with the verification of everything that the journal leads to, a step at a time. Answered with
/// StateVerified.
struct VerifyState {
    /// Pages to read in this step, at most kVerifyPagesMax.
    std::uint32_t pages_max = 0;
    /// Pages that nothing led to: whether they are genuine.
    Bounded<PageId, kVerifyPagesMax> unreached;
    static constexpr auto kScaleFields = std::tuple{&VerifyState::pages_max, &VerifyState::unreached};
    bool operator==(const VerifyState&) const = default;
};

/// A page that cannot be used.
struct PageFault {
    PageId id;
    /// A Refusal: kPageMissing, kPageDamaged, kPageOutdated.
    std::uint32_t reason = 0;
    static constexpr auto kScaleFields = std::tuple{&PageFault::id, &PageFault::reason};
    bool operator==(const PageFault&) const = default;
};

/// One of the two tries: what the newest record says of it, and what was found.
struct VerifiedTrie {
    Hash256 root;
    std::uint64_t entries = 0;
    /// Of all keys and values.
    std::uint64_t bytes = 0;
    /// In the pages that could be read, with the changes since they were written.
    std::uint64_t entries_found = 0;
    std::uint64_t bytes_found = 0;
    /// That could be read.
    std::uint64_t pages = 0;
    static constexpr auto kScaleFields =
        std::tuple{&VerifiedTrie::root,          &VerifiedTrie::entries,     &VerifiedTrie::bytes,
                   &VerifiedTrie::entries_found, &VerifiedTrie::bytes_found, &VerifiedTrie::pages};
    bool operator==(const VerifiedTrie&) const = default;
};

/// Answers VerifyState. All but `faults` is about everything up to now.
struct StateVerified {
    /// Nothing is left to be looked at.
    bool done = false;
    /// Of this step; the pages below one that cannot be used are passed over.
    Bounded<PageFault, kPageFaultsMax> faults;
    /// The last record that could be used, and its block; 0 and nothing when there is none.
    std::uint64_t sequence = 0;
    std::optional<BlockId> block;
    /// Of the last base; absent when none could be used: then nothing leads to the pages.
    std::optional<std::uint64_t> base;
    /// The last record has all its parts.
    bool is_complete = true;
    VerifiedTrie shard;
    VerifiedTrie worker;
    /// The hash of the shard's entries as the original protocol encodes them; present when all were read.
    std::optional<Hash256> state_hash;
    /// The first record whose changes do not give the state that was sealed with them. Looked at when no page
    /// has a fault.
    std::optional<std::uint64_t> differs_at;
    static constexpr auto kScaleFields =
        std::tuple{&StateVerified::done,      &StateVerified::faults, &StateVerified::sequence,
                   &StateVerified::block,     &StateVerified::base,   &StateVerified::is_complete,
                   &StateVerified::shard,     &StateVerified::worker, &StateVerified::state_hash,
                   &StateVerified::differs_at};
    bool operator==(const StateVerified&) const = default;
};

}  // namespace redoubt::boundary
