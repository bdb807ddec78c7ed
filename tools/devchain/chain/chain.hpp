/// The dev chain: blocks, forks, finality and pool around the runtime that executes them.
///
/// Everything happens when it is asked for, on one strand; there are no timers (author.hpp) and no JSON-RPC
/// here. What its readers get passes the hooks; what it works with does not.
#pragma once

#include <light-client/justification.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <substrate/header.hpp>
#include <tools/devchain/chain/block_state.hpp>
#include <tools/devchain/chain/chain_error.hpp>
#include <tools/devchain/chain/hooks.hpp>
#include <tools/devchain/chain/observer.hpp>
#include <tools/devchain/chain/transaction_pool.hpp>
#include <tools/devchain/runtime/runtime.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::devchain {

inline constexpr unsigned kAuthoritiesMax = 1'000;

/// When blocks are made; author.hpp acts on it.
enum class Seal : std::uint8_t {
    kSlots,    ///< one in each slot of GenesisConfig::slot_duration_ms
    kInstant,  ///< one as soon as a transaction is ready
    kManual,   ///< one for each request
};

struct ChainOptions {
    std::string name = "Redoubt Development";
    std::string id = "redoubt_dev";
    /// Lists of authorities that are empty are filled with `authorities` development keys.
    GenesisConfig genesis;
    unsigned authorities = 1;
    Seal seal = Seal::kInstant;
    /// A justification is stored for about every so many finalized blocks, and always where a set ends.
    std::uint32_t justify_every = 16;
    /// So many blocks finality stays behind the best block.
    std::uint32_t finality_lag = 0;
    /// States of so many last blocks are kept, and all since the finalized block.
    std::uint32_t states_kept = 256;
    /// Where the chain is stored; nullopt keeps it in memory.
    std::optional<std::filesystem::path> base_path;
    PoolLimits pool;
    /// Milliseconds since 1970; empty for the system clock.
    std::function<std::uint64_t()> now_ms;
};

/// How a block is to be made.
struct BuildRequest {
    /// nullopt: the best block. Must descend from the finalized block, or be it.
    std::optional<Hash256> parent;
    /// nullopt: ChainOptions::now_ms. In any case at least one slot after the parent.
    std::optional<std::uint64_t> now_ms;
    /// Exactly these after the inherents, each of which has to apply; nullopt: what the pool has ready.
    std::optional<std::vector<Bytes>> extrinsics;
};

/// What an authority's key is for.
enum class KeyKind : std::uint8_t { kGrandpa, kAura };

/// Who votes now.
struct FinalityView {
    std::uint64_t set_id = 0;
    std::uint64_t round = 0;  ///< the next one
    light_client::AuthorityList authorities;
    std::uint64_t total_weight = 0;
    std::uint64_t threshold = 0;
    bool is_stalled = false;
    std::uint32_t lag = 0;
};

class Chain {
  public:
    /// Starts a chain, or goes on with the one in the base path.
    /// @errors kBadGenesis, kBasePathLocked, kBasePathUnusable, kOtherGenesis, kDamagedDatabase
    [[nodiscard]] static Result<std::unique_ptr<Chain>> open(ChainOptions options);
    ~Chain();
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

    [[nodiscard]] const ChainOptions& options() const noexcept;
    [[nodiscard]] const Runtime& runtime() const noexcept;
    /// Where to make the chain lie.
    [[nodiscard]] Hooks& hooks() noexcept;
    /// False while hooks keep the author from making blocks.
    [[nodiscard]] bool is_author_awake() const;
    /// Calls `observer` until it is removed. It outlives the chain or is removed before.
    void add_observer(Observer& observer);
    void remove_observer(Observer& observer);

    // -- reading blocks ---------------------------------------------------------------------------------
    [[nodiscard]] Hash256 genesis_hash() const;
    [[nodiscard]] light_client::BlockRef best() const;
    [[nodiscard]] light_client::BlockRef finalized() const;
    [[nodiscard]] std::optional<substrate::Header> header(const Hash256& hash) const;
    /// The extrinsics with their length prefixes.
    [[nodiscard]] std::optional<std::vector<Bytes>> body(const Hash256& hash) const;
    /// The encoded justification stored with a block. nullopt for most blocks.
    [[nodiscard]] std::optional<Bytes> justification(const Hash256& hash) const;
    /// The block of the best chain with this number.
    [[nodiscard]] std::optional<Hash256> hash_by_number(std::uint32_t number) const;
    /// All blocks with this number that can be or are final, the best chain's first.
    [[nodiscard]] std::vector<Hash256> hashes_at(std::uint32_t number) const;
    /// Blocks above the finalized one, parents before children.
    [[nodiscard]] std::vector<Hash256> unfinalized() const;

