/// JSON as text: what can be said about a message before it is parsed, and how our own strings are written.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace redoubt::enclave::endpoint {

/// What a JSON text would take when parsed.
struct JsonExtent {
    /// Deepest nesting of arrays and objects; 0 for a scalar.
    std::size_t depth = 0;
    /// Brackets, commas and colons outside of strings: at least the number of values.
    std::size_t tokens = 0;
};

/// Measures a text in one pass and without memory; texts that are no JSON get some extent too.
[[nodiscard]] JsonExtent measure_json(std::string_view text);

/// At most `bytes_max` bytes of `text`, cut between characters. @pre valid UTF-8
[[nodiscard]] std::string_view truncate_utf8(std::string_view text, std::size_t bytes_max);

}  // namespace redoubt::enclave::endpoint
