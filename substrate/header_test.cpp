#include <gtest/gtest.h>

#include <substrate/header.hpp>
#include <substrate/seal.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::substrate {
namespace {

Header header_with(std::vector<DigestItem> digest) {
    Header header;
    header.number = 7;
    header.digest = std::move(digest);
    return header;
}

const DigestItem kAuraSlot{DigestKind::kPreRuntime, kAuraEngine, {1, 0, 0, 0, 0, 0, 0, 0}};
const DigestItem kSeal{DigestKind::kSeal, kAuraEngine, Bytes(64, 0)};

TEST(Header, decodes_what_it_encodes) {
    const auto header = header_with({kAuraSlot,
                                     {DigestKind::kOther, {}, {9}},
                                     {DigestKind::kConsensus, kGrandpaEngine, {1, 2}},
                                     {DigestKind::kRuntimeEnvironmentUpdated, {}, {}},
                                     kSeal});
    const auto bytes = encode(header);
    const auto decoded = decode_header(bytes);
    ASSERT_OK(decoded);
    EXPECT_EQ(decoded.value(), header);
    EXPECT_TRUE(header.updates_runtime());
    EXPECT_FALSE(header_with({kSeal}).updates_runtime());
}

TEST(Header, rejects_unknown_items_and_too_many) {
    EXPECT_ERROR(decode_digest_item(Bytes{1, 0}), DecodeError::kBadTag);
    EXPECT_ERROR(decode_digest_item(Bytes{7, 0}), DecodeError::kBadTag);
    EXPECT_OK(decode_header(encode(header_with(std::vector<DigestItem>(kDigestItemsMax, kAuraSlot)))));
    EXPECT_ERROR(decode_header(encode(header_with(std::vector<DigestItem>(kDigestItemsMax + 1, kAuraSlot)))),
                 HeaderError::kTooManyItems);
    EXPECT_ERROR(decode_header(Bytes(kHeaderBytesMax + 1, 0)), HeaderError::kTooLarge);
}

TEST(Header, rejects_a_number_in_a_longer_form) {
    auto bytes = encode(header_with({}));
    ASSERT_EQ(bytes[32], 7 << 2);
    bytes[32] = (7 << 2) | 1;
    bytes.insert(bytes.begin() + 33, 0);
    EXPECT_ERROR(decode_header(bytes), DecodeError::kNonCanonical);
}

TEST(Seal, has_to_be_the_last_item_and_the_only_one) {
    EXPECT_ERROR(unseal(header_with({kAuraSlot})), HeaderError::kMissingSeal);
    EXPECT_ERROR(unseal(header_with({kSeal, kAuraSlot})), HeaderError::kMissingSeal);
    EXPECT_ERROR(unseal(header_with({kAuraSlot, kSeal, kSeal})), HeaderError::kDuplicateSeal);
    const auto unsealed = unseal(header_with({kAuraSlot, kSeal}));
    ASSERT_OK(unsealed);
    EXPECT_EQ(unsealed.value().hash, header_hash(header_with({kAuraSlot})));
}

TEST(Seal, needs_exactly_one_pre_digest) {
    EXPECT_ERROR(aura_slot(header_with({kSeal})), HeaderError::kMissingPreDigest);
    EXPECT_ERROR(aura_slot(header_with({kAuraSlot, kAuraSlot})), HeaderError::kDuplicatePreDigest);
    EXPECT_EQ(aura_slot(header_with({kAuraSlot, kSeal})).value(), 1U);
    auto longer = kAuraSlot;
    longer.data.push_back(0);
    EXPECT_ERROR(aura_slot(header_with({longer})), HeaderError::kBadPreDigest);
}

TEST(Seal, rejects_repeated_epochs_and_a_config_without_one) {
    Bytes epoch{1, 0};
    append(epoch, Bytes(32, 5));
    const DigestItem next{DigestKind::kConsensus, kBabeEngine, epoch};
    Bytes config{3, 1};
    append(config, Bytes{1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 2});
    const DigestItem next_config{DigestKind::kConsensus, kBabeEngine, config};
    EXPECT_TRUE(babe_next_epoch(header_with({next})).value().has_value());
    EXPECT_FALSE(babe_next_epoch(header_with({})).value().has_value());
    EXPECT_ERROR(babe_next_epoch(header_with({next, next})), HeaderError::kBadConsensusLog);
    EXPECT_ERROR(babe_next_config(header_with({next_config})), HeaderError::kBadConsensusLog);
    const auto both = babe_next_config(header_with({next, next_config}));
    ASSERT_OK(both);
    EXPECT_EQ(both.value()->c_denominator, 4U);
    EXPECT_EQ(both.value()->allowed_slots, 2);
}

TEST(Seal, thresholds_grow_with_weight_and_stay_in_range) {
    EXPECT_TRUE(babe_primary_threshold(1, 4, 0, 10) == 0);
    EXPECT_TRUE(babe_primary_threshold(1, 0, 1, 10) == 0);
    EXPECT_TRUE(babe_primary_threshold(1, 4, 1, 10) < babe_primary_threshold(1, 4, 2, 10));
    EXPECT_TRUE(babe_primary_threshold(1, 4, 1, 1) == uint128{1} << 126);
    EXPECT_TRUE(babe_primary_threshold(1, 1, 1, 1) == ~uint128{0});
}

TEST(Seal, follows_the_epoch_in_what_claims_it_takes) {
    Bytes plain{2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
    const auto header = header_with(
        {{DigestKind::kPreRuntime, kBabeEngine, plain}, {DigestKind::kSeal, kBabeEngine, Bytes(64, 0)}});
    const std::vector<BabeAuthority> one(1);
    BabeEpoch epoch;
    epoch.authorities = one;
    epoch.config = {.c_numerator = 1, .c_denominator = 4, .allowed_slots = 2};
    EXPECT_ERROR(verify_babe_block(header, epoch), HeaderError::kClaimNotAllowed);
    epoch.config.allowed_slots = 1;
    EXPECT_ERROR(verify_babe_block(header, epoch), HeaderError::kBadSeal);
    epoch.authorities = {};
    EXPECT_ERROR(verify_babe_block(header, epoch), HeaderError::kUnknownAuthority);
}

}  // namespace
}  // namespace redoubt::substrate
