/// MultiAddress: how most chains name the target of a call or the signer of an extrinsic.
///
/// Chains that use plain account ids exist; whoever encodes an extrinsic looks into the metadata.
///
/// @source light-client.md, section 5.10
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <variant>

namespace redoubt::crypto {

struct Address32Tag;
struct Address20Tag;

/// SCALE: 00 account id | 01 compact index | 02 raw bytes | 03 32 bytes | 04 20 bytes.
struct MultiAddress {
    using Index = scale::Compact<std::uint32_t>;
    std::variant<AccountId, Index, Bytes, FixedBytes<32, Address32Tag>, FixedBytes<20, Address20Tag>> address;

    bool operator==(const MultiAddress&) const = default;

    static constexpr auto kScaleFields = std::tuple{&MultiAddress::address};
};

}  // namespace redoubt::crypto
