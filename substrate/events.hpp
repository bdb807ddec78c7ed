/// Events of a block: the value of `System.Events`.
///
/// There are two ways to read them: decode_events builds values, walk_events only looks at names and keeps
/// nothing. Either is bounded; see dynamic_codec.hpp. Each record is decoded under its own memory limit.
///
/// @source light-client.md section 8.6
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <span>
#include <string>
#include <string_view>
#include <substrate/metadata.hpp>
#include <substrate/value.hpp>
#include <vector>

namespace redoubt::substrate {

/// Longest events value accepted.
inline constexpr std::size_t kEventsBytesMax = 16 * 1024 * 1024;
/// Most records that decode_events builds.
inline constexpr std::size_t kEventRecordsMax = 65'536;

/// The values are the tags on the wire.
enum class PhaseKind : std::uint8_t { kApplyExtrinsic = 0, kFinalization = 1, kInitialization = 2 };

struct EventRecord {
    PhaseKind phase = PhaseKind::kApplyExtrinsic;
    std::uint32_t extrinsic_index = 0;  ///< of kApplyExtrinsic
    std::string pallet;
    std::string name;
    Value fields;
    std::vector<Hash256> topics;

    [[nodiscard]] bool is(std::string_view pallet_name, std::string_view event_name) const noexcept {
        return pallet == pallet_name && name == event_name;
    }
    [[nodiscard]] bool belongs_to(std::uint32_t index) const noexcept {
        return phase == PhaseKind::kApplyExtrinsic && extrinsic_index == index;
    }
};

/// @param events  the whole value of `System.Events`
/// @errors LookupError::kNoSuchPallet, kNoSuchEvent; ValueError; DecodeError
[[nodiscard]] Result<std::vector<EventRecord>> decode_events(const Metadata& metadata, ByteView events);

/// True for System.ExtrinsicSuccess, false for System.ExtrinsicFailed, nullopt when neither was recorded.
[[nodiscard]] std::optional<bool> extrinsic_succeeded(std::span<const EventRecord> records,
                                                      std::uint32_t index);
/// The dispatch error of a failed extrinsic; nullptr when it did not fail.
[[nodiscard]] const Value* dispatch_error_of(std::span<const EventRecord> records, std::uint32_t index);

/// One record as a walk sees it. The views are parts of the events' bytes and of the metadata.
struct EventView {
    PhaseKind phase = PhaseKind::kApplyExtrinsic;
    std::uint32_t extrinsic_index = 0;
    const Pallet* pallet = nullptr;
    const Variant* event = nullptr;
    ByteView fields;  ///< SCALE bytes of the event's fields

    [[nodiscard]] bool is(std::string_view pallet_name, std::string_view event_name) const noexcept {
        return pallet->name == pallet_name && event->name == event_name;
    }
};
/// Visits all records in order without building values.
/// @errors as decode_events
[[nodiscard]] Result<void> walk_events(const Metadata& metadata,
                                       ByteView events,
                                       const std::function<void(const EventView&)>& visit);

/// The value of an event's field. An event whose only field has no name gives that one for any name.
/// @errors ValueError, with kMissingField when there is no such field; DecodeError
[[nodiscard]] Result<Value> event_field(const Metadata& metadata,
                                        const EventView& event,
                                        std::string_view name);

/// Whether each extrinsic of a block succeeded; the result has `extrinsic_count` elements.
/// An extrinsic without a verdict counts as failed.
/// @errors as decode_events; ValueError::kOutOfRange when an event names an extrinsic that does not exist
[[nodiscard]] Result<std::vector<bool>> extrinsic_outcomes(const Metadata& metadata,
                                                           ByteView events,
                                                           std::size_t extrinsic_count);

}  // namespace redoubt::substrate
