/// What a block's events tell about calls of EnclaveBridge: how each extrinsic ended, the trail that the
/// calls in it left, and the funds that were shielded.
///
/// A shielding is read from the bridge's own event. The pallet deposits it exactly when the money has moved,
/// and takes it back when a surrounding call fails, so that every record is one real shielding, whatever
/// call, batch or proxy it came from.
///
/// @source integritee-wire.md, sections 2.6 and 3.6
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <primitives/uint128.hpp>
#include <substrate/metadata.hpp>
#include <vector>

namespace redoubt::substrate {

/// Most trail events of one extrinsic that are kept.
inline constexpr std::size_t kTrailMax = 65'536;

/// Events by which calls say how the calls inside them ended, and those of the bridge's public calls.
enum class TrailKind : std::uint8_t {
    kItemCompleted,
    kItemFailed,
    kBatchInterrupted,
    kBatchCompleted,
    kBatchCompletedWithErrors,
    kDispatchedAs,
    kIfElseMainSuccess,
    kIfElseFallbackCalled,
    kProxyExecuted,
    kMultisigExecuted,
    kSudid,
    kSudoAsDone,
    kInvoked,
    kShielded,
};

struct TrailEvent {
    TrailKind kind = TrailKind::kItemCompleted;
    bool succeeded = true;  ///< false when a `DispatchResult` in it is an error
    std::uint32_t event_index = 0;
    std::uint32_t item = 0;  ///< of kBatchInterrupted: the call that failed
    /// Of kInvoked: the shard. Of kMultisigExecuted: the hash of the call.
    Hash256 hash;
};

struct ExtrinsicEvents {
    bool succeeded = false;
    /// The position of the verdict in the block's events.
    std::uint32_t verdict_index = 0;
    bool has_invocations = false;
    /// In the order of the events; empty when it is not complete.
    std::vector<TrailEvent> trail;
    /// False when there are more than kTrailMax, or when one cannot be read.
    bool trail_is_complete = true;
};

/// Funds that the chain moved to a shard's account.
struct Shielding {
    std::uint32_t event_index = 0;
    /// Absent when no extrinsic caused it, but a scheduled call.
    std::optional<std::uint32_t> extrinsic_index;
    /// Who paid, as the transfer directly before says; absent when there is none.
    std::optional<AccountId> payer;
    Hash256 shard;
    Bytes account_encrypted;
    uint128 amount = 0;
};

struct BridgeEvents {
    std::vector<ExtrinsicEvents> extrinsics;
    /// In the order of the events, of all shards.
    std::vector<Shielding> shieldings;
};

/// Whether the chain's bridge deposits the events that are read here, with the fields they need.
[[nodiscard]] bool has_bridge_events(const Metadata& metadata);

/// @param events  the value of System.Events
/// @errors as decode_events; ValueError::kOutOfRange when events do not hold exactly one verdict for each
///   extrinsic, kKindMismatch when a shielding cannot be read
[[nodiscard]] Result<BridgeEvents> read_bridge_events(const Metadata& metadata,
                                                      ByteView events,
                                                      std::size_t extrinsic_count);

}  // namespace redoubt::substrate
