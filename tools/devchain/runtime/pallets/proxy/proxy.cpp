#include <algorithm>
#include <tools/devchain/runtime/pallets/balances/balances.hpp>
#include <tools/devchain/runtime/pallets/proxy/proxy.hpp>
#include <tools/devchain/runtime/pallets/system/system.hpp>

namespace redoubt::devchain::proxy {
namespace {

constexpr Event<DispatchResult> kProxyExecuted{0, "ProxyExecuted", {"result"}};
constexpr Event<AccountId, AccountId, ProxyType, BlockNumber> kProxyAdded{
    3,
    "ProxyAdded",
    {"delegator", "delegatee", "proxy_type", "delay"}};
constexpr Event<AccountId, AccountId, ProxyType, BlockNumber> kProxyRemoved{
    4,
    "ProxyRemoved",
    {"delegator", "delegatee", "proxy_type", "delay"}};

constexpr Error<> kTooMany{0, "TooMany"};
constexpr Error<> kNotFound{1, "NotFound"};
constexpr Error<> kNotProxy{2, "NotProxy"};
constexpr Error<> kUnproxyable{3, "Unproxyable"};
constexpr Error<> kDuplicate{4, "Duplicate"};
constexpr Error<> kNoPermission{5, "NoPermission"};
constexpr Error<> kUnannounced{6, "Unannounced"};
constexpr Error<> kNoSelfProxy{7, "NoSelfProxy"};

constexpr DispatchInfo kInfo{Weight::of(160'000'000, 4'706)};

DispatchInfo proxy_info(const MultiAddress&, const std::optional<ProxyType>&, const RuntimeCall& call) {
    const auto inner = call.body().info();
    return {kInfo.weight + inner.weight, inner.dispatch_class};
}

/// Whether a proxy of that type may make the call.
bool allows(ProxyType type, const RuntimeCall& call) {
    return type == ProxyType::kAny || call.pallet() != balances::kIndex;
}

/// Stores the proxies of an account and brings its deposit in line.
Dispatched<> store(Context& context, const AccountId& who, ProxyEntry entry) {
    const auto& list = entry.first.items;
    const auto deposit = list.empty() ? Balance{0} : kDepositBase + kDepositFactor * list.size();
    if (deposit > entry.second) {
        BOOST_OUTCOME_TRY(balances::reserve(context, who, deposit - entry.second));
    } else {
        BOOST_OUTCOME_TRY(balances::unreserve(context, who, entry.second - deposit));
    }
    entry.second = deposit;
    if (list.empty()) {
        kProxies.erase(context.storage(), who);
    } else {
        kProxies.put(context.storage(), who, entry);
    }
    return success();
}

}  // namespace

void Proxy::describe(PalletDescription& description) const {
    description.call(0, "proxy", {"real", "force_proxy_type", "call"}, proxy_info, &Proxy::proxy);
    description.call(1, "add_proxy", {"delegate", "proxy_type", "delay"}, kInfo, &Proxy::add_proxy);
    description.call(2, "remove_proxy", {"delegate", "proxy_type", "delay"}, kInfo, &Proxy::remove_proxy);
    description.call(3, "remove_proxies", {}, kInfo, &Proxy::remove_proxies);
    description.events(kProxyExecuted, kProxyAdded, kProxyRemoved);
    description.errors(kTooMany, kNotFound, kNotProxy, kUnproxyable, kDuplicate, kNoPermission, kUnannounced,
                       kNoSelfProxy);
    description.constant("ProxyDepositBase", kDepositBase);
    description.constant("ProxyDepositFactor", kDepositFactor);
    description.constant("MaxProxies", kProxiesMax);
    description.storage(kProxies);
}

Dispatched<PostDispatch> Proxy::proxy(Context& context,
                                      const Origin& origin,
                                      const MultiAddress& real,
                                      const std::optional<ProxyType>& force_proxy_type,
                                      const RuntimeCall& call) const {
    BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
    BOOST_OUTCOME_TRY(const auto principal, lookup(real));
    const auto entry = kProxies.get(context.storage(), principal);
    const auto found = std::ranges::find_if(entry.first.items, [&](const ProxyDefinition& definition) {
        return definition.delegate == sender &&
               (!force_proxy_type || *force_proxy_type == definition.proxy_type);
    });
    if (found == entry.first.items.end()) {
        return module_error(kIndex, kNotProxy);
    }
    const bool changes_proxies = call.pallet() == kIndex && found->proxy_type != ProxyType::kAny;
    if (changes_proxies || !allows(found->proxy_type, call)) {
        const DispatchResult refused{module_error(system::kIndex, system::kCallFiltered)};
        context.deposit(kIndex, kProxyExecuted, refused);
        return PostDispatch{};
    }
    const auto result = context.dispatch(call, Origin::signed_by(principal));
    context.deposit(kIndex, kProxyExecuted, DispatchResult::of(result));
    return PostDispatch{};
}

Dispatched<> Proxy::add_proxy(Context& context,
                              const Origin& origin,
                              const MultiAddress& delegate,
                              ProxyType proxy_type,
                              BlockNumber delay) const {
    BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
    BOOST_OUTCOME_TRY(const auto account, lookup(delegate));
    if (account == sender) {
        return module_error(kIndex, kNoSelfProxy);
    }
    if (delay > 0) {
        return module_error(kIndex, kNoPermission);
    }
    auto entry = kProxies.get(context.storage(), sender);
    const ProxyDefinition definition{account, proxy_type, delay};
    if (std::ranges::find(entry.first.items, definition) != entry.first.items.end()) {
        return module_error(kIndex, kDuplicate);
    }
    if (entry.first.items.size() >= kProxiesMax) {
        return module_error(kIndex, kTooMany);
    }
    entry.first.items.push_back(definition);
    BOOST_OUTCOME_TRY(store(context, sender, std::move(entry)));
    context.deposit(kIndex, kProxyAdded, sender, account, proxy_type, delay);
    return success();
}

Dispatched<> Proxy::remove_proxy(Context& context,
                                 const Origin& origin,
                                 const MultiAddress& delegate,
                                 ProxyType proxy_type,
                                 BlockNumber delay) const {
    BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
    BOOST_OUTCOME_TRY(const auto account, lookup(delegate));
    auto entry = kProxies.get(context.storage(), sender);
    if (std::erase(entry.first.items, ProxyDefinition{account, proxy_type, delay}) == 0) {
        return module_error(kIndex, kNotFound);
    }
    BOOST_OUTCOME_TRY(store(context, sender, std::move(entry)));
    context.deposit(kIndex, kProxyRemoved, sender, account, proxy_type, delay);
    return success();
}

Dispatched<> Proxy::remove_proxies(Context& context, const Origin& origin) const {
    BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
    auto entry = kProxies.get(context.storage(), sender);
    entry.first.items.clear();
    return store(context, sender, std::move(entry));
}

}  // namespace redoubt::devchain::proxy
