#include <attestation/binding/binding_block.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Hash256 hash_of(std::uint8_t fill) {
    Hash256 out;
    out.bytes.fill(fill);
    return out;
}

BindingBlock full() {
    return {.role = "worker",
            .signing_key = BoundSigningKey{SigningAlgorithm::kEd25519, Bytes(32, 1)},
            .shielding_key = BoundShieldingKey{ShieldingAlgorithm::kX25519, Bytes(32, 2)},
            .genesis_hash = hash_of(3),
            .shard = hash_of(4),
            .tls_key_sha256 = hash_of(5),
            .nonce = Bytes(16, 6),
            .configuration = hash_of(7),
            .channel_binding = hash_of(8),
            .issued_at = VerificationTime{1'000'000},
            .previous_measurement = Bytes(48, 9)};
}

Bytes item(std::uint8_t tag, ByteView value) {
    Bytes out{tag, static_cast<std::uint8_t>(value.size()), static_cast<std::uint8_t>(value.size() >> 8U), 0,
              0};
    append(out, value);
    return out;
}

/// A block of one item and a nonce, in order.
Bytes with_nonce(std::uint8_t tag, ByteView value) {
    const auto nonce = item(7, Bytes(16));
    return tag < 7 ? concat(item(tag, value), nonce) : concat(nonce, item(tag, value));
}

TEST(BindingBlock, decodes_to_what_was_encoded) {
    EXPECT_EQ(decode_binding_block(encode(full())).value(), full());
    BindingBlock least;
    least.nonce = Bytes(16);
    EXPECT_EQ(decode_binding_block(encode(least)).value(), least);
}

TEST(BindingBlock, of_the_largest_items_is_within_the_limit) {
    auto largest = full();
    largest.role = std::string(kRoleBytesMax, 'r');
    largest.shielding_key = BoundShieldingKey{ShieldingAlgorithm::kRsa, Bytes(kRsaKeyBytesMax)};
    largest.signing_key = BoundSigningKey{SigningAlgorithm::kP256, Bytes(33)};
    largest.nonce = Bytes(kNonceBytesMax);
    EXPECT_LE(encode(largest).size(), kBindingBlockBytesMax);
    EXPECT_OK(decode_binding_block(encode(largest)));
}

TEST(BindingBlock, is_refused_when_it_is_cut_inside_an_item) {
    const auto whole = encode(full());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto decoded = decode_binding_block(ByteView{whole}.first(size));
        // A cut between items leaves a shorter block, and another report data.
        EXPECT_TRUE(!decoded || encode(decoded.value()).size() == size);
    }
}

TEST(BindingBlock, rejects_unknown_doubled_and_descending_items) {
    const auto nonce = item(7, Bytes(16));
    EXPECT_OK(decode_binding_block(nonce));
    EXPECT_ERROR(decode_binding_block(concat(nonce, nonce)), Reason::kBindMalformed);
    EXPECT_ERROR(decode_binding_block(concat(nonce, item(4, Bytes(32)))), Reason::kBindMalformed);
    EXPECT_ERROR(decode_binding_block(concat(nonce, item(12, Bytes(32)))), Reason::kBindMalformed);
    EXPECT_ERROR(decode_binding_block(concat(item(0, Bytes(1)), nonce)), Reason::kBindMalformed);
    EXPECT_ERROR(decode_binding_block(item(4, Bytes(32))), Reason::kBindMalformed) << "no nonce";
    EXPECT_ERROR(decode_binding_block({}), Reason::kBindMalformed);
}

TEST(BindingBlock, rejects_items_of_a_wrong_length) {
    EXPECT_ERROR(decode_binding_block(item(7, Bytes(15))), Reason::kBindMalformed);
    EXPECT_ERROR(decode_binding_block(item(7, Bytes(65))), Reason::kBindMalformed);
    for (const auto tag : {4, 5, 6, 8, 9}) {
        EXPECT_OK(decode_binding_block(with_nonce(static_cast<std::uint8_t>(tag), Bytes(32)))) << tag;
        EXPECT_ERROR(decode_binding_block(with_nonce(static_cast<std::uint8_t>(tag), Bytes(31))),
                     Reason::kBindMalformed);
        EXPECT_ERROR(decode_binding_block(with_nonce(static_cast<std::uint8_t>(tag), Bytes(33))),
                     Reason::kBindMalformed);
    }
    EXPECT_ERROR(decode_binding_block(with_nonce(1, {})), Reason::kBindMalformed);
    EXPECT_ERROR(decode_binding_block(with_nonce(1, Bytes(33, 'a'))), Reason::kBindMalformed);
    EXPECT_ERROR(decode_binding_block(with_nonce(1, Bytes{'a', 0})), Reason::kBindMalformed);
    EXPECT_ERROR(decode_binding_block(with_nonce(10, Bytes(7))), Reason::kBindMalformed);
    EXPECT_ERROR(decode_binding_block(with_nonce(10, Bytes(8, 0xff))), Reason::kBindMalformed);
    EXPECT_ERROR(decode_binding_block(with_nonce(11, Bytes(40))), Reason::kBindMalformed);
}

