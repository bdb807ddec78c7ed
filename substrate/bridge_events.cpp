#include <algorithm>
#include <array>
#include <substrate/bridge_events.hpp>
#include <substrate/events.hpp>

namespace redoubt::substrate {

namespace {

struct KnownEvent {
    std::string_view pallet;
    std::string_view event;
    TrailKind kind;
};

constexpr std::array kKnownEvents = {
    KnownEvent{"Utility", "ItemCompleted", TrailKind::kItemCompleted},
    KnownEvent{"Utility", "ItemFailed", TrailKind::kItemFailed},
    KnownEvent{"Utility", "BatchInterrupted", TrailKind::kBatchInterrupted},
    KnownEvent{"Utility", "BatchCompleted", TrailKind::kBatchCompleted},
    KnownEvent{"Utility", "BatchCompletedWithErrors", TrailKind::kBatchCompletedWithErrors},
    KnownEvent{"Utility", "DispatchedAs", TrailKind::kDispatchedAs},
    KnownEvent{"Utility", "IfElseMainSuccess", TrailKind::kIfElseMainSuccess},
    KnownEvent{"Utility", "IfElseFallbackCalled", TrailKind::kIfElseFallbackCalled},
    KnownEvent{"Proxy", "ProxyExecuted", TrailKind::kProxyExecuted},
    KnownEvent{"Multisig", "MultisigExecuted", TrailKind::kMultisigExecuted},
    KnownEvent{"Sudo", "Sudid", TrailKind::kSudid},
    KnownEvent{"Sudo", "SudoAsDone", TrailKind::kSudoAsDone},
    KnownEvent{"EnclaveBridge", "IndirectInvocationRegistered", TrailKind::kInvoked},
    KnownEvent{"EnclaveBridge", "ShieldFunds", TrailKind::kShielded},
};

/// The variant of an event in the metadata; nullptr when the chain does not have it.
const Variant* find_event(const Metadata& metadata, std::string_view pallet, std::string_view event) {
    const auto* found = metadata.find_pallet(pallet);
    if (found == nullptr || !found->events) {
        return nullptr;
    }
    const auto* events = metadata.types().find_def<VariantDef>(*found->events);
    return events == nullptr ? nullptr : events->by_name(event);
}

template <class Fixed>
std::optional<Fixed> fixed_of(const std::optional<Value>& value) {
    const auto bytes = value ? value->inner_bytes() : std::nullopt;
    if (!bytes || bytes->size() != Fixed::kSize) {
        return std::nullopt;
    }
    return Fixed::copy_of(bytes->first<Fixed::kSize>());
}

bool is_same_origin(const EventView& a, const EventView& b) {
    return a.phase == b.phase && a.extrinsic_index == b.extrinsic_index;
}

class Reader {
  public:
    Reader(const Metadata& metadata, std::size_t extrinsic_count)
        : metadata_(metadata), has_verdict_(extrinsic_count) {
        out_.extrinsics.resize(extrinsic_count);
        for (std::size_t i = 0; i < kKnownEvents.size(); ++i) {
            known_[i] = find_event(metadata, kKnownEvents[i].pallet, kKnownEvents[i].event);
        }
        success_ = find_event(metadata, "System", "ExtrinsicSuccess");
        failure_ = find_event(metadata, "System", "ExtrinsicFailed");
        transfer_ = find_event(metadata, "Balances", "Transfer");
    }

    void take(const EventView& event) {
        const bool is_of_extrinsic = event.phase == PhaseKind::kApplyExtrinsic;
        if (is_of_extrinsic && event.extrinsic_index >= out_.extrinsics.size()) {
            error_ = ValueError::kOutOfRange;
        } else if (event.event == success_ || event.event == failure_) {
            take_verdict(event, is_of_extrinsic);
        } else if (const auto known = std::ranges::find(known_, event.event); known != known_.end()) {
            take_known(event, kKnownEvents[static_cast<std::size_t>(known - known_.begin())].kind,
                       is_of_extrinsic);
        }
        previous_ = event;
        ++event_index_;
    }

    Result<BridgeEvents> finish() && {
        if (error_) {
            return *error_;
        }
        if (std::ranges::find(has_verdict_, false) != has_verdict_.end()) {
            return ValueError::kOutOfRange;
        }
        std::erase_if(out_.shieldings, [this](const Shielding& shielding) {
            return shielding.extrinsic_index && !out_.extrinsics[*shielding.extrinsic_index].succeeded;
        });
        return std::move(out_);
    }

  private:
    void take_verdict(const EventView& event, bool is_of_extrinsic) {
        if (!is_of_extrinsic || has_verdict_[event.extrinsic_index]) {
            error_ = ValueError::kOutOfRange;
            return;
        }
        has_verdict_[event.extrinsic_index] = true;
        auto& extrinsic = out_.extrinsics[event.extrinsic_index];
        extrinsic.succeeded = event.event == success_;
        extrinsic.verdict_index = event_index_;
    }

