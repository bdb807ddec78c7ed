#include <tools/wallet/worker.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

}  // namespace
}  // namespace redoubt::wallet
