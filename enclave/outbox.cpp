#include <algorithm>
#include <array>
#include <concepts>
#include <enclave/outbox.hpp>
#include <iterator>
#include <primitives/scale.hpp>

namespace redoubt::enclave {

namespace {

constexpr std::string_view kEntryPrefix = "worker/outbox/entry/";
constexpr std::string_view kIndexPrefix = "worker/outbox/index/";
constexpr std::string_view kReturnPrefix = "worker/outbox/return/";
constexpr std::string_view kCountersKey = "worker/outbox/counters";
/// The id of the root that waits.
constexpr std::string_view kRootKey = "worker/outbox/root";

struct Counters {
    std::uint64_t next_id = 1;
    /// No confirmation has a smaller id.
    std::uint64_t oldest_confirmation = 1;
    std::uint32_t confirmations = 0;
    std::uint32_t payments = 0;
    static constexpr auto kScaleFields = std::tuple{&Counters::next_id, &Counters::oldest_confirmation,
                                                    &Counters::confirmations, &Counters::payments};
};

/// Numbers big-endian, so that the order of keys is the order of numbers.
template <std::unsigned_integral T>
void append_big_endian(Bytes& key, T number) {
    for (int shift = 8 * (static_cast<int>(sizeof(T)) - 1); shift >= 0; shift -= 8) {
        key.push_back(static_cast<std::uint8_t>((number >> shift) & 0xff));
    }
}

std::uint64_t big_endian(ByteView bytes) {
    std::uint64_t number = 0;
    for (const auto byte : bytes) {
        number = (number << 8) | byte;
    }
    return number;
}

Bytes entry_key(std::uint64_t id) {
    auto key = to_bytes(bytes_of(kEntryPrefix));
    append_big_endian(key, id);
    return key;
}

Bytes return_key(std::uint32_t block, std::uint64_t id) {
    auto key = to_bytes(bytes_of(kReturnPrefix));
    append_big_endian(key, block);
    append_big_endian(key, id);
    return key;
}

/// What tells calls of one kind apart: the block, the hash of the paid call.
Bytes index_key(const OutboxCall& call) {
    auto key = to_bytes(bytes_of(kIndexPrefix));
    key.push_back(static_cast<std::uint8_t>(call.index()));
    if (const auto* confirmation = std::get_if<Confirmation>(&call)) {
        append(key, confirmation->block_hash.view());
    } else if (const auto* root = std::get_if<PublishedRoot>(&call)) {
        append(key, root->block_hash.view());
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
    if (std::holds_alternative<PublishedRoot>(call)) {
        state.remove(bytes_of(kRootKey));
        return;
    }
    auto& count = std::holds_alternative<Confirmation>(call) ? counters.confirmations : counters.payments;
    count -= 1;
}

void drop_root(stf::Overlay& state, Counters& counters) {
    const auto id = stored<std::uint64_t>(state, bytes_of(kRootKey));
    const auto entry = id ? find_outbox(state, *id) : std::nullopt;
    if (entry) {
        remove_entry(state, *id, entry->call, counters);
    }
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

/// The entry of exactly this call, with its id.
std::optional<NumberedEntry> find_call(const stf::StateReader& state, const OutboxCall& call) {
    const auto id = stored<std::uint64_t>(state, index_key(call));
    if (!id) {
        return std::nullopt;
    }
    auto entry = find_outbox(state, *id);
    if (!entry || entry->call != call) {
        return std::nullopt;
    }
    return NumberedEntry{*id, std::move(*entry)};
}

void remove_numbered(stf::Overlay& state, std::uint64_t id, const OutboxEntry& entry) {
    auto counters = counters_of(state);
    remove_entry(state, id, entry.call, counters);
    if (entry.track && entry.track->given_up) {
        state.remove(return_key(entry.track->not_before, id));
    }
    state.put(bytes_of(kCountersKey), scale::encode(counters));
}

/// One of `first`, one of `second`, and so on; each kind gets half of the places and what the other leaves.
std::vector<NumberedEntry> in_turn(std::vector<NumberedEntry> first,
                                   std::vector<NumberedEntry> second,
                                   std::size_t max) {
    std::vector<NumberedEntry> out;
    for (std::size_t i = 0; out.size() < max && (i < first.size() || i < second.size()); ++i) {
        for (auto* const kind : {&first, &second}) {
            if (i < kind->size() && out.size() < max) {
                out.push_back(std::move((*kind)[i]));
            }
        }
    }
    return out;
}

}  // namespace

void push_outbox(stf::Overlay& state, const OutboxEntry& entry) {
    auto counters = counters_of(state);
    const auto id = counters.next_id;
    if (std::holds_alternative<Confirmation>(entry.call)) {
        if (counters.confirmations >= kConfirmationsMax) {
            drop_oldest_confirmation(state, counters);
        }
        counters.confirmations += 1;
    } else if (std::holds_alternative<PublishedRoot>(entry.call)) {
        drop_root(state, counters);
        state.put(bytes_of(kRootKey), scale::encode(id));
    } else {
        counters.payments += 1;
    }
    state.put(entry_key(id), scale::encode(entry));
    state.put(index_key(entry.call), scale::encode(id));
    counters.next_id += 1;
    state.put(bytes_of(kCountersKey), scale::encode(counters));
}

std::optional<OutboxEntry> settle_outbox(stf::Overlay& state, const OutboxCall& call) {
    auto found = find_call(state, call);
    if (!found) {
        return std::nullopt;
    }
    remove_numbered(state, found->first, found->second);
    return std::move(found->second);
}

void refuse_payment(stf::Overlay& state, const Payment& payment, std::uint32_t block) {
    auto found = find_call(state, payment);
    if (!found) {
        return;
    }
    auto& [id, entry] = *found;
    auto& track = *entry.track;
    if (track.given_up || block < track.not_before) {
        return;
    }
    track.failures += 1;
    track.given_up = track.failures >= kPaymentAttemptsMax;
    const auto pause = track.given_up ? kUnshieldPeriod : kPaymentGapBlocks << (track.failures - 1);
    track.not_before = block > UINT32_MAX - pause ? UINT32_MAX : block + pause;
    state.put(entry_key(id), scale::encode(entry));
    if (track.given_up) {
        state.put(return_key(track.not_before, id), {});
    }
}

std::vector<NumberedEntry> due_returns(const stf::StateReader& state, std::uint32_t block) {
    std::vector<std::uint64_t> ids;
    const auto prefix = bytes_of(kReturnPrefix);
    state.for_each(prefix, [&](ByteView key, ByteView) {
        const auto place = key.subspan(prefix.size());
        if (big_endian(place.first(4)) > block) {
            return false;
        }
        ids.push_back(big_endian(place.subspan(4)));
        return true;
    });
    std::vector<NumberedEntry> out;
    for (const auto id : ids) {
        if (auto entry = find_outbox(state, id)) {
            out.emplace_back(id, std::move(*entry));
        }
    }
    return out;
}

void remove_returned(stf::Overlay& state, std::uint64_t id, const OutboxEntry& entry) {
    remove_numbered(state, id, entry);
}

std::optional<OutboxEntry> find_outbox(const stf::StateReader& state, std::uint64_t id) {
    return stored<OutboxEntry>(state, entry_key(id));
}

std::uint32_t outbox_size(const stf::StateReader& state) {
    const auto counters = counters_of(state);
    const std::uint32_t roots = state.get(bytes_of(kRootKey)) ? 1 : 0;
    return counters.confirmations + counters.payments + roots;
}

bool is_signable(const OutboxEntry& entry, std::uint32_t last_block) {
    return !entry.track || (!entry.track->given_up && entry.track->not_before <= last_block);
}

std::vector<NumberedEntry> signable_outbox(const stf::StateReader& state,
                                           std::uint32_t last_block,
                                           std::size_t max) {
    std::vector<NumberedEntry> reports;
    std::array<std::vector<NumberedEntry>, kPaymentAttemptsMax> by_failures;
    const auto prefix = bytes_of(kEntryPrefix);
    state.for_each(prefix, [&](ByteView key, ByteView value) {
        auto decoded = scale::decode<OutboxEntry>(value);
        REDOUBT_ASSERT(decoded.has_value());
        auto& entry = decoded.value();
        if (is_signable(entry, last_block)) {
            auto& kind = entry.track ? by_failures[entry.track->failures] : reports;
            if (kind.size() < max) {
                kind.emplace_back(big_endian(key.subspan(prefix.size())), std::move(entry));
            }
        }
        return true;
    });
    std::vector<NumberedEntry> payments;
    for (auto& some : by_failures) {
        std::ranges::move(some, std::back_inserter(payments));
    }
    return in_turn(std::move(payments), std::move(reports), max);
}

}  // namespace redoubt::enclave
