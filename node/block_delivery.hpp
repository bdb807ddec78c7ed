/// Takes one final block to the enclave and makes its commit durable before it counts.
///
/// Order: ImportBlock, the chain state that its calls read, the sealed record synced to disk,
/// CommitPersisted. Wherever this is cut off, the next start restores the last durable record and the same
/// block comes again. What the enclave does not believe of the node is reported and asked for again. While
/// the disk does not take a record, nothing else is imported, and the record is kept for it.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <node/block_source.hpp>
#include <node/chain_trouble.hpp>
#include <node/enclave_link.hpp>
#include <node/import_end.hpp>
#include <node/import_pauses.hpp>
#include <node/storage/journal.hpp>
#include <node/storage_trouble.hpp>
#include <registry-client/chain_client.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace redoubt::node {

/// What the delivery works with.
struct DeliveryParts {
    EnclaveLinkPtr enclave;
    std::shared_ptr<BlockSource> blocks;
    std::shared_ptr<Journal> journal;
    std::shared_ptr<boost::asio::thread_pool> pool;
    std::shared_ptr<ChainTrouble> trouble;
    std::shared_ptr<StorageTrouble> storage;
};

class BlockDelivery {
  public:
    using End = std::optional<ImportEnd>;
    /// @param pages  that were written with the block's record, when it is a base
    using OnCommitted = std::function<void(const boundary::Committed&, std::optional<std::size_t> pages)>;

    /// @param last  the block that the enclave has; nullopt before the first one
    /// @param pauses  outlive the delivery
    BlockDelivery(DeliveryParts parts,
                  std::optional<registry_client::BlockReference> last,
                  ImportPauses& pauses,
                  OnCommitted on_committed,
                  std::function<void()> on_idle)
        : enclave_(std::move(parts.enclave)),
          blocks_(std::move(parts.blocks)),
          journal_(std::move(parts.journal)),
          pool_(std::move(parts.pool)),
          trouble_(std::move(parts.trouble)),
          storage_(std::move(parts.storage)),
          last_(last),
          pauses_(pauses),
          on_committed_(std::move(on_committed)),
          on_idle_(std::move(on_idle)) {}

    /// Imports a block, as often as the enclave does not believe what the node says of it.
    /// @return nullopt when it was imported. The delivery must outlive the task.
    [[nodiscard]] Task<End> deliver(registry_client::BlockHeader header);

    /// The last block that was delivered.
    [[nodiscard]] const std::optional<registry_client::BlockReference>& last() const { return last_; }
    /// True from the moment a block is sent to the enclave until it is committed.
    [[nodiscard]] bool busy() const { return busy_; }

  private:
    /// One attempt; nullopt when it was imported, or when `believed` is false.
    [[nodiscard]] Task<End> attempt(registry_client::BlockHeader header, bool& believed);
    /// Sends a block, and the chain state that its calls read, until the enclave has executed it. What the
    /// node cannot give ends it with a Problem.
    [[nodiscard]] Task<Outcome<Result<boundary::Commit>>> execute(boundary::ToEnclave message);
    /// A pause in the middle of a block.
    [[nodiscard]] Task<void> rest();

    EnclaveLinkPtr enclave_;
    std::shared_ptr<BlockSource> blocks_;
    std::shared_ptr<Journal> journal_;
    std::shared_ptr<boost::asio::thread_pool> pool_;
    std::shared_ptr<ChainTrouble> trouble_;
    std::shared_ptr<StorageTrouble> storage_;
    std::optional<registry_client::BlockReference> last_;
    ImportPauses& pauses_;
    OnCommitted on_committed_;
    std::function<void()> on_idle_;
    bool busy_ = false;
};

}  // namespace redoubt::node
