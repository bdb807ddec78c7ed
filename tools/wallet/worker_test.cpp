#include <tools/wallet/worker.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <tests/support/run_task.hpp>
#include <tests/support/scripted_rpc_server.hpp>
#include <tools/wallet/identifiers.hpp>

namespace redoubt::wallet {
namespace {

nlohmann::json healthy() {
    return {{"lastBlock", 7U},
            {"stale", false},
            {"finality", {{"anchor", {{"number", 0}}}, {"setId", 0}, {"halted", false}}}};
}

TEST(WorkerHealth, is_good_when_finality_is_verified_and_blocks_are_new) {
    const auto health = read_health(healthy());
    ASSERT_TRUE(health);
    EXPECT_TRUE(health.value().verifies_finality);
    EXPECT_FALSE(health.value().is_stale);
    EXPECT_FALSE(health.value().is_halted);
    EXPECT_EQ(health.value().last_block, 7U);
}

TEST(WorkerHealth, names_unverified_finality) {
    auto answer = healthy();
    answer["finality"] = nullptr;
    EXPECT_FALSE(read_health(answer).value().verifies_finality);
    // A worker that does not speak of finality has not said that it verifies it.
    answer.erase("finality");
    EXPECT_FALSE(read_health(answer).value().verifies_finality);
    answer["finality"] = true;
    EXPECT_FALSE(read_health(answer).value().verifies_finality);
}

TEST(WorkerHealth, names_a_stale_state_and_a_halt) {
    auto answer = healthy();
    answer["stale"] = true;
    answer["finality"]["halted"] = true;
    EXPECT_TRUE(read_health(answer).value().is_stale);
    EXPECT_TRUE(read_health(answer).value().is_halted);
}

TEST(WorkerHealth, knows_no_block_before_the_first) {
    auto answer = healthy();
    answer["lastBlock"] = nullptr;
    EXPECT_EQ(read_health(answer).value().last_block, std::nullopt);
    answer["lastBlock"] = 0xffff'ffffU;
    EXPECT_EQ(read_health(answer).value().last_block, 0xffff'ffffU);
}

TEST(WorkerHealth, rejects_answers_of_another_form) {
    auto stale = healthy();
    stale["stale"] = "no";
    auto block = healthy();
    block["lastBlock"] = 0x1'0000'0000U;
    for (const auto& answer : {nlohmann::json::array(), nlohmann::json("well"), stale, block}) {
        const auto health = read_health(answer);
        ASSERT_FALSE(health) << answer;
        EXPECT_EQ(health.error().code, "worker_answer_malformed");
    }
}

class WorkerCalls : public ::testing::Test {
  protected:
    ~WorkerCalls() override {
        static_cast<void>(tests::run_until(
            io_, [this] { return io_.stopped(); }, std::chrono::seconds{5}));
    }
    WorkerPtr worker() {
        rpc::ClientOptions options;
        options.url = server_.url();
        auto client =
            tests::run_task(io_, rpc::Client::connect(io_.get_executor(), std::move(options))).value();
        return std::make_shared<Worker>(EnclaveEntry{}, server_.url(), std::move(client));
    }
    /// Answers every question for evidence with this text as the member `result`.
    void answer_with(std::string result) {
        server_.on_exchange("redoubt_evidence", [result](const nlohmann::json&, auto exchange) {
            exchange->send_text(R"({"jsonrpc":"2.0","id":)" + exchange->id().dump() + R"(,"result":)" +
                                result + "}");
        });
    }

    tests::ScriptedRpcServer server_;
    boost::asio::io_context io_;
};

TEST_F(WorkerCalls, evidence_that_names_a_member_twice_is_malformed) {
    for (const auto* result : {R"({"type":"sgx","type":"snp"})", R"({},"result":{"type":"sgx"})"}) {
        answer_with(result);
        const auto asking = worker();
        const auto got = tests::run_task(io_, asking->evidence(Bytes(32)));
        ASSERT_FALSE(got) << result;
        EXPECT_EQ(got.error().code, "worker_answer_malformed");
    }
    answer_with(R"({"type":"sgx"})");
    const auto asking = worker();
    EXPECT_EQ(tests::run_task(io_, asking->evidence(Bytes(32))).value(), R"({"type":"sgx"})");
}

// A TEE that hangs is not a worker that is away: what its user can do is another thing.
TEST_F(WorkerCalls, evidence_that_does_not_come_is_delayed) {
    server_.on_exchange("redoubt_evidence", [](const nlohmann::json&, auto) {});
    const auto asking = worker();
    const auto got = tests::run_task(io_, asking->evidence(Bytes(32), std::chrono::milliseconds{50}));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, "worker_evidence_delayed");
    EXPECT_EQ(got.error().exit, ExitCode::kUnreachable);
    EXPECT_NE(got.error().message.find("within 1 s"), std::string::npos) << got.error().message;
    EXPECT_NE(got.error().remedy.find("ask again"), std::string::npos) << got.error().remedy;
    // The host of a worker says within 90 s that its TEE does not answer.
    EXPECT_GT(kEvidenceTimeout, std::chrono::seconds{90});
    // Until then nothing else is answered on the connection, pings neither.
    const auto options = worker_options(EnclaveEntry{}, "wss://worker.example");
    EXPECT_GT(options.idle_timeout, kEvidenceTimeout);
    EXPECT_LT(options.call_timeout, kEvidenceTimeout);
}

TEST_F(WorkerCalls, nobody_is_connected_to_for_another_program_than_the_pinned_one) {
    std::ostringstream out;
    std::ostringstream err;
    Console console{out, err, {}};
    ShardView view;
    view.fingerprint.bytes.fill(7);
    view.workers.push_back({.enclave = {}, .last_activity_block = {}});
    Worker::Judge judge = [](const WorkerPtr&) -> Task<Fallible<void>> { co_return success(); };
    const auto code = [&](std::optional<std::string> pin) {
        Settings settings;
        settings.fingerprint = std::move(pin);
        Context context{io_.get_executor(), settings, console};
        return tests::run_task(io_, Worker::connect(context, view, std::nullopt, judge)).error().code;
    };
    EXPECT_EQ(code(to_base58(Hash256{})), "program_not_pinned");
    EXPECT_EQ(code("me"), "identifier_malformed");
    EXPECT_EQ(code(to_base58(view.fingerprint)), "worker_unreachable");
    EXPECT_EQ(code(std::nullopt), "worker_unreachable");
}

}  // namespace
}  // namespace redoubt::wallet
