#include <algorithm>
#include <tools/devchain/runtime/limits.hpp>
#include <tools/devchain/runtime/pallets/balances/balances.hpp>
#include <tools/devchain/runtime/pallets/system/system.hpp>
#include <tools/devchain/runtime/runtime.hpp>

namespace redoubt::devchain::balances {
namespace {

constexpr Event<AccountId, Balance> kEndowed{0, "Endowed", {"account", "free_balance"}};
constexpr Event<AccountId, Balance> kDustLost{1, "DustLost", {"account", "amount"}};
constexpr Event<AccountId, AccountId, Balance> kTransfer{2, "Transfer", {"from", "to", "amount"}};
constexpr Event<AccountId, Balance> kBalanceSet{3, "BalanceSet", {"who", "free"}};
constexpr Event<AccountId, Balance> kReserved{4, "Reserved", {"who", "amount"}};
constexpr Event<AccountId, Balance> kUnreserved{5, "Unreserved", {"who", "amount"}};
constexpr Event<AccountId, AccountId, Balance, BalanceStatus> kReserveRepatriated{
    6,
    "ReserveRepatriated",
    {"from", "to", "amount", "destination_status"}};
constexpr Event<AccountId, Balance> kDeposit{7, "Deposit", {"who", "amount"}};
constexpr Event<AccountId, Balance> kWithdraw{8, "Withdraw", {"who", "amount"}};
constexpr Event<AccountId, Balance> kSlashed{9, "Slashed", {"who", "amount"}};
constexpr Event<AccountId, Balance> kMinted{10, "Minted", {"who", "amount"}};
constexpr Event<AccountId, Balance> kBurned{11, "Burned", {"who", "amount"}};
constexpr Event<AccountId, Balance> kSuspended{12, "Suspended", {"who", "amount"}};
constexpr Event<AccountId, Balance> kRestored{13, "Restored", {"who", "amount"}};
constexpr Event<AccountId> kUpgraded{14, "Upgraded", {"who"}};
constexpr Event<Balance> kIssued{15, "Issued", {"amount"}};
constexpr Event<Balance> kRescinded{16, "Rescinded", {"amount"}};
constexpr Event<AccountId, Balance> kLocked{17, "Locked", {"who", "amount"}};
constexpr Event<AccountId, Balance> kUnlocked{18, "Unlocked", {"who", "amount"}};
constexpr Event<AccountId, Balance> kFrozen{19, "Frozen", {"who", "amount"}};
constexpr Event<AccountId, Balance> kThawed{20, "Thawed", {"who", "amount"}};

constexpr Error<> kVestingBalance{0, "VestingBalance"};
constexpr Error<> kLiquidityRestrictions{1, "LiquidityRestrictions"};
constexpr Error<> kInsufficientBalance{2, "InsufficientBalance"};
constexpr Error<> kExistentialDepositError{3, "ExistentialDeposit"};
constexpr Error<> kExpendability{4, "Expendability"};
constexpr Error<> kExistingVestingSchedule{5, "ExistingVestingSchedule"};
constexpr Error<> kDeadAccount{6, "DeadAccount"};
constexpr Error<> kTooManyReserves{7, "TooManyReserves"};
constexpr Error<> kTooManyHolds{8, "TooManyHolds"};
constexpr Error<> kTooManyFreezes{9, "TooManyFreezes"};

void change_issuance(Context& context, Balance more, Balance less) {
    kTotalIssuance.put(context.storage(), kTotalIssuance.get(context.storage()) + more - less);
}

/// Gives an account the balances `after`, keeping its reference counters, creating it, reaping it or burning
/// its dust as needed. @param info  the account as stored
Dispatched<> set_balances(Context& context, const AccountId& who, AccountInfo info, AccountData after) {
    const auto before = info.data;
    const bool provided = before.free >= kExistentialDeposit;
    const bool provides = after.free >= kExistentialDeposit;
    const bool consumed = before.reserved > 0 || before.frozen > 0;
    const bool consumes = after.reserved > 0 || after.frozen > 0;
    if (!provided && provides) {
        if (info.providers == 0) {
            context.deposit(system::kIndex, system::kNewAccount, who);
        }
        ++info.providers;
    }
    if (consumes && !consumed) {
        ++info.consumers;
    } else if (consumed && !consumes) {
        --info.consumers;
    }
    Balance dust = 0;
    if (!provides && after.reserved == 0) {
        dust = std::exchange(after.free, 0);
    }
    if (provided && !provides) {
        if (info.consumers > 0 && info.providers == 1) {
            return DispatchError{DispatchError::ConsumerRemaining{}};
        }
        --info.providers;
    }
    info.data = after;
    if (info.providers == 0 && info.sufficients == 0) {
        system::kAccount.erase(context.storage(), who);
        if (provided) {
            context.deposit(system::kIndex, system::kKilledAccount, who);
        }
    } else {
        system::kAccount.put(context.storage(), who, info);
    }
    if (!provided && provides && before.reserved == 0) {
        context.deposit(kIndex, kEndowed, who, after.free);
    }
    if (dust > 0) {
        change_issuance(context, 0, dust);
        context.deposit(kIndex, kDustLost, who, dust);
    }
    return success();
}

/// What can be taken from an account.
Balance reducible(const AccountInfo& account, Existence existence) {
    const auto& data = account.data;
    const bool must_live = existence == Existence::kKeepAlive || account.consumers > 0;
    const auto untouchable = std::max<Balance>(data.frozen > data.reserved ? data.frozen - data.reserved : 0,
                                               must_live ? kExistentialDeposit : 0);
    return data.free > untouchable ? data.free - untouchable : 0;
}

/// Why `amount` cannot be taken, if it cannot.
Dispatched<> check_withdraw(const AccountInfo& account, Balance amount, Existence existence) {
    const auto free = account.data.free;
    if (amount == 0) {
        return success();
    }
    if (free < amount) {
        return DispatchError::token(TokenError::kFundsUnavailable);
    }
    if (free - amount < account.data.frozen) {
        return DispatchError::token(TokenError::kFrozen);
    }
    if (free - amount < kExistentialDeposit) {
        if (account.consumers > 0) {
            return DispatchError::token(TokenError::kOnlyProvider);
        }
        if (existence == Existence::kKeepAlive) {
            return DispatchError::token(TokenError::kNotExpendable);
        }
    }
    return success();
}

constexpr DispatchInfo info_of(std::uint64_t ref_time, std::uint64_t proof_size) {
    return {Weight::of(ref_time, proof_size)};
}

DispatchInfo upgrade_accounts_info(const std::vector<AccountId>& who) {
    return info_of(16'000'000 + 140'000'000 * who.size(), 990 + 2'603 * who.size());
}

}  // namespace

void Balances::describe(PalletDescription& description) const {
    description.call(0, "transfer_allow_death", {"dest", "value"}, info_of(311'000'000, 3'593),
                     &Balances::transfer_allow_death);
    description.call(2, "force_transfer", {"source", "dest", "value"}, info_of(438'000'000, 6'196),
                     &Balances::force_transfer);
    description.call(3, "transfer_keep_alive", {"dest", "value"}, info_of(294'862'000, 3'593),
                     &Balances::transfer_keep_alive);
    description.call(4, "transfer_all", {"dest", "keep_alive"}, info_of(305'000'000, 3'593),
                     &Balances::transfer_all);
    description.call(5, "force_unreserve", {"who", "amount"}, info_of(145'000'000, 3'593),
                     &Balances::force_unreserve);
    description.call(6, "upgrade_accounts", {"who"}, upgrade_accounts_info, &Balances::upgrade_accounts);
    description.call(8, "force_set_balance", {"who", "new_free"}, info_of(148'000'000, 3'593),
                     &Balances::force_set_balance);
    description.events(kEndowed, kDustLost, kTransfer, kBalanceSet, kReserved, kUnreserved,
                       kReserveRepatriated, kDeposit, kWithdraw, kSlashed, kMinted, kBurned, kSuspended,
                       kRestored, kUpgraded, kIssued, kRescinded, kLocked, kUnlocked, kFrozen, kThawed);
    description.errors(kVestingBalance, kLiquidityRestrictions, kInsufficientBalance,
                       kExistentialDepositError, kExpendability, kExistingVestingSchedule, kDeadAccount,
                       kTooManyReserves, kTooManyHolds, kTooManyFreezes);
    description.constant("ExistentialDeposit", kExistentialDeposit);
    description.constant("MaxLocks", kEntriesMax);
    description.constant("MaxReserves", kEntriesMax);
    description.constant("MaxFreezes", std::uint32_t{0});
    description.storage(kTotalIssuance, kInactiveIssuance, kAccount, kLocks, kReserves, kHolds, kFreezes);
}

void Balances::build_genesis(Context& context, const GenesisConfig& config) const {
    auto& storage = context.storage();
    Balance issuance = 0;
    for (const auto& [who, amount] : config.balances) {
        AccountInfo info;
        info.providers = 1;
        info.data.free = amount;
        system::kAccount.put(storage, who, info);
        issuance += amount;
    }
    kTotalIssuance.put(storage, issuance);
}

Dispatched<> Balances::transfer_allow_death(Context& context,
                                            const Origin& origin,
                                            const MultiAddress& dest,
                                            CompactBalance value) const {
    BOOST_OUTCOME_TRY(const auto from, origin.ensure_signed());
    BOOST_OUTCOME_TRY(const auto to, lookup(dest));
    return transfer(context, from, to, value.value, Existence::kAllowDeath);
}

Dispatched<> Balances::force_transfer(Context& context,
                                      const Origin& origin,
                                      const MultiAddress& source,
                                      const MultiAddress& dest,
                                      CompactBalance value) const {
    BOOST_OUTCOME_TRY(origin.ensure_root());
    BOOST_OUTCOME_TRY(const auto from, lookup(source));
    BOOST_OUTCOME_TRY(const auto to, lookup(dest));
    return transfer(context, from, to, value.value, Existence::kAllowDeath);
}

Dispatched<> Balances::transfer_keep_alive(Context& context,
                                           const Origin& origin,
                                           const MultiAddress& dest,
                                           CompactBalance value) const {
    BOOST_OUTCOME_TRY(const auto from, origin.ensure_signed());
    BOOST_OUTCOME_TRY(const auto to, lookup(dest));
    return transfer(context, from, to, value.value, Existence::kKeepAlive);
}

Dispatched<> Balances::transfer_all(Context& context,
                                    const Origin& origin,
                                    const MultiAddress& dest,
                                    bool keep_alive) const {
    BOOST_OUTCOME_TRY(const auto from, origin.ensure_signed());
    BOOST_OUTCOME_TRY(const auto to, lookup(dest));
    const auto existence = keep_alive ? Existence::kKeepAlive : Existence::kAllowDeath;
    const auto account = system::kAccount.get(context.storage(), from);
    return transfer(context, from, to, reducible(account, existence), existence);
}

Dispatched<> Balances::force_unreserve(Context& context,
                                       const Origin& origin,
                                       const MultiAddress& who,
                                       Balance amount) const {
    BOOST_OUTCOME_TRY(origin.ensure_root());
    BOOST_OUTCOME_TRY(const auto account, lookup(who));
    return unreserve(context, account, amount);
}

Dispatched<PostDispatch> Balances::upgrade_accounts(Context&,
                                                    const Origin& origin,
                                                    const std::vector<AccountId>& who) const {
    BOOST_OUTCOME_TRY(origin.ensure_signed());
    // Every account of this chain follows the present rules from its first day.
    return PostDispatch{std::nullopt, who.empty() ? Pays::kNo : Pays::kYes};
}

Dispatched<> Balances::force_set_balance(Context& context,
                                         const Origin& origin,
                                         const MultiAddress& who,
                                         CompactBalance new_free) const {
    BOOST_OUTCOME_TRY(origin.ensure_root());
    BOOST_OUTCOME_TRY(const auto account, lookup(who));
    const auto free = new_free.value < kExistentialDeposit ? Balance{0} : new_free.value;
    const auto info = system::kAccount.get(context.storage(), account);
    auto data = info.data;
    const auto old_free = std::exchange(data.free, free);
    BOOST_OUTCOME_TRY(set_balances(context, account, info, data));
    const auto issuance = kTotalIssuance.get(context.storage());
    if (free > old_free && free - old_free > ~uint128{0} - issuance) {
        return DispatchError::arithmetic(ArithmeticError::kOverflow);
    }
    change_issuance(context, free, old_free);
    context.deposit(kIndex, kBalanceSet, account, free);
    return success();
}

Dispatched<> transfer(Context& context,
                      const AccountId& from,
                      const AccountId& to,
                      Balance amount,
                      Existence existence) {
    auto source = system::kAccount.get(context.storage(), from);
    BOOST_OUTCOME_TRY(check_withdraw(source, amount, existence));
    auto target = system::kAccount.get(context.storage(), to);
    if (amount > 0 && target.data.free + amount < kExistentialDeposit) {
        return DispatchError::token(TokenError::kBelowMinimum);
    }
    if (from == to) {
        return success();
    }
    auto reduced = source.data;
    reduced.free -= amount;
    auto increased = target.data;
    increased.free += amount;
    if (amount > 0) {
        BOOST_OUTCOME_TRY(set_balances(context, from, source, reduced));
        BOOST_OUTCOME_TRY(set_balances(context, to, target, increased));
    }
    context.deposit(kIndex, kTransfer, from, to, amount);
    return success();
}

Dispatched<> reserve(Context& context, const AccountId& who, Balance amount) {
    if (amount == 0) {
        return success();
    }
    const auto info = system::kAccount.get(context.storage(), who);
    if (info.data.free < amount || info.data.free - amount < kExistentialDeposit) {
        return module_error(kIndex, kInsufficientBalance);
    }
    auto data = info.data;
    data.free -= amount;
    data.reserved += amount;
    BOOST_OUTCOME_TRY(set_balances(context, who, info, data));
    context.deposit(kIndex, kReserved, who, amount);
    return success();
}

Dispatched<> unreserve(Context& context, const AccountId& who, Balance amount) {
    const auto info = system::kAccount.get(context.storage(), who);
    const auto moved = std::min(amount, info.data.reserved);
    if (moved == 0) {
        return success();
    }
    auto data = info.data;
    data.reserved -= moved;
    data.free += moved;
    BOOST_OUTCOME_TRY(set_balances(context, who, info, data));
    context.deposit(kIndex, kUnreserved, who, moved);
    return success();
}

bool can_pay(const AccountInfo& account, Balance fee, Balance tip) {
    const auto available = reducible(account, Existence::kKeepAlive);
    return fee <= available && tip <= available - fee;
}

void withdraw_fee(Context& context, const AccountId& who, Balance amount) {
    if (amount == 0) {
        return;
    }
    auto info = system::kAccount.get(context.storage(), who);
    REDOUBT_ASSERT(info.data.free >= amount);
    info.data.free -= amount;
    system::kAccount.put(context.storage(), who, info);
    change_issuance(context, 0, amount);
    context.deposit(kIndex, kWithdraw, who, amount);
}

bool refund_fee(Context& context, const AccountId& who, Balance amount) {
    auto info = system::kAccount.get(context.storage(), who);
    if (info.data.free < kExistentialDeposit) {
        return false;
    }
    info.data.free += amount;
    system::kAccount.put(context.storage(), who, info);
    change_issuance(context, amount, 0);
    context.deposit(kIndex, kDeposit, who, amount);
    return true;
}

}  // namespace redoubt::devchain::balances
