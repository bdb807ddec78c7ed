#include <attestation/keystone/verifier.hpp>

#include <gtest/gtest.h>

#include <attestation/keystone/report.hpp>
#include <tests/support/keystone_evidence.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::attestation::keystone {
namespace {

using DeviceKeys = std::vector<FixedBytes<32>>;

Verdict verify(ByteView report, const DeviceKeys& keys = {tests::keystone_device_key()}) {
    return verify_report(report, {.time = {1'800'000'000}, .device_keys = keys});
}

std::optional<Reason> reason(const Verdict& verdict) {
    return verdict.refusal ? std::optional{verdict.refusal->reason} : std::nullopt;
}

TEST(KeystoneVerifier, verifies_a_report_of_a_known_device) {
    for (const std::size_t size : {0U, 64U, 1024U}) {
        const Bytes data(size, 0x33);
        const auto bytes = tests::make_keystone_report(data);
        ASSERT_EQ(bytes.size(), kReportBytes);
        const auto verdict = verify(bytes);
        ASSERT_EQ(reason(verdict), std::nullopt) << size;
        EXPECT_EQ(verdict.type, EvidenceType::kKeystone);
        EXPECT_TRUE(verdict.is_hardware);
        EXPECT_FALSE(verdict.is_debug || verdict.produced_at || verdict.nonce);
        EXPECT_TRUE(equal(report_data(verdict.claims), data));
        EXPECT_EQ(measurement(verdict.claims).size(), 48U);
        for (const auto& check : verdict.checks) {
            EXPECT_EQ(check.outcome, CheckOutcome::kPassed) << check.name;
        }
    }
}

TEST(KeystoneVerifier, measures_monitor_and_enclave) {
    KeystoneClaims claims;
    auto other_monitor = claims;
    other_monitor.monitor_hash.bytes[0] = 1;
    auto other_enclave = claims;
    other_enclave.enclave_hash.bytes[0] = 1;
    EXPECT_NE(measurement(claims), measurement(other_monitor));
    EXPECT_NE(measurement(claims), measurement(other_enclave));
    EXPECT_NE(measurement(other_monitor), measurement(other_enclave));
}

TEST(KeystoneVerifier, trusts_no_key_but_those_of_its_setting) {
    const auto bytes = tests::make_keystone_report({});
    EXPECT_EQ(reason(verify(bytes, {})), Reason::kKeystoneSignatureInvalid);
    EXPECT_EQ(reason(verify(bytes, {FixedBytes<32>{}})), Reason::kKeystoneSignatureInvalid);
    const auto other = tests::keystone_secret(0x63).public_key();
    EXPECT_EQ(reason(verify(bytes, {other})), Reason::kKeystoneSignatureInvalid);
    EXPECT_EQ(reason(verify(bytes, {other, tests::keystone_device_key()})), std::nullopt);
}

// Zeros are a point of small order: as a key and a signature they fit any message.
TEST(KeystoneVerifier, takes_a_key_of_zeros_for_none) {
    auto bytes = tests::make_keystone_report({});
    std::ranges::fill(bytes.end() - 96, bytes.end() - 32, std::uint8_t{0});
    EXPECT_EQ(reason(verify(bytes, {FixedBytes<32>{}})), Reason::kKeystoneSignatureInvalid);
}

// A report that anybody can make: the secret half of the SDK's test key is published.
TEST(KeystoneVerifier, refuses_published_keys_unless_they_are_allowed) {
    const auto bytes = to_bytes(bytes_of(
        tests::read_file(tests::source_folder() / "tests/fuzz/corpus/keystone_report/published_key")));
    ASSERT_EQ(bytes.size(), kReportBytes);
    const auto key = FixedBytes<32>::copy_of(std::span{bytes}.last<32>());
    ASSERT_TRUE(is_published_key(key));
    EXPECT_FALSE(is_published_key(tests::keystone_device_key()));
    // The setting names the key; without the allowance that is not enough.
    EXPECT_EQ(reason(verify(bytes, {key})), Reason::kKeystoneKeyPublished);
    EXPECT_EQ(reason(verify(bytes, {})), Reason::kKeystoneKeyPublished);

    const DeviceKeys keys{tests::keystone_device_key(), key};
    const Setting development{.time = {1'800'000'000}, .device_keys = keys, .allows_published_keys = true};
    const auto allowed = verify_report(bytes, development);
    EXPECT_EQ(reason(allowed), std::nullopt);
    EXPECT_FALSE(allowed.is_hardware);
    // Other devices of the same setting are as good as ever.
    const auto genuine = verify_report(tests::make_keystone_report({}), development);
    EXPECT_TRUE(genuine.is_verified() && genuine.is_hardware);
    // The allowance names no key by itself.
    EXPECT_EQ(reason(verify_report(
                  bytes, {.time = {1'800'000'000}, .device_keys = {}, .allows_published_keys = true})),
              Reason::kKeystoneKeyPublished);
}

TEST(KeystoneVerifier, refuses_a_change_of_all_that_is_signed) {
    const Bytes data(64, 0x33);
    auto bytes = tests::make_keystone_report(data);
    constexpr std::size_t kDataEnd = 64 + 8 + 64;
    constexpr std::size_t kFreeEnd = 64 + 8 + 1024;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const bool is_free = (at >= kDataEnd && at < kFreeEnd) || at >= bytes.size() - 32;
        bytes[at] ^= 1;
        const auto verdict = verify(bytes);
        EXPECT_EQ(reason(verdict).has_value(), !is_free) << at;
        if (is_free) {
            EXPECT_TRUE(equal(report_data(verdict.claims), data));
        }
        bytes[at] ^= 1;
    }
}

TEST(KeystoneReport, has_one_size_and_data_within_it) {
    auto bytes = tests::make_keystone_report(Bytes(1024, 1));
    EXPECT_OK(parse_report(bytes));
    for (const std::size_t size : {std::size_t{0}, std::size_t{64}, kReportBytes - 1}) {
        EXPECT_ERROR(parse_report(ByteView{bytes}.first(size)), Reason::kKeystoneMalformed) << size;
    }
    bytes.push_back(0);
    EXPECT_ERROR(parse_report(bytes), Reason::kKeystoneMalformed);
    bytes.pop_back();
    bytes[64] = 1;  // 1025
    EXPECT_ERROR(parse_report(bytes), Reason::kKeystoneMalformed);
    bytes[64] = 0;
    bytes[71] = 0x80;
    EXPECT_ERROR(parse_report(bytes), Reason::kKeystoneMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::keystone
