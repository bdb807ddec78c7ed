/// Calls and queries of Redoubt's own modules: what ModuleCall and ModuleQuery carry for them.
///
/// A module that takes TrustedCall variants of the original (balances) needs no encoding here.
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <stf/types/basic.hpp>
#include <string_view>
#include <tuple>
#include <variant>

namespace redoubt::stf {

/// The counter: one number for each account. Its owner adds to it and asks for it.
namespace counter {

inline constexpr std::string_view kName = "counter";

/// Adds `amount` to the sender's counter; refused when the sum is above 2^64 - 1.
struct Add {
    std::uint64_t amount = 0;
    static constexpr auto kScaleFields = std::tuple{&Add::amount};
    bool operator==(const Add&) const = default;
};
/// SCALE: 00 ++ amount u64.
using Call = std::variant<Add>;

/// The signer's counter: u64. As a public query it is refused.
struct Get {
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const Get&) const = default;
};
/// SCALE: 00.
using Query = std::variant<Get>;

}  // namespace counter

}  // namespace redoubt::stf
