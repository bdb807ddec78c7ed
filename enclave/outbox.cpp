#include <enclave/outbox.hpp>
#include <primitives/scale.hpp>

namespace redoubt::enclave {

namespace {

constexpr std::string_view kEntryPrefix = "outbox/entry/";
constexpr std::string_view kIndexPrefix = "outbox/index/";
constexpr std::string_view kCountersKey = "outbox/counters";

struct Counters {
    std::uint64_t next_id = 1;
    /// No confirmation has a smaller id.
    std::uint64_t oldest_confirmation = 1;
    std::uint32_t confirmations = 0;
    std::uint32_t payments = 0;
    static constexpr auto kScaleFields = std::tuple{&Counters::next_id, &Counters::oldest_confirmation,
                                                    &Counters::confirmations, &Counters::payments};
};

/// Ids big-endian, so that the order of keys is the order of ids.
Bytes entry_key(std::uint64_t id) {
    auto key = to_bytes(bytes_of(kEntryPrefix));
    for (int shift = 56; shift >= 0; shift -= 8) {
        key.push_back(static_cast<std::uint8_t>((id >> shift) & 0xff));
    }
    return key;
}

std::uint64_t id_of(ByteView key) {
    std::uint64_t id = 0;
    for (const auto byte : key.subspan(kEntryPrefix.size())) {
        id = (id << 8) | byte;
    }
    return id;
}

/// What tells calls of one kind apart: the confirmed block, the hash of the paid call.
Bytes index_key(const OutboxCall& call) {
    auto key = to_bytes(bytes_of(kIndexPrefix));
    key.push_back(static_cast<std::uint8_t>(call.index()));
    if (const auto* confirmation = std::get_if<Confirmation>(&call)) {
        append(key, confirmation->block_hash.view());
    } else {
        append(key, std::get<Payment>(call).call_hash.view());
    }
    return key;
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

Counters counters_of(const stf::StateReader& state) {
    return stored<Counters>(state, bytes_of(kCountersKey)).value_or(Counters{});
}

void remove_entry(stf::Overlay& state, std::uint64_t id, const OutboxCall& call, Counters& counters) {
    state.remove(entry_key(id));
    state.remove(index_key(call));
    auto& count = std::holds_alternative<Confirmation>(call) ? counters.confirmations : counters.payments;
    count -= 1;
}

void drop_oldest_confirmation(stf::Overlay& state, Counters& counters) {
    for (auto id = counters.oldest_confirmation; id < counters.next_id; ++id) {
        const auto entry = find_outbox(state, id);
        if (entry && std::holds_alternative<Confirmation>(entry->call)) {
            remove_entry(state, id, entry->call, counters);
            counters.oldest_confirmation = id + 1;
            return;
        }
    }
}

}  // namespace

void push_outbox(stf::Overlay& state, const OutboxEntry& entry) {
    auto counters = counters_of(state);
    const bool is_confirmation = std::holds_alternative<Confirmation>(entry.call);
    if (is_confirmation && counters.confirmations >= kConfirmationsMax) {
        drop_oldest_confirmation(state, counters);
    }
    state.put(entry_key(counters.next_id), scale::encode(entry));
    state.put(index_key(entry.call), scale::encode(counters.next_id));
    counters.next_id += 1;
    (is_confirmation ? counters.confirmations : counters.payments) += 1;
    state.put(bytes_of(kCountersKey), scale::encode(counters));
}

bool settle_outbox(stf::Overlay& state, const OutboxCall& call) {
    const auto id = stored<std::uint64_t>(state, index_key(call));
    if (!id) {
        return false;
    }
    const auto entry = find_outbox(state, *id);
    if (!entry || entry->call != call) {
        return false;
    }
    auto counters = counters_of(state);
    remove_entry(state, *id, call, counters);
    state.put(bytes_of(kCountersKey), scale::encode(counters));
    return true;
}

std::optional<OutboxEntry> find_outbox(const stf::StateReader& state, std::uint64_t id) {
    return stored<OutboxEntry>(state, entry_key(id));
}

std::uint32_t outbox_size(const stf::StateReader& state) {
    const auto counters = counters_of(state);
    return counters.confirmations + counters.payments;
}

std::vector<std::pair<std::uint64_t, OutboxEntry>> oldest_outbox(const stf::State& state, std::size_t max) {
    std::vector<std::pair<std::uint64_t, OutboxEntry>> confirmations;
    std::vector<std::pair<std::uint64_t, OutboxEntry>> payments;
    const auto prefix = bytes_of(kEntryPrefix);
    for (auto entry = state.entries().lower_bound(to_bytes(prefix)); entry != state.entries().end();
         ++entry) {
        const auto& [key, value] = *entry;
        if (key.size() < prefix.size() || !equal(ByteView{key}.first(prefix.size()), prefix)) {
            break;
        }
        auto decoded = scale::decode<OutboxEntry>(value);
        REDOUBT_ASSERT(decoded.has_value());
        auto& kind = std::holds_alternative<Confirmation>(decoded.value().call) ? confirmations : payments;
        if (kind.size() < max) {
            kind.emplace_back(id_of(key), std::move(decoded).value());
        }
        if (confirmations.size() == max && payments.size() == max) {
            break;
        }
    }
    const auto payment_places = std::max(max / 2, max - std::min(max, confirmations.size()));
    payments.resize(std::min(payments.size(), payment_places));
    confirmations.resize(std::min(confirmations.size(), max - payments.size()));
    std::ranges::move(payments, std::back_inserter(confirmations));
    return confirmations;
}

}  // namespace redoubt::enclave
