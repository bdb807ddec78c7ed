#include <gtest/gtest.h>

#include <boundary/limits.hpp>
#include <boundary/refusal.hpp>
#include <enclave/journal.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave {
namespace {

using boundary::Refusal;

class JournalTest : public ::testing::Test {
  protected:
    SealedRecord seal(const JournalHead& previous,
                      bool is_base,
                      std::size_t value_bytes,
                      std::uint8_t fill = 1) {
        JournalEntry entry;
        entry.block.number = 7;
        entry.changes[Bytes{1}] = Bytes(value_bytes, fill);
        auto record = seal_record(key_, shard_, previous, is_base, entry);
        EXPECT_OK(record);
        return std::move(record).value();
    }

    crypto::SecretBytes<32> key_ = crypto::SecretBytes<32>::random();
    Hash256 shard_;
};

TEST_F(JournalTest, returns_records_of_several_parts) {
    const auto base = seal({}, true, 2 * boundary::kJournalPartBytesMax);
    ASSERT_EQ(base.parts.size(), 3U);
    for (const auto& part : base.parts) {
        EXPECT_LE(part.size(), boundary::kJournalPartBytesMax);
    }
    const auto change = seal(base.head, false, 10);
    JournalReader reader{key_, shard_};
    for (std::size_t i = 0; i < 2; ++i) {
        const auto taken = reader.take(1, base.parts[i]);
        ASSERT_OK(taken);
        EXPECT_FALSE(taken.value().has_value());
        EXPECT_FALSE(reader.is_complete());
    }
    const auto whole = reader.take(1, base.parts[2]);
    ASSERT_OK(whole);
    ASSERT_TRUE(whole.value().has_value());
    EXPECT_TRUE(whole.value()->is_base);
    EXPECT_EQ(whole.value()->head, base.head);
    EXPECT_EQ(whole.value()->entry.changes.begin()->second->size(), 2 * boundary::kJournalPartBytesMax);
    const auto next = reader.take(2, change.parts[0]);
    ASSERT_OK(next);
    EXPECT_EQ(reader.head(), change.head);
}

TEST_F(JournalTest, rejects_parts_in_another_order_and_of_another_record) {
    const auto one = seal({}, true, 2 * boundary::kJournalPartBytesMax, 1);
    const auto other = seal({}, true, 2 * boundary::kJournalPartBytesMax, 2);
    JournalReader reader{key_, shard_};
    EXPECT_ERROR(reader.take(1, one.parts[1]), Refusal::kJournalGap);
    ASSERT_OK(reader.take(1, one.parts[0]));
    EXPECT_ERROR(reader.take(1, one.parts[0]), Refusal::kJournalGap);
    EXPECT_ERROR(reader.take(1, one.parts[2]), Refusal::kJournalGap);
    EXPECT_ERROR(reader.take(1, other.parts[1]), Refusal::kJournalGap);
    // The refusals left the reader where it was.
    EXPECT_OK(reader.take(1, one.parts[1]));
    EXPECT_OK(reader.take(1, one.parts[2]));
}

TEST_F(JournalTest, begins_with_any_base_but_with_no_change) {
    const JournalHead before{.sequence = 41, .record_hash = {}};
    const auto change = seal(before, false, 1);
    const auto base = seal(before, true, 1);
    JournalReader reader{key_, shard_};
    EXPECT_ERROR(reader.take(42, change.parts[0]), Refusal::kJournalGap);
    EXPECT_ERROR(reader.take(41, base.parts[0]), Refusal::kJournalGap);
    EXPECT_OK(reader.take(42, base.parts[0]));
    EXPECT_EQ(reader.head()->sequence, 42U);
}

TEST_F(JournalTest, tells_another_key_from_damage) {
    const auto base = seal({}, true, 1);
    const auto other_key = crypto::SecretBytes<32>::random();
    JournalReader stranger{other_key, shard_};
    EXPECT_ERROR(stranger.take(1, base.parts[0]), Refusal::kJournalSealedElsewhere);
    Hash256 other_shard;
    other_shard.bytes.fill(1);
    JournalReader elsewhere{key_, other_shard};
    EXPECT_ERROR(elsewhere.take(1, base.parts[0]), Refusal::kJournalDamaged);
    JournalReader reader{key_, shard_};
    EXPECT_ERROR(reader.take(1, Bytes{}), Refusal::kJournalDamaged);
    auto altered = base.parts[0];
    altered[40] ^= 1;
    EXPECT_ERROR(reader.take(1, altered), Refusal::kJournalDamaged);
    EXPECT_OK(reader.take(1, base.parts[0]));
}

}  // namespace
}  // namespace redoubt::enclave
