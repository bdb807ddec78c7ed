#include <boost/asio/detached.hpp>
#include <node/block_importer.hpp>
#include <node/signal.hpp>
#include <node/storage/failing_disk.hpp>
#include <node/test_support.hpp>

#include <algorithm>

namespace redoubt::node {
namespace {

using boundary::Refusal;
using registry_client::BlockHeader;
using tests::DiskFault;
using tests::FailingDisk;
using tests::FakeLink;
using tests::run_task;
using tests::TemporaryFolder;

constexpr std::uint32_t kBlocks = 3;
constexpr std::uint8_t kForged = 0xff;

/// Blocks 1 to kBlocks, then the end of the test.
class ThreeBlocks final : public BlockSource {
  public:
    Task<Outcome<std::optional<BlockHeader>>> next() override {
        if (given == kBlocks) {
            co_return Problem{ExitCode::kOk, "no more blocks", "none"};
        }
        auto header = header_of(++given);
        if (given == forged) {
            forged = 0;
            header.bytes = Bytes{kForged};
        }
        co_return std::optional{std::move(header)};
    }
    void settle(const registry_client::BlockReference& block) override { settled = block.number; }
    void begin_again() override { given = settled; }
    Task<Outcome<BlockHeader>> head() override { co_return header_of(kBlocks); }
    Task<Outcome<BlockHeader>> header(Hash256) override { co_return header_of(settled); }
    Task<Outcome<boundary::ImportBlock>> parts(BlockHeader header) override {
        ++fetched;
        boundary::ImportBlock out;
        out.header = header.bytes;
        co_return out;
    }
    Task<Outcome<boundary::ChainState>> state(const boundary::StateNeeded& needed) override {
        states.push_back(needed);
        boundary::ChainState out;
        out.block = needed.block;
        out.proof.push_back(needed.keys.front());
        co_return out;
    }
    Task<Outcome<boundary::SetRuntime>> runtime(BlockHeader) override {
        ++runtimes;
        co_return boundary::SetRuntime{};
    }
    Task<Outcome<std::optional<FinalityEvidence>>> evidence(std::span<const BlockHeader> run) override {
        const auto number = run.back().header.number;
        if (number % evidence_every != 0 || std::ranges::find(refusals, number) != refusals.end()) {
            co_return std::optional<FinalityEvidence>{};
        }
        co_return std::optional{FinalityEvidence{number, Bytes{static_cast<std::uint8_t>(number)}}};
    }
    Task<Outcome<std::optional<FinalityStretch>>> stretch(std::uint32_t, bool) override {
        co_return std::optional<FinalityStretch>{};
    }
    void refused(ByteView justification, const Hash256&) override {
        if (refusals_count) {
            refusals.push_back(justification[0]);
        }
    }
    bool offers_evidence() const override { return offers; }
    std::string url() const override { return "ws://test"; }

    static BlockHeader header_of(std::uint32_t number) {
        BlockHeader header;
        header.header.number = number;
        header.bytes = Bytes{static_cast<std::uint8_t>(number)};
        return header;
    }

    std::uint32_t given = 0;
    std::uint32_t forged = 0;  ///< the first time that it is given, this header is another
    std::uint32_t settled = 0;
    std::uint32_t evidence_every = 1;
    bool offers = true;
    int fetched = 0;
    int runtimes = 0;
    std::vector<boundary::StateNeeded> states;
    std::vector<std::uint8_t> refusals;
    bool refusals_count = true;  ///< false: the same evidence is given again, as for another header
};

class Importer : public ::testing::Test {
  protected:
    Importer() {
        auto opened = Journal::open(folder_.path() / "db", disk_.env());
        EXPECT_TRUE(opened.has_value());
        journal_ = std::move(opened.value());
    }
    ~Importer() override { pool_->join(); }

