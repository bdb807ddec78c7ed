#include <algorithm>
#include <stf/parentchain/indirect_calls.hpp>
#include <substrate/call.hpp>
#include <substrate/executed_invokes.hpp>

namespace redoubt::stf {

namespace {

using substrate::Value;

std::optional<IndirectCall> read_invoke(const Value& args) {
    const auto* request = args.find("request");
    const auto* shard = request == nullptr ? nullptr : request->find("shard");
    const auto* cyphertext = request == nullptr ? nullptr : request->find("cyphertext");
    const auto shard_bytes = shard == nullptr ? std::nullopt : shard->inner_bytes();
    const auto* cyphertext_bytes = cyphertext == nullptr ? nullptr : cyphertext->as_bytes();
    if (!shard_bytes || shard_bytes->size() != ShardId::kSize || cyphertext_bytes == nullptr) {
        return std::nullopt;
    }
    return indirect::Invoke{.request = {.shard = ShardId::copy_of(shard_bytes->first<ShardId::kSize>()),
                                        .cyphertext = *cyphertext_bytes}};
}

std::optional<IndirectCall> read_timestamp(const Value& args) {
    const auto* now = args.find("now");
    const auto now_ms = now == nullptr ? std::nullopt : now->as_u64();
    if (!now_ms) {
        return std::nullopt;
    }
    return indirect::TimestampSet{.now_ms = {*now_ms}};
}

class Reader {
  public:
    explicit Reader(const substrate::Metadata& metadata) : metadata_(metadata) {
        if (const auto index = substrate::call_index(metadata, "Timestamp", "set")) {
            timestamp_set_ = index.value();
        }
    }

    void take_extrinsic(ByteView call, const substrate::ExtrinsicEvents& events) {
        if (call.size() < 2) {
            return;
        }
        if (timestamp_set_ && equal(call.first(2), *timestamp_set_)) {
            if (events.succeeded) {
                take(call, events.verdict_index, read_timestamp);
            }
            return;
        }
        for (const auto& invoke : substrate::executed_invokes(metadata_, call, events)) {
            take(invoke.call, invoke.event_index, read_invoke);
        }
    }

    void take_shielding(substrate::Shielding shielding) {
        seen_.push_back(
            {.event_index = shielding.event_index,
             .payer = shielding.payer,
             .call = indirect::ShieldFunds{.shard = shielding.shard,
                                           .account_encrypted = std::move(shielding.account_encrypted),
                                           .amount = shielding.amount}});
    }

    [[nodiscard]] std::vector<SeenIndirectCall> finish() && {
        std::ranges::stable_sort(seen_, {}, &SeenIndirectCall::event_index);
        return std::move(seen_);
    }

  private:
    void take(ByteView bytes, std::uint32_t event_index, std::optional<IndirectCall> (*read)(const Value&)) {
        const auto decoded = substrate::decode_call(metadata_, bytes);
        if (auto call = decoded ? read(decoded.value().args) : std::nullopt) {
            seen_.push_back({.event_index = event_index, .payer = std::nullopt, .call = std::move(*call)});
        }
    }

    const substrate::Metadata& metadata_;
    std::optional<std::array<std::uint8_t, 2>> timestamp_set_;
    std::vector<SeenIndirectCall> seen_;
};

}  // namespace

Result<std::vector<SeenIndirectCall>> read_indirect_calls(const substrate::Metadata& metadata,
                                                          std::span<const Bytes> extrinsics,
                                                          ByteView events,
                                                          const ExtrinsicVisitor& visit) {
    BOOST_OUTCOME_TRY(auto told, substrate::read_bridge_events(metadata, events, extrinsics.size()));
    Reader reader{metadata};
    for (std::size_t i = 0; i < extrinsics.size(); ++i) {
        const auto extrinsic = substrate::decode_extrinsic(metadata, extrinsics[i]);
        if (!extrinsic) {
            continue;
        }
        reader.take_extrinsic(extrinsic.value().call, told.extrinsics[i]);
        if (visit) {
            visit(extrinsic.value(), told.extrinsics[i]);
        }
    }
    for (auto& shielding : told.shieldings) {
        reader.take_shielding(std::move(shielding));
    }
    return std::move(reader).finish();
}

}  // namespace redoubt::stf
