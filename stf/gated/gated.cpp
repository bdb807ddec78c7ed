#include <primitives/scale.hpp>
#include <stf/chain_account.hpp>
#include <stf/gated/gated.hpp>

namespace redoubt::stf::gated {

namespace {

constexpr std::string_view kRoomPrefix = "gated/room/";
constexpr std::string_view kInsidePrefix = "gated/inside/";

Bytes inside_key(const AccountId& room, const AccountId& account) {
    return concat(bytes_of(kInsidePrefix), room, account);
}

template <class T>
std::optional<T> stored(const StateReader& state, const Bytes& key) {
    const auto bytes = state.get(key);
    if (!bytes) {
        return std::nullopt;
    }
    const auto value = scale::decode<T>(*bytes);
    REDOUBT_ASSERT(value.has_value());
    return value.value();
}

Result<Balance> chain_balance(ChainReader& chain, const AccountId& account) {
    BOOST_OUTCOME_TRY(const auto info, read_chain_account(chain, account));
    return info ? info->free : Balance{0};
}

Result<void> run(const Open& open, CallContext& context) {
    context.state.put(account_key(kRoomPrefix, context.sender), scale::encode(open.threshold));
    return success();
}

Result<void> run(const Enter& enter, CallContext& context) {
    const auto threshold = threshold_of(context.state, enter.room);
    if (!threshold) {
        return StfError::kNoSuchRoom;
    }
    BOOST_OUTCOME_TRY(const auto balance, chain_balance(context.chain, context.sender));
    if (balance < *threshold) {
        return StfError::kChainBalanceTooLow;
    }
    context.state.put(inside_key(enter.room, context.sender), scale::encode(context.block.number));
    return success();
}

}  // namespace

std::optional<Balance> threshold_of(const StateReader& state, const AccountId& owner) {
    return stored<Balance>(state, account_key(kRoomPrefix, owner));
}

std::optional<std::uint32_t> entered(const StateReader& state,
                                     const AccountId& room,
                                     const AccountId& account) {
    return stored<std::uint32_t>(state, inside_key(room, account));
}

Result<void> Gated::execute(const TrustedCall& call, CallContext& context) const {
    const auto* module_call = std::get_if<call::ModuleCall>(&call.value);
    if (module_call == nullptr) {
        return StfError::kNotSupported;
    }
    const auto decoded = scale::decode<Call>(module_call->call);
    if (!decoded) {
        return StfError::kBadModuleCall;
    }
    return std::visit([&](const auto& known) { return run(known, context); }, decoded.value());
}

Result<std::optional<Bytes>> Gated::query_with_chain(const TrustedGetter& getter,
                                                     QueryContext& context) const {
    const auto* query = std::get_if<trusted_getter::ModuleQuery>(&getter.value);
    if (query == nullptr || query->module != kName) {
        return std::nullopt;
    }
    const auto decoded = scale::decode<Query>(query->query);
    if (!decoded) {
        return std::nullopt;
    }
    if (const auto* inside = std::get_if<Inside>(&decoded.value())) {
        return scale::encode(entered(context.state, inside->room, query->origin));
    }
    BOOST_OUTCOME_TRY(const auto balance, chain_balance(context.chain, query->origin));
    const auto threshold = threshold_of(context.state, std::get<Door>(decoded.value()).room);
    return scale::encode(DoorAnswer{.threshold = threshold,
                                    .balance = balance,
                                    .opens = threshold && balance >= *threshold,
                                    .block_number = context.block_number,
                                    .block_hash = context.block_hash});
}

}  // namespace redoubt::stf::gated