    /// An enclave that commits each block; `before` may answer in its place.
    ImportEnd run(
        std::function<std::optional<Result<boundary::FromEnclave>>(const boundary::ToEnclave&)> before,
        ImportStart start = {}) {
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
                if (const auto* finality = std::get_if<boundary::Finality>(&message)) {
                    finalities_.push_back(*finality);
                    boundary::FinalityMoved moved;
                    moved.now.finalized.number = finality->headers.back()[0];
                    return boundary::FromEnclave{moved};
                }
                return boundary::FromEnclave{boundary::RuntimeSet{}};
            });
        ImportHooks hooks;
        hooks.on_committed = [this](const boundary::Committed& committed, std::optional<std::size_t> pages) {
            EXPECT_EQ(pages.has_value(), committed.last_block.number == 1) << "the first record is a base";
            committed_.push_back(committed.last_block.number);
        };
        hooks.on_idle = [this] { on_idle_(); };
        const DeliveryParts parts{link, blocks_, journal_, pool_, std::make_shared<ChainTrouble>(), storage_};
        BlockImporter importer{parts, start, std::move(hooks)};
        importer_ = &importer;
        auto end = run_task(io_, importer.run());
        EXPECT_FALSE(importer.busy());
        importer_ = nullptr;
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
    FailingDisk disk_;
    BlockImporter* importer_ = nullptr;  ///< while it runs
    boost::asio::io_context io_{1};
    std::shared_ptr<boost::asio::thread_pool> pool_ = std::make_shared<boost::asio::thread_pool>(1);
    std::shared_ptr<Journal> journal_;
    std::shared_ptr<StorageTrouble> storage_ = std::make_shared<StorageTrouble>();
    std::shared_ptr<ThreeBlocks> blocks_ = std::make_shared<ThreeBlocks>();
    std::vector<std::uint32_t> committed_;
    std::vector<boundary::Finality> finalities_;
    std::function<void()> on_idle_ = [] {};
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

TEST_F(Importer, asks_again_for_a_block_that_the_enclave_does_not_believe) {
    int lies = 2;
    const auto end =
        run([&](const boundary::ToEnclave& message) -> std::optional<Result<boundary::FromEnclave>> {
            const auto* import = std::get_if<boundary::ImportBlock>(&message);
            if (import != nullptr && import->header[0] == 2 && lies-- > 0) {
                return boundary::FromEnclave{
                    boundary::refused(make_error_code(Refusal::kExtrinsicsRootMismatch))};
            }
            return std::nullopt;
        });
    EXPECT_EQ(end.problem.cause, "no more blocks");
    EXPECT_EQ(blocks_->fetched, 5);
    EXPECT_EQ(stored(), (std::vector<std::uint64_t>{1, 2, 3}));
}

/// An enclave whose second block needs `rounds` keys, one after the other.
class Reads {
  public:
    explicit Reads(std::uint8_t rounds) : rounds_(rounds) {}
    std::optional<Result<boundary::FromEnclave>> operator()(const boundary::ToEnclave& message) {
        const auto* import = std::get_if<boundary::ImportBlock>(&message);
        if (import != nullptr && import->header[0] == 2) {
            ++imports;
            shown_ = 0;
            return wanted();
        }
        if (const auto* state = std::get_if<boundary::ChainState>(&message)) {
            EXPECT_EQ(state->block.number, 2U);
            EXPECT_EQ(state->proof, (std::vector<Bytes>{Bytes{shown_}}));
            if (lies-- > 0) {
                return boundary::FromEnclave{boundary::refused(make_error_code(Refusal::kStateProofBad))};
            }
            ++shown_;
            return wanted();
        }
        return std::nullopt;
    }

    int imports = 0;
    int lies = 0;

  private:
    [[nodiscard]] Result<boundary::FromEnclave> wanted() const {
        if (shown_ == rounds_) {
            boundary::Commit commit;
            commit.sequence = 2;
            commit.sealed.push_back(Bytes{2});
            return boundary::FromEnclave{commit};
        }
        boundary::StateNeeded needed;
        needed.block.number = 2;
        needed.keys.push_back(Bytes{shown_});
        return boundary::FromEnclave{needed};
    }

