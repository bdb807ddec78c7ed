/// Calls and queries of Redoubt's own modules: what ModuleCall and ModuleQuery carry for them.
///
/// A module that takes TrustedCall variants of the original (balances) needs no encoding here.
#pragma once

#include <cstdint>
#include <optional>
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

/// Rooms that open to who holds enough on the parent chain. Each account can have one room, named by it.
namespace gated {

inline constexpr std::string_view kName = "gated";

/// Opens the sender's room, or changes what it asks for. Who is inside stays inside.
struct Open {
    /// The free balance on the chain that an account needs to enter.
    Balance threshold = 0;
    static constexpr auto kScaleFields = std::tuple{&Open::threshold};
    bool operator==(const Open&) const = default;
};
/// Lets the sender into a room; refused when its free balance on the chain, at the block that holds the call,
/// is below the room's threshold.
struct Enter {
    AccountId room;
    static constexpr auto kScaleFields = std::tuple{&Enter::room};
    bool operator==(const Enter&) const = default;
};
/// SCALE: 00 ++ threshold u128 | 01 ++ room.
using Call = std::variant<Open, Enter>;

/// The signer's place in a room: Option<u32>, the block in which it entered last. As a public query it is
/// refused.
struct Inside {
    AccountId room;
    static constexpr auto kScaleFields = std::tuple{&Inside::room};
    bool operator==(const Inside&) const = default;
};
/// Whether the signer would be let into a room now: DoorAnswer. As a public query it is refused.
struct Door {
    AccountId room;
    static constexpr auto kScaleFields = std::tuple{&Door::room};
    bool operator==(const Door&) const = default;
};
/// SCALE: 00 ++ room | 01 ++ room.
using Query = std::variant<Inside, Door>;

struct DoorAnswer {
    /// What the room asks for; absent when there is no such room.
    std::optional<Balance> threshold;
    /// The signer's free balance on the chain, proven for the block below.
    Balance balance = 0;
    bool opens = false;
    std::uint32_t block_number = 0;
    Hash256 block_hash;
    static constexpr auto kScaleFields =
        std::tuple{&DoorAnswer::threshold, &DoorAnswer::balance, &DoorAnswer::opens,
                   &DoorAnswer::block_number, &DoorAnswer::block_hash};
    bool operator==(const DoorAnswer&) const = default;
};

}  // namespace gated

}  // namespace redoubt::stf
