/// Evidence of finality as a node offers it: justifications stored with blocks, those that
/// grandpa_subscribeJustifications brings, and grandpa_proveFinality.
///
/// Nothing is judged here; the enclave does that, also with bytes that cannot be read here. What it refused
/// is remembered, so that the same bytes are not given to it again for the same block and later evidence is
/// looked for.
#pragma once

#include <boundary/messages.hpp>
#include <node/problem.hpp>
#include <registry-client/chain_client.hpp>
#include <rpc/failure.hpp>
#include <rpc/subscription.hpp>
#include <rpc/task.hpp>

#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace redoubt::node {

/// What a node says makes the block `number` final.
struct FinalityEvidence {
    std::uint32_t number = 0;
    Bytes justification;
    /// For a block of a parachain instead of a justification; without headers.
    std::optional<boundary::ParachainHead> head = std::nullopt;
};

/// Evidence for a block further on, with the headers up to it.
struct FinalityStretch {
    std::vector<registry_client::BlockHeader> headers;  ///< from the first asked for, without gaps
    Bytes justification;
    /// For the last one, of a parachain, instead of a justification; without headers.
    std::optional<boundary::ParachainHead> head = std::nullopt;
};

/// Evidence about a parachain's relay chain: headers that follow the final one, and what makes the last
/// final.
struct RelayEvidence {
    std::vector<registry_client::BlockHeader> headers;
    Bytes justification;
};

class EvidenceSource {
  public:
    explicit EvidenceSource(registry_client::ChainClientPtr chain) : chain_(std::move(chain)) {}

    /// Evidence for one of the blocks of `run`, which follow the finalized one; nullopt when the node has
    /// none for them yet, or none that was not refused before.
    [[nodiscard]] Task<rpc::Reply<std::optional<FinalityEvidence>>> for_one_of(
        std::span<const registry_client::BlockHeader> run);

    /// The evidence for the furthest block that the node proves at once from block `first` on; nullopt when
    /// it has none.
    [[nodiscard]] Task<rpc::Reply<std::optional<FinalityStretch>>> from(std::uint32_t first);

    /// The enclave refused these bytes for the block `hash`. The same bytes may still hold for another
    /// header.
    void refused(ByteView justification, const Hash256& hash);

    /// False when the node has neither grandpa_proveFinality nor grandpa_subscribeJustifications, and has not
    /// given a block with a justification.
    [[nodiscard]] bool offered() const noexcept {
        return proofs_offered_ || stream_offered_ || block_had_one_;
    }

  private:
    struct Proof {
        std::uint32_t number = 0;
        Hash256 hash;  ///< as the node says
        Bytes justification;
        std::vector<Bytes> headers;  ///< above the block that was asked for
    };

    /// grandpa_proveFinality. @errors of the connection; nullopt when there is no proof
    [[nodiscard]] Task<rpc::Reply<std::optional<Proof>>> prove(std::uint32_t number);
    /// Takes what grandpa_subscribeJustifications has brought since the last time.
    [[nodiscard]] Task<rpc::Reply<void>> read_stream();
    /// Forgets a proof for a block that the node does not have: the run would never reach it.
    [[nodiscard]] Task<rpc::Reply<void>> check_ahead();
    [[nodiscard]] bool was_refused(ByteView justification, const Hash256& hash) const;
    /// It is for a block of the run and was not refused for it.
    [[nodiscard]] bool fits(const std::optional<FinalityEvidence>& evidence,
                            std::span<const registry_client::BlockHeader> run) const;

    registry_client::ChainClientPtr chain_;
    std::deque<Hash256> refused_;
    /// A proof for a block that the run has not reached yet.
    std::optional<FinalityEvidence> ahead_;
    std::chrono::steady_clock::time_point ahead_checked_;
    bool proofs_offered_ = true;
    bool stream_offered_ = true;
    bool block_had_one_ = false;
    std::optional<rpc::Subscription> stream_;
    /// The newest justification of the stream.
    std::optional<FinalityEvidence> newest_;
    /// The newest one of the stream that cannot be read here.
    std::optional<Bytes> unreadable_;
};

}  // namespace redoubt::node
