#include <boundary/frame.hpp>

namespace redoubt::boundary {

static_assert(std::variant_size_v<ToEnclave> == kToEnclaveBytesMax.size());
static_assert(std::variant_size_v<FromEnclave> == kFromEnclaveBytesMax.size());

std::string_view error_domain(FrameError) {
    return "boundary frame";
}

std::string_view error_message(FrameError error) {
    switch (error) {
        case FrameError::kEmpty:
            return "a frame without a message";
        case FrameError::kUnknownTag:
            return "a message tag of another protocol version";
        case FrameError::kTooLarge:
            return "a message longer than its kind allows";
    }
    return "unknown frame error";
}

namespace {

template <std::size_t N>
Result<void> check_size(const std::array<std::size_t, N>& bytes_max, std::uint8_t tag, std::size_t size) {
    if (tag >= N) {
        return FrameError::kUnknownTag;
    }
    if (size > bytes_max[tag]) {
        return FrameError::kTooLarge;
    }
    return success();
}

template <std::size_t N>
Result<std::size_t> bytes_after_prefix(const std::array<std::size_t, N>& bytes_max, FramePrefix prefix) {
    ByteCursor in{prefix};
    BOOST_OUTCOME_TRY(const auto length, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto tag, in.take_byte());
    if (length == 0) {
        return FrameError::kEmpty;
    }
    BOOST_OUTCOME_TRY(check_size(bytes_max, tag, length));
    return std::size_t{length} - 1;
}

template <class Message, std::size_t N>
Result<Message> decode_message(const std::array<std::size_t, N>& bytes_max, ByteView message) {
    if (message.empty()) {
        return FrameError::kEmpty;
    }
    BOOST_OUTCOME_TRY(check_size(bytes_max, message.front(), message.size()));
    return scale::decode<Message>(message);
}

template <class Message>
Bytes frame_of(const Message& message) {
    Bytes out;
    scale::encode_scale(out, std::uint32_t{0});
    scale::encode_scale(out, message);
    const auto length = out.size() - sizeof(std::uint32_t);
    REDOUBT_ASSERT(length <= UINT32_MAX);
    for (std::size_t i = 0; i < sizeof(std::uint32_t); ++i) {
        out[i] = static_cast<std::uint8_t>((length >> (8 * i)) & 0xff);
    }
    return out;
}

}  // namespace

Result<std::size_t> bytes_after_prefix_to_enclave(FramePrefix prefix) {
    return bytes_after_prefix(kToEnclaveBytesMax, prefix);
}

Result<std::size_t> bytes_after_prefix_from_enclave(FramePrefix prefix) {
    return bytes_after_prefix(kFromEnclaveBytesMax, prefix);
}

Result<ToEnclave> decode_to_enclave(ByteView message) {
    return decode_message<ToEnclave>(kToEnclaveBytesMax, message);
}

Result<FromEnclave> decode_from_enclave(ByteView message) {
    return decode_message<FromEnclave>(kFromEnclaveBytesMax, message);
}

Bytes encode_frame(const ToEnclave& message) {
    return frame_of(message);
}

Bytes encode_frame(const FromEnclave& message) {
    return frame_of(message);
}

}  // namespace redoubt::boundary
