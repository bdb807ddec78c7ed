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
#include <node/chain_trouble.hpp>
#include <node/enclave_link.hpp>
#include <node/finality_evidence.hpp>
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
    /// Shows the enclave what the chain says of its activity, until it goes on or refuses to.
    [[nodiscard]] Task<End> check_activity();
    /// Gives the enclave the runtime that the block was executed with.
    [[nodiscard]] Task<End> set_runtime_of(Hash256 block);
    /// @param block  that the enclave asked for
    [[nodiscard]] Task<Outcome<boundary::CheckActivity>> activity(std::optional<boundary::BlockId> block);
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
    std::chrono::milliseconds pause_{0};
    bool busy_ = false;
};

}  // namespace redoubt::node
