#include <tools/wallet/shard_lookup.hpp>

#include <gtest/gtest.h>

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

TEST(ShardLookup, only_skip_is_without_hardware) {
    auto entry = enclave(1, 7);
    EXPECT_TRUE(is_unattested(entry));
    EXPECT_EQ(attestation_json(entry)["hardware"], false);
    entry.method = "Dcap";
    EXPECT_FALSE(is_unattested(entry));
}

}  // namespace
}  // namespace redoubt::wallet
