/// Opens everything that a worker stored, and says what of it cannot be used: journal records, and the pages
/// of both tries. Nothing is signed, answered or changed meanwhile.
///
/// A fault does not end it: what can be looked at without the damaged piece is looked at. Whether the state
/// is the newest that the worker had is not told by what is stored
/// (docs/adr/0023-an-older-copy-is-refused.md).
#pragma once

#include <boundary/messages.hpp>
#include <enclave/chain_view.hpp>
#include <enclave/identity.hpp>
#include <enclave/journal.hpp>
#include <enclave/state/shard_state.hpp>
#include <enclave/state/state_limits.hpp>
#include <enclave/state/trie_walk.hpp>
#include <stf/state_encoding.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace redoubt::enclave {

class StateVerifier {
  public:
    /// @param storage  outlives it
    /// @errors Refusal::kIdentityDamaged when the sealed anchor cannot be used
    [[nodiscard]] static Result<std::unique_ptr<StateVerifier>> make(Identity identity,
                                                                     PageStorage& storage,
                                                                     const StateLimits& limits);
    StateVerifier(const StateVerifier&) = delete;
    StateVerifier& operator=(const StateVerifier&) = delete;

    [[nodiscard]] const IdentityScope& scope() const noexcept { return identity_.scope(); }

    /// The next part of the journal. After a refusal it goes on with the next record; what follows a fault is
    /// opened, and no part of the state.
    /// @errors those of JournalReader::take; Refusal::kJournalDamaged; kOutOfOrder after go_on()
    [[nodiscard]] Result<void> take(const boundary::Restore& part);

    /// Goes on with the pages and then with the changes since they were written.
    [[nodiscard]] boundary::StateVerified go_on(const boundary::VerifyState& message);

  private:
    enum class Stage : std::uint8_t { kNotBegun, kShardPages, kWorkerPages, kChanges, kDone };

    /// A record after the base.
    struct Change {
        std::uint64_t sequence = 0;
        stf::Changes changes;
        StateHead head;
    };

    /// What a walk has found, with the changes since the pages were written.
    struct Count {
        std::uint64_t entries = 0;
        std::uint64_t bytes = 0;
        stf::Changes::const_iterator next_change;
    };

    StateVerifier(Identity identity, PageStorage& storage, const StateLimits& limits);

    void begin();
    void begin_walk(StatePart part);
    /// @returns true when all pages of the part were passed
    [[nodiscard]] bool walk(StatePart part, std::size_t pages_max, boundary::StateVerified& out);
    /// Counts an entry that stands in a page, and the changed ones before it.
    void pass_entry(StatePart part, ByteView key, ByteView value);
    void pass_changes_before(StatePart part, std::optional<ByteView> key);
    void count(StatePart part, ByteView key, ByteView value);
    void apply_changes(std::size_t records_max);
    [[nodiscard]] const StateHead& newest_head() const;
    [[nodiscard]] boundary::VerifiedTrie report(StatePart part) const;

    Identity identity_;
    StateLimits limits_;
    SealedPages pages_;
    JournalReader reader_;
    std::optional<ChainView> view_;

    /// Of the last base; nullopt before one was read.
    std::optional<StateHead> base_;
    std::optional<std::uint64_t> base_sequence_;
    std::vector<Change> changes_;
    std::uint64_t sequence_ = 0;
    std::optional<boundary::BlockId> block_;
    /// A record could not be used: none after it can.
    bool is_broken_ = false;

    Stage stage_ = Stage::kNotBegun;
    /// All changes together, of the part that is walked.
    stf::Changes merged_;
    std::optional<TrieWalk> walk_;
    std::array<Count, 2> counts_;
    std::array<std::uint64_t, 2> taken_{};
    bool has_bad_page_ = false;
    std::optional<stf::StateHasher> hasher_;
    std::optional<Hash256> state_hash_;
    /// Of which the changes are applied, one record after the other.
    std::optional<ShardState> state_;
    std::size_t applied_ = 0;
    std::optional<std::uint64_t> differs_at_;
};

}  // namespace redoubt::enclave
