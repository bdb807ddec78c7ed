#include <algorithm>
#include <array>
#include <boundary/refusal.hpp>
#include <enclave/block_reader.hpp>
#include <primitives/scale.hpp>
#include <stf/parentchain/indirect_calls.hpp>
#include <substrate/call.hpp>
#include <substrate/extrinsic.hpp>
#include <utility>

namespace redoubt::enclave {

namespace {

using boundary::Refusal;
using substrate::Value;

template <class Fixed>
std::optional<Fixed> fixed_of(const Value* value) {
    if (value == nullptr) {
        return std::nullopt;
    }
    const auto bytes = value->inner_bytes();
    if (!bytes || bytes->size() != Fixed::kSize) {
        return std::nullopt;
    }
    return Fixed::copy_of(bytes->first<Fixed::kSize>());
}

std::optional<uint128> amount_of(const Value* value) {
    return value == nullptr ? std::nullopt : value->as_u128();
}

std::optional<OutboxCall> read_confirmation(const Value& args, const stf::ShardId& own_shard) {
    const auto shard = fixed_of<stf::ShardId>(args.find("shard"));
    const auto block_hash = fixed_of<Hash256>(args.find("block_hash"));
    const auto number = amount_of(args.find("block_number"));
    const auto root = fixed_of<Hash256>(args.find("trusted_calls_merkle_root"));
    if (shard != own_shard || !block_hash || !number || *number > UINT32_MAX || !root) {
        return std::nullopt;
    }
    return Confirmation{
        .block_hash = *block_hash, .block_number = static_cast<std::uint32_t>(*number), .merkle_root = *root};
}

std::optional<OutboxCall> read_payment(const Value& args, const stf::ShardId& own_shard) {
    const auto shard = fixed_of<stf::ShardId>(args.find("shard"));
    const auto beneficiary = fixed_of<AccountId>(args.find("beneficiary"));
    const auto amount = amount_of(args.find("amount"));
    const auto call_hash = fixed_of<Hash256>(args.find("call_hash"));
    if (shard != own_shard || !beneficiary || !amount || !call_hash) {
        return std::nullopt;
    }
    return Payment{.beneficiary = *beneficiary, .amount = *amount, .call_hash = *call_hash};
}

std::optional<OutboxCall> read_published_root(const Value& args, const stf::ShardId& own_shard) {
    const auto root = fixed_of<Hash256>(args.find("hash"));
    const auto* topics = args.find("extra_topics");
    const auto* data = args.find("data");
    if (!root || topics == nullptr || topics->size() != 2 || data == nullptr) {
        return std::nullopt;
    }
    const auto shard = fixed_of<stf::ShardId>(topics->at(0));
    const auto block_hash = fixed_of<Hash256>(topics->at(1));
    const auto number_bytes = data->inner_bytes();
    if (shard != own_shard || !block_hash || !number_bytes) {
        return std::nullopt;
    }
    const auto number = scale::decode<std::uint32_t>(*number_bytes);
    if (!number) {
        return std::nullopt;
    }
    return PublishedRoot{.block_hash = *block_hash, .block_number = number.value(), .state_root = *root};
}

/// The enclave's own call for the shard, by its pallet and call index; nullopt for all others.
std::optional<OutboxCall> read_outbox_call(const Runtime& runtime,
                                           const stf::ShardId& shard,
                                           ByteView bytes) {
    using Reader = std::optional<OutboxCall> (*)(const Value&, const stf::ShardId&);
    const auto& wanted = runtime.read_calls();
    const std::array<std::pair<std::array<std::uint8_t, 2>, Reader>, 3> readers = {{
        {wanted.confirm, read_confirmation},
        {wanted.unshield_funds, read_payment},
        {wanted.publish_hash, read_published_root},
    }};
    for (const auto& [index, read] : readers) {
        if (bytes.size() >= 2 && equal(bytes.first(2), index)) {
            const auto call = substrate::decode_call(runtime.metadata(), bytes);
            return call ? read(call.value().args, shard) : std::nullopt;
        }
    }
    return std::nullopt;
}

/// A call of the enclave's own that settles an entry of its outbox; nullopt for all others.
std::optional<SeenCall> read_settlement(const Runtime& runtime,
                                        const stf::ShardId& shard,
                                        ByteView bytes,
                                        const substrate::ExtrinsicEvents& events) {
    auto settled = read_outbox_call(runtime, shard, bytes);
    // A confirmation that failed still has to be made.
    if (!settled || (!events.succeeded && std::holds_alternative<Confirmation>(*settled))) {
        return std::nullopt;
    }
    return SeenCall{.event_index = events.verdict_index,
                    .payer = std::nullopt,
                    .call = std::move(*settled),
                    .failed = !events.succeeded};
}

}  // namespace

std::optional<std::uint32_t> known_when_signed(const Runtime& runtime,
                                               const stf::ShardId& shard,
                                               const AccountId& own_account,
                                               std::uint32_t number,
                                               std::span<const Bytes> extrinsics) {
    std::optional<std::uint32_t> known;
    const auto raise = [&known](std::uint64_t block) {
        known = std::max(known.value_or(0), static_cast<std::uint32_t>(block));
    };
    for (const auto& bytes : extrinsics) {
        const auto extrinsic = substrate::decode_extrinsic(runtime.metadata(), bytes);
        if (!extrinsic || extrinsic.value().signer != own_account) {
            continue;
        }
        if (const auto& era = extrinsic.value().era; era && !era->is_immortal()) {
            raise(era->birth(number));
        }
        const auto call = read_outbox_call(runtime, shard, extrinsic.value().call);
        if (!call) {
            continue;
        }
        if (const auto* confirmed = std::get_if<Confirmation>(&*call)) {
            raise(confirmed->block_number);
        } else if (const auto* published = std::get_if<PublishedRoot>(&*call)) {
            raise(published->block_number);
        }
    }
    return known;
}

Result<std::vector<SeenCall>> read_block(const Runtime& runtime,
                                         const stf::ShardId& shard,
                                         const AccountId& own_account,
                                         std::span<const Bytes> extrinsics,
                                         ByteView events) {
    std::vector<SeenCall> out;
    const auto visit = [&](const substrate::DecodedExtrinsic& extrinsic,
                           const substrate::ExtrinsicEvents& own_events) {
        if (extrinsic.signer == own_account) {
            if (auto settled = read_settlement(runtime, shard, extrinsic.call, own_events)) {
                out.push_back(std::move(*settled));
            }
        }
    };
    auto calls = stf::read_indirect_calls(runtime.metadata(), extrinsics, events, visit);
    if (!calls) {
        return Refusal::kEventsUnusable;
    }
    for (auto& seen : calls.value()) {
        out.push_back({.event_index = seen.event_index, .payer = seen.payer, .call = std::move(seen.call)});
    }
    std::ranges::stable_sort(out, {}, &SeenCall::event_index);
    return out;
}

}  // namespace redoubt::enclave
