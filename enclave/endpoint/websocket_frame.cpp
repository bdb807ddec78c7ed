#include <enclave/endpoint/websocket_frame.hpp>

namespace redoubt::enclave::endpoint {
namespace {

constexpr std::uint8_t kFinalBit = 0x80;
constexpr std::uint8_t kReservedMask = 0x70;
constexpr std::uint8_t kOpcodeMask = 0x0f;
constexpr std::uint8_t kMaskBit = 0x80;
constexpr std::uint8_t kLengthMask = 0x7f;
constexpr std::uint64_t kLength16 = 126;
constexpr std::uint64_t kLength64 = 127;
constexpr std::size_t kMaskBytes = 4;

bool is_known(std::uint8_t opcode) {
    return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xa);
}

std::uint64_t read_be(ByteView bytes) {
    std::uint64_t out = 0;
    for (const auto byte : bytes) {
        out = (out << 8) | byte;
    }
    return out;
}

void append_be(Bytes& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<std::uint8_t>(value >> shift));
    }
}

}  // namespace

std::string_view error_domain(FrameError) {
    return "websocket frame";
}

std::string_view error_message(FrameError error) {
    switch (error) {
        case FrameError::kReservedBits:
            return "reserved bits are set, but no extension was negotiated";
        case FrameError::kUnknownOpcode:
            return "unknown opcode";
        case FrameError::kNotMasked:
            return "frames of a client have to be masked";
        case FrameError::kLengthNotShortest:
            return "the frame's length is not in its shortest form";
        case FrameError::kFragmentedControl:
            return "control frames cannot be fragmented";
        case FrameError::kControlTooLong:
            return "control frames carry at most 125 bytes";
    }
    return "unknown frame error";
}

Result<std::optional<FrameHead>> decode_frame_head(ByteView bytes) {
    const std::optional<FrameHead> need_more;
    if (bytes.empty()) {
        return need_more;
    }
    if ((bytes[0] & kReservedMask) != 0) {
        return FrameError::kReservedBits;
    }
    const auto opcode = static_cast<std::uint8_t>(bytes[0] & kOpcodeMask);
    if (!is_known(opcode)) {
        return FrameError::kUnknownOpcode;
    }
    FrameHead head{.is_final = (bytes[0] & kFinalBit) != 0, .opcode = static_cast<Opcode>(opcode)};
    if (is_control(head.opcode) && !head.is_final) {
        return FrameError::kFragmentedControl;
    }
    if (bytes.size() < 2) {
        return need_more;
    }
    if ((bytes[1] & kMaskBit) == 0) {
        return FrameError::kNotMasked;
    }
    head.payload_bytes = bytes[1] & kLengthMask;
    if (is_control(head.opcode) && head.payload_bytes > kControlBytesMax) {
        return FrameError::kControlTooLong;
    }
    const std::size_t length_bytes =
        head.payload_bytes == kLength16 ? 2 : (head.payload_bytes == kLength64 ? 8 : 0);
    if (bytes.size() < 2 + length_bytes) {
        return need_more;
    }
    if (length_bytes != 0) {
        head.payload_bytes = read_be(bytes.subspan(2, length_bytes));
        const std::uint64_t smallest = length_bytes == 2 ? kLength16 : 0x1'0000;
        if (head.payload_bytes < smallest || (head.payload_bytes >> 63) != 0) {
            return FrameError::kLengthNotShortest;
        }
    }
    head.head_bytes = 2 + length_bytes + kMaskBytes;
    if (bytes.size() < head.head_bytes) {
        return need_more;
    }
    std::ranges::copy(bytes.subspan(2 + length_bytes, kMaskBytes), head.mask.begin());
    return std::optional{head};
}

void apply_mask(std::span<std::uint8_t> payload,
                const std::array<std::uint8_t, 4>& mask,
                std::uint64_t offset) {
    for (std::size_t i = 0; i < payload.size(); ++i) {
        payload[i] = static_cast<std::uint8_t>(payload[i] ^ mask[(offset + i) % kMaskBytes]);
    }
}

void append_frame(Bytes& out, Opcode opcode, ByteView payload) {
    REDOUBT_ASSERT(!is_control(opcode) || payload.size() <= kControlBytesMax);
    out.push_back(static_cast<std::uint8_t>(kFinalBit | static_cast<std::uint8_t>(opcode)));
    if (payload.size() < kLength16) {
        out.push_back(static_cast<std::uint8_t>(payload.size()));
    } else if (payload.size() <= 0xffff) {
        out.push_back(static_cast<std::uint8_t>(kLength16));
        append_be(out, payload.size(), 2);
    } else {
        out.push_back(static_cast<std::uint8_t>(kLength64));
        append_be(out, payload.size(), 8);
    }
    append(out, payload);
}

}  // namespace redoubt::enclave::endpoint
