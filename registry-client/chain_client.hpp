/// A client of one Substrate chain over the legacy JSON-RPC: connection, blocks, storage, finalized heads.
///
/// It checks that answers are well formed and fit together (headers hash to the requested hash, finalized
/// heads link by parent hash, the genesis stays the same). It does not verify finality, proofs or bodies:
/// the enclave does that.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/uint128.hpp>
#include <registry-client/runtime.hpp>
#include <rpc/client_options.hpp>
#include <rpc/failure.hpp>
#include <rpc/task.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <substrate/events.hpp>
#include <substrate/header.hpp>
#include <vector>

namespace redoubt::rpc {
class Client;
}

namespace redoubt::registry_client {

using rpc::Reply;

enum class ChainError : int {
    kWrongGenesis = 1,  ///< the node serves another chain; the detail names both genesis hashes
    kBadAnswer,         ///< the node's answer has the wrong shape, or contradicts what was asked
    kNoSuchBlock,       ///< the node does not have the block (pruned, or not synchronised)
    kFinalizedReorg,    ///< a finalized block was replaced: the chain was restarted, or the node lies
    kBadMetadata,       ///< the runtime's metadata cannot be decoded
    kUnknownPallet,     ///< the runtime has no such pallet, storage entry or call
};
[[nodiscard]] std::string_view error_domain(ChainError);
[[nodiscard]] std::string_view error_message(ChainError);
REDOUBT_ERROR_DOMAIN(ChainError)

}  // namespace redoubt::registry_client

template <>
struct std::is_error_code_enum<redoubt::registry_client::ChainError> : std::true_type {};

namespace redoubt::registry_client {

/// True for what ends by itself: a connection that comes back, a node that is slow or still behind. The same
/// question may be answered later.
[[nodiscard]] bool is_passing(const rpc::Failure& failure);

struct ConnectOptions {
    rpc::ClientOptions rpc;
    /// Refuse a chain with another genesis. A node whose genesis changes later is always refused.
    std::optional<Hash256> expected_genesis = std::nullopt;
};

struct BlockReference {
    std::uint32_t number = 0;
    Hash256 hash;
    bool operator==(const BlockReference&) const = default;
};

struct BlockHeader {
    Hash256 hash;  ///< BLAKE2b-256 of `bytes`, computed here
    Bytes bytes;   ///< SCALE
    substrate::Header header;

    [[nodiscard]] BlockReference reference() const { return {header.number, hash}; }
};

struct Block {
    BlockHeader header;
    std::vector<Bytes> extrinsics;               ///< with length prefix, as in the body
    std::optional<Bytes> grandpa_justification;  ///< engine FRNK, when the node stores one
};

/// System.Account of one account.
struct AccountInfo {
    std::uint32_t nonce = 0;
    uint128 free = 0;
    uint128 reserved = 0;
    uint128 frozen = 0;
};

class ChainClient;
using ChainClientPtr = std::shared_ptr<ChainClient>;

/// Finalized headers in order, one by one, without gaps, across reconnects.
/// Holds the client alive. One reader at a time.
class FinalizedHeads {
  public:
    struct State;

    explicit FinalizedHeads(std::unique_ptr<State> state);
    FinalizedHeads(FinalizedHeads&&) noexcept;
    FinalizedHeads& operator=(FinalizedHeads&&) noexcept;
    ~FinalizedHeads();

    /// The header after the last one given. Gaps are filled by number, each header is linked to the one
    /// before by its parent hash.
    /// @errors rpc::RpcError::kDeadline when none came within `limit` (call again);
    ///         kFinalizedReorg, kWrongGenesis for good; others of the connection, after which a further
    ///         call goes on where this one stopped
    [[nodiscard]] Task<Reply<BlockHeader>> next(std::chrono::milliseconds limit);

    /// Compares the headers given with the node's chain by number, from the last one down, and takes back
    /// those that it does not have: they were announced, and are no blocks. The stream goes on after the last
    /// one that it has, even when it had failed with kFinalizedReorg.
    /// @returns true when a header was taken back
    /// @errors kFinalizedReorg for good when the node has none of them; others of the connection
    [[nodiscard]] Task<Reply<bool>> take_back();

    /// The last header given, or the one the stream was started after.
    [[nodiscard]] std::optional<BlockReference> last() const;

  private:
    std::unique_ptr<State> state_;
};

/// All calls may be made from any thread; each has the deadline of ClientOptions::call_timeout.
/// Errors common to all: those of rpc::Client::call, and kBadAnswer.
class ChainClient : public std::enable_shared_from_this<ChainClient> {
  public:
    struct Parts;

    /// Connects, checks the genesis, loads metadata and properties.
    /// @errors of rpc::Client::connect; kWrongGenesis, kBadMetadata
    [[nodiscard]] static Task<Reply<ChainClientPtr>> connect(Executor executor, ConnectOptions options);

