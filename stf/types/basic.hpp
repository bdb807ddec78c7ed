/// Small types that trusted calls and getters are made of.
///
/// @source integritee-wire.md, sections 2.2 and 3.2
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/uint128.hpp>
#include <stf/types/indexed_variant.hpp>
#include <string>
#include <tuple>

namespace redoubt::stf {

using Balance = uint128;
/// A shard: 32 bytes, written in base58 for people.
using ShardId = Hash256;

enum class ParentchainId : std::uint8_t { kIntegritee = 0, kTargetA = 1, kTargetB = 2 };
[[nodiscard]] constexpr bool is_known(ParentchainId id) {
    return id <= ParentchainId::kTargetB;
}

enum class AssetId : std::uint8_t {
    kUsdt = 10,
    kUsdtE = 11,
    kUsdc = 20,
    kUsdcE = 21,
    kEurcE = 23,
    kEth = 30,
    kWeth = 31,
    kBtc = 36,
    kWbtcE = 37,
    kPepeE = 40,
};
[[nodiscard]] constexpr bool is_known(AssetId id) {
    switch (id) {
        case AssetId::kUsdt:
        case AssetId::kUsdtE:
        case AssetId::kUsdc:
        case AssetId::kUsdcE:
        case AssetId::kEurcE:
        case AssetId::kEth:
        case AssetId::kWeth:
        case AssetId::kBtc:
        case AssetId::kWbtcE:
        case AssetId::kPepeE:
            return true;
    }
    return false;
}

struct H160Tag;
using H160 = FixedBytes<20, H160Tag>;
struct U256Tag;
/// 32 bytes, little-endian.
using U256 = FixedBytes<32, U256Tag>;

/// What a session proxy may do for its owner.
namespace role {
struct ReadBalance {
    static constexpr std::uint8_t kIndex = 0;
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const ReadBalance&) const = default;
};
struct ReadAny {
    static constexpr std::uint8_t kIndex = 1;
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const ReadAny&) const = default;
};
struct NonTransfer {
    static constexpr std::uint8_t kIndex = 2;
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const NonTransfer&) const = default;
};
struct Any {
    static constexpr std::uint8_t kIndex = 3;
    static constexpr auto kScaleFields = std::tuple{};
    bool operator==(const Any&) const = default;
};
struct TransferAllowance {
    static constexpr std::uint8_t kIndex = 4;
    Balance amount = 0;
    static constexpr auto kScaleFields = std::tuple{&TransferAllowance::amount};
    bool operator==(const TransferAllowance&) const = default;
};
}  // namespace role
using SessionProxyRole =
    IndexedVariant<role::ReadBalance, role::ReadAny, role::NonTransfer, role::Any, role::TransferAllowance>;

struct SessionProxyCredentials {
    SessionProxyRole role;
    std::optional<std::uint64_t> expiry;
    FixedBytes<32> seed;
    static constexpr auto kScaleFields = std::tuple{
        &SessionProxyCredentials::role, &SessionProxyCredentials::expiry, &SessionProxyCredentials::seed};
    bool operator==(const SessionProxyCredentials&) const = default;
};

enum class NoteRelayType : std::uint8_t { kHere = 0, kIpfs = 1, kUndeclared = 2 };
[[nodiscard]] constexpr bool is_known(NoteRelayType type) {
    return type <= NoteRelayType::kUndeclared;
}

struct RelayedNoteRequest {
    bool allow_onchain_fallback = false;
    NoteRelayType note_relay_type = NoteRelayType::kHere;
    std::string msg;
    std::optional<FixedBytes<32>> maybe_encryption_key;
    static constexpr auto kScaleFields =
        std::tuple{&RelayedNoteRequest::allow_onchain_fallback, &RelayedNoteRequest::note_relay_type,
                   &RelayedNoteRequest::msg, &RelayedNoteRequest::maybe_encryption_key};
    bool operator==(const RelayedNoteRequest&) const = default;
};

/// What `EnclaveBridge.invoke` and the direct methods carry: a shard and bytes for it. The bytes are
/// encrypted for calls and plain for getters; the spelling is the chain's.
struct Request {
    ShardId shard;
    Bytes cyphertext;
    static constexpr auto kScaleFields = std::tuple{&Request::shard, &Request::cyphertext};
    bool operator==(const Request&) const = default;
};

}  // namespace redoubt::stf
