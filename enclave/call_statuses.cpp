#include <enclave/call_statuses.hpp>
#include <primitives/scale.hpp>

namespace redoubt::enclave {

namespace {

constexpr std::string_view kRecordPrefix = "worker/status/record/";
constexpr std::string_view kRingPrefix = "worker/status/ring/";
constexpr std::string_view kCountKey = "worker/status/count";

Bytes record_key(const Hash256& hash) {
    return concat(bytes_of(kRecordPrefix), hash);
}

Bytes ring_key(std::uint64_t position) {
    return concat(bytes_of(kRingPrefix), scale::encode(position));
}

template <class T>
std::optional<T> stored(const stf::StateReader& state, ByteView key) {
    const auto bytes = state.get(key);
    if (!bytes) {
        return std::nullopt;
    }
    auto value = scale::decode<T>(*bytes);
    REDOUBT_ASSERT(value.has_value());
    return std::move(value).value();
}

}  // namespace

PaymentState payment_state(const StatusRecord& record) {
    return record.payment <= static_cast<std::uint8_t>(PaymentState::kReturned)
               ? static_cast<PaymentState>(record.payment)
               : PaymentState::kNone;
}

std::optional<StatusRecord> find_call_status(const stf::StateReader& state, const Hash256& hash) {
    return stored<StatusRecord>(state, record_key(hash));
}

void record_call_status(stf::Overlay& state, const Hash256& hash, const StatusRecord& record) {
    const auto before = find_call_status(state, hash);
    if (before) {
        if (before->failure) {
            state.put(record_key(hash), scale::encode(record));
        }
        return;
    }
    const auto count = stored<std::uint64_t>(state, bytes_of(kCountKey)).value_or(0);
    const auto slot = ring_key(count % kCallStatusesMax);
    if (const auto oldest = stored<Hash256>(state, slot)) {
        state.remove(record_key(*oldest));
    }
    state.put(slot, scale::encode(hash));
    state.put(record_key(hash), scale::encode(record));
    state.put(bytes_of(kCountKey), scale::encode(count + 1));
}

void record_payment_state(stf::Overlay& state, const Hash256& hash, PaymentState payment) {
    auto record = find_call_status(state, hash);
    if (record) {
        record->payment = static_cast<std::uint8_t>(payment);
        state.put(record_key(hash), scale::encode(*record));
    }
}

}  // namespace redoubt::enclave
