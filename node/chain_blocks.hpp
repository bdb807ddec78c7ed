/// The blocks of a chain node, as the importer takes them.
#pragma once

#include <node/block_source.hpp>
#include <node/chain_retry.hpp>
#include <node/chain_trouble.hpp>
#include <node/finality_evidence.hpp>

#include <memory>
#include <optional>

namespace redoubt::node {

/// What SetRuntime says of a runtime.
[[nodiscard]] boundary::SetRuntime set_runtime_message(const registry_client::Runtime& runtime);

class ChainBlocks final : public BlockSource {
  public:
    /// @param proofs  false where the enclave takes events as they are: no proofs are asked for then
    /// @param trouble  is told of answers that cannot be used
    ChainBlocks(registry_client::ChainClientPtr chain, bool proofs, std::shared_ptr<ChainTrouble> trouble)
        : chain_(chain), evidence_(std::move(chain)), proofs_(proofs), trouble_(std::move(trouble)) {}

    [[nodiscard]] Task<Outcome<std::optional<registry_client::BlockHeader>>> next() override;
    void settle(const registry_client::BlockReference& block) override;
    void begin_again() override { heads_.reset(); }
    [[nodiscard]] Task<Outcome<registry_client::BlockHeader>> head() override;
    [[nodiscard]] Task<Outcome<registry_client::BlockHeader>> header(Hash256 hash) override;
    [[nodiscard]] Task<Outcome<boundary::ImportBlock>> parts(registry_client::BlockHeader header) override;
    [[nodiscard]] Task<Outcome<boundary::ChainState>> state(const boundary::StateNeeded& needed) override;
    [[nodiscard]] Task<Outcome<boundary::SetRuntime>> runtime(registry_client::BlockHeader header) override;
    [[nodiscard]] Task<Outcome<std::optional<FinalityEvidence>>> evidence(
        std::span<const registry_client::BlockHeader> run) override;
    [[nodiscard]] Task<Outcome<std::optional<FinalityStretch>>> stretch(std::uint32_t first,
                                                                        bool whole) override;
    void refused(ByteView justification, const Hash256& hash) override {
        evidence_.refused(justification, hash);
    }
    [[nodiscard]] bool offers_evidence() const override { return evidence_.offered(); }
    [[nodiscard]] std::string url() const override { return chain_->url(); }

    /// The finalized head when last looked at; looked at again whenever the blocks given reach it. nullopt
    /// before the first look.
    [[nodiscard]] std::optional<std::uint32_t> head_number() const { return head_number_; }

  private:
    [[nodiscard]] Task<rpc::Reply<boundary::ImportBlock>> fetch(registry_client::BlockHeader header);
    [[nodiscard]] Task<rpc::Reply<void>> open_stream();
    /// Tells of what goes wrong again and again with `block`.
    [[nodiscard]] Task<void> tell(std::uint32_t block, rpc::Failure failure, int failures);
    /// tell() for until_answered.
    [[nodiscard]] FailureHook telling_of(std::uint32_t block);
    /// True when the node has not got as far as the settled block, which is told.
    [[nodiscard]] Task<rpc::Reply<bool>> is_behind();
    /// The first block that is not there yet.
    [[nodiscard]] std::uint32_t next_number() const { return settled_ ? settled_->number + 1 : 0; }
    /// Pauses, longer each time until a block is settled.
    [[nodiscard]] Task<void> back_off();

    registry_client::ChainClientPtr chain_;
    EvidenceSource evidence_;
    bool proofs_;
    std::shared_ptr<ChainTrouble> trouble_;
    /// Where the stream begins when it begins again; nullopt: with the node's finalized head.
    std::optional<registry_client::BlockReference> settled_;
    std::optional<registry_client::FinalizedHeads> heads_;
    /// The headers given since the settled block are of no use, which next() has not said yet.
    bool broke_ = false;
    std::chrono::milliseconds pause_{0};
    std::optional<std::uint32_t> head_number_;
};

/// The header of the block and a proof of the keys, for a client's question.
[[nodiscard]] Task<rpc::Reply<boundary::ClientState>> fetch_client_state(
    registry_client::ChainClientPtr chain,
    boundary::StateNeeded needed);

/// Asks the node for the genesis block as a trust anchor.
/// @errors kChain when the node cannot prove the genesis state
[[nodiscard]] Task<Outcome<boundary::TrustAnchor>> genesis_anchor(registry_client::ChainClientPtr chain);

}  // namespace redoubt::node