    std::uint8_t rounds_;
    std::uint8_t shown_ = 0;
};

TEST_F(Importer, fetches_the_chain_state_that_a_block_needs) {
    Reads reads{3};
    const auto end = run(std::ref(reads));
    EXPECT_EQ(end.problem.cause, "no more blocks");
    EXPECT_EQ(blocks_->states.size(), 3U);
    EXPECT_EQ(reads.imports, 1);
    EXPECT_EQ(blocks_->fetched, 3);
    EXPECT_EQ(committed_, (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(Importer, imports_a_block_again_whose_chain_state_was_refused) {
    Reads reads{2};
    reads.lies = 2;
    const auto end = run(std::ref(reads));
    EXPECT_EQ(end.problem.cause, "no more blocks");
    EXPECT_EQ(reads.imports, 3);
    EXPECT_EQ(blocks_->states.size(), 4U);
    EXPECT_EQ(stored(), (std::vector<std::uint64_t>{1, 2, 3}));
    EXPECT_EQ(committed_, (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(Importer, imports_blocks_only_after_the_evidence_for_them) {
    blocks_->evidence_every = 3;
    const ImportStart start{registry_client::BlockReference{}, registry_client::BlockReference{}};
    const auto end = run(
        [&](const boundary::ToEnclave& message) -> std::optional<Result<boundary::FromEnclave>> {
            if (std::holds_alternative<boundary::ImportBlock>(message)) {
                EXPECT_EQ(finalities_.size(), 1U);
            }
            return std::nullopt;
        },
        start);
    EXPECT_EQ(end.problem.cause, "no more blocks");
    ASSERT_EQ(finalities_.size(), 1U);
    EXPECT_EQ(finalities_[0].headers.size(), 3U);
    EXPECT_EQ(finalities_[0].justification, (Bytes{3}));
    EXPECT_EQ(committed_, (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(Importer, goes_on_with_later_evidence_after_a_refusal) {
    const ImportStart start{registry_client::BlockReference{}, registry_client::BlockReference{}};
    const auto end = run(
        [&](const boundary::ToEnclave& message) -> std::optional<Result<boundary::FromEnclave>> {
            const auto* finality = std::get_if<boundary::Finality>(&message);
            if (finality != nullptr && finality->justification == Bytes{2}) {
                return boundary::FromEnclave{
                    boundary::refused(make_error_code(Refusal::kJustificationTooLight))};
            }
            return std::nullopt;
        },
        start);
    EXPECT_EQ(end.problem.cause, "no more blocks");
    EXPECT_EQ(blocks_->refusals, (std::vector<std::uint8_t>{2}));
    ASSERT_EQ(finalities_.size(), 2U);
    EXPECT_EQ(finalities_[1].headers.size(), 2U);
    EXPECT_EQ(committed_, (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(Importer, fetches_the_headers_again_after_a_refusal) {
    blocks_->evidence_every = 3;
    blocks_->forged = 2;
    const ImportStart start{registry_client::BlockReference{}, registry_client::BlockReference{}};
    int refused = 0;
    const auto end = run(
        [&](const boundary::ToEnclave& message) -> std::optional<Result<boundary::FromEnclave>> {
            const auto* finality = std::get_if<boundary::Finality>(&message);
            if (finality != nullptr && finality->headers[1] == Bytes{kForged}) {
                ++refused;
                blocks_->refusals_count = false;
                return boundary::FromEnclave{boundary::refused(make_error_code(Refusal::kHeadersUnlinked))};
            }
            return std::nullopt;
        },
        start);
    EXPECT_EQ(end.problem.cause, "no more blocks");
    EXPECT_EQ(refused, 1);
    ASSERT_EQ(finalities_.size(), 1U);
    EXPECT_EQ(finalities_[0].headers.size(), 3U);
    EXPECT_EQ(committed_, (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(Importer, gives_the_headers_between_the_last_and_the_finalized_block_after_a_restart) {
    registry_client::BlockReference finalized;
    finalized.number = 2;
    const auto end =
        run([](const auto&) { return std::nullopt; }, {registry_client::BlockReference{}, finalized});
    EXPECT_EQ(end.problem.cause, "no more blocks");
    ASSERT_EQ(finalities_.size(), 2U);
    EXPECT_FALSE(finalities_[0].justification.has_value());
    EXPECT_EQ(finalities_[0].headers.size(), 2U);
    EXPECT_EQ(committed_, (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(Importer, says_what_is_missing_when_the_node_gives_no_evidence) {
    blocks_->evidence_every = 100;
    blocks_->offers = false;
    const auto end =
        run([](const auto&) { return std::nullopt; }, {std::nullopt, registry_client::BlockReference{}});
    EXPECT_EQ(end.problem.exit_code, ExitCode::kChain);
    EXPECT_NE(end.problem.cause.find("grandpa_proveFinality"), std::string::npos);
    EXPECT_NE(end.problem.remedy.find("--unverified-finality"), std::string::npos);
}

TEST_F(Importer, stops_at_a_block_that_the_enclave_cannot_keep_and_names_it) {
    const auto end =
        run([](const boundary::ToEnclave& message) -> std::optional<Result<boundary::FromEnclave>> {
            const auto* import = std::get_if<boundary::ImportBlock>(&message);
            if (import != nullptr && import->header[0] == 2) {
                return boundary::FromEnclave{boundary::refused(make_error_code(Refusal::kStateTooLarge))};
            }
            return std::nullopt;
        });
    EXPECT_FALSE(end.enclave_lost);
    EXPECT_EQ(end.problem.exit_code, ExitCode::kEnclave);
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

TEST_F(Importer, keeps_a_record_for_a_disk_that_fails_and_goes_on_with_it) {
    for (const auto fault : {DiskFault::kNoSpace, DiskFault::kSyncFails}) {
        blocks_->given = 0;
        committed_.clear();
        int imports = 0;
        int attempts = 0;
        on_idle_ = [&] {
            EXPECT_FALSE(importer_->busy()) << "a stop has to wait for the disk";
            EXPECT_TRUE(storage_->fault().has_value());
            EXPECT_EQ(committed_, (std::vector<std::uint32_t>{1}));
            if (++attempts == 2) {
                disk_.heal();
            }
        };
        const auto end =
            run([&](const boundary::ToEnclave& message) -> std::optional<Result<boundary::FromEnclave>> {
                const auto* import = std::get_if<boundary::ImportBlock>(&message);
                if (import != nullptr && ++imports == 2) {
                    disk_.fail(fault);
                }
                return std::nullopt;
            });
        EXPECT_EQ(end.problem.cause, "no more blocks");
        EXPECT_EQ(attempts, 2);
        EXPECT_EQ(imports, 3) << "the block is executed once";
        EXPECT_EQ(storage_->fault(), std::nullopt);
        EXPECT_EQ(stored(), (std::vector<std::uint64_t>{1, 2, 3}));
        EXPECT_EQ(committed_, (std::vector<std::uint32_t>{1, 2, 3}));
    }
}

TEST_F(Importer, reports_a_disk_that_does_not_answer_and_goes_on_when_it_does) {
    storage_ = std::make_shared<StorageTrouble>(std::chrono::milliseconds{20});
    disk_.fail(DiskFault::kSyncHangs);
    bool reported = false;
    auto heal_when_reported = [&]() -> Task<void> {
        while (storage_->fault() != StorageFault::kNoAnswer) {
            co_await pause_for(std::chrono::milliseconds{1});
        }
        reported = true;
        EXPECT_TRUE(committed_.empty());
        disk_.heal();
    };
    boost::asio::co_spawn(io_, heal_when_reported, boost::asio::detached);
    const auto end = run([](const auto&) { return std::nullopt; });
    EXPECT_EQ(end.problem.cause, "no more blocks");
    EXPECT_TRUE(reported);
    EXPECT_EQ(storage_->fault(), std::nullopt);
    EXPECT_EQ(stored(), (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST_F(Importer, ends_when_the_database_is_damaged) {
    on_idle_ = [&] {
        disk_.heal();
        for (const auto& entry : std::filesystem::directory_iterator{folder_.path() / "db"}) {
            std::filesystem::remove(entry.path());
        }
    };
    disk_.fail(DiskFault::kIoError);
    const auto end = run([](const auto&) { return std::nullopt; });
    EXPECT_FALSE(end.enclave_lost);
    EXPECT_EQ(end.problem.exit_code, ExitCode::kDataDirectory);
    EXPECT_TRUE(committed_.empty());
}

TEST_F(Importer, names_the_block_that_the_enclave_did_not_answer_about) {
    const auto end =
        run([](const boundary::ToEnclave& message) -> std::optional<Result<boundary::FromEnclave>> {
            const auto* import = std::get_if<boundary::ImportBlock>(&message);
            if (import != nullptr && import->header[0] == 2) {
                return ChannelError::kDeadline;
            }
            return std::nullopt;
        });
    EXPECT_TRUE(end.enclave_lost);
    EXPECT_EQ(end.timed_out_at, 2U);
    EXPECT_NE(end.problem.cause.find("block 2 with 0 extrinsics"), std::string::npos) << end.problem.cause;
    EXPECT_EQ(committed_, (std::vector<std::uint32_t>{1}));
}

}  // namespace
}  // namespace redoubt::node
