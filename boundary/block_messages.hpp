/// Messages of a block's import: the block, the chain's state that its calls read, the pages of the shard's
/// state, the sealed record that makes it durable, and before the first one whether the state is the newest.
///
/// Part of the list in messages.hpp, which is what is included elsewhere.
#pragma once

#include <boundary/bounded.hpp>
#include <boundary/chain_messages.hpp>
#include <boundary/limits.hpp>
#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <cstdint>
#include <optional>
#include <tuple>

namespace redoubt::boundary {

/// The next finalized block. Answered with Commit; the new state is visible after CommitPersisted. A block
/// whose calls read the chain's state is answered with StateNeeded.
/// The enclave must have verified before that the block is final (Finality), unless it was created for
/// unverified finality.
struct ImportBlock {
    Bytes header;
    /// Opaque extrinsics with their length prefix, in block order. They must give the header's extrinsics
    /// root.
    Bounded<Bytes, kExtrinsicsMax> extrinsics;
    /// Trie nodes that show System.Events, System.LastRuntimeUpgrade and Aura.Authorities, present or absent,
    /// under the header's state root.
    Bounded<Bytes, kProofNodesMax> state_proof;
    /// The SCALE value of System.Events, looked at with unverified finality only.
    Bytes events;
    std::uint64_t host_time_ms = 0;
    static constexpr auto kScaleFields =
        std::tuple{&ImportBlock::header, &ImportBlock::extrinsics, &ImportBlock::state_proof,
                   &ImportBlock::events, &ImportBlock::host_time_ms};
    bool operator==(const ImportBlock&) const = default;
};

/// What StateNeeded asked for: trie nodes that show its keys, present or absent, under the state root of that
/// block. They have to show the first key; further rounds ask for what they do not show. Answered as
/// ImportBlock is. Any other message about the chain ends the import that waits.
struct ChainState {
    BlockId block;
    Bounded<Bytes, kProofNodesMax> proof;
    static constexpr auto kScaleFields = std::tuple{&ChainState::block, &ChainState::proof};
    bool operator==(const ChainState&) const = default;
};

/// Answers ImportBlock and ChainState: the block is not executed to its end, because calls in it read these
/// keys of its state. At least one key; the first is the one that the execution cannot go on without.
struct StateNeeded {
    BlockId block;
    Bounded<Bytes, kChainKeysMax> keys;
    static constexpr auto kScaleFields = std::tuple{&StateNeeded::block, &StateNeeded::keys};
    bool operator==(const StateNeeded&) const = default;
};

/// The name of a page of the state: tells nothing of its content.
using PageId = FixedBytes<16>;

/// Comes before the answer to any message of the phase after RestoreDone, as often as it takes: the enclave
/// needs this page of its state. The host answers with Page at once; the answer to its own message follows.
struct PageNeeded {
    PageId id;
    /// What the host gave for it was refused.
    bool again = false;
    static constexpr auto kScaleFields = std::tuple{&PageNeeded::id, &PageNeeded::again};
    bool operator==(const PageNeeded&) const = default;
};

/// Answers PageNeeded, and is sent at no other time: the sealed page, or nothing when there is none or it
/// cannot be read.
struct Page {
    std::optional<Bytes> sealed;
    static constexpr auto kScaleFields = std::tuple{&Page::sealed};
    bool operator==(const Page&) const = default;
};

struct SealedPage {
    PageId id;
    Bytes sealed;
    static constexpr auto kScaleFields = std::tuple{&SealedPage::id, &SealedPage::sealed};
    bool operator==(const SealedPage&) const = default;
};

/// Answers ImportBlock: one journal record, in one or more sealed parts, and with a base the pages of the
/// state that changed since the base before. The host stores all parts under (sequence, part index), takes
/// out the removed pages and puts in the written ones, in one synced write, then sends CommitPersisted. After
/// a base is persisted, records of smaller sequences may be deleted.
struct Commit {
    std::uint64_t sequence = 0;
    bool is_base = false;
    Bounded<Bytes, kCommitPartsMax> sealed;
    Bounded<PageId, kCommitPagesMax> pages_removed{};
    Bounded<SealedPage, kCommitPagesMax> pages_written{};
    static constexpr auto kScaleFields = std::tuple{&Commit::sequence, &Commit::is_base, &Commit::sealed,
                                                    &Commit::pages_removed, &Commit::pages_written};
    bool operator==(const Commit&) const = default;
};

/// The record of that sequence is on disk. Sending ImportBlock again before this message discards the
/// commit that waits.
struct CommitPersisted {
    std::uint64_t sequence = 0;
    static constexpr auto kScaleFields = std::tuple{&CommitPersisted::sequence};
    bool operator==(const CommitPersisted&) const = default;
};

/// Answers CommitPersisted.
struct Committed {
    BlockId last_block;
    /// Trusted calls of this block that took effect, and that did not.
    std::uint32_t calls_executed = 0;
    std::uint32_t calls_failed = 0;
    std::uint32_t outbox_size = 0;
    static constexpr auto kScaleFields = std::tuple{&Committed::last_block, &Committed::calls_executed,
                                                    &Committed::calls_failed, &Committed::outbox_size};
    bool operator==(const Committed&) const = default;
};

/// What the chain says of this worker's activity: the last block known to be final, and trie nodes that show
/// EnclaveBridge.ShardStatus of the shard under its state root. Needed once after a restart, before anything
/// else about the chain but finality: the enclave compares it with what it remembers. Answered with
/// ActivityChecked.
struct CheckActivity {
    Bytes header;
    Bounded<Bytes, kProofNodesMax> proof;
    /// The block that ActivityChecked asked for.
    std::optional<ImportBlock> block{};
    /// The state is a backup that was brought back on purpose. When it is an older copy, the enclave may
    /// import what it has missed, and signs and answers nothing before it was asked again.
    bool catch_up = false;
    static constexpr auto kScaleFields = std::tuple{&CheckActivity::header, &CheckActivity::proof,
                                                    &CheckActivity::block, &CheckActivity::catch_up};
    bool operator==(const CheckActivity&) const = default;
};

/// Answers CheckActivity.
struct ActivityChecked {
    /// The worker was active in this block, which is not imported yet: CheckActivity has to come again with
    /// it.
    std::optional<BlockId> block_needed;
    /// The backup is older than what the worker has signed: blocks up to this one may be imported, and then
    /// CheckActivity has to come again. Both absent: the state is the newest that the chain knows of, and the
    /// enclave goes on.
    std::optional<std::uint32_t> catching_up_to;
    static constexpr auto kScaleFields =
        std::tuple{&ActivityChecked::block_needed, &ActivityChecked::catching_up_to};
    bool operator==(const ActivityChecked&) const = default;
};

}  // namespace redoubt::boundary
