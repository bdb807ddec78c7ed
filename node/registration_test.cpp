#include <node/account_funding.hpp>
#include <node/registration.hpp>
#include <node/test_support.hpp>

namespace redoubt::node {
namespace {

using registry_client::EnclaveEntry;
using registry_client::ShardConfig;
using registry_client::UpgradableShardConfig;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::uint64_t kNowMs = 1'700'000'000'000;

template <class Fixed>
Fixed filled(std::uint8_t byte) {
    Fixed out;
    out.bytes.fill(byte);
    return out;
}

EnclaveIdentity identity() {
    return {filled<AccountId>(1), filled<Hash256>(2), filled<Hash256>(3), "wss://127.0.0.1:2000"};
}

EnclaveEntry entry(std::uint64_t age_ms) {
    EnclaveEntry out;
    out.account = identity().account;
    out.fingerprint = identity().measurement;
    out.url = identity().url;
    out.timestamp_ms = kNowMs - age_ms;
    return out;
}

milliseconds valid_for(const std::optional<EnclaveEntry>& known) {
    return registration_valid_for(known, identity(), kNowMs, hours{24});
}

UpgradableShardConfig config_of(std::uint8_t fingerprint) {
    UpgradableShardConfig out;
    out.active.enclave_fingerprint = filled<Hash256>(fingerprint);
    return out;
}

TEST(Registration, is_made_when_there_is_none) {
    EXPECT_EQ(valid_for(std::nullopt), milliseconds{0});
}

TEST(Registration, is_kept_until_it_is_too_old) {
    constexpr std::uint64_t kDayMs = 86'400'000;
    EXPECT_EQ(valid_for(entry(0)), hours{24});
    EXPECT_EQ(valid_for(entry(kDayMs - 1)), milliseconds{1});
    EXPECT_EQ(valid_for(entry(kDayMs)), milliseconds{0});
}

TEST(Registration, of_the_future_counts_as_fresh) {
    auto known = entry(0);
    known.timestamp_ms = kNowMs + 5000;
    EXPECT_EQ(valid_for(known), hours{24});
}

TEST(Registration, is_renewed_when_url_or_fingerprint_changed) {
    auto known = entry(0);
    known.url = "wss://elsewhere:2000";
    EXPECT_EQ(valid_for(known), milliseconds{0});
    known = entry(0);
    known.fingerprint = filled<Hash256>(9);
    EXPECT_EQ(valid_for(known), milliseconds{0});
}

TEST(ShardObstacle, is_none_for_an_untouched_shard) {
    EXPECT_FALSE(shard_obstacle({}, identity(), false).has_value());
}

TEST(ShardObstacle, is_none_for_our_own_shard_with_state) {
    ShardOnChain shard;
    shard.signers.push_back({identity().account, identity().measurement, 7});
    shard.config = config_of(2);
    EXPECT_FALSE(shard_obstacle(shard, identity(), true).has_value());
}

TEST(ShardObstacle, is_a_foreign_fingerprint_even_with_state) {
    ShardOnChain shard;
    shard.config = config_of(9);
    const auto problem = shard_obstacle(shard, identity(), true);
    ASSERT_TRUE(problem.has_value());
    EXPECT_EQ(problem->exit_code, ExitCode::kChain);
    EXPECT_NE(problem->cause.find("0x0909"), std::string::npos);
}

TEST(ShardObstacle, looks_at_the_configuration_that_is_in_force) {
    ShardOnChain shard;
    shard.config = config_of(9);
    shard.config->pending = ShardConfig{.enclave_fingerprint = filled<Hash256>(2)};
    shard.config->upgrade_at_block = 100;
    shard.block_number = 99;
    EXPECT_TRUE(shard_obstacle(shard, identity(), true).has_value());
    shard.block_number = 100;
    EXPECT_FALSE(shard_obstacle(shard, identity(), true).has_value());
}

TEST(ShardObstacle, is_another_carrier_when_we_have_no_state) {
    ShardOnChain shard;
    shard.signers.push_back({filled<AccountId>(8), identity().measurement, 7});
    const auto problem = shard_obstacle(shard, identity(), false);
    ASSERT_TRUE(problem.has_value());
    EXPECT_EQ(problem->exit_code, ExitCode::kDataDirectory);
    EXPECT_NE(problem->cause.find("another enclave"), std::string::npos);
    EXPECT_FALSE(shard_obstacle(shard, identity(), true).has_value());
}

TEST(ShardObstacle, is_our_own_earlier_work_when_its_state_is_lost) {
    ShardOnChain shard;
    shard.signers.push_back({identity().account, identity().measurement, 7});
    const auto problem = shard_obstacle(shard, identity(), false);
    ASSERT_TRUE(problem.has_value());
    EXPECT_NE(problem->remedy.find("backup"), std::string::npos);
}

TEST(Funds, are_deposit_and_fees_and_saturate) {
    EXPECT_EQ(funds_needed(1000, 10, 5), uint128{1050});
    EXPECT_EQ(funds_needed(1, ~uint128{0}, 2), ~uint128{0});
    EXPECT_EQ(funds_needed(~uint128{0}, 1, 1), ~uint128{0});
    EXPECT_EQ(spendable({.nonce = 0, .free = 5, .reserved = 0, .frozen = 7}), uint128{0});
    EXPECT_EQ(spendable({.nonce = 0, .free = 9, .reserved = 0, .frozen = 7}), uint128{2});
}

TEST(Funds, are_written_in_the_unit_of_the_chain) {
    EXPECT_EQ(format_amount(1'250'000'000'000, 12, "TEER"), "1.25 TEER");
    EXPECT_EQ(format_amount(1, 12, "TEER"), "0.000000000001 TEER");
    EXPECT_EQ(format_amount(0, 12, ""), "0");
    EXPECT_EQ(format_amount(7, 0, "X"), "7 X");
    EXPECT_EQ(format_amount(10, 255, "X").substr(0, 4), "0.00");
}

TEST(Account, is_hex_where_the_prefix_is_reserved) {
    const auto account = filled<AccountId>(1);
    for (const std::uint16_t prefix : std::initializer_list<std::uint16_t>{46, 47, 16384, 65535}) {
        EXPECT_TRUE(format_account(account, prefix).starts_with("0x0101")) << prefix;
    }
    EXPECT_FALSE(format_account(account, 13).starts_with("0x"));
}

}  // namespace
}  // namespace redoubt::node
