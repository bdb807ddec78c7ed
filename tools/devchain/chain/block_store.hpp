/// What the chain keeps for ever, and what it needs to go on after a restart.
///
/// Headers, bodies, finalized hashes and stored justifications are never removed. States are kept as one
/// difference between the genesis and the base, and what each block above the base changed. Writing methods
/// only fill a batch.
#pragma once

#include <light-client/justification.hpp>
#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>
#include <tools/devchain/chain/authority_sets.hpp>
#include <tools/devchain/chain/key_value_store.hpp>
#include <tools/devchain/runtime/storage.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace redoubt::devchain {

/// The base: the lowest block whose state is kept.
struct BaseRecord {
    Hash256 hash;
    Hash256 state_root;  ///< the true one, whatever the header says
    std::uint64_t slot = 0;
    static constexpr auto kScaleFields =
        std::tuple{&BaseRecord::hash, &BaseRecord::state_root, &BaseRecord::slot};
};

/// A block above the base.
struct TreeRecord {
    Hash256 hash;
    Hash256 state_root;  ///< the true one
    std::uint64_t slot = 0;
    TrieChanges main;
    std::map<Bytes, TrieChanges> children;
    static constexpr auto kScaleFields =
        std::tuple{&TreeRecord::hash, &TreeRecord::state_root, &TreeRecord::slot, &TreeRecord::main,
                   &TreeRecord::children};
};

/// Where finality stands.
struct FinalityRecord {
    Hash256 finalized;
    std::uint64_t round = 1;  ///< the next one of the present set
    AuthoritySets sets;
    /// The newest justification of the present set.
    std::optional<Bytes> last_justification;
    std::uint32_t last_justified_number = 0;
    /// Count and generation of the development keys in use.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> key_generations;
    static constexpr auto kScaleFields = std::tuple{&FinalityRecord::finalized,
                                                    &FinalityRecord::round,
                                                    &FinalityRecord::sets,
                                                    &FinalityRecord::last_justification,
                                                    &FinalityRecord::last_justified_number,
                                                    &FinalityRecord::key_generations};
};

class BlockStore {
  public:
    /// @param keeps_states  false for a store that nobody opens again
    BlockStore(std::unique_ptr<KeyValueStore> store, bool keeps_states)
        : store_(std::move(store)), keeps_states_(keeps_states) {}

    // -- reading ----------------------------------------------------------------------------------------
    // All fail with kBasePathUnusable or kDamagedDatabase.
    [[nodiscard]] Result<std::optional<Hash256>> genesis_hash() const;
    [[nodiscard]] Result<std::optional<Bytes>> header(const Hash256& hash) const;
    [[nodiscard]] Result<std::optional<std::vector<Bytes>>> body(const Hash256& hash) const;
    [[nodiscard]] Result<std::optional<Bytes>> justification(const Hash256& hash) const;
    [[nodiscard]] Result<std::optional<Hash256>> finalized_at(std::uint32_t number) const;
    [[nodiscard]] Result<BaseRecord> base() const;
    [[nodiscard]] Result<FinalityRecord> finality() const;
    /// What changed between the genesis and the base.
    [[nodiscard]] Result<Changes> base_changes() const;
    /// The blocks above the base with their arrival numbers, in the order of their arrival.
    [[nodiscard]] Result<std::vector<std::pair<std::uint64_t, TreeRecord>>> tree() const;

    // -- writing ----------------------------------------------------------------------------------------
    void put_genesis(StoreBatch& batch, const Hash256& hash) const;
    void put_block(StoreBatch& batch,
                   const Hash256& hash,
                   ByteView header,
                   const std::vector<Bytes>& body) const;
    void put_tree_record(StoreBatch& batch, std::uint64_t arrival, const TreeRecord& record) const;
    void erase_tree_record(StoreBatch& batch, std::uint64_t arrival) const;
    void put_justification(StoreBatch& batch, const Hash256& hash, ByteView justification) const;
    void put_finalized_at(StoreBatch& batch, std::uint32_t number, const Hash256& hash) const;
    void put_finality(StoreBatch& batch, const FinalityRecord& record) const;
    void put_base(StoreBatch& batch, const BaseRecord& record) const;
    /// Moves the base to a child: its changes join the difference to the genesis, its record goes.
    /// @errors kBasePathUnusable, kDamagedDatabase
    [[nodiscard]] Result<void> advance_base(StoreBatch& batch, std::uint64_t child_arrival) const;

    /// Applies a batch, synced. @errors kBasePathUnusable, kDamagedDatabase
    [[nodiscard]] Result<void> write(const StoreBatch& batch) { return store_->write(batch); }

  private:
    template <class Record>
    [[nodiscard]] Result<std::optional<Record>> read(const Bytes& key) const;

    std::unique_ptr<KeyValueStore> store_;
    bool keeps_states_;
};

}  // namespace redoubt::devchain
