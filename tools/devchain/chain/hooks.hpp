/// Places where the dev chain can be made to lie, for tests of those who must not believe it.
///
/// Each hook takes what the chain made and returns what leaves it. An empty hook changes nothing. The chain's
/// own view of its blocks, states and authority sets stays true whatever hooks do.
#pragma once

#include <light-client/justification.hpp>
#include <primitives/bytes.hpp>
#include <substrate/header.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace redoubt::devchain {

/// A precommit before it is signed.
struct PlannedVote {
    light_client::AuthorityId voter;
    light_client::BlockRef target;
    std::uint64_t round = 0;
    std::uint64_t set_id = 0;
};

struct Hooks {
    // -- where blocks are made --------------------------------------------------------------------------
    /// The digest of block `number` before it is sealed.
    std::function<std::vector<substrate::DigestItem>(std::uint32_t number,
                                                     std::vector<substrate::DigestItem>)>
        digest;
    /// The state root that the header of block `number` names.
    std::function<Hash256(std::uint32_t number, Hash256)> state_root;

    // -- where finality is made; the block counts as finalized here in any case -------------------------
    /// The votes of a round before they are signed. Ancestries are collected for the votes that come back.
    std::function<std::vector<PlannedVote>(std::vector<PlannedVote>)> votes;
    /// The complete justification before it is encoded.
    std::function<light_client::Justification(light_client::Justification)> justification;
    std::function<Bytes(Bytes)> justification_bytes;

    // -- where the chain answers ------------------------------------------------------------------------
    /// nullopt withholds the block's header.
    std::function<std::optional<substrate::Header>(const Hash256& hash, substrate::Header)> header;
    std::function<std::optional<std::vector<Bytes>>(const Hash256& hash, std::vector<Bytes>)> body;
    /// The justification stored with a block, which is often none.
    std::function<std::optional<Bytes>(const Hash256& hash, std::optional<Bytes>)> stored_justification;
    /// The answer to grandpa_proveFinality.
    std::function<std::optional<Bytes>(std::uint32_t number, std::optional<Bytes>)> finality_proof;
    /// Read proofs of both kinds for the state of the block `at`.
    std::function<std::vector<Bytes>(const Hash256& at, std::vector<Bytes>)> proof;
    std::function<Bytes(unsigned version, Bytes)> metadata;
    /// What a runtime API function returned.
    std::function<Bytes(std::string_view method, Bytes)> call_result;
    std::function<light_client::BlockRef(light_client::BlockRef)> best_head;
    std::function<light_client::BlockRef(light_client::BlockRef)> finalized_head;
    std::function<Hash256(Hash256)> genesis_hash;
};

/// What `hook` makes of its last argument; that argument itself when there is no hook.
template <class Value, class... Context>
[[nodiscard]] auto through(const auto& hook, Value value, const Context&... context) {
    return hook ? hook(context..., std::move(value)) : std::move(value);
}

}  // namespace redoubt::devchain
