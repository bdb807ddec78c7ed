/// The state of a shard: two tries whose pages lie sealed outside.
///
/// Keys that begin with `worker/` are this worker's own: outbox, statuses, what it confirmed. All others are
/// the shard's: their root is what workers confirm. A copy costs nothing, and is the state after the next
/// block while the block is not persisted. When a page cannot be had, what was read is void (SealedPages).
#pragma once

#include <enclave/state/sealed_pages.hpp>
#include <stf/state.hpp>
#include <trie/state_trie.hpp>
#include <tuple>
#include <vector>

namespace redoubt::enclave {

inline constexpr std::string_view kWorkerPrefix = "worker/";

/// Where a key of the state lies.
[[nodiscard]] StatePart part_of_key(ByteView key) noexcept;

/// What is known of a trie without reading it.
struct TrieHead {
    Hash256 root = trie::empty_trie_root();
    std::uint64_t entries = 0;
    /// Sum of the lengths of all keys and values.
    std::uint64_t bytes = 0;
    static constexpr auto kScaleFields = std::tuple{&TrieHead::root, &TrieHead::entries, &TrieHead::bytes};
    bool operator==(const TrieHead&) const = default;
};

struct StateHead {
    TrieHead shard;
    TrieHead worker;
    static constexpr auto kScaleFields = std::tuple{&StateHead::shard, &StateHead::worker};
    bool operator==(const StateHead&) const = default;
};

/// What storage has to change so that it holds a state.
struct SealedChanges {
    std::vector<std::pair<PageId, Bytes>> written;
    std::vector<PageId> removed;
    std::array<trie::PageChanges, 2> parts;
};

class ShardState final : public stf::StateReader {
  public:
    /// The empty state. @param pages  outlives the state and its copies
    explicit ShardState(SealedPages& pages) : ShardState(pages, StateHead{}) {}
    /// The state that storage has.
    ShardState(SealedPages& pages, const StateHead& head);

    [[nodiscard]] std::optional<Bytes> get(ByteView key) const override;
    void for_each(ByteView prefix, const stf::EntryVisitor& visit) const override;

    void apply(const stf::Changes& changes);
    /// Changes of a record, and the head that was sealed with them. Nothing is read until it is needed.
    void restore(const stf::Changes& changes, const StateHead& head);

    /// The root of the shard's trie.
    [[nodiscard]] Hash256 root() const;
    [[nodiscard]] StateHead head() const;

    /// Everything that storage does not have, sealed for the record `sequence`.
    [[nodiscard]] SealedChanges page_changes(std::uint64_t sequence) const;
    /// Storage has these changes of this state.
    void saved(const SealedChanges& changes);
    /// Frees pages when more than `bytes_max` are in memory. @pre no copy of this state is in use
    void free_memory(std::size_t bytes_max);

  private:
    struct Part {
        trie::StateTrie trie;
        std::uint64_t bytes = 0;
    };

    [[nodiscard]] Part& part_of(ByteView key) const;
    void put(const Bytes& key, const std::optional<Bytes>& value) const;
    /// Takes restored changes into the tries, and compares with the head that was sealed with them. All of
    /// them or none: after a fault they are still to be taken.
    void settle() const;
    [[nodiscard]] StateHead settled_head() const;

    SealedPages* pages_;
    mutable std::array<Part, 2> parts_;
    /// Restored, and not in the tries yet.
    mutable stf::Changes restored_;
    mutable std::optional<StateHead> restored_head_;
};

}  // namespace redoubt::enclave
