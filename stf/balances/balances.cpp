#include <primitives/scale.hpp>
#include <stf/balances/balances.hpp>
#include <stf/nonces.hpp>
#include <stf/types/trusted_operation.hpp>

namespace redoubt::stf::balances {

namespace {

constexpr std::string_view kAccountPrefix = "balances/account/";
constexpr std::string_view kIssuanceKey = "balances/issuance";

Result<Balance> add(Balance a, Balance b) {
    Balance sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) {
        return StfError::kOverflow;
    }
    return sum;
}

template <class T>
T stored_or_default(const StateReader& state, ByteView key) {
    const auto stored = state.get(key);
    if (!stored) {
        return T{};
    }
    const auto value = scale::decode<T>(*stored);
    REDOUBT_ASSERT(value.has_value());
    return value.value();
}

void put_account(Overlay& state, const AccountId& account, const AccountData& data) {
    const auto key = account_key(kAccountPrefix, account);
    if (data == AccountData{}) {
        state.remove(key);
    } else {
        state.put(key, scale::encode(data));
    }
}

void put_issuance(Overlay& state, Balance issuance) {
    state.put(bytes_of(kIssuanceKey), scale::encode(issuance));
}

/// Takes `amount` out of an account and leaves the issuance alone. @errors kInsufficientFunds
Result<void> withdraw(Overlay& state, const AccountId& account, Balance amount) {
    auto data = account_data(state, account);
    if (data.free < amount) {
        return StfError::kInsufficientFunds;
    }
    data.free -= amount;
    put_account(state, account, data);
    return success();
}

/// Executes the alternatives one by one.
struct Execution {
    CallContext& context;
    const TrustedCall& whole_call;

    Result<void> operator()(const call::BalanceTransfer& transfer) const {
        BOOST_OUTCOME_TRY(withdraw(context.state, transfer.from, transfer.amount));
        auto receiver = account_data(context.state, transfer.to);
        BOOST_OUTCOME_TRY(receiver.free, add(receiver.free, transfer.amount));
        put_account(context.state, transfer.to, receiver);
        return success();
    }

    Result<void> operator()(const call::BalanceUnshield& unshield) const { return pay_out(unshield); }
    Result<void> operator()(const call::BalanceUnshieldThroughBridge& unshield) const {
        return pay_out(unshield);
    }

    Result<void> operator()(const call::BalanceSetBalance& set) const {
        if (!context.dev || set.sudo != development_sudo()) {
            return StfError::kNotPermitted;
        }
        const auto before = account_data(context.state, set.who);
        // The account's own sum is a part of the issuance, so the subtraction cannot wrap.
        const auto others = total_issuance(context.state) - before.free - before.reserved;
        BOOST_OUTCOME_TRY(const auto own, add(set.free, set.reserved));
        BOOST_OUTCOME_TRY(const auto issuance, add(others, own));
        put_account(context.state, set.who, {.free = set.free, .reserved = set.reserved});
        put_issuance(context.state, issuance);
        return success();
    }

    template <class Other>
    Result<void> operator()(const Other&) const {
        return StfError::kNotSupported;
    }

  private:
    template <class UnshieldCall>
    Result<void> pay_out(const UnshieldCall& unshield) const {
        if (unshield.shard != context.shard) {
            return StfError::kWrongShard;
        }
        if (unshield.amount == 0 || unshield.amount < context.block.existential_deposit) {
            return StfError::kBelowMinimum;
        }
        BOOST_OUTCOME_TRY(withdraw(context.state, unshield.from, unshield.amount));
        put_issuance(context.state, total_issuance(context.state) - unshield.amount);
        context.unshields.push_back({.beneficiary = unshield.beneficiary,
                                     .amount = unshield.amount,
                                     .call_hash = unshield_call_hash(whole_call, context.nonce)});
        return success();
    }
};

}  // namespace

AccountData account_data(const StateReader& state, const AccountId& account) {
    return stored_or_default<AccountData>(state, account_key(kAccountPrefix, account));
}

Balance total_issuance(const StateReader& state) {
    return stored_or_default<Balance>(state, bytes_of(kIssuanceKey));
}

Result<void> shield(Overlay& state, const AccountId& account, Balance amount) {
    BOOST_OUTCOME_TRY(const auto issuance, add(total_issuance(state), amount));
    auto data = account_data(state, account);
    BOOST_OUTCOME_TRY(data.free, add(data.free, amount));
    put_account(state, account, data);
    put_issuance(state, issuance);
    return success();
}

AccountInfo account_info(const StateReader& state, const AccountId& account) {
    const auto data = account_data(state, account);
    AccountInfo info;
    info.nonce = nonce_of(state, account);
    info.providers = data == AccountData{} ? 0 : 1;
    info.free = data.free;
    info.reserved = data.reserved;
    info.flags = kAccountFlags;
    return info;
}

bool Balances::executes(const TrustedCall& call) const {
    return std::holds_alternative<call::BalanceTransfer>(call.value) ||
           std::holds_alternative<call::BalanceUnshield>(call.value) ||
           std::holds_alternative<call::BalanceUnshieldThroughBridge>(call.value) ||
           std::holds_alternative<call::BalanceSetBalance>(call.value);
}

Result<void> Balances::execute(const TrustedCall& call, CallContext& context) const {
    return std::visit(Execution{.context = context, .whole_call = call}, call.value);
}

std::optional<Bytes> Balances::query_public(const PublicGetter& getter, const StateReader& state) const {
    if (std::holds_alternative<public_getter::TotalIssuance>(getter.value)) {
        return scale::encode(total_issuance(state));
    }
    return std::nullopt;
}

std::optional<Bytes> Balances::query_trusted(const TrustedGetter& getter, const StateReader& state) const {
    if (const auto* info = std::get_if<trusted_getter::AccountInfo>(&getter.value)) {
        return scale::encode(account_info(state, info->account));
    }
    if (const auto* info = std::get_if<trusted_getter::AccountInfoAndSessionProxies>(&getter.value)) {
        return scale::encode(AccountInfoAndSessionProxies{.account_info = account_info(state, info->account),
                                                          .session_proxies = {}});
    }
    if (const auto* essentials = std::get_if<trusted_getter::AccountEssentials>(&getter.value)) {
        return scale::encode(AccountEssentials{.account_info = account_info(state, essentials->account),
                                               .session_proxies = {},
                                               .asset_balances = {}});
    }
    return std::nullopt;
}

const AccountId& development_sudo() {
    static constexpr AccountId kAlice{{0xd4, 0x35, 0x93, 0xc7, 0x15, 0xfd, 0xd3, 0x1c, 0x61, 0x14, 0x1a,
                                       0xbd, 0x04, 0xa9, 0x9f, 0xd6, 0x82, 0x2c, 0x85, 0x58, 0x85, 0x4c,
                                       0xcd, 0xe3, 0x9a, 0x56, 0x84, 0xe7, 0xa5, 0x6d, 0xa2, 0x7d}};
    return kAlice;
}

}  // namespace redoubt::stf::balances
