#include <node/block_importer.hpp>
#include <node/test_support.hpp>

namespace redoubt::node {
namespace {

using boundary::Refusal;
using registry_client::BlockHeader;
using tests::FakeLink;
using tests::run_task;
using tests::TemporaryFolder;

constexpr std::uint32_t kBlocks = 3;

/// Blocks 1 to kBlocks, then the end of the test.
class ThreeBlocks final : public BlockSource {
  public:
    Task<Outcome<BlockHeader>> next() override {
        if (given == kBlocks) {
            co_return Problem{ExitCode::kOk, "no more blocks", "none"};
        }
        BlockHeader header;
        header.header.number = ++given;
        co_return header;
    }
    Task<Outcome<boundary::ImportBlock>> parts(BlockHeader header) override {
        boundary::ImportBlock out;
        out.header = Bytes{static_cast<std::uint8_t>(header.header.number)};
        co_return out;
    }
    Task<Outcome<boundary::SetRuntime>> runtime(BlockHeader) override {
        ++runtimes;
        co_return boundary::SetRuntime{};
    }
    std::uint32_t given = 0;
    int runtimes = 0;
};

class Importer : public ::testing::Test {
  protected:
    Importer() {
        auto opened = Journal::open(folder_.path() / "db");
        EXPECT_TRUE(opened.has_value());
        journal_ = std::move(opened.value());
    }
    ~Importer() override { pool_->join(); }

    /// An enclave that commits each block; `before` may answer in its place.
    ImportEnd run(
        std::function<std::optional<Result<boundary::FromEnclave>>(const boundary::ToEnclave&)> before) {
        const auto link = std::make_shared<FakeLink>(
            [this, before = std::move(before)](
                const boundary::ToEnclave& message) -> Result<boundary::FromEnclave> {
                if (auto answer = before(message)) {
                    return std::move(*answer);
                }
                if (const auto* import = std::get_if<boundary::ImportBlock>(&message)) {
                    EXPECT_GT(import->host_time_ms, 1'600'000'000'000U);
                    boundary::Commit commit;
                    commit.sequence = import->header[0];
                    commit.is_base = import->header[0] == 1;
                    commit.sealed.push_back(import->header);
                    return boundary::FromEnclave{commit};
                }
                if (const auto* persisted = std::get_if<boundary::CommitPersisted>(&message)) {
                    EXPECT_EQ(stored().back(), persisted->sequence) << "acknowledged before it was stored";
                    boundary::Committed committed;
                    committed.last_block.number = static_cast<std::uint32_t>(persisted->sequence);
                    return boundary::FromEnclave{committed};
                }
                return boundary::FromEnclave{boundary::RuntimeSet{}};
            });
        BlockImporter importer{link, blocks_, journal_, pool_, [this](const boundary::Committed& committed) {
                                   committed_.push_back(committed.last_block.number);
                               }};
        auto end = run_task(io_, importer.run());
        EXPECT_FALSE(importer.busy());
        return end.value_or(ImportEnd{});
    }
    std::vector<std::uint64_t> stored() const {
        std::vector<std::uint64_t> out;
        const auto parts = journal_->read_after(std::nullopt, 1 << 20);
        for (const auto& part : parts.value()) {
            out.push_back(part.sequence);
        }
        return out;
    }

    TemporaryFolder folder_;
    boost::asio::io_context io_{1};
    std::shared_ptr<boost::asio::thread_pool> pool_ = std::make_shared<boost::asio::thread_pool>(1);
    std::shared_ptr<Journal> journal_;
    std::shared_ptr<ThreeBlocks> blocks_ = std::make_shared<ThreeBlocks>();
    std::vector<std::uint32_t> committed_;
};

TEST_F(Importer, stores_each_commit_before_it_acknowledges_it) {
    const auto end = run([](const auto&) { return std::nullopt; });
    EXPECT_EQ(end.problem.cause, "no more blocks");
    EXPECT_EQ(stored(), (std::vector<std::uint64_t>{1, 2, 3}));
    EXPECT_EQ(committed_, (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(Importer, gives_the_runtime_and_imports_again_when_the_enclave_asks) {
    bool outdated = true;
    const auto end =
        run([&](const boundary::ToEnclave& message) -> std::optional<Result<boundary::FromEnclave>> {
            if (std::holds_alternative<boundary::SetRuntime>(message)) {
                outdated = false;
            }
            const auto* import = std::get_if<boundary::ImportBlock>(&message);
            if (import != nullptr && import->header[0] == 2 && outdated) {
                return boundary::FromEnclave{boundary::refused(make_error_code(Refusal::kRuntimeOutdated))};
            }
            return std::nullopt;
        });
    EXPECT_EQ(end.problem.cause, "no more blocks");
    EXPECT_EQ(blocks_->runtimes, 1);
    EXPECT_EQ(committed_, (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(Importer, does_not_ask_for_the_runtime_for_ever) {
    const auto end =
        run([](const boundary::ToEnclave& message) -> std::optional<Result<boundary::FromEnclave>> {
            if (std::holds_alternative<boundary::ImportBlock>(message)) {
                return boundary::FromEnclave{boundary::refused(make_error_code(Refusal::kRuntimeMissing))};
            }
            return std::nullopt;
        });
    EXPECT_FALSE(end.enclave_lost);
    EXPECT_EQ(blocks_->runtimes, 1);
    EXPECT_TRUE(stored().empty());
}

TEST_F(Importer, stops_at_a_block_that_the_enclave_refuses_and_names_it) {
    const auto end =
        run([](const boundary::ToEnclave& message) -> std::optional<Result<boundary::FromEnclave>> {
            const auto* import = std::get_if<boundary::ImportBlock>(&message);
            if (import != nullptr && import->header[0] == 2) {
                return boundary::FromEnclave{boundary::refused(make_error_code(Refusal::kWrongParent))};
            }
            return std::nullopt;
        });
    EXPECT_FALSE(end.enclave_lost);
    EXPECT_EQ(end.problem.exit_code, ExitCode::kChain);
    EXPECT_NE(end.problem.cause.find("block 2"), std::string::npos);
    EXPECT_EQ(stored(), (std::vector<std::uint64_t>{1}));
}

TEST_F(Importer, reports_a_lost_enclave_between_store_and_acknowledgement) {
    const auto end =
        run([](const boundary::ToEnclave& message) -> std::optional<Result<boundary::FromEnclave>> {
            const auto* persisted = std::get_if<boundary::CommitPersisted>(&message);
            if (persisted != nullptr && persisted->sequence == 2) {
                return Result<boundary::FromEnclave>{ChannelError::kClosed};
            }
            return std::nullopt;
        });
    EXPECT_TRUE(end.enclave_lost);
    EXPECT_EQ(stored(), (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(committed_, (std::vector<std::uint32_t>{1}));
}

}  // namespace
}  // namespace redoubt::node
