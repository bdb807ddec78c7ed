// What the importer tells the enclave of a parachain: the relay chain's evidence first, then heads.
#include <node/block_importer.hpp>
#include <node/test_support.hpp>

#include <variant>

namespace redoubt::node {
namespace {

using boundary::Refusal;
using registry_client::BlockHeader;
using tests::FakeLink;
using tests::run_task;
using tests::TemporaryFolder;

constexpr std::uint32_t kBlocks = 6;

/// A parachain of six blocks, and a relay chain of which block n names the parachain's block 2 * n.
class TwoChains final : public BlockSource {
  public:
    Task<Outcome<std::optional<BlockHeader>>> next() override {
        if (given == kBlocks) {
            co_return Problem{ExitCode::kOk, "no more blocks", "none"};
        }
        co_return std::optional{header_of(++given)};
    }
    void settle(const registry_client::BlockReference& block) override { settled = block.number; }
    void begin_again() override { given = settled; }
    Task<Outcome<BlockHeader>> head() override { co_return header_of(2 * relay); }
    Task<Outcome<BlockHeader>> header(Hash256) override { co_return header_of(settled); }
    Task<Outcome<boundary::ImportBlock>> parts(BlockHeader header) override {
        boundary::ImportBlock out;
        out.header = header.bytes;
        co_return out;
    }
    Task<Outcome<boundary::ChainState>> state(const boundary::StateNeeded&) override {
        co_return boundary::ChainState{};
    }
    Task<Outcome<boundary::SetRuntime>> runtime(BlockHeader) override { co_return boundary::SetRuntime{}; }
    Task<Outcome<std::optional<FinalityEvidence>>> evidence(std::span<const BlockHeader> run) override {
        if (run.back().header.number < 2 * relay) {
            co_return std::optional<FinalityEvidence>{};
        }
        FinalityEvidence out;
        out.number = 2 * relay;
        out.head.emplace();
        co_return std::optional{std::move(out)};
    }
    Task<Outcome<std::optional<FinalityStretch>>> stretch(std::uint32_t, bool) override {
        FinalityStretch out;
        out.headers.push_back(header_of(2 * relay));
        out.head.emplace();
        out.head->genesis_proof.emplace();
        co_return std::optional{std::move(out)};
    }
    void refused(ByteView, const Hash256&) override {}
    bool offers_evidence() const override { return true; }
    std::string url() const override { return "ws://test"; }
    Task<Outcome<std::optional<RelayEvidence>>> relay_evidence(std::uint32_t wanted) override {
        if (2 * relay >= wanted) {
            co_return std::optional<RelayEvidence>{};
        }
        RelayEvidence out;
        out.headers.push_back(header_of(relay + 1));
        out.justification = Bytes{1};
        co_return std::optional{std::move(out)};
    }
    void relay_moved(const boundary::FinalityReport& now) override { relay = now.relay->finalized.number; }
    void relay_refused(const RelayEvidence&) override { ++refusals; }

    static BlockHeader header_of(std::uint32_t number) {
        BlockHeader header;
        header.header.number = number;
        header.bytes = Bytes{static_cast<std::uint8_t>(number)};
        return header;
    }

    std::uint32_t given = 0;
    std::uint32_t settled = 0;
    std::uint32_t relay = 0;
    int refusals = 0;
};

class ParachainImport : public ::testing::Test {
  protected:
    ParachainImport() {
        auto opened = Journal::open(folder_.path() / "db");
        EXPECT_TRUE(opened.has_value());
        journal_ = std::move(opened.value());
    }
    ~ParachainImport() override { pool_->join(); }

    /// What an enclave answers that believes everything, but the first `doubts` words about the relay chain.
    Result<boundary::FromEnclave> answer(const boundary::ToEnclave& message) {
        boundary::FinalityMoved moved;
        if (const auto* finality = std::get_if<boundary::Finality>(&message)) {
            if (doubts_ > 0) {
                --doubts_;
                return boundary::FromEnclave{
                    boundary::refused(make_error_code(Refusal::kJustificationTooLight))};
            }
            told_ += "relay " + std::to_string(finality->headers.back()[0]) + "; ";
            moved.now.relay.emplace();
            moved.now.relay->finalized.number = finality->headers.back()[0];
            relay_ = finality->headers.back()[0];
        } else if (const auto* head = std::get_if<boundary::ParachainHead>(&message)) {
            told_ += (head->genesis_proof ? "leap; " : "head after ") +
                     (head->genesis_proof ? "" : std::to_string(head->headers.size()) + "; ");
            moved.now.finalized.number = 2 * relay_;
        } else if (const auto* import = std::get_if<boundary::ImportBlock>(&message)) {
            told_ += "block " + std::to_string(import->header[0]) + "; ";
            boundary::Commit commit;
            commit.sequence = import->header[0];
            commit.is_base = true;
            commit.sealed.push_back(import->header);
            return boundary::FromEnclave{commit};
        } else if (const auto* persisted = std::get_if<boundary::CommitPersisted>(&message)) {
            boundary::Committed committed;
            committed.last_block.number = static_cast<std::uint32_t>(persisted->sequence);
            return boundary::FromEnclave{committed};
        }
        return boundary::FromEnclave{moved};
    }
    ImportEnd run(ImportStart start) {
        const auto link = std::make_shared<FakeLink>(
            [this](const boundary::ToEnclave& message) { return answer(message); });
        ImportHooks hooks;
        hooks.on_committed = [](const boundary::Committed&, std::optional<std::size_t>) {};
        const DeliveryParts parts{link,
                                  blocks_,
                                  journal_,
                                  pool_,
                                  std::make_shared<ChainTrouble>(),
                                  std::make_shared<StorageTrouble>()};
        BlockImporter importer{parts, start, std::move(hooks)};
        return run_task(io_, importer.run()).value_or(ImportEnd{});
    }

    TemporaryFolder folder_;
    boost::asio::io_context io_{1};
    std::shared_ptr<boost::asio::thread_pool> pool_ = std::make_shared<boost::asio::thread_pool>(1);
    std::shared_ptr<Journal> journal_;
    std::shared_ptr<TwoChains> blocks_ = std::make_shared<TwoChains>();
    std::uint32_t relay_ = 0;
    int doubts_ = 0;
    std::string told_;
};

TEST_F(ParachainImport, begins_with_the_head_that_the_relay_chain_names_and_links_from_there) {
    const auto end = run({.last = std::nullopt, .finalized = {{0, {}}}});
    EXPECT_EQ(end.problem.cause, "no more blocks");
    EXPECT_EQ(
        told_,
        "relay 1; leap; block 2; relay 2; head after 1; block 3; block 4; relay 3; head after 1; block 5; "
        "block 6; ");
}

TEST_F(ParachainImport, goes_on_after_a_restart_without_a_leap) {
    blocks_->relay = 1;
    relay_ = 1;
    const auto end = run({.last = {{2, {}}}, .finalized = {{2, {}}}});
    EXPECT_EQ(end.problem.cause, "no more blocks");
    EXPECT_EQ(told_, "relay 2; head after 1; block 3; block 4; relay 3; head after 1; block 5; block 6; ");
}

TEST_F(ParachainImport, asks_again_when_the_relay_chains_evidence_is_refused) {
    doubts_ = 1;
    const auto end = run({.last = std::nullopt, .finalized = {{0, {}}}});
    EXPECT_EQ(end.problem.cause, "no more blocks");
    EXPECT_EQ(blocks_->refusals, 1);
    EXPECT_TRUE(told_.starts_with("relay 1; leap; block 2; ")) << told_;
}

}  // namespace
}  // namespace redoubt::node
