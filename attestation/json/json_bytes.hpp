/// Bytes as they stand in JSON strings.
#pragma once

#include <attestation/json/json_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation {

/// A string in base64 of the ordinary alphabet with its padding.
/// @errors kJsonMalformed, kMalformed; kLimitExceeded: more than `bytes_max` bytes
[[nodiscard]] Result<Bytes> read_base64(JsonCursor& value, std::size_t bytes_max);

/// A string of lower-case hexadecimal digits without a prefix: one text for each value.
/// @errors as read_base64
[[nodiscard]] Result<Bytes> read_hex(JsonCursor& value, std::size_t bytes_max);

}  // namespace redoubt::attestation
