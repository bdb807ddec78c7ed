/// Messages about the chain: the runtime that it is read with and what is final.
///
/// Part of the list in messages.hpp, which is what is included elsewhere.
#pragma once

#include <boundary/bounded.hpp>
#include <boundary/limits.hpp>
#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

namespace redoubt::boundary {

/// A block of the parent chain.
struct BlockId {
    std::uint32_t number = 0;
    Hash256 hash;
    static constexpr auto kScaleFields = std::tuple{&BlockId::number, &BlockId::hash};
    bool operator==(const BlockId&) const = default;
};

/// A block that is trusted without evidence, once: the genesis block or a checkpoint. The header's state root
/// vouches for the authority set that signs what follows.
struct TrustAnchor {
    Bytes header;
    /// Trie nodes that show Grandpa.Authorities, Grandpa.CurrentSetId, Grandpa.PendingChange,
    /// `:grandpa_authorities` and System.BlockHash(0), present or absent, under the header's state root.
    Bounded<Bytes, kProofNodesMax> state_proof;
    static constexpr auto kScaleFields = std::tuple{&TrustAnchor::header, &TrustAnchor::state_proof};
    bool operator==(const TrustAnchor&) const = default;
};

/// Of which relay chain a parachain takes its finality.
struct RelayChain {
    Hash256 genesis_hash;
    std::uint32_t para_id = 0;
    static constexpr auto kScaleFields = std::tuple{&RelayChain::genesis_hash, &RelayChain::para_id};
    bool operator==(const RelayChain&) const = default;
};

/// The metadata that blocks are read with and extrinsics are signed with. Needed before the first
/// ImportBlock or signature, and again after a runtime upgrade (kRuntimeOutdated).
struct SetRuntime {
    Bytes metadata;
    std::uint16_t ss58_prefix = 42;
    std::uint8_t decimals = 12;
    std::string symbol;
    static constexpr auto kScaleFields = std::tuple{&SetRuntime::metadata, &SetRuntime::ss58_prefix,
                                                    &SetRuntime::decimals, &SetRuntime::symbol};
    bool operator==(const SetRuntime&) const = default;
};

/// Answers SetRuntime.
struct RuntimeSet {
    std::uint32_t spec_version = 0;
    /// Present when the chain supports CheckMetadataHash: signatures then cover this hash.
    std::optional<Hash256> metadata_hash;
    static constexpr auto kScaleFields = std::tuple{&RuntimeSet::spec_version, &RuntimeSet::metadata_hash};
    bool operator==(const RuntimeSet&) const = default;
};

/// Evidence that blocks are final: the headers after the finalized block, and a justification of the last one
/// by the authority set in charge. Answered with FinalityMoved.
///
/// Without a justification the headers lead from the last imported block to the finalized one: after a
/// restart the enclave knows both and not what lies between.
///
/// With a relay chain all headers are the relay chain's, and there is always a justification.
struct Finality {
    Bounded<Bytes, kFinalityHeadersMax> headers;
    std::optional<Bytes> justification;
    static constexpr auto kScaleFields = std::tuple{&Finality::headers, &Finality::justification};
    bool operator==(const Finality&) const = default;
};

/// A warp sync response: moves the finalized block over authority set changes without the headers in between.
/// Only before the shard's first block; at any time when it is about a relay chain. Answered with
/// FinalityMoved.
struct FinalityHop {
    Bytes warp_sync;
    static constexpr auto kScaleFields = std::tuple{&FinalityHop::warp_sync};
    bool operator==(const FinalityHop&) const = default;
};

/// A head of the parachain in the state of a relay block that was shown to be final: the head and the blocks
/// before it are final. Answered with FinalityMoved.
struct ParachainHead {
    /// One of the relay chain's recently finalized blocks.
    Hash256 relay_block;
    /// Trie nodes that show Paras.Heads of the parachain under the relay block's state root.
    Bounded<Bytes, kProofNodesMax> proof;
    /// The parachain's headers between the last head and this one, without both.
    Bounded<Bytes, kParachainHeadersMax> headers;
    /// Present when headers are left out, which is possible before the shard's first block: trie nodes that
    /// show System.BlockHash(0) under the head's own state root. Empty for the genesis block.
    std::optional<Bounded<Bytes, kProofNodesMax>> genesis_proof;
    static constexpr auto kScaleFields = std::tuple{&ParachainHead::relay_block, &ParachainHead::proof,
                                                    &ParachainHead::headers, &ParachainHead::genesis_proof};
    bool operator==(const ParachainHead&) const = default;
};

/// Where the view of a parachain's relay chain stands.
struct RelayReport {
    RelayChain chain;
    BlockId finalized;
    static constexpr auto kScaleFields = std::tuple{&RelayReport::chain, &RelayReport::finalized};
    bool operator==(const RelayReport&) const = default;
};

/// Where the enclave's own view of the chain stands. For a parachain the anchor and the authority set are the
/// relay chain's.
struct FinalityReport {
    /// The block that was trusted at first.
    BlockId anchor;
    BlockId finalized;
    /// The authority set that signs what follows, and how many members it has.
    std::uint64_t set_id = 0;
    std::uint32_t authorities = 0;
    /// Blocks known to be final that wait to be imported.
    std::uint32_t blocks_waiting = 0;
    /// A Refusal after which only a new identity with another anchor helps; 0 while all is well.
    std::uint32_t halted = 0;
    /// Present for a parachain.
    std::optional<RelayReport> relay;
    static constexpr auto kScaleFields =
        std::tuple{&FinalityReport::anchor,      &FinalityReport::finalized,      &FinalityReport::set_id,
                   &FinalityReport::authorities, &FinalityReport::blocks_waiting, &FinalityReport::halted,
                   &FinalityReport::relay};
    bool operator==(const FinalityReport&) const = default;
};

/// Answers Finality, FinalityHop and ParachainHead.
struct FinalityMoved {
    FinalityReport now;
    static constexpr auto kScaleFields = std::tuple{&FinalityMoved::now};
    bool operator==(const FinalityMoved&) const = default;
};

}  // namespace redoubt::boundary
