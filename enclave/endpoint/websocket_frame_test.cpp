#include <enclave/endpoint/websocket_frame.hpp>

#include <enclave/endpoint/memory_client_test.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave::endpoint::tests {
namespace {

Bytes head_of(std::uint8_t first, std::uint8_t second, std::initializer_list<std::uint8_t> rest = {}) {
    Bytes out{first, second};
    out.insert(out.end(), rest);
    return out;
}

// RFC 6455, section 5.7: "Hello" in a single masked frame.
TEST(WebSocketFrame, reads_the_masked_hello_of_the_rfc) {
    const Bytes wire{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58};
    const auto head = decode_frame_head(wire);
    ASSERT_OK(head);
    ASSERT_TRUE(head.value().has_value());
    EXPECT_EQ(head.value()->opcode, Opcode::kText);
    EXPECT_TRUE(head.value()->is_final);
    EXPECT_EQ(head.value()->payload_bytes, 5U);
    EXPECT_EQ(head.value()->head_bytes, 6U);
    Bytes payload{wire.begin() + 6, wire.end()};
    apply_mask(payload, head.value()->mask, 0);
    EXPECT_EQ(text_of(payload), "Hello");
}

TEST(WebSocketFrame, needs_more_until_the_mask_is_complete) {
    for (const std::size_t payload : {std::size_t{5}, std::size_t{126}, std::size_t{70'000}}) {
        const auto wire = client_frame(Opcode::kText, Bytes(payload, 'a'));
        const std::size_t head_bytes = wire.size() - payload;
        for (std::size_t size = 0; size < head_bytes; ++size) {
            const auto head = decode_frame_head(ByteView{wire}.first(size));
            ASSERT_OK(head);
            EXPECT_FALSE(head.value().has_value());
        }
        const auto head = decode_frame_head(ByteView{wire}.first(head_bytes));
        ASSERT_OK(head);
        ASSERT_TRUE(head.value().has_value());
        EXPECT_EQ(head.value()->payload_bytes, payload);
    }
}

TEST(WebSocketFrame, rejects_reserved_bits) {
    for (const int bit : {0x10, 0x20, 0x40}) {
        EXPECT_ERROR(decode_frame_head(Bytes{static_cast<std::uint8_t>(0x81 | bit)}),
                     FrameError::kReservedBits);
    }
}

TEST(WebSocketFrame, rejects_each_reserved_opcode) {
    for (const int opcode : {0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf}) {
        EXPECT_ERROR(decode_frame_head(Bytes{static_cast<std::uint8_t>(0x80 | opcode)}),
                     FrameError::kUnknownOpcode);
    }
}

TEST(WebSocketFrame, rejects_a_frame_without_a_mask) {
    EXPECT_ERROR(decode_frame_head(head_of(0x81, 0x05)), FrameError::kNotMasked);
}

TEST(WebSocketFrame, rejects_lengths_that_are_not_in_the_shortest_form) {
    EXPECT_ERROR(decode_frame_head(head_of(0x81, 0xfe, {0x00, 0x7d})), FrameError::kLengthNotShortest);
    EXPECT_OK(decode_frame_head(head_of(0x81, 0xfe, {0x00, 0x7e})));
    EXPECT_ERROR(decode_frame_head(head_of(0x81, 0xff, {0, 0, 0, 0, 0, 0, 0xff, 0xff})),
                 FrameError::kLengthNotShortest);
    EXPECT_OK(decode_frame_head(head_of(0x81, 0xff, {0, 0, 0, 0, 0, 1, 0, 0})));
    EXPECT_ERROR(decode_frame_head(head_of(0x81, 0xff, {0x80, 0, 0, 0, 0, 0, 0, 0})),
                 FrameError::kLengthNotShortest);
}

TEST(WebSocketFrame, rejects_fragmented_and_long_control_frames) {
    EXPECT_ERROR(decode_frame_head(head_of(0x09, 0x80)), FrameError::kFragmentedControl);
    EXPECT_ERROR(decode_frame_head(head_of(0x89, 0xfe)), FrameError::kControlTooLong);
    EXPECT_OK(decode_frame_head(head_of(0x89, 0xfd)));
}

TEST(WebSocketFrame, writes_each_length_form) {
    for (const std::size_t size : {0U, 125U, 126U, 65'535U, 65'536U}) {
        Bytes out;
        append_frame(out, Opcode::kText, Bytes(size, 'x'));
        const std::size_t head = size < 126 ? 2 : (size <= 65'535 ? 4 : 10);
        EXPECT_EQ(out.size(), head + size);
        EXPECT_EQ(out[0], 0x81);
    }
}

TEST(WebSocketFrame, unmasks_a_payload_that_comes_in_parts) {
    Bytes whole(11, 'q');
    Bytes parts = whole;
    apply_mask(whole, kMask, 0);
    apply_mask(std::span{parts}.first(3), kMask, 0);
    apply_mask(std::span{parts}.subspan(3), kMask, 3);
    EXPECT_EQ(whole, parts);
}

}  // namespace
}  // namespace redoubt::enclave::endpoint::tests
