/// base58 with Bitcoin's alphabet: how shards and addresses are written. No checksum lives here.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <string>
#include <string_view>

namespace redoubt::crypto {

enum class Base58Error : int {
    kBadCharacter = 1,
    kTooLong,  ///< more than kBase58CharactersMax characters
};
[[nodiscard]] std::string_view error_domain(Base58Error);
[[nodiscard]] std::string_view error_message(Base58Error);
REDOUBT_ERROR_DOMAIN(Base58Error)

/// Decoding takes quadratic time; nothing we read is near this long.
inline constexpr std::size_t kBase58CharactersMax = 256;

[[nodiscard]] std::string encode_base58(ByteView bytes);
/// @errors kBadCharacter, kTooLong
[[nodiscard]] Result<Bytes> decode_base58(std::string_view text);

}  // namespace redoubt::crypto

template <>
struct std::is_error_code_enum<redoubt::crypto::Base58Error> : std::true_type {};
