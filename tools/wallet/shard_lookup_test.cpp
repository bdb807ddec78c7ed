#include <tools/wallet/shard_lookup.hpp>

#include <gtest/gtest.h>

#include <tools/wallet/identifiers.hpp>

namespace redoubt::wallet {
namespace {

using registry_client::ShardConfig;
using registry_client::ShardSigner;
using registry_client::UpgradableShardConfig;

Hash256 hash_of(std::uint8_t byte) {
    Hash256 hash;
    hash.bytes.fill(byte);
    return hash;
}

AccountId account_of(std::uint8_t byte) {
    AccountId account;
    account.bytes.fill(byte);
    return account;
}

EnclaveEntry enclave(std::uint8_t account, std::uint8_t fingerprint) {
    EnclaveEntry entry;
    entry.account = account_of(account);
    entry.fingerprint = hash_of(fingerprint);
    entry.method = "Skip";
    return entry;
}

ShardSigner signer(std::uint8_t account, std::uint32_t block) {
    ShardSigner out;
    out.signer = account_of(account);
    out.last_activity_block = block;
    return out;
}

UpgradableShardConfig upgrade_at(std::uint32_t block) {
    UpgradableShardConfig config;
    config.active.enclave_fingerprint = hash_of(1);
    config.pending = ShardConfig{.enclave_fingerprint = hash_of(2)};
    config.upgrade_at_block = block;
    return config;
}

TEST(ShardLookup, a_shard_without_a_configuration_has_none_in_force) {
    EXPECT_EQ(config_in_force(std::nullopt, 5), nullptr);
}

TEST(ShardLookup, an_upgrade_is_in_force_from_its_block_on) {
    const std::optional config{upgrade_at(100)};
    EXPECT_EQ(config_in_force(config, 99)->enclave_fingerprint, hash_of(1));
    EXPECT_EQ(config_in_force(config, 100)->enclave_fingerprint, hash_of(2));
}

TEST(ShardLookup, several_shards_are_named) {
    const auto two = shard_ambiguous({hash_of(1), hash_of(2)});
    EXPECT_EQ(two.message,
              "the chain knows 2 shards: " + to_base58(hash_of(1)) + ", " + to_base58(hash_of(2)));
    EXPECT_EQ(two.details["shards"].size(), 2U);
    const auto many = shard_ambiguous(std::vector<Hash256>(10, hash_of(3)));
    EXPECT_TRUE(many.message.ends_with(" and 2 more")) << many.message;
    EXPECT_EQ(many.details["shards"].size(), 10U);
}

TEST(ShardLookup, enclaves_of_another_fingerprint_are_no_workers) {
    const auto workers = rank_workers({enclave(1, 7), enclave(2, 8)}, {signer(2, 50)}, hash_of(7));
    ASSERT_EQ(workers.size(), 1U);
    EXPECT_EQ(workers[0].enclave.account, account_of(1));
    EXPECT_FALSE(workers[0].last_activity_block.has_value());
}

TEST(ShardLookup, the_most_recently_active_worker_comes_first) {
    const auto workers = rank_workers({enclave(1, 7), enclave(2, 7), enclave(3, 7), enclave(4, 7)},
                                      {signer(3, 10), signer(2, 11)}, hash_of(7));
    ASSERT_EQ(workers.size(), 4U);
    EXPECT_EQ(workers[0].enclave.account, account_of(2));
    EXPECT_EQ(workers[1].enclave.account, account_of(3));
    EXPECT_EQ(workers[2].enclave.account, account_of(1));
    EXPECT_EQ(workers[3].enclave.account, account_of(4));
}

constexpr std::uint64_t kNowMs = 1'800'000'000'000;

EnclaveEntry registered() {
    auto entry = enclave(1, 7);
    entry.url = "wss://worker.example";
    entry.method = "Dcap";
    entry.status = "Ok";
    entry.build_mode = "Production";
    entry.timestamp_ms = kNowMs - 1000;
    return entry;
}

std::string code_of(const EnclaveEntry& entry) {
    const auto judged = judge_registration(entry, kNowMs);
    EXPECT_TRUE(judged || (judged.error().exit == ExitCode::kUntrusted && !judged.error().remedy.empty()));
    return judged ? "" : judged.error().code;
}

TEST(Registration, counts_while_it_is_genuine_in_order_and_fresh) {
    for (const auto* method : {"Dcap", "Ias"}) {
        auto entry = registered();
        entry.method = method;
        EXPECT_EQ(code_of(entry), "");
        EXPECT_EQ(attestation_json(entry, kNowMs)["hardware"], true);
        EXPECT_FALSE(is_unattested(entry));
    }
}

TEST(Registration, without_evidence_is_no_hardware) {
    // An entry of a method that nobody knows is no better than one without evidence.
    for (const auto* method : {"Skip", "None"}) {
        auto entry = registered();
        entry.method = method;
        EXPECT_TRUE(is_unattested(entry));
        EXPECT_EQ(attestation_json(entry, kNowMs)["hardware"], false);
        EXPECT_EQ(code_of(entry), "");
    }
}

TEST(Registration, rejects_debug_builds) {
    auto entry = registered();
    entry.build_mode = "Debug";
    EXPECT_EQ(code_of(entry), "registration_debug");
    EXPECT_EQ(attestation_json(entry, kNowMs)["hardware"], false);
}

TEST(Registration, rejects_statuses_that_vouch_for_nothing) {
    for (const auto* status : {"Invalid", "GroupRevoked", "", "Perfect"}) {
        auto entry = registered();
        entry.status = status;
        EXPECT_EQ(code_of(entry), "registration_invalid") << status;
        EXPECT_EQ(attestation_json(entry, kNowMs)["hardware"], false) << status;
    }
    for (const auto* status : {"GroupOutOfDate", "ConfigurationNeeded"}) {
        auto entry = registered();
        entry.status = status;
        EXPECT_EQ(code_of(entry), "") << status;
        EXPECT_EQ(attestation_json(entry, kNowMs)["hardware"], false) << status;
    }
}

TEST(Registration, rejects_what_was_last_looked_at_too_long_ago) {
    auto entry = registered();
    entry.timestamp_ms = kNowMs - registry_client::kRemovableAfterMs;
    EXPECT_EQ(code_of(entry), "");
    --entry.timestamp_ms;
    EXPECT_EQ(code_of(entry), "registration_stale");
    EXPECT_EQ(attestation_json(entry, kNowMs)["hardware"], false);
    entry.timestamp_ms = kNowMs + 300'000;
    EXPECT_EQ(code_of(entry), "");
    ++entry.timestamp_ms;
    EXPECT_EQ(code_of(entry), "registration_stale");
    entry.timestamp_ms = ~std::uint64_t{0};
    EXPECT_EQ(code_of(entry), "registration_stale");
}

}  // namespace
}  // namespace redoubt::wallet
