/// Limits on JSON text from a peer, checked before anything is allocated for it.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <rpc/failure.hpp>
#include <string_view>

namespace redoubt::rpc {

struct JsonLimits {
    unsigned depth_max = 64;
    std::size_t values_max = std::size_t{16} << 20;  ///< commas outside strings, a bound on the values
    /// No object has two members of one name: of such two a parser keeps one, another reader the other.
    bool unique_names = false;
};

/// Parses one JSON text.
/// @errors kBadAnswer when it is no JSON, is nested too deeply, holds too many values or one name
/// twice
/// @source light-client.md section 21
[[nodiscard]] Reply<nlohmann::json> parse_json(std::string_view text, JsonLimits limits);

}  // namespace redoubt::rpc