    explicit ChainClient(std::unique_ptr<Parts> parts);
    ChainClient(const ChainClient&) = delete;
    ChainClient& operator=(const ChainClient&) = delete;
    ~ChainClient();

    [[nodiscard]] const Hash256& genesis_hash() const;
    [[nodiscard]] const std::string& url() const;
    /// The JSON-RPC connection, for methods that have no function here.
    [[nodiscard]] rpc::Client& rpc();
    [[nodiscard]] rpc::ConnectionStatus status() const;
    /// Ends the connection and all that waits on it.
    void close();

    /// The runtime to build calls with: that of the best block when last looked at.
    [[nodiscard]] std::shared_ptr<const Runtime> runtime() const;
    /// Asks the node for its present runtime version and loads the metadata when it changed.
    [[nodiscard]] Task<Reply<std::shared_ptr<const Runtime>>> refresh_runtime();
    /// The runtime that executed `block`, whose events and storage changes are in its types.
    [[nodiscard]] Task<Reply<std::shared_ptr<const Runtime>>> runtime_of_block(BlockHeader block);

    [[nodiscard]] Task<Reply<BlockReference>> finalized_head();
    [[nodiscard]] Task<Reply<BlockReference>> best_head();
    /// nullopt when the best chain has no block of this number.
    [[nodiscard]] Task<Reply<std::optional<Hash256>>> block_hash(std::uint32_t number);
    /// @errors kNoSuchBlock
    [[nodiscard]] Task<Reply<BlockHeader>> header(Hash256 hash);
    /// @errors kNoSuchBlock
    [[nodiscard]] Task<Reply<Block>> block(Hash256 hash);

    /// The raw value, nullopt when absent. Without `at`: in the best block.
    [[nodiscard]] Task<Reply<std::optional<Bytes>>> storage(Bytes key,
                                                            std::optional<Hash256> at = std::nullopt);
    /// All keys below `prefix` in order, at most a million.
    [[nodiscard]] Task<Reply<std::vector<Bytes>>> storage_keys(Bytes prefix,
                                                               std::optional<Hash256> at = std::nullopt);
    /// Trie nodes that prove the keys. A node without the method answers kRemoteError.
    [[nodiscard]] Task<Reply<std::vector<Bytes>>> read_proof(std::vector<Bytes> keys, Hash256 at);
    /// The raw System.Events of a block.
    [[nodiscard]] Task<Reply<Bytes>> events_bytes(Hash256 at);
    /// The events of a block, decoded with the runtime that executed it.
    [[nodiscard]] Task<Reply<std::vector<substrate::EventRecord>>> events(Hash256 at);
    /// A runtime call: SCALE in, SCALE out.
    [[nodiscard]] Task<Reply<Bytes>> runtime_call(std::string function,
                                                  Bytes arguments,
                                                  std::optional<Hash256> at = std::nullopt);

    /// The first nonce that neither the state of the best block nor the node's pool nor a transaction of this
    /// process has used. A node that counts pooled transactions above a missing nonce (chopsticks does,
    /// polkadot-sdk counts its ready ones only) is not believed: its pool is read, and the gap is filled.
    [[nodiscard]] Task<Reply<std::uint32_t>> account_nonce(AccountId account);
    /// Zeros for an account that does not exist.
    [[nodiscard]] Task<Reply<AccountInfo>> account_info(AccountId account,
                                                        std::optional<Hash256> at = std::nullopt);

    /// Submits without following; gives the extrinsic's hash. Prefer submit_until_finalized.
    [[nodiscard]] Task<Reply<Hash256>> submit(Bytes extrinsic);

    /// Finalized headers: those after `after`, or from the present finalized head on.
    /// @errors kFinalizedReorg when `after` is not on the finalized chain
    [[nodiscard]] Task<Reply<FinalizedHeads>> finalized_heads(
        std::optional<BlockReference> after = std::nullopt);

    [[nodiscard]] Parts& parts() { return *parts_; }

  private:
    /// system_accountNextIndex; nullopt when the node does not offer it.
    [[nodiscard]] Task<Reply<std::optional<std::uint32_t>>> reported_nonce(AccountId account);
    /// The nonces of the account's transactions in the node's pool; none when the node does not show it.
    [[nodiscard]] Task<Reply<std::set<std::uint32_t>>> pooled_nonces(AccountId account);
    /// The runtime whose code lies in the state after `at`, or in that of the best block.
    [[nodiscard]] Task<Reply<std::shared_ptr<const Runtime>>> runtime_at_state(std::optional<Hash256> at);
    [[nodiscard]] Reply<void> check_header(BlockHeader& found,
                                           const Hash256& asked,
                                           std::string_view method) const;

    std::unique_ptr<Parts> parts_;
};

}  // namespace redoubt::registry_client
