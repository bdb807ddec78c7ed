/// How a JSON string is written. Nothing here reads JSON.
#pragma once

#include <string>
#include <string_view>

namespace redoubt {

/// `text` as a JSON string with its quotes: escapes what RFC 8259 demands and nothing else.
/// @pre valid UTF-8
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace redoubt