    void take_known(const EventView& event, TrailKind kind, bool is_of_extrinsic) {
        if (kind == TrailKind::kShielded) {
            take_shielding(event, is_of_extrinsic);
        }
        if (!is_of_extrinsic) {
            return;
        }
        auto& extrinsic = out_.extrinsics[event.extrinsic_index];
        const auto read = read_trail_event(event, kind);
        if (!read || extrinsic.trail.size() == kTrailMax) {
            extrinsic.trail_is_complete = false;
            extrinsic.trail.clear();
        }
        if (extrinsic.trail_is_complete) {
            extrinsic.trail.push_back(*read);
            extrinsic.has_invocations |= kind == TrailKind::kInvoked;
        }
    }

    std::optional<TrailEvent> read_trail_event(const EventView& event, TrailKind kind) const {
        TrailEvent out{.kind = kind, .event_index = event_index_, .hash = {}};
        switch (kind) {
            case TrailKind::kBatchInterrupted: {
                const auto index = field(event, "index");
                const auto item = index ? index->as_u64() : std::nullopt;
                if (!item || *item > UINT32_MAX) {
                    return std::nullopt;
                }
                out.item = static_cast<std::uint32_t>(*item);
                return out;
            }
            case TrailKind::kDispatchedAs:
            case TrailKind::kProxyExecuted:
                return with_result(event, "result", out);
            case TrailKind::kSudid:
            case TrailKind::kSudoAsDone:
                return with_result(event, "sudo_result", out);
            case TrailKind::kMultisigExecuted:
                return with_hash(event, "call_hash", out) ? with_result(event, "result", out) : std::nullopt;
            case TrailKind::kInvoked:
                return with_hash(event, "shard", out) ? std::optional{out} : std::nullopt;
            default:
                return out;
        }
    }

    std::optional<TrailEvent> with_result(const EventView& event,
                                          std::string_view name,
                                          TrailEvent& out) const {
        const auto result = field(event, name);
        if (!result || (result->variant_name() != "Ok" && result->variant_name() != "Err")) {
            return std::nullopt;
        }
        out.succeeded = result->variant_name() == "Ok";
        return out;
    }

    bool with_hash(const EventView& event, std::string_view name, TrailEvent& out) const {
        const auto value = field(event, name);
        const auto hash = fixed_of<Hash256>(value);
        if (hash) {
            out.hash = *hash;
        }
        return hash.has_value();
    }

    void take_shielding(const EventView& event, bool is_of_extrinsic) {
        const auto shard_field = field(event, "shard");
        const auto beneficiary = field(event, "encrypted_beneficiary");
        const auto amount_field = field(event, "amount");
        const auto shard = fixed_of<Hash256>(shard_field);
        const auto* account = beneficiary ? beneficiary->as_bytes() : nullptr;
        const auto amount = amount_field ? amount_field->as_u128() : std::nullopt;
        if (!shard || account == nullptr || !amount) {
            error_ = ValueError::kKindMismatch;
            return;
        }
        Shielding out{.event_index = event_index_,
                      .extrinsic_index = std::nullopt,
                      .payer = payer_of(event, *amount),
                      .shard = *shard,
                      .account_encrypted = *account,
                      .amount = *amount};
        if (is_of_extrinsic) {
            out.extrinsic_index = event.extrinsic_index;
        }
        out_.shieldings.push_back(std::move(out));
    }

    /// The sender of the transfer that is the event before; the bridge deposits its own directly after it.
    std::optional<AccountId> payer_of(const EventView& event, uint128 amount) const {
        if (!previous_ || transfer_ == nullptr || previous_->event != transfer_ ||
            !is_same_origin(*previous_, event)) {
            return std::nullopt;
        }
        const auto from = field(*previous_, "from");
        const auto moved = field(*previous_, "amount");
        if (!from || !moved || moved->as_u128() != amount) {
            return std::nullopt;
        }
        return fixed_of<AccountId>(from);
    }

    std::optional<Value> field(const EventView& event, std::string_view name) const {
        auto value = event_field(metadata_, event, name);
        return value ? std::optional{std::move(value).value()} : std::nullopt;
    }

    const Metadata& metadata_;
    std::array<const Variant*, kKnownEvents.size()> known_{};
    const Variant* success_ = nullptr;
    const Variant* failure_ = nullptr;
    const Variant* transfer_ = nullptr;
    BridgeEvents out_;
    std::vector<bool> has_verdict_;
    std::optional<EventView> previous_;
    std::uint32_t event_index_ = 0;
    std::optional<ValueError> error_;
};

}  // namespace

bool has_bridge_events(const Metadata& metadata) {
    const auto* shielded = find_event(metadata, "EnclaveBridge", "ShieldFunds");
    if (shielded == nullptr || !find_event(metadata, "EnclaveBridge", "IndirectInvocationRegistered")) {
        return false;
    }
    return std::ranges::all_of(std::array{"shard", "encrypted_beneficiary", "amount"}, [&](const char* name) {
        return std::ranges::any_of(shielded->fields, [&](const Field& field) { return field.name == name; });
    });
}

Result<BridgeEvents> read_bridge_events(const Metadata& metadata,
                                        ByteView events,
                                        std::size_t extrinsic_count) {
    Reader reader{metadata, extrinsic_count};
    BOOST_OUTCOME_TRY(walk_events(metadata, events, [&](const EventView& event) { reader.take(event); }));
    return std::move(reader).finish();
}

}  // namespace redoubt::substrate
