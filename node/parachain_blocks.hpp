/// The blocks of a parachain, as the importer takes them: bodies and headers from a node of the parachain,
/// evidence of finality from a node of its relay chain.
#pragma once

#include <node/chain_blocks.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace redoubt::node {

/// Where a relay chain is, and what is known of it.
struct RelayStart {
    registry_client::ChainClientPtr chain;
    std::uint32_t para_id = 0;
    /// The highest relay block that the enclave knows to be final.
    registry_client::BlockReference finalized;
};

class ParachainBlocks final : public BlockSource {
  public:
    /// @param blocks  of the parachain's node
    ParachainBlocks(registry_client::ChainClientPtr chain,
                    std::shared_ptr<ChainBlocks> blocks,
                    RelayStart relay,
                    std::shared_ptr<ChainTrouble> trouble);

    [[nodiscard]] Task<Outcome<std::optional<registry_client::BlockHeader>>> next() override {
        return blocks_->next();
    }
    void settle(const registry_client::BlockReference& block) override { blocks_->settle(block); }
    void begin_again() override { blocks_->begin_again(); }
    /// The head that the relay chain names. @pre relay_evidence said that there is one
    [[nodiscard]] Task<Outcome<registry_client::BlockHeader>> head() override;
    [[nodiscard]] Task<Outcome<registry_client::BlockHeader>> header(Hash256 hash) override {
        return blocks_->header(hash);
    }
    [[nodiscard]] Task<Outcome<boundary::ImportBlock>> parts(registry_client::BlockHeader header) override {
        return blocks_->parts(std::move(header));
    }
    [[nodiscard]] Task<Outcome<boundary::ChainState>> state(const boundary::StateNeeded& needed) override {
        return blocks_->state(needed);
    }
    [[nodiscard]] Task<Outcome<boundary::SetRuntime>> runtime(registry_client::BlockHeader header) override {
        return blocks_->runtime(std::move(header));
    }
    [[nodiscard]] Task<Outcome<std::optional<FinalityEvidence>>> evidence(
        std::span<const registry_client::BlockHeader> run) override;
    /// The named head alone, with the proof of its genesis block.
    [[nodiscard]] Task<Outcome<std::optional<FinalityStretch>>> stretch(std::uint32_t first,
                                                                        bool whole) override;
    /// The head is read again.
    void refused(ByteView, const Hash256&) override {
        head_.reset();
        read_at_.reset();
    }
    [[nodiscard]] bool offers_evidence() const override { return true; }
    [[nodiscard]] std::string url() const override { return blocks_->url() + " or " + relay_->url(); }
    [[nodiscard]] std::size_t run_max() const override { return boundary::kParachainHeadersMax; }

    [[nodiscard]] Task<Outcome<std::optional<RelayEvidence>>> relay_evidence(std::uint32_t wanted) override;
    void relay_moved(const boundary::FinalityReport& now) override;
    void relay_refused(const RelayEvidence& evidence) override;

  private:
    /// All headers from `first` to the head. @pre a head is known
    [[nodiscard]] Task<Outcome<FinalityStretch>> whole_stretch(std::uint32_t first);
    /// A head that a final relay block names.
    struct NamedHead {
        registry_client::BlockReference block;
        Hash256 relay_block;
        std::vector<Bytes> proof;
    };
    /// Reads Paras.Heads at the final relay block, once for each. @errors of the connection
    [[nodiscard]] Task<Outcome<void>> read_head();
    [[nodiscard]] Task<rpc::Reply<std::optional<NamedHead>>> fetch_head();
    /// The next piece of evidence about the relay chain, waited for.
    [[nodiscard]] Task<Outcome<RelayEvidence>> next_relay_evidence();

    registry_client::ChainClientPtr chain_;
    std::shared_ptr<ChainBlocks> blocks_;
    registry_client::ChainClientPtr relay_chain_;
    std::unique_ptr<ChainBlocks> relay_;
    std::uint32_t para_id_;
    registry_client::BlockReference relay_finalized_;
    std::shared_ptr<ChainTrouble> trouble_;
    /// Relay headers above the final one that no evidence covers yet.
    std::vector<registry_client::BlockHeader> relay_run_;
    std::optional<NamedHead> head_;
    /// The relay block at which the head was read last.
    std::optional<Hash256> read_at_;
    /// Long strides are tried once, at the beginning.
    bool strides_ = true;
};

}  // namespace redoubt::node
