/// Frames: how a message travels over the socket pair.
///
/// A frame is `length u32 LE` (of what follows), then the SCALE message, whose first byte is its tag. A
/// reader takes the first kFramePrefixBytes, asks for the number of bytes that are still to come, and hands
/// over the whole body. Reading and writing descriptors is the caller's business.
#pragma once

#include <boundary/messages.hpp>
#include <cstdint>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <span>

namespace redoubt::boundary {

enum class FrameError : int {
    kEmpty = 1,   ///< a frame without a tag
    kUnknownTag,  ///< a tag that this protocol version does not have
    kTooLarge,    ///< the announced length is above the limit of its tag
};
[[nodiscard]] std::string_view error_domain(FrameError);
[[nodiscard]] std::string_view error_message(FrameError);
REDOUBT_ERROR_DOMAIN(FrameError)

/// Length field and tag.
inline constexpr std::size_t kFramePrefixBytes = 5;
using FramePrefix = std::span<const std::uint8_t, kFramePrefixBytes>;

/// The bytes that follow the prefix of a frame to the enclave.
/// @errors kEmpty, kUnknownTag, kTooLarge
[[nodiscard]] Result<std::size_t> bytes_after_prefix_to_enclave(FramePrefix prefix);
/// The bytes that follow the prefix of a frame from the enclave. @errors as above
[[nodiscard]] Result<std::size_t> bytes_after_prefix_from_enclave(FramePrefix prefix);

/// Decodes a message from its bytes: the tag (the prefix's last byte), then what follows the prefix.
/// @errors those of DecodeError; FrameError::kTooLarge when the body is above the tag's limit
[[nodiscard]] Result<ToEnclave> decode_to_enclave(ByteView message);
[[nodiscard]] Result<FromEnclave> decode_from_enclave(ByteView message);

/// The whole frame of a message.
[[nodiscard]] Bytes encode_frame(const ToEnclave& message);
[[nodiscard]] Bytes encode_frame(const FromEnclave& message);

}  // namespace redoubt::boundary

template <>
struct std::is_error_code_enum<redoubt::boundary::FrameError> : std::true_type {};
