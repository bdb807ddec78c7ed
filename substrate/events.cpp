#include <algorithm>
#include <primitives/scale.hpp>
#include <substrate/dynamic_codec.hpp>
#include <substrate/events.hpp>

namespace redoubt::substrate {
namespace {

constexpr std::string_view kSystem = "System";
constexpr std::string_view kSuccess = "ExtrinsicSuccess";
constexpr std::string_view kFailed = "ExtrinsicFailed";

/// A phase, a pallet index, an event index and a topic count take at least this much.
constexpr std::size_t kRecordBytesMin = 4;

struct RawRecord {
    EventView view;
    TypeId events_type = 0;
    ByteView event;   ///< event index and fields
    ByteView topics;  ///< 32 bytes each
};

Result<RawRecord> read_record(const Metadata& metadata, ByteCursor& in) {
    RawRecord out;
    BOOST_OUTCOME_TRY(const auto phase, in.take_byte());
    if (phase > static_cast<std::uint8_t>(PhaseKind::kInitialization)) {
        return DecodeError::kBadTag;
    }
    out.view.phase = static_cast<PhaseKind>(phase);
    if (out.view.phase == PhaseKind::kApplyExtrinsic) {
        BOOST_OUTCOME_TRY(out.view.extrinsic_index, in.take_le<std::uint32_t>());
    }
    BOOST_OUTCOME_TRY(const auto pallet_index, in.take_byte());
    out.view.pallet = metadata.pallet_by_index(pallet_index);
    if (out.view.pallet == nullptr) {
        return LookupError::kNoSuchPallet;
    }
    const auto& types = metadata.types();
    const auto events_type = out.view.pallet->events;
    const auto* events = events_type ? types.find_def<VariantDef>(*events_type) : nullptr;
    if (events == nullptr || in.empty()) {
        return LookupError::kNoSuchEvent;
    }
    out.events_type = *events_type;
    out.view.event = events->by_index(in.rest().front());
    if (out.view.event == nullptr) {
        return LookupError::kNoSuchEvent;
    }
    const auto from = in.rest();
    BOOST_OUTCOME_TRY(skip_value(types, *events_type, in));
    out.event = from.first(from.size() - in.remaining());
    out.view.fields = out.event.subspan(1);
    BOOST_OUTCOME_TRY(const auto topic_count, scale::read_compact_u32(in));
    BOOST_OUTCOME_TRY(out.topics, in.take(std::uint64_t{topic_count} * Hash256::kSize));
    return out;
}

template <class Visit>
Result<void> for_each_record(const Metadata& metadata,
                             ByteView events,
                             std::size_t records_max,
                             Visit visit) {
    if (events.size() > kEventsBytesMax) {
        return DecodeError::kLengthLimit;
    }
    ByteCursor in{events};
    BOOST_OUTCOME_TRY(const auto count, scale::read_compact_u32(in));
    if (count > in.remaining() / kRecordBytesMin) {
        return DecodeError::kUnexpectedEnd;
    }
    if (count > records_max) {
        return DecodeError::kLengthLimit;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(const auto record, read_record(metadata, in));
        BOOST_OUTCOME_TRY(visit(record));
    }
    return in.expect_end();
}

}  // namespace

Result<std::vector<EventRecord>> decode_events(const Metadata& metadata, ByteView events) {
    std::vector<EventRecord> out;
    BOOST_OUTCOME_TRY(
        for_each_record(metadata, events, kEventRecordsMax, [&](const RawRecord& raw) -> Result<void> {
            BOOST_OUTCOME_TRY(auto event, decode_value(metadata.types(), raw.events_type, raw.event));
            EventRecord record{.phase = raw.view.phase,
                               .extrinsic_index = raw.view.extrinsic_index,
                               .pallet = std::string{raw.view.pallet->name},
                               .name = std::string{raw.view.event->name},
                               .fields = std::move(event).take_variant_fields(),
                               .topics = {}};
            ByteCursor topics{raw.topics};
            while (!topics.empty()) {
                BOOST_OUTCOME_TRY(const auto topic, topics.take_fixed<Hash256>());
                record.topics.push_back(topic);
            }
            out.push_back(std::move(record));
            return success();
        }));
    return out;
}

std::optional<bool> extrinsic_succeeded(std::span<const EventRecord> records, std::uint32_t index) {
    for (const auto& record : records) {
        if (record.belongs_to(index) && record.pallet == kSystem) {
            if (record.name == kSuccess) {
                return true;
            }
            if (record.name == kFailed) {
                return false;
            }
        }
    }
    return std::nullopt;
}

const Value* dispatch_error_of(std::span<const EventRecord> records, std::uint32_t index) {
    const auto found = std::ranges::find_if(records, [index](const EventRecord& record) {
        return record.belongs_to(index) && record.is(kSystem, kFailed);
    });
    return found == records.end() ? nullptr : found->fields.at(0);
}

Result<void> walk_events(const Metadata& metadata,
                         ByteView events,
                         const std::function<void(const EventView&)>& visit) {
    return for_each_record(metadata, events, SIZE_MAX, [&](const RawRecord& raw) -> Result<void> {
        visit(raw.view);
        return success();
    });
}

Result<Value> event_field(const Metadata& metadata, const EventView& event, std::string_view name) {
    const auto& fields = event.event->fields;
    const bool is_only_one = fields.size() == 1 && !fields.front().name;
    ByteCursor in{event.fields};
    for (const auto& field : fields) {
        if (is_only_one || field.name == name) {
            return decode_value(metadata.types(), field.type, in);
        }
        BOOST_OUTCOME_TRY(skip_value(metadata.types(), field.type, in));
    }
    return ValueError::kMissingField;
}

Result<std::vector<bool>> extrinsic_outcomes(const Metadata& metadata,
                                             ByteView events,
                                             std::size_t extrinsic_count) {
    std::vector<bool> out(extrinsic_count, false);
    BOOST_OUTCOME_TRY(for_each_record(metadata, events, SIZE_MAX, [&](const RawRecord& raw) -> Result<void> {
        if (raw.view.phase != PhaseKind::kApplyExtrinsic) {
            return success();
        }
        if (raw.view.extrinsic_index >= extrinsic_count) {
            return ValueError::kOutOfRange;
        }
        if (raw.view.is(kSystem, kSuccess)) {
            out[raw.view.extrinsic_index] = true;
        }
        return success();
    }));
    return out;
}

}  // namespace redoubt::substrate
