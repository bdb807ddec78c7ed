/// Where finalized blocks, their evidence and their state come from.
#pragma once

#include <boundary/messages.hpp>
#include <node/finality_evidence.hpp>
#include <node/problem.hpp>
#include <registry-client/chain_client.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace redoubt::node {

/// What the importer needs of a chain. The one that the daemon uses is chain_blocks.hpp. Connection failures
/// are its own matter: calls wait until the node answers.
class BlockSource {
  public:
    virtual ~BlockSource() = default;
    /// The next header that the node calls finalized, after the last one given. nullopt: the stream broke and
    /// begins again after the block that was settled.
    /// @errors kChain when the chain is another one than before
    [[nodiscard]] virtual Task<Outcome<std::optional<registry_client::BlockHeader>>> next() = 0;
    /// The stream begins after this block when it has to begin again.
    virtual void settle(const registry_client::BlockReference& block) = 0;
    /// Begins again after the settled block.
    virtual void begin_again() = 0;
    /// What the node calls its finalized block.
    [[nodiscard]] virtual Task<Outcome<registry_client::BlockHeader>> head() = 0;
    [[nodiscard]] virtual Task<Outcome<registry_client::BlockHeader>> header(Hash256 hash) = 0;
    /// Everything that ImportBlock carries but the time.
    [[nodiscard]] virtual Task<Outcome<boundary::ImportBlock>> parts(registry_client::BlockHeader header) = 0;
    /// The answer to StateNeeded, which outlives the task: a proof of its keys, or of the first one alone
    /// when all together are too large.
    [[nodiscard]] virtual Task<Outcome<boundary::ChainState>> state(const boundary::StateNeeded& needed) = 0;
    /// The runtime that `header`'s block was executed with.
    [[nodiscard]] virtual Task<Outcome<boundary::SetRuntime>> runtime(
        registry_client::BlockHeader header) = 0;
    /// EvidenceSource::for_one_of. The run outlives the task. When nothing can be learnt about the run,
    /// the stream breaks.
    [[nodiscard]] virtual Task<Outcome<std::optional<FinalityEvidence>>> evidence(
        std::span<const registry_client::BlockHeader> run) = 0;
    /// EvidenceSource::from.
    /// @param whole  every header from `first` on is wanted; else a parachain's may be left out
    [[nodiscard]] virtual Task<Outcome<std::optional<FinalityStretch>>> stretch(std::uint32_t first,
                                                                                bool whole) = 0;
    /// EvidenceSource::refused.
    virtual void refused(ByteView justification, const Hash256& hash) = 0;
    /// False when the node is known to give no evidence of finality at all.
    [[nodiscard]] virtual bool offers_evidence() const = 0;
    /// Of the node, for reports.
    [[nodiscard]] virtual std::string url() const = 0;
    /// Headers that may be waiting for evidence.
    [[nodiscard]] virtual std::size_t run_max() const { return boundary::kFinalityHeadersMax; }

    // For a parachain. -------------------------------------------------------------------------------
    /// What the enclave has to be told of the relay chain next; nullopt when final relay blocks name the
    /// parachain's block `wanted` or a later one, and for other chains. Waits for one or the other.
    [[nodiscard]] virtual Task<Outcome<std::optional<RelayEvidence>>> relay_evidence(
        std::uint32_t /*wanted*/) {
        co_return std::optional<RelayEvidence>{};
    }
    /// The enclave took it.
    virtual void relay_moved(const boundary::FinalityReport& /*now*/) {}
    virtual void relay_refused(const RelayEvidence& /*evidence*/) {}
};

}  // namespace redoubt::node
