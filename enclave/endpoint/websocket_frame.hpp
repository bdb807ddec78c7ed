/// Frames of the WebSocket protocol, as a server reads and writes them. Messages are websocket_session.hpp.
///
/// The codec is our own: the packaged library (wslay) has no static archive, and the enclave is linked
/// statically so that its measurement covers all code (docs/adr/0005).
///
/// @source RFC 6455, section 5
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <optional>

namespace redoubt::enclave::endpoint {

enum class FrameError : int {
    kReservedBits = 1,   ///< RSV1-3 set: no extension was negotiated
    kUnknownOpcode,      ///< an opcode the protocol reserves
    kNotMasked,          ///< a client has to mask
    kLengthNotShortest,  ///< a length in more bytes than it needs, or above 2^63
    kFragmentedControl,  ///< a control frame without FIN
    kControlTooLong,     ///< a control frame with more than 125 bytes
};
[[nodiscard]] std::string_view error_domain(FrameError);
[[nodiscard]] std::string_view error_message(FrameError);
REDOUBT_ERROR_DOMAIN(FrameError)

}  // namespace redoubt::enclave::endpoint

template <>
struct std::is_error_code_enum<redoubt::enclave::endpoint::FrameError> : std::true_type {};

namespace redoubt::enclave::endpoint {

enum class Opcode : std::uint8_t {
    kContinuation = 0x0,
    kText = 0x1,
    kBinary = 0x2,
    kClose = 0x8,
    kPing = 0x9,
    kPong = 0xa,
};
[[nodiscard]] constexpr bool is_control(Opcode opcode) noexcept {
    return (static_cast<unsigned>(opcode) & 0x8U) != 0;
}

inline constexpr std::size_t kControlBytesMax = 125;
/// Two bytes, eight of length, four of mask.
inline constexpr std::size_t kFrameHeadBytesMax = 14;

/// What stands before a client frame's payload.
struct FrameHead {
    bool is_final = false;
    Opcode opcode = Opcode::kContinuation;
    std::uint64_t payload_bytes = 0;
    std::array<std::uint8_t, 4> mask{};
    /// Bytes the head itself takes.
    std::size_t head_bytes = 0;
    bool operator==(const FrameHead&) const = default;
};

/// Reads the head of a client's frame from the front of `bytes`; nullopt when more bytes are needed.
/// An error is final: it is found as soon as the bytes that show it are there.
/// @errors those of FrameError
[[nodiscard]] Result<std::optional<FrameHead>> decode_frame_head(ByteView bytes);

/// Removes (or puts on) a mask. @param offset  position of `payload` within the frame's payload
void apply_mask(std::span<std::uint8_t> payload,
                const std::array<std::uint8_t, 4>& mask,
                std::uint64_t offset);

/// Appends an unmasked, unfragmented frame, as a server sends it.
/// @pre a control frame has at most kControlBytesMax bytes
void append_frame(Bytes& out, Opcode opcode, ByteView payload);

}  // namespace redoubt::enclave::endpoint
