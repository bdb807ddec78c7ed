/// The leaves and the tree of a processed parent chain block: what a confirmation's merkle root commits to.
///
/// @source integritee-wire.md, section 3.6
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <span>
#include <stf/types/basic.hpp>
#include <tuple>

namespace redoubt::stf {

namespace indirect {
struct ShieldFunds {
    static constexpr std::uint8_t kIndex = 0;
    ShardId shard;
    Bytes account_encrypted;
    Balance amount = 0;
    static constexpr auto kScaleFields =
        std::tuple{&ShieldFunds::shard, &ShieldFunds::account_encrypted, &ShieldFunds::amount};
    bool operator==(const ShieldFunds&) const = default;
};
struct Invoke {
    static constexpr std::uint8_t kIndex = 1;
    Request request;
    static constexpr auto kScaleFields = std::tuple{&Invoke::request};
    bool operator==(const Invoke&) const = default;
};
struct TimestampSet {
    static constexpr std::uint8_t kIndex = 2;
    scale::Compact<std::uint64_t> now_ms;
    static constexpr auto kScaleFields = std::tuple{&TimestampSet::now_ms};
    bool operator==(const TimestampSet&) const = default;
};
}  // namespace indirect

/// An extrinsic that a worker acts upon.
using IndirectCall = IndexedVariant<indirect::ShieldFunds, indirect::Invoke, indirect::TimestampSet>;

/// The leaf data of an indirect call: BLAKE2b-256 of its SCALE.
[[nodiscard]] Hash256 leaf_of(const IndirectCall& call);

/// The root over leaf data: each leaf is hashed with Keccak-256, the two of a pair are ordered bytewise
/// before they are hashed together, an odd last node moves up unchanged. No leaves: zeros.
[[nodiscard]] Hash256 sorted_merkle_root(std::span<const Bytes> leaves);
[[nodiscard]] Hash256 sorted_merkle_root(std::span<const Hash256> leaves);

}  // namespace redoubt::stf
