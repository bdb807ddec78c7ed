#include <algorithm>
#include <boundary/refusal.hpp>
#include <enclave/block_reader.hpp>
#include <stf/parentchain/indirect_calls.hpp>
#include <substrate/call.hpp>
#include <substrate/extrinsic.hpp>

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

bool is_payment(const OutboxCall& call) {
    return std::holds_alternative<Payment>(call);
}

/// A call of the enclave's own that settles an entry of its outbox; nullopt for all others.
std::optional<SeenCall> read_settlement(const Runtime& runtime,
                                        const stf::ShardId& shard,
                                        ByteView bytes,
                                        const substrate::ExtrinsicEvents& events) {
    const auto& wanted = runtime.read_calls();
    const bool is_confirmation = bytes.size() >= 2 && equal(bytes.first(2), wanted.confirm);
    if (!is_confirmation && (bytes.size() < 2 || !equal(bytes.first(2), wanted.unshield_funds))) {
        return std::nullopt;
    }
    const auto call = substrate::decode_call(runtime.metadata(), bytes);
    if (!call) {
        return std::nullopt;
    }
    auto settled = is_confirmation ? read_confirmation(call.value().args, shard)
                                   : read_payment(call.value().args, shard);
    if (!settled || (!events.succeeded && !is_payment(*settled))) {
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
        const auto& call = extrinsic.value().call;
        if (call.size() < 2 || !equal(call.first(2), runtime.read_calls().confirm)) {
            continue;
        }
        const auto decoded = substrate::decode_call(runtime.metadata(), call);
        const auto confirmed = decoded ? read_confirmation(decoded.value().args, shard) : std::nullopt;
        if (confirmed) {
            raise(std::get<Confirmation>(*confirmed).block_number);
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
