#include <boundary/refusal.hpp>
#include <enclave/block_reader.hpp>
#include <substrate/call.hpp>
#include <substrate/events.hpp>
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

const Bytes* bytes_arg(const Value* value) {
    return value == nullptr ? nullptr : value->as_bytes();
}

std::optional<uint128> amount_of(const Value* value) {
    return value == nullptr ? std::nullopt : value->as_u128();
}

std::optional<stf::IndirectCall> read_invoke(const Value& args) {
    const auto* request = args.find("request");
    if (request == nullptr) {
        return std::nullopt;
    }
    const auto shard = fixed_of<stf::ShardId>(request->find("shard"));
    const auto* cyphertext = bytes_arg(request->find("cyphertext"));
    if (!shard || cyphertext == nullptr) {
        return std::nullopt;
    }
    return stf::indirect::Invoke{.request = {.shard = *shard, .cyphertext = *cyphertext}};
}

std::optional<stf::IndirectCall> read_shield_funds(const Value& args) {
    const auto shard = fixed_of<stf::ShardId>(args.find("shard"));
    const auto* account = bytes_arg(args.find("incognito_account_encrypted"));
    const auto amount = amount_of(args.find("amount"));
    if (!shard || account == nullptr || !amount) {
        return std::nullopt;
    }
    return stf::indirect::ShieldFunds{.shard = *shard, .account_encrypted = *account, .amount = *amount};
}

std::optional<stf::IndirectCall> read_timestamp(const Value& args) {
    const auto* now = args.find("now");
    const auto now_ms = now == nullptr ? std::nullopt : now->as_u64();
    if (!now_ms) {
        return std::nullopt;
    }
    return stf::indirect::TimestampSet{.now_ms = {*now_ms}};
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

/// True for System.ExtrinsicSuccess, by extrinsic. @errors kEventsUnusable
Result<std::vector<bool>> verdicts(const substrate::Metadata& metadata,
                                   ByteView events,
                                   std::size_t extrinsic_count) {
    std::vector<std::optional<bool>> seen(extrinsic_count);
    bool consistent = true;
    const auto walked = substrate::walk_events(metadata, events, [&](const substrate::EventView& event) {
        if (event.phase != substrate::PhaseKind::kApplyExtrinsic || event.pallet->name != "System") {
            return;
        }
        const bool succeeded = event.event->name == "ExtrinsicSuccess";
        if (!succeeded && event.event->name != "ExtrinsicFailed") {
            return;
        }
        if (event.extrinsic_index >= seen.size() || seen[event.extrinsic_index]) {
            consistent = false;
            return;
        }
        seen[event.extrinsic_index] = succeeded;
    });
    if (!walked || !consistent) {
        return Refusal::kEventsUnusable;
    }
    std::vector<bool> out;
    out.reserve(seen.size());
    for (const auto& verdict : seen) {
        if (!verdict) {
            return Refusal::kEventsUnusable;
        }
        out.push_back(*verdict);
    }
    return out;
}

/// The call of an extrinsic, when it is one the enclave acts upon.
std::optional<SeenCall> read_extrinsic(const Runtime& runtime,
                                       const stf::ShardId& shard,
                                       const AccountId& own_account,
                                       ByteView bytes) {
    const auto extrinsic = substrate::decode_extrinsic(runtime.metadata(), bytes);
    if (!extrinsic || extrinsic.value().call.size() < 2) {
        return std::nullopt;
    }
    const std::array<std::uint8_t, 2> index = {extrinsic.value().call[0], extrinsic.value().call[1]};
    const auto& wanted = runtime.read_calls();
    const bool is_own = extrinsic.value().signer == own_account;
    const bool is_settlement = index == wanted.confirm || index == wanted.unshield_funds;
    if (index != wanted.invoke && index != wanted.shield_funds && index != wanted.timestamp_set &&
        !(is_own && is_settlement)) {
        return std::nullopt;
    }
    const auto call = substrate::decode_call(runtime.metadata(), extrinsic.value().call);
    if (!call) {
        return std::nullopt;
    }
    const auto& args = call.value().args;
    SeenCall seen;
    seen.signer = extrinsic.value().signer;
    if (is_settlement) {
        auto settled = index == wanted.confirm ? read_confirmation(args, shard) : read_payment(args, shard);
        if (!settled) {
            return std::nullopt;
        }
        seen.call = std::move(*settled);
        return seen;
    }
    auto indirect = index == wanted.invoke         ? read_invoke(args)
                    : index == wanted.shield_funds ? read_shield_funds(args)
                                                   : read_timestamp(args);
    if (!indirect) {
        return std::nullopt;
    }
    seen.call = std::move(*indirect);
    return seen;
}

bool is_payment(const SeenCall& seen) {
    const auto* call = std::get_if<OutboxCall>(&seen.call);
    return call != nullptr && std::holds_alternative<Payment>(*call);
}

}  // namespace

Result<std::vector<SeenCall>> read_block(const Runtime& runtime,
                                         const stf::ShardId& shard,
                                         const AccountId& own_account,
                                         std::span<const Bytes> extrinsics,
                                         ByteView events) {
    BOOST_OUTCOME_TRY(const auto succeeded, verdicts(runtime.metadata(), events, extrinsics.size()));
    std::vector<SeenCall> out;
    for (std::size_t i = 0; i < extrinsics.size(); ++i) {
        auto seen = read_extrinsic(runtime, shard, own_account, extrinsics[i]);
        if (!seen || (!succeeded[i] && !is_payment(*seen))) {
            continue;
        }
        seen->extrinsic_index = static_cast<std::uint32_t>(i);
        seen->failed = !succeeded[i];
        out.push_back(std::move(*seen));
    }
    return out;
}

}  // namespace redoubt::enclave
