#include <algorithm>
#include <boundary/refusal.hpp>
#include <enclave/block_reader.hpp>
#include <substrate/bridge_events.hpp>
#include <substrate/call.hpp>
#include <substrate/executed_invokes.hpp>
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

bool is_payment(const OutboxCall& call) {
    return std::holds_alternative<Payment>(call);
}

class Reader {
  public:
    Reader(const Runtime& runtime, const stf::ShardId& shard, const AccountId& own_account)
        : runtime_(runtime), shard_(shard), own_account_(own_account), wanted_(runtime.read_calls()) {}

    void take_extrinsic(ByteView bytes, const substrate::ExtrinsicEvents& events) {
        const auto extrinsic = substrate::decode_extrinsic(runtime_.metadata(), bytes);
        if (!extrinsic || extrinsic.value().call.size() < 2) {
            return;
        }
        const auto call = extrinsic.value().call;
        const std::array<std::uint8_t, 2> index = {call[0], call[1]};
        if (index == wanted_.confirm || index == wanted_.unshield_funds) {
            if (extrinsic.value().signer == own_account_) {
                take_settlement(index, call, events);
            }
        } else if (events.succeeded && index == wanted_.timestamp_set) {
            take_timestamp(call, events.verdict_index);
        } else {
            for (const auto& invoke : substrate::executed_invokes(runtime_.metadata(), call, events)) {
                take_invoke(invoke);
            }
        }
    }

    void take_shielding(substrate::Shielding shielding) {
        seen_.push_back({.event_index = shielding.event_index,
                         .payer = shielding.payer,
                         .call = stf::IndirectCall{stf::indirect::ShieldFunds{
                             .shard = shielding.shard,
                             .account_encrypted = std::move(shielding.account_encrypted),
                             .amount = shielding.amount}}});
    }

    [[nodiscard]] std::vector<SeenCall> finish() && {
        std::ranges::stable_sort(seen_, {}, &SeenCall::event_index);
        return std::move(seen_);
    }

  private:
    void take_settlement(std::array<std::uint8_t, 2> index,
                         ByteView bytes,
                         const substrate::ExtrinsicEvents& events) {
        const auto call = substrate::decode_call(runtime_.metadata(), bytes);
        if (!call) {
            return;
        }
        auto settled = index == wanted_.confirm ? read_confirmation(call.value().args, shard_)
                                                : read_payment(call.value().args, shard_);
        if (settled && (events.succeeded || is_payment(*settled))) {
            seen_.push_back({.event_index = events.verdict_index,
                             .payer = std::nullopt,
                             .call = std::move(*settled),
                             .failed = !events.succeeded});
        }
    }

    void take_timestamp(ByteView bytes, std::uint32_t event_index) {
        const auto call = substrate::decode_call(runtime_.metadata(), bytes);
        if (auto time = call ? read_timestamp(call.value().args) : std::nullopt) {
            take_indirect(std::move(*time), event_index);
        }
    }

    void take_invoke(const substrate::ExecutedInvoke& executed) {
        const auto call = substrate::decode_call(runtime_.metadata(), executed.call);
        if (auto invoke = call ? read_invoke(call.value().args) : std::nullopt) {
            take_indirect(std::move(*invoke), executed.event_index);
        }
    }

    void take_indirect(stf::IndirectCall call, std::uint32_t event_index) {
        seen_.push_back({.event_index = event_index, .payer = std::nullopt, .call = std::move(call)});
    }

    const Runtime& runtime_;
    const stf::ShardId& shard_;
    const AccountId& own_account_;
    const Runtime::ReadCalls& wanted_;
    std::vector<SeenCall> seen_;
};

}  // namespace

Result<std::vector<SeenCall>> read_block(const Runtime& runtime,
                                         const stf::ShardId& shard,
                                         const AccountId& own_account,
                                         std::span<const Bytes> extrinsics,
                                         ByteView events) {
    auto read = substrate::read_bridge_events(runtime.metadata(), events, extrinsics.size());
    if (!read) {
        return Refusal::kEventsUnusable;
    }
    auto told = std::move(read).value();
    Reader reader{runtime, shard, own_account};
    for (std::size_t i = 0; i < extrinsics.size(); ++i) {
        reader.take_extrinsic(extrinsics[i], told.extrinsics[i]);
    }
    for (auto& shielding : told.shieldings) {
        reader.take_shielding(std::move(shielding));
    }
    return std::move(reader).finish();
}

}  // namespace redoubt::enclave
