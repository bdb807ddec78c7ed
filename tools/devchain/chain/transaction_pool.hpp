/// The transaction pool: what waits for a block, in which order, and what becomes of it.
///
/// It judges nothing itself: the runtime's validity says what a transaction requires and provides. It knows
/// of blocks what the chain tells it. Events are collected, and taken by the chain.
///
/// @source polkadot-sdk, sc_transaction_pool::graph (base_pool, ready, future, validated_pool)
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <tools/devchain/chain/pool_event.hpp>
#include <tools/devchain/runtime/validity.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace redoubt::devchain {

struct PoolLimits {
    std::size_t ready_count_max = 8'192;
    std::size_t ready_bytes_max = std::size_t{20} * 1024 * 1024;
    std::size_t future_count_max = 512;
    std::size_t future_bytes_max = std::size_t{2} * 1024 * 1024;
    std::uint64_t ban_ms = 30ULL * 60 * 1000;
    /// So many blocks of the best chain may hold transactions and wait for finality.
    std::size_t finality_blocks_max = 512;
};

/// Why a transaction was not taken. The values are the JSON-RPC error codes.
enum class SubmitFailure : int {
    kInvalid = 1010,
    kUnknownValidity = 1011,
    kTemporarilyBanned = 1012,
    kAlreadyImported = 1013,
    kTooLowPriority = 1014,
    kImmediatelyDropped = 1016,
};
struct SubmitError {
    SubmitFailure failure = SubmitFailure::kInvalid;
    std::optional<TransactionValidityError> validity;  ///< of kInvalid and kUnknownValidity
    std::uint64_t old_priority = 0;                    ///< of kTooLowPriority: what had to be exceeded
    std::uint64_t new_priority = 0;
};
/// The transaction's hash, or why it is not in the pool.
using SubmitResult = outcome::basic_result<Hash256, SubmitError, outcome::policy::terminate>;

struct PoolTransaction {
    Hash256 hash;
    Bytes extrinsic;  ///< with its length prefix
    ValidTransaction validity;
    std::uint64_t valid_until = UINT64_MAX;  ///< the last block number it is valid at
    std::uint64_t arrival = 0;
};

class TransactionPool {
  public:
    /// @param peers  to whom ready transactions are said to have been sent; empty for nobody
    TransactionPool(PoolLimits limits, std::vector<std::string> peers);

    /// True while a transaction with this hash is not taken again.
    [[nodiscard]] bool is_banned(const Hash256& txn, std::uint64_t now_ms) const;
    [[nodiscard]] bool contains(const Hash256& txn) const { return transactions_.contains(txn); }
    /// nullptr when it is not in the pool; lasts until the pool changes.
    [[nodiscard]] const PoolTransaction* find(const Hash256& txn) const;

    /// Takes a validated transaction. @param best_number  number of the block it was validated against
    /// @errors kAlreadyImported, kTooLowPriority, kImmediatelyDropped
    [[nodiscard]] SubmitResult submit(Bytes extrinsic, ValidTransaction validity, std::uint32_t best_number);

    /// Transactions in the order in which a block takes them: never before what they require, else by
    /// priority, then the soonest to expire, then the oldest. The pointers last until the pool changes.
    [[nodiscard]] std::vector<const PoolTransaction*> ready() const;
    /// Those that wait for others.
    [[nodiscard]] std::vector<const PoolTransaction*> future() const;
    [[nodiscard]] std::size_t ready_count() const noexcept { return ready_count_; }

    /// Removes transactions, and what depends on them, that turned out to be invalid, and bans them.
    void remove_invalid(const Hash256& txn, std::uint64_t now_ms);

    /// One extrinsic of a block, with the tags that it provided there.
    struct Included {
        Hash256 txn;
        std::uint32_t extrinsic_index = 0;
        std::vector<Bytes> provides_tags;
    };
    /// A block joined the best chain.
    void on_enacted(const Hash256& block,
                    std::uint32_t number,
                    const std::vector<Included>& included,
                    std::uint64_t now_ms);
    /// A block left the best chain. Its transactions wait for on_enacted or take_all.
    void on_retracted(const Hash256& block);
    /// A block was finalized.
    void on_finalized(const Hash256& block);

    /// Every transaction, those of retracted blocks first, to be validated again after a reorganisation; the
    /// pool is empty afterwards.
    [[nodiscard]] std::vector<Bytes> take_all();
    /// Puts a transaction back after take_all; there are events only for what is new.
    void resubmit(const Bytes& extrinsic,
                  const Validity& validity,
                  std::uint32_t best_number,
                  std::uint64_t now_ms);

    /// Events since the last call, oldest first.
    [[nodiscard]] std::vector<PoolEvent> take_events();

  private:
    struct Entry {
        PoolTransaction txn;
        bool is_ready = false;
    };
    /// A transaction in a block of the best chain that is not final yet.
    struct InBlock {
        Hash256 txn;
        std::uint32_t extrinsic_index = 0;
        Bytes extrinsic;
    };

    void emit(const Hash256& txn, PoolEventKind kind, const Hash256& subject = {}, std::uint32_t index = 0);
    /// False when a transaction with the same tags stands in the way; fills `old_priority`.
    [[nodiscard]] bool make_room_for(const PoolTransaction& txn, std::uint64_t& old_priority);
    void drop_dependants(const std::vector<Bytes>& tags, const std::vector<Bytes>& still_provided);
    [[nodiscard]] bool is_satisfied(const PoolTransaction& txn) const;
    void make_ready(Entry& entry);
    void make_future(Entry& entry);
    void promote_future();
    void remove_overtaken(const std::set<Bytes>& tags, std::uint32_t number, std::uint64_t now_ms);
    void erase(const Hash256& txn);
    /// Removes `txn` and every transaction that needs it, each with `kind`.
    void erase_subtree(const Hash256& txn, PoolEventKind kind);
    void enforce_limits();
    void forget_block(const Hash256& block);
    [[nodiscard]] std::optional<Bytes> take_extrinsic(const Hash256& txn);
    void ban(const Hash256& txn, std::uint64_t now_ms);

    PoolLimits limits_;
    std::vector<std::string> peers_;
    std::unordered_map<Hash256, Entry> transactions_;
    std::map<Bytes, Hash256> providers_;  ///< of tags, among the ready ones
    std::unordered_map<Hash256, std::uint64_t> banned_until_ms_;
    std::map<Hash256, std::vector<InBlock>> in_blocks_;
    std::deque<Hash256> in_blocks_order_;
    std::vector<InBlock> retracted_;           ///< in their order on the branch that was left
    std::unordered_map<Hash256, bool> taken_;  ///< by take_all, and whether they were ready
    std::size_t ready_count_ = 0;
    std::size_t ready_bytes_ = 0;
    std::size_t future_bytes_ = 0;
    std::uint64_t next_arrival_ = 0;
    std::vector<PoolEvent> events_;
};

}  // namespace redoubt::devchain
