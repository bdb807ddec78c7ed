/// Shows the enclave what the chain says of its activity for the shard, which it wants to see after a restart
/// before it does anything. Protocol: docs/PROTOCOL.md, section 1.5.
#pragma once

#include <node/block_source.hpp>
#include <node/enclave_link.hpp>
#include <node/problem.hpp>

#include <memory>
#include <utility>

namespace redoubt::node {

class ActivityCheck {
  public:
    ActivityCheck(EnclaveLinkPtr enclave, std::shared_ptr<BlockSource> blocks, const Hash256& shard)
        : enclave_(std::move(enclave)), blocks_(std::move(blocks)), shard_(shard) {}

    /// Shows what holds at `finalized`, and the block that the enclave asks for. The check must outlive the
    /// task.
    /// @param catch_up  the data is a backup: when it is an older copy, the enclave may import what it missed
    /// @returns the enclave's last word, without a block that is needed; or its refusal
    /// @errors of the chain, which ends the worker
    [[nodiscard]] Task<Outcome<Result<boundary::ActivityChecked>>> show(
        registry_client::BlockReference finalized,
        bool catch_up);

  private:
    /// Gives the enclave the runtime that the block was executed with.
    [[nodiscard]] Task<Outcome<Result<boundary::RuntimeSet>>> set_runtime_of(Hash256 block);
    /// @param block  that the enclave asked for
    [[nodiscard]] Task<Outcome<boundary::CheckActivity>> activity(registry_client::BlockReference finalized,
                                                                  std::optional<boundary::BlockId> block);

    EnclaveLinkPtr enclave_;
    std::shared_ptr<BlockSource> blocks_;
    Hash256 shard_;
};

}  // namespace redoubt::node
