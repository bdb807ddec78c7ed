#include <csignal>
#include <fstream>
#include <node/enclave_start.hpp>
#include <node/signal.hpp>
#include <node/test_support.hpp>

namespace redoubt::node {
namespace {

using boundary::Refusal;
using tests::run_task;
using tests::TemporaryFolder;

/// A journal, a pool and a loop, and how to start the fake enclave with them.
class EnclaveStart : public ::testing::Test {
  protected:
    EnclaveStart() { open_journal(); }
    ~EnclaveStart() override { pool_->join(); }

    void open_journal() {
        journal_.reset();
        auto opened = Journal::open(folder_.path() / "db");
        ASSERT_TRUE(opened.has_value());
        journal_ = std::move(opened.value());
    }
    EnclaveSetup setup(const std::string& mode) const {
        EnclaveSetup out;
        out.launch.program = REDOUBT_FAKE_ENCLAVE;
        out.launch.arguments = {"--channel-fd", "3", "--mode", mode};
        out.deadline = std::chrono::milliseconds{mode == "silent" ? 100 : 20'000};
        return out;
    }
    StartOutcome<RunningEnclave> start(EnclaveSetup with) {
        auto out = run_task(io_, start_enclave(io_.get_executor(), std::move(with), journal_, pool_));
        if (!out) {
            return StartFailure{Problem{ExitCode::kOk, "the test timed out", ""}, false};
        }
        return std::move(*out);
    }
    StartFailure failure(const std::string& mode) {
        auto out = start(setup(mode));
        EXPECT_FALSE(out.has_value());
        return out.has_value() ? StartFailure{} : out.error();
    }

    TemporaryFolder folder_;
    boost::asio::io_context io_{1};
    std::shared_ptr<boost::asio::thread_pool> pool_ = std::make_shared<boost::asio::thread_pool>(1);
    std::shared_ptr<Journal> journal_;
};

TEST_F(EnclaveStart, stores_the_identity_and_binds_the_shard) {
    auto enclave = start(setup("normal"));
    ASSERT_TRUE(enclave.has_value()) << enclave.error().problem.cause;
    EXPECT_EQ(enclave.value().version, "fake");
    EXPECT_EQ(journal_->sealed_identity().value(), (Bytes{1, 2, 3}));
    EXPECT_EQ(journal_->shard().value(), enclave.value().started.shard);
    EXPECT_FALSE(enclave.value().position.last_block.has_value());
}

TEST_F(EnclaveStart, replays_the_journal_in_order) {
    for (std::uint8_t i = 1; i <= 5; ++i) {
        ASSERT_TRUE(journal_->append({i, i == 1, {{i, 0, 0, 0}}}).has_value());
    }
    auto enclave = start(setup("normal"));
    ASSERT_TRUE(enclave.has_value()) << enclave.error().problem.cause;
    EXPECT_EQ(enclave.value().position.sequence, 5U);
    EXPECT_EQ(enclave.value().position.last_block->number, 5U);
}

TEST_F(EnclaveStart, rejects_a_journal_with_a_gap_and_names_the_record) {
    ASSERT_TRUE(journal_->append({1, true, {{1, 0, 0, 0}}}).has_value());
    ASSERT_TRUE(journal_->append({3, false, {{3, 0, 0, 0}}}).has_value());
    const auto failed = failure("normal");
    EXPECT_FALSE(failed.try_again);
    EXPECT_EQ(failed.problem.exit_code, ExitCode::kDataDirectory);
    EXPECT_NE(failed.problem.cause.find("journal record 3"), std::string::npos) << failed.problem.cause;
}

TEST_F(EnclaveStart, rejects_a_shard_other_than_the_stored_one) {
    ASSERT_TRUE(start(setup("normal")).has_value());
    auto other = setup("normal");
    other.shard.emplace().bytes.fill(0x77);
    auto second = start(std::move(other));
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().problem.exit_code, ExitCode::kDataDirectory);
}

TEST_F(EnclaveStart, leaves_the_process_nothing_but_its_channel) {
    // A descriptor without close-on-exec, as a careless library would leave one.
    std::FILE* const extra = std::fopen("/dev/null", "r");
    auto enclave = start(setup("descriptors"));
    std::fclose(extra);
    ASSERT_TRUE(enclave.has_value());
    EXPECT_EQ(enclave.value().version, "0 1 2 3 ");
}

TEST_F(EnclaveStart, reports_a_program_that_is_not_there) {
    auto missing = setup("normal");
    missing.launch.program = "/nowhere/redoubt-enclave";
    auto failed = start(std::move(missing));
    ASSERT_FALSE(failed.has_value());
    EXPECT_FALSE(failed.error().try_again);
    EXPECT_EQ(failed.error().problem.exit_code, ExitCode::kEnclave);
    EXPECT_NE(failed.error().problem.cause.find("/nowhere/redoubt-enclave"), std::string::npos);
    EXPECT_NE(failed.error().problem.remedy.find("--enclave"), std::string::npos);
}

TEST_F(EnclaveStart, reports_how_an_early_end_came_with_its_last_words) {
    const auto failed = failure("exit");
    EXPECT_TRUE(failed.try_again);
    EXPECT_NE(failed.problem.cause.find("exit code 7"), std::string::npos) << failed.problem.cause;
    EXPECT_NE(failed.problem.cause.find("no luck today"), std::string::npos) << failed.problem.cause;
}

TEST_F(EnclaveStart, gives_up_on_a_silent_enclave_at_the_deadline) {
    const auto failed = failure("silent");
    EXPECT_TRUE(failed.try_again);
    EXPECT_NE(failed.problem.cause.find("in time"), std::string::npos) << failed.problem.cause;
}

TEST_F(EnclaveStart, rejects_a_frame_that_does_not_decode) {
    EXPECT_NE(failure("garbage").problem.cause.find("cannot be read"), std::string::npos);
}

TEST_F(EnclaveStart, rejects_an_oversized_announcement_without_allocating_it) {
    EXPECT_NE(failure("oversize").problem.cause.find("cannot be read"), std::string::npos);
}

TEST_F(EnclaveStart, rejects_another_protocol_version) {
    const auto failed = failure("version");
    EXPECT_FALSE(failed.try_again);
    EXPECT_EQ(failed.problem.exit_code, ExitCode::kEnclave);
    EXPECT_NE(failed.problem.remedy.find("same release"), std::string::npos);
}

TEST_F(EnclaveStart, explains_a_refused_identity) {
    const auto failed = failure("refuse");
    EXPECT_FALSE(failed.try_again);
    EXPECT_EQ(failed.problem.exit_code, ExitCode::kDataDirectory);
    EXPECT_NE(failed.problem.remedy.find("sim-platform"), std::string::npos);
}

TEST_F(EnclaveStart, gives_the_pages_that_the_enclave_asks_for) {
    auto enclave = start(setup("pages"));
    ASSERT_TRUE(enclave.has_value());
    const auto ask_status = [&] {
        boundary::ToEnclave message = boundary::Status{};
        return run_task(io_, ask<boundary::StatusReport>(enclave.value().channel, std::move(message)))
            .value();
    };
    EXPECT_EQ(ask_status().error(), make_error_code(boundary::Refusal::kPageMissing));
    boundary::PageId id;
    id.bytes.fill(1);
    ASSERT_TRUE(journal_->append({1, true, {{1, 0, 0, 0}}, {}, {{id, {7, 8, 9}}}}).has_value());
    EXPECT_TRUE(ask_status().has_value());
}

TEST_F(EnclaveStart, says_by_which_signal_the_process_ended) {
    auto enclave = start(setup("normal"));
    ASSERT_TRUE(enclave.has_value());
    ::kill(enclave.value().process->pid(), SIGKILL);
    const auto how = run_task(io_, enclave.value().process->wait_exit());
    ASSERT_TRUE(how.has_value());
    EXPECT_NE(how->find("signal 9"), std::string::npos) << *how;
    boundary::ToEnclave message = boundary::Status{};
    const auto reply = run_task(io_, enclave.value().channel->request(std::move(message)));
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->error(), make_error_code(ChannelError::kClosed));
}

TEST_F(EnclaveStart, answers_requests_in_order_even_when_a_caller_gives_up) {
    auto enclave = start(setup("normal"));
    ASSERT_TRUE(enclave.has_value());
    const auto channel = enclave.value().channel;
    int answered = 0;
    auto many = [](std::shared_ptr<EnclaveChannel> link, int* count, std::uint64_t id) -> Task<void> {
        boundary::ToEnclave message = boundary::ClientBytes{id, Bytes(1000, 1)};
        const auto reply = co_await ask<boundary::ClientEffects>(link, std::move(message));
        EXPECT_TRUE(reply.has_value());
        EXPECT_EQ(reply.value().effects.at(0).connection, id);
        ++*count;
    };
    {
        rpc::TaskGroup impatient{io_.get_executor()};
        impatient.spawn(many(channel, &answered, 1));
    }  // cancelled before its reply came
    rpc::TaskGroup patient{io_.get_executor()};
    for (std::uint64_t id = 2; id < 50; ++id) {
        patient.spawn(many(channel, &answered, id));
    }
    run_task(io_, patient.join());
    EXPECT_GE(answered, 48);
}

TEST_F(EnclaveStart, gives_a_large_block_more_time_than_a_small_one) {
    auto with = setup("slow");
    with.deadline = std::chrono::milliseconds{1'500};
    auto enclave = start(std::move(with));
    ASSERT_TRUE(enclave.has_value()) << enclave.error().problem.cause;
    const auto import = [&](std::size_t bytes) {
        boundary::ImportBlock block;
        block.extrinsics.push_back(Bytes(bytes));
        boundary::ToEnclave message = std::move(block);
        return *run_task(io_, enclave.value().channel->request(std::move(message)));
    };
    EXPECT_TRUE(import(std::size_t{2} << 20).has_value());
    EXPECT_EQ(import(100).error(), make_error_code(ChannelError::kDeadline));
}

TEST(DeadlineShares, count_what_is_begun_of_a_block) {
    const auto shares = [](std::vector<std::size_t> sizes) {
        boundary::ImportBlock block;
        for (const auto size : sizes) {
            block.extrinsics.push_back(Bytes(size));
        }
        return deadline_shares(std::move(block));
    };
    constexpr std::size_t kShare = std::size_t{256} << 10;
    EXPECT_EQ(shares({}), 1U);
    EXPECT_EQ(shares({kShare}), 1U);
    EXPECT_EQ(shares({kShare - 1, 2}), 2U);
    EXPECT_EQ(shares({4 * kShare, 1}), 5U);
    EXPECT_EQ(deadline_shares(boundary::ClientBytes{1, Bytes(2 * kShare)}), 1U);
}

TEST_F(EnclaveStart, refuses_a_request_above_its_limit_and_goes_on) {
    auto enclave = start(setup("normal"));
    ASSERT_TRUE(enclave.has_value());
    boundary::ToEnclave large = boundary::ClientBytes{1, Bytes(boundary::kClientBytesMax + 100)};
    const auto refused = run_task(io_, enclave.value().channel->request(std::move(large)));
    ASSERT_TRUE(refused.has_value() && refused->has_error());
    EXPECT_EQ(refused->error(), make_error_code(ChannelError::kTooLarge));
    boundary::ToEnclave status = boundary::Status{};
    EXPECT_TRUE(run_task(io_, enclave.value().channel->request(std::move(status)))->has_value());
}

}  // namespace
}  // namespace redoubt::node
