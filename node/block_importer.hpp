/// Takes finalized blocks to the enclave, one by one, and makes each commit durable before it counts.
///
/// Order for each block: ImportBlock, the sealed record synced to disk, CommitPersisted. Wherever this is cut
/// off, the next start restores the last durable record and imports the same block again.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <node/enclave_link.hpp>
#include <node/storage/journal.hpp>
#include <registry-client/chain_client.hpp>

#include <functional>
#include <memory>

namespace redoubt::node {

/// What the importer needs of a chain. The one that the daemon uses is chain_blocks.hpp.
class BlockSource {
  public:
    virtual ~BlockSource() = default;
    /// The finalized header after the last one given. Waits as long as it takes; connection failures are its
    /// own matter.
    /// @errors kChain when the chain is another one than before
    [[nodiscard]] virtual Task<Outcome<registry_client::BlockHeader>> next() = 0;
    /// Everything that ImportBlock carries but the time.
    [[nodiscard]] virtual Task<Outcome<boundary::ImportBlock>> parts(registry_client::BlockHeader header) = 0;
    /// The runtime that `header`'s block was executed with.
    [[nodiscard]] virtual Task<Outcome<boundary::SetRuntime>> runtime(
        registry_client::BlockHeader header) = 0;
};

/// Why the importer stopped.
struct ImportEnd {
    bool enclave_lost = false;  ///< the channel failed: start the enclave again
    Problem problem;
};

class BlockImporter {
  public:
    using OnCommitted = std::function<void(const boundary::Committed&)>;

    BlockImporter(EnclaveLinkPtr enclave,
                  std::shared_ptr<BlockSource> blocks,
                  std::shared_ptr<Journal> journal,
                  std::shared_ptr<boost::asio::thread_pool> pool,
                  OnCommitted on_committed)
        : enclave_(std::move(enclave)),
          blocks_(std::move(blocks)),
          journal_(std::move(journal)),
          pool_(std::move(pool)),
          on_committed_(std::move(on_committed)) {}

    /// Imports until something ends it. The importer must outlive the task.
    [[nodiscard]] Task<ImportEnd> run();

    /// True from the moment a block is sent to the enclave until it is committed.
    [[nodiscard]] bool busy() const { return busy_; }

  private:
    [[nodiscard]] Task<std::optional<ImportEnd>> import(registry_client::BlockHeader header);

    EnclaveLinkPtr enclave_;
    std::shared_ptr<BlockSource> blocks_;
    std::shared_ptr<Journal> journal_;
    std::shared_ptr<boost::asio::thread_pool> pool_;
    OnCommitted on_committed_;
    bool busy_ = false;
};

}  // namespace redoubt::node
