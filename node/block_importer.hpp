/// Takes finalized blocks to the enclave, one by one, and makes each commit durable before it counts.
///
/// Headers are collected until the node offers evidence that one of them is final; the enclave judges it, and
/// the blocks up to there are imported. Order for each block: ImportBlock, the sealed record synced to disk,
/// CommitPersisted. What calls read of the chain's state is fetched when the enclave asks for it. Wherever
/// this is cut off, the next start restores the last durable record and imports the same block again. What
/// the enclave does not believe of the node is reported and asked for again, with pauses, for as long as it
/// takes. While the disk does not take a record, nothing else is imported, and the record is kept for it.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <node/activity_check.hpp>
#include <node/block_source.hpp>
#include <node/chain_trouble.hpp>
#include <node/enclave_link.hpp>
#include <node/storage/journal.hpp>
#include <node/storage_trouble.hpp>
#include <registry-client/chain_client.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace redoubt::node {

/// Why the importer stopped.
struct ImportEnd {
    bool enclave_lost = false;  ///< the channel failed: start the enclave again
    Problem problem;
    /// The block that the enclave did not answer about in time.
    std::optional<std::uint32_t> timed_out_at = std::nullopt;
};

/// Where the enclave stands when the importer begins.
struct ImportStart {
    std::optional<registry_client::BlockReference> last;
    /// nullopt with unverified finality: blocks are imported as the node gives them.
    std::optional<registry_client::BlockReference> finalized;
    /// Present when the enclave wants to see first what the chain says of its activity for the shard.
    std::optional<Hash256> check_activity_of{};
};

struct ImportHooks {
    /// @param pages  that were written with the block's record, when it is a base
    std::function<void(const boundary::Committed&, std::optional<std::size_t> pages)> on_committed;
    /// The enclave knows that its state is the newest: it may be asked for signatures and serve clients.
    /// Called once, before the first block is imported.
    std::function<void()> on_checked = [] {};
    /// No block is under way, though none was committed.
    std::function<void()> on_idle = [] {};
};

class BlockImporter {
  public:
    BlockImporter(EnclaveLinkPtr enclave,
                  std::shared_ptr<BlockSource> blocks,
                  std::shared_ptr<Journal> journal,
                  std::shared_ptr<boost::asio::thread_pool> pool,
                  ImportStart start,
                  std::shared_ptr<ChainTrouble> trouble,
                  std::shared_ptr<StorageTrouble> storage,
                  ImportHooks hooks)
        : enclave_(std::move(enclave)),
          blocks_(std::move(blocks)),
          journal_(std::move(journal)),
          pool_(std::move(pool)),
          hooks_(std::move(hooks)),
          last_(start.last),
          finalized_(start.finalized),
          shard_(start.check_activity_of),
          trouble_(std::move(trouble)),
          storage_(std::move(storage)) {}

    /// Imports until something ends it. The importer must outlive the task.
    [[nodiscard]] Task<ImportEnd> run();

    /// True from the moment a block is sent to the enclave until it is committed.
    [[nodiscard]] bool busy() const { return busy_; }

  private:
    using Headers = std::vector<registry_client::BlockHeader>;
    using End = std::optional<ImportEnd>;

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
    /// Imports a block, as often as the enclave does not believe what the node says of it.
    [[nodiscard]] Task<End> import(registry_client::BlockHeader header);
    /// One attempt; nullopt when it was imported, or when `believed` is false.
    [[nodiscard]] Task<End> try_import(registry_client::BlockHeader header, bool& believed);
    /// Sends a block, and the chain state that its calls read, until the enclave has executed it. What the
    /// node cannot give ends it with a Problem.
    [[nodiscard]] Task<Outcome<Result<boundary::Commit>>> execute(boundary::ToEnclave message);
    [[nodiscard]] Task<Result<boundary::FinalityMoved>> give_finality(
        std::span<const registry_client::BlockHeader> headers,
        std::optional<Bytes> justification);
    /// As give_finality, for a parachain. @param head  of the last of `headers`
    [[nodiscard]] Task<Result<boundary::FinalityMoved>> give_head(
        std::span<const registry_client::BlockHeader> headers,
        boundary::ParachainHead head);
    /// back_off() in the middle of a block.
    [[nodiscard]] Task<void> rest();
    /// Pauses after something that was not believed or not stored, longer each time.
    [[nodiscard]] Task<void> back_off();

    EnclaveLinkPtr enclave_;
    std::shared_ptr<BlockSource> blocks_;
    std::shared_ptr<Journal> journal_;
    std::shared_ptr<boost::asio::thread_pool> pool_;
    ImportHooks hooks_;
    std::optional<registry_client::BlockReference> last_;
    std::optional<registry_client::BlockReference> finalized_;
    std::optional<Hash256> shard_;
    std::shared_ptr<ChainTrouble> trouble_;
    std::shared_ptr<StorageTrouble> storage_;
    bool checked_ = false;     ///< the enclave knows that its state is the newest
    bool is_at_head_ = false;  ///< finality reached the node's in reach_head
    std::chrono::milliseconds pause_{0};
    bool busy_ = false;
};

}  // namespace redoubt::node
