/// Follows the chain's finality: finds evidence for the enclave, and has what it makes final imported in
/// order.
///
/// Headers are collected until the node offers evidence that one of them is final; the enclave judges it, and
/// the blocks up to there are delivered (block_delivery.hpp). What the enclave does not believe of the node
/// is reported and asked for again, with pauses, for as long as it takes.
#pragma once

#include <node/activity_check.hpp>
#include <node/block_delivery.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace redoubt::node {

/// Where the enclave stands when the importer begins.
struct ImportStart {
    std::optional<registry_client::BlockReference> last;
    /// nullopt with unverified finality: blocks are imported as the node gives them.
    std::optional<registry_client::BlockReference> finalized;
    /// Present when the enclave wants to see first what the chain says of its activity for the shard.
    std::optional<Hash256> check_activity_of{};
};

struct ImportHooks {
    BlockDelivery::OnCommitted on_committed;
    /// The enclave knows that its state is the newest: it may be asked for signatures and serve clients.
    /// Called once, before the first block is imported.
    std::function<void()> on_checked = [] {};
    /// No block is under way, though none was committed.
    std::function<void()> on_idle = [] {};
};

class BlockImporter {
  public:
    BlockImporter(const DeliveryParts& parts, ImportStart start, ImportHooks hooks)
        : enclave_(parts.enclave),
          blocks_(parts.blocks),
          journal_(parts.journal),
          pool_(parts.pool),
          trouble_(parts.trouble),
          hooks_(std::move(hooks)),
          pauses_(hooks_.on_idle),
          delivery_(parts, start.last, pauses_, hooks_.on_committed, hooks_.on_idle),
          finalized_(start.finalized),
          shard_(start.check_activity_of) {}

    /// Imports until something ends it. The importer must outlive the task.
    [[nodiscard]] Task<ImportEnd> run();

    /// True from the moment a block is sent to the enclave until it is committed.
    [[nodiscard]] bool busy() const { return delivery_.busy(); }

  private:
    using Headers = std::vector<registry_client::BlockHeader>;
    using End = BlockDelivery::End;

    [[nodiscard]] Task<ImportEnd> import_unverified();
    /// After a restart: tells the enclave the headers that lead to the block it knows to be final.
    /// @param final  gets them: they are to be imported
    [[nodiscard]] Task<End> close_gap(Headers& final);
    /// Moves the finalized block to the node's in long strides, as far as evidence reaches. Before the first
    /// block it imports that one.
    /// @param final  gets the headers that are to be imported, after the first block
    [[nodiscard]] Task<End> reach_head(Headers& final);
    /// Asks the enclave whether its state is the newest that the chain knows of, until it answers. A backup
    /// that is older is brought up to what is final first.
    /// @param final  what is to be imported; empty after a backup has caught up
    [[nodiscard]] Task<End> check_activity(Headers& final);
    /// Imports the shard's first block; of an identity that is not new after check_activity.
    [[nodiscard]] Task<End> import_first(registry_client::BlockHeader header);
    /// One question. @param catching_up_to  gets the block that a backup has to import first
    [[nodiscard]] Task<End> ask_activity(std::optional<std::uint32_t>& catching_up_to);
    [[nodiscard]] Task<ImportEnd> follow();
    /// For a parachain: tells the enclave of the relay chain until that names block `wanted` or a later one.
    [[nodiscard]] Task<End> follow_relay(std::uint32_t wanted);
    /// Gives the enclave evidence for a block of the run, and imports what it makes final.
    [[nodiscard]] Task<End> advance(Headers& run, FinalityEvidence evidence);
    /// Delivers blocks in order. @param headers  are taken
    [[nodiscard]] Task<End> deliver(Headers& headers);
    /// The enclave has a block.
    [[nodiscard]] bool has_begun() const { return delivery_.last().has_value(); }
    /// Gives the enclave evidence that makes a block final.
    [[nodiscard]] Task<Result<boundary::FinalityMoved>> move_finality(boundary::ToEnclave message);
    EnclaveLinkPtr enclave_;
    std::shared_ptr<BlockSource> blocks_;
    std::shared_ptr<Journal> journal_;
    std::shared_ptr<boost::asio::thread_pool> pool_;
    std::shared_ptr<ChainTrouble> trouble_;
    ImportHooks hooks_;
    ImportPauses pauses_;
    BlockDelivery delivery_;
    std::optional<registry_client::BlockReference> finalized_;
    std::optional<Hash256> shard_;
    bool checked_ = false;     ///< the enclave knows that its state is the newest
    bool is_at_head_ = false;  ///< finality reached the node's in reach_head
};

}  // namespace redoubt::node
