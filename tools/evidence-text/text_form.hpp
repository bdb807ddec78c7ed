/// Evidence and its endorsements as files that people have: binary, hexadecimal digits, base64 or PEM.
#pragma once

#include <primitives/bytes.hpp>

namespace redoubt::evidence_text {

/// Digits in base64 take four thirds, in hexadecimal double; line breaks and PEM's lines come on top.
inline constexpr std::size_t kTextFactor = 3;

/// The bytes that a file means: a file of hexadecimal digits (with or without `0x`), of base64 (either
/// alphabet, with or without padding), or of one PEM block, white space aside; any other is taken as it is.
/// The text form says nothing about the type of evidence.
/// @param file of a size that the caller has limited
[[nodiscard]] Bytes decode_text_form(Bytes file);

}  // namespace redoubt::evidence_text