TEST(BindingBlock, rejects_unknown_algorithms_and_keys_of_another_length) {
    const auto key = [](std::uint8_t tag, std::uint8_t algorithm, std::size_t size) {
        return decode_binding_block(with_nonce(tag, concat(Bytes{algorithm}, Bytes(size))));
    };
    EXPECT_OK(key(2, 1, 32));
    EXPECT_OK(key(2, 2, 32));
    EXPECT_OK(key(2, 3, 33));
    EXPECT_OK(key(2, 4, 33));
    EXPECT_OK(key(3, 1, 1024));
    EXPECT_OK(key(3, 2, 32));
    for (const auto& refused : {key(2, 0, 32), key(2, 5, 32), key(2, 1, 33), key(2, 3, 32), key(3, 0, 32),
                                key(3, 3, 32), key(3, 1, 1025), key(3, 1, 0), key(3, 2, 33)}) {
        EXPECT_ERROR(refused, Reason::kBindMalformed);
    }
}

TEST(BindingReportData, of_the_registry_begins_with_the_signing_key) {
    const auto block = encode(full());
    const auto data = binding_report_data(block, BindingProfile::kRegistry).value();
    EXPECT_EQ(to_bytes(data.view().first(32)), full().signing_key->key);
    EXPECT_NE(data, binding_report_data(block, BindingProfile::kDigest).value());
    auto other = full();
    other.signing_key = BoundSigningKey{SigningAlgorithm::kP256, Bytes(33)};
    EXPECT_ERROR(binding_report_data(encode(other), BindingProfile::kRegistry), Reason::kBindMalformed);
    other.signing_key.reset();
    EXPECT_ERROR(binding_report_data(encode(other), BindingProfile::kRegistry), Reason::kBindMalformed);
    EXPECT_OK(binding_report_data(encode(other), BindingProfile::kDigest));
}

TEST(BindingReportData, is_another_one_for_every_changed_bit) {
    const auto block = encode(full());
    const auto data = binding_report_data(block, BindingProfile::kDigest).value();
    EXPECT_OK(open_binding_block(block, BindingProfile::kDigest, data.view()));
    for (std::size_t i = 0; i < block.size(); ++i) {
        auto changed = block;
        changed[i] ^= 1;
        EXPECT_FALSE(open_binding_block(changed, BindingProfile::kDigest, data.view()).has_value()) << i;
    }
    EXPECT_ERROR(open_binding_block(block, BindingProfile::kRegistry, data.view()),
                 Reason::kBindReportDataMismatch);
    EXPECT_ERROR(open_binding_block(block, BindingProfile::kDigest, data.view().first(32)),
                 Reason::kBindReportDataMismatch);
}

TEST(BindingExpectation, reports_all_that_is_not_met) {
    EXPECT_THAT(violations(full(), {}, {0}), IsEmpty());
    const BindingExpectation met{.genesis_hash = hash_of(3),
                                 .shard = hash_of(4),
                                 .nonce = Bytes(16, 6),
                                 .role = "worker",
                                 .signing_key = full().signing_key,
                                 .shielding_key = full().shielding_key,
                                 .tls_key_sha256 = hash_of(5),
                                 .channel_binding = hash_of(8),
                                 .age_s_max = 100};
    EXPECT_THAT(violations(full(), met, {1'000'100}), IsEmpty());
    BindingBlock bare;
    bare.nonce = Bytes(16);
    EXPECT_THAT(violations(bare, met, {1'000'100}),
                ElementsAre(Reason::kBindGenesisMismatch, Reason::kBindShardMismatch, Reason::kPolicyNonce,
                            Reason::kBindRoleMismatch, Reason::kBindSigningKeyMismatch,
                            Reason::kBindShieldingKeyMismatch, Reason::kBindTlsKeyMismatch,
                            Reason::kBindChannelMismatch, Reason::kPolicyFreshness));
}

TEST(BindingExpectation, takes_blocks_that_are_neither_old_nor_far_ahead) {
    const auto is_fresh = [](std::int64_t now) {
        return violations(full(), {.age_s_max = 100}, {now}).empty();
    };
    EXPECT_TRUE(is_fresh(1'000'100));
    EXPECT_FALSE(is_fresh(1'000'101));
    EXPECT_TRUE(is_fresh(1'000'000 - 300));
    EXPECT_FALSE(is_fresh(1'000'000 - 301));
}

}  // namespace
}  // namespace redoubt::attestation