    // -- reading state ----------------------------------------------------------------------------------
    /// The state after a block; stays alive as long as somebody holds it.
    /// @errors kUnknownBlock, kStatePruned
    [[nodiscard]] Result<BlockStatePtr> state(const Hash256& hash) const;
    /// Trie nodes that prove the values, or the absence, of `keys`. @errors as state
    [[nodiscard]] Result<std::vector<Bytes>> read_proof(const Hash256& hash,
                                                        std::span<const Bytes> keys) const;
    /// As read_proof, for keys in a child trie and the way to its root.
    /// @param child_key  without `:child_storage:default:`
    [[nodiscard]] Result<std::vector<Bytes>> child_read_proof(const Hash256& hash,
                                                              ByteView child_key,
                                                              std::span<const Bytes> keys) const;
    /// Runtime metadata; nullopt for an unknown version.
    [[nodiscard]] std::optional<Bytes> metadata(unsigned version) const;
    /// The version that the runtime says it has.
    [[nodiscard]] Version version() const;
    /// Runs a runtime API function on the state after a block; nullopt as Runtime::call_api.
    /// @errors as state
    [[nodiscard]] Result<std::optional<Bytes>> call(const Hash256& hash,
                                                    std::string_view method,
                                                    ByteView parameters) const;
    /// What would happen to an extrinsic in a child of a block. @errors as state
    [[nodiscard]] Result<ApplyResult> dry_run(const Hash256& hash, ByteView extrinsic) const;

    // -- making blocks ----------------------------------------------------------------------------------
    /// Submits a transaction, with its length prefix, to the pool.
    [[nodiscard]] SubmitResult submit(Bytes extrinsic);
    [[nodiscard]] const TransactionPool& pool() const noexcept;
    /// Takes a transaction out of the pool, with those that depend on it. False when it is not there.
    bool remove_transaction(const Hash256& txn);

    /// Makes a block, imports it, and lets finality follow. Returns its hash.
    /// @errors kUnknownBlock, kStatePruned, kNotOnFinalizedBranch, kUnknownAuthorKey, kBadExtrinsic,
    ///         kBasePathUnusable
    [[nodiscard]] Result<Hash256> build_block(const BuildRequest& request = {});

    // -- finality ---------------------------------------------------------------------------------------
    [[nodiscard]] FinalityView finality() const;
    /// Finalizes a block now, stalled or not, in as many steps as authority sets require. The best block
    /// moves when it is on another branch. Does nothing for the finalized block and its ancestors.
    /// @errors kUnknownBlock, kNotOnFinalizedBranch, kNoQuorum, kBasePathUnusable
    [[nodiscard]] Result<void> finalize(const Hash256& hash);
    /// Stops finality from following the best block, or lets it catch up.
    [[nodiscard]] Result<void> stall_finality(bool is_stalled);
    [[nodiscard]] Result<void> set_finality_lag(std::uint32_t lag);
    /// The answer of `grandpa_proveFinality`: nullopt when the newest justification is for a lower block.
    /// @errors kNotCoveredByProofs
    [[nodiscard]] Result<std::optional<Bytes>> prove_finality(std::uint32_t number) const;

    /// The id of the set in charge of a block of the best chain.
    [[nodiscard]] std::uint64_t set_id_at(std::uint32_t number) const;
    /// A signature by a voter whose secret key is here; nullopt for any other.
    [[nodiscard]] std::optional<FixedBytes<64>> sign_as_voter(const light_client::AuthorityId& voter,
                                                              ByteView message) const;

    /// What a light client starts from at the finalized block: authorities, id and ends of sets, as nodes
    /// write them into `lightSyncState`; nullopt while a change is announced and not in force.
    [[nodiscard]] std::optional<Bytes> authority_set_checkpoint() const;
    /// Takes over the secret key of a GRANDPA voter or of a block author, until the process ends.
    /// @errors those of KeyPair::from_secret_uri
    [[nodiscard]] Result<FixedBytes<32>> insert_key(KeyKind kind, const std::string& uri);
    [[nodiscard]] bool has_key(KeyKind kind, const FixedBytes<32>& id) const;

    /// Lets the next block announce a set of authorities that takes over `delay` blocks later, when that
    /// block is finalized. @errors kChangePending, kUnusableAuthoritySet
    [[nodiscard]] Result<void> schedule_authority_change(const light_client::AuthorityList& next,
                                                         std::uint32_t delay);
    /// As schedule_authority_change, in force as soon as the block is imported, finalized or not. Announced
    /// changes are forgotten.
    [[nodiscard]] Result<void> force_authority_change(const light_client::AuthorityList& next,
                                                      std::uint32_t delay);
    /// `count` development authorities of weight 1 that can vote here: generation 0 are //Alice, //Bob, ...;
    /// others have keys of their own.
    [[nodiscard]] Result<light_client::AuthorityList> development_authorities(unsigned count,
                                                                              std::uint32_t generation);

  private:
    struct Impl;
    explicit Chain(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace redoubt::devchain
