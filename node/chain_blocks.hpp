/// The blocks of a chain node, as the importer takes them.
#pragma once

#include <node/block_importer.hpp>

#include <optional>

namespace redoubt::node {

/// What SetRuntime says of a runtime.
[[nodiscard]] boundary::SetRuntime set_runtime_message(const registry_client::Runtime& runtime);

class ChainBlocks final : public BlockSource {
  public:
    /// @param after the last imported block; nullopt begins with the present finalized head
    ChainBlocks(registry_client::ChainClientPtr chain, std::optional<registry_client::BlockReference> after)
        : chain_(std::move(chain)), last_(after) {}

    [[nodiscard]] Task<Outcome<registry_client::BlockHeader>> next() override;
    [[nodiscard]] Task<Outcome<boundary::ImportBlock>> parts(registry_client::BlockHeader header) override;
    [[nodiscard]] Task<Outcome<boundary::SetRuntime>> runtime(registry_client::BlockHeader header) override;

    /// The finalized head when last looked at; looked at again whenever the blocks given reach it.
    [[nodiscard]] std::uint32_t head_number() const { return head_number_; }

  private:
    [[nodiscard]] Task<rpc::Reply<boundary::ImportBlock>> fetch(registry_client::BlockHeader header);
    [[nodiscard]] Task<rpc::Reply<void>> open_stream();

    registry_client::ChainClientPtr chain_;
    std::optional<registry_client::BlockReference> last_;
    std::optional<registry_client::FinalizedHeads> heads_;
    std::uint32_t head_number_ = 0;
    bool proofs_offered_ = true;
};

}  // namespace redoubt::node
