/// Places where the dev chain can be made to lie, for tests of those who must not believe it.
///
/// Each hook takes what the chain has and returns what its readers get. An empty hook changes nothing. What
/// the chain keeps (blocks, states, authority sets, justifications) stays true whatever hooks do, except for
/// the one hook that changes a header before it is sealed; even then its states stay true.
#pragma once

#include <light-client/justification.hpp>
#include <primitives/bytes.hpp>
#include <substrate/header.hpp>
#include <tools/devchain/chain/block_state.hpp>
#include <tools/devchain/runtime/version.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace redoubt::devchain {

/// What a read proof is asked for.
struct ProofRequest {
    Hash256 at;
    std::optional<ByteView> child_key;  ///< without prefix; nullopt for the main trie
    std::span<const Bytes> keys;
};

struct Hooks {
    // -- where blocks are made --------------------------------------------------------------------------
    /// The header of a new block before it is sealed.
    std::function<substrate::Header(substrate::Header)> new_header;
    /// False keeps the author from making blocks on its own account.
    std::function<bool(bool)> is_author_awake;

    // -- where the chain answers ------------------------------------------------------------------------
    /// nullopt withholds the block: nothing that is read by its hash or number is there.
    std::function<std::optional<substrate::Header>(const Hash256& hash, substrate::Header)> header;
    std::function<std::optional<std::vector<Bytes>>(const Hash256& hash, std::vector<Bytes>)> body;
    std::function<std::optional<Hash256>(std::uint32_t number, std::optional<Hash256>)> hash_by_number;
    /// A justification for `target`, told, stored with its block or part of a proof of finality; nullopt
    /// withholds it.
    std::function<std::optional<Bytes>(const light_client::BlockRef& target, Bytes)> justification;
    /// The answer to grandpa_proveFinality for block `number`.
    std::function<std::optional<Bytes>(std::uint32_t number, std::optional<Bytes>)> finality_proof;
    /// The state that storage is read from. Proofs are made of the true one.
    std::function<BlockStatePtr(const Hash256& at, BlockStatePtr)> state;
    std::function<std::vector<Bytes>(const ProofRequest& request, std::vector<Bytes>)> proof;
    std::function<Bytes(Bytes)> metadata;
    std::function<Version(Version)> version;
    /// What a runtime API function returned.
    std::function<Bytes(std::string_view method, Bytes)> call_result;
    std::function<light_client::BlockRef(light_client::BlockRef)> best_head;
    std::function<light_client::BlockRef(light_client::BlockRef)> finalized_head;
    std::function<Hash256(Hash256)> genesis_hash;
};

/// What `hook` makes of its last argument; that argument itself when there is no hook.
template <class Hook, class Value, class... Context>
[[nodiscard]] auto through(const Hook& hook, Value value, const Context&... context)
    -> decltype(hook(context..., std::move(value))) {
    if (hook) {
        return hook(context..., std::move(value));
    }
    return value;
}

}  // namespace redoubt::devchain
