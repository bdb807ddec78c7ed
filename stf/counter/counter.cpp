#include <primitives/scale.hpp>
#include <stf/counter/counter.hpp>

namespace redoubt::stf::counter {

namespace {

constexpr std::string_view kPrefix = "counter/";

}  // namespace

std::uint64_t value_of(const StateReader& state, const AccountId& account) {
    const auto stored = state.get(account_key(kPrefix, account));
    if (!stored) {
        return 0;
    }
    const auto value = scale::decode<std::uint64_t>(*stored);
    REDOUBT_ASSERT(value.has_value());
    return value.value();
}

Result<void> Counter::execute(const TrustedCall& call, CallContext& context) const {
    const auto* module_call = std::get_if<call::ModuleCall>(&call.value);
    if (module_call == nullptr) {
        return StfError::kNotSupported;
    }
    const auto decoded = scale::decode<Call>(module_call->call);
    if (!decoded) {
        return StfError::kBadModuleCall;
    }
    const auto& add = std::get<Add>(decoded.value());
    std::uint64_t sum = 0;
    if (__builtin_add_overflow(value_of(context.state, context.sender), add.amount, &sum)) {
        return StfError::kOverflow;
    }
    context.state.put(account_key(kPrefix, context.sender), scale::encode(sum));
    return success();
}

std::optional<Bytes> Counter::query_trusted(const TrustedGetter& getter, const StateReader& state) const {
    const auto* query = std::get_if<trusted_getter::ModuleQuery>(&getter.value);
    if (query == nullptr || query->module != kName || !scale::decode<Query>(query->query)) {
        return std::nullopt;
    }
    return scale::encode(value_of(state, query->origin));
}

}  // namespace redoubt::stf::counter
