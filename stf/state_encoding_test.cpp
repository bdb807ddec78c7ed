#include <gtest/gtest.h>

#include <primitives/crypto/hashing.hpp>
#include <stf/state_encoding.hpp>
#include <tests/support/memory_state.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::stf {
namespace {

const Bytes kSmallState = {2, 1, 'a', 2, 7, 8, 2, 'a', 'b', 0};

MemoryState small_state() {
    return MemoryState{{{{'a'}, {7, 8}}, {{'a', 'b'}, {}}}};
}

TEST(StateEncoding, writes_counts_and_sizes_before_ordered_entries) {
    EXPECT_EQ(encode_state(MemoryState{}), Bytes{0});
    EXPECT_EQ(encode_state(small_state()), kSmallState);
    EXPECT_EQ(encode_state(MemoryState{{{{}, Bytes(128, 5)}}}),
              concat(Bytes{1, 0, 0x80, 0x01}, Bytes(128, 5)));
}

TEST(StateEncoding, reads_what_it_wrote) {
    MemoryState::Entries entries;
    for (std::uint16_t i = 0; i < 300; ++i) {
        entries[{static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}] = Bytes(i, 1);
    }
    const auto encoded = encode_state(MemoryState{entries});
    const auto decoded = decode_state(encoded);
    ASSERT_OK(decoded);
    MemoryState::Entries again;
    for (const auto& [key, value] : decoded.value()) {
        again.emplace_hint(again.end(), to_bytes(key), to_bytes(value));
    }
    EXPECT_EQ(again, entries);
}

TEST(StateEncoding, rejects_every_state_that_ends_early_or_late) {
    for (std::size_t size = 0; size < kSmallState.size(); ++size) {
        EXPECT_ERROR(decode_state(ByteView{kSmallState}.first(size)), DecodeError::kUnexpectedEnd);
    }
    EXPECT_ERROR(decode_state(concat(kSmallState, Bytes{0})), DecodeError::kTrailingBytes);
    EXPECT_OK(decode_state(kSmallState));
}

TEST(StateEncoding, rejects_keys_that_are_repeated_or_out_of_order) {
    EXPECT_ERROR(decode_state(Bytes{2, 1, 'a', 0, 1, 'a', 0}), DecodeError::kBadOrder);
    EXPECT_ERROR(decode_state(Bytes{2, 1, 'b', 0, 1, 'a', 0}), DecodeError::kBadOrder);
    EXPECT_ERROR(decode_state(Bytes{2, 1, 'a', 0, 0, 0}), DecodeError::kBadOrder);
    EXPECT_OK(decode_state(Bytes{2, 0, 0, 1, 'a', 0}));
}

TEST(StateEncoding, rejects_numbers_that_are_too_long_or_too_large) {
    EXPECT_ERROR(decode_state(Bytes{0x80, 0x00}), DecodeError::kNonCanonical);
    EXPECT_ERROR(decode_state(Bytes{1, 0x81, 0x00, 'a', 0}), DecodeError::kNonCanonical);
    // Nine bytes have 63 bits; the tenth may be 1.
    EXPECT_ERROR(decode_state(concat(Bytes(9, 0xff), Bytes{0x01})), DecodeError::kLengthLimit);
    EXPECT_ERROR(decode_state(concat(Bytes(9, 0xff), Bytes{0x02})), DecodeError::kOutOfRange);
    EXPECT_ERROR(decode_state(concat(Bytes(10, 0xff), Bytes{0x00})), DecodeError::kOutOfRange);
    // 16 777 216 entries are announced and missing; one more is too many.
    EXPECT_ERROR(decode_state(Bytes{0x80, 0x80, 0x80, 0x08}), DecodeError::kUnexpectedEnd);
    EXPECT_ERROR(decode_state(Bytes{0x81, 0x80, 0x80, 0x08}), DecodeError::kLengthLimit);
    // A key of 32 KiB, and of one byte more.
    EXPECT_ERROR(decode_state(Bytes{1, 0x80, 0x80, 0x02}), DecodeError::kUnexpectedEnd);
    EXPECT_ERROR(decode_state(Bytes{1, 0x81, 0x80, 0x02}), DecodeError::kLengthLimit);
    // The same for a value of 16 MiB.
    EXPECT_ERROR(decode_state(Bytes{1, 0, 0x80, 0x80, 0x80, 0x08}), DecodeError::kUnexpectedEnd);
    EXPECT_ERROR(decode_state(Bytes{1, 0, 0x81, 0x80, 0x80, 0x08}), DecodeError::kLengthLimit);
}

TEST(StateEncoding, writes_and_reads_diffs) {
    const Changes changes = {{{'a'}, std::nullopt}, {{'b'}, Bytes{}}, {{'c'}, Bytes{1, 2}}};
    const Bytes encoded = {3, 1, 'a', 0, 1, 'b', 1, 0, 1, 'c', 1, 2, 1, 2};
    EXPECT_EQ(encode_state_diff(changes), encoded);
    const auto decoded = decode_state_diff(encoded);
    ASSERT_OK(decoded);
    EXPECT_EQ(decoded.value(), changes);
    EXPECT_ERROR(decode_state_diff(Bytes{1, 1, 'a', 2, 0}), DecodeError::kBadTag);
    EXPECT_ERROR(decode_state_diff(Bytes{1, 1, 'a'}), DecodeError::kUnexpectedEnd);
    EXPECT_ERROR(decode_state_diff(Bytes{2, 1, 'a', 0, 1, 'a', 0}), DecodeError::kBadOrder);
    EXPECT_ERROR(decode_state_diff(Bytes{0x81, 0x80, 0x40}), DecodeError::kLengthLimit);
}

TEST(StateHasher, hashes_the_encoding_without_holding_it) {
    EXPECT_EQ(state_hash(MemoryState{}), crypto::blake2b_256(Bytes{0}));
    EXPECT_EQ(state_hash(small_state()), crypto::blake2b_256(kSmallState));
}

TEST(StateHasher, gives_nothing_for_another_number_of_entries_or_another_order) {
    const auto finished = [](std::uint64_t announced, std::initializer_list<Bytes> keys) {
        StateHasher hasher{announced};
        for (const auto& key : keys) {
            hasher.add(key, {});
        }
        return hasher.finish().has_value();
    };
    EXPECT_TRUE(finished(2, {{1}, {2}}));
    EXPECT_FALSE(finished(3, {{1}, {2}}));
    EXPECT_FALSE(finished(1, {{1}, {2}}));
    EXPECT_FALSE(finished(2, {{2}, {1}}));
    EXPECT_FALSE(finished(2, {{1}, {1}}));
}

}  // namespace
}  // namespace redoubt::stf
