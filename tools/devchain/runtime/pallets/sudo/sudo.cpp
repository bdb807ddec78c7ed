#include <tools/devchain/runtime/pallets/sudo/sudo.hpp>
#include <tools/devchain/runtime/runtime.hpp>

namespace redoubt::devchain::sudo {
namespace {

constexpr Event<DispatchResult> kSudid{0, "Sudid", {"sudo_result"}};
constexpr Event<std::optional<AccountId>, AccountId> kKeyChanged{1, "KeyChanged", {"old", "new"}};
constexpr Event<> kKeyRemoved{2, "KeyRemoved"};
constexpr Event<DispatchResult> kSudoAsDone{3, "SudoAsDone", {"sudo_result"}};
constexpr Error<> kRequireSudo{0, "RequireSudo"};

constexpr PostDispatch kFree{std::nullopt, Pays::kNo};
constexpr Weight kOwnWeight = Weight::of(36'000'000, 1'517);

Dispatched<AccountId> ensure_sudo(Context& context, const Origin& origin) {
    BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
    if (kKey.find(context.storage()) != sender) {
        return module_error(kIndex, kRequireSudo);
    }
    return sender;
}

DispatchInfo sudo_info(const RuntimeCall& call) {
    const auto inner = call.body().info();
    return {kOwnWeight + inner.weight, inner.dispatch_class};
}
DispatchInfo unchecked_info(const RuntimeCall& call, const Weight& weight) {
    return {weight, call.body().info().dispatch_class};
}
DispatchInfo sudo_as_info(const MultiAddress&, const RuntimeCall& call) {
    return sudo_info(call);
}

}  // namespace

void Sudo::describe(PalletDescription& description) const {
    description.call(0, "sudo", {"call"}, sudo_info, &Sudo::sudo);
    description.call(1, "sudo_unchecked_weight", {"call", "weight"}, unchecked_info,
                     &Sudo::sudo_unchecked_weight);
    description.call(2, "set_key", {"new"}, DispatchInfo{kOwnWeight}, &Sudo::set_key);
    description.call(3, "sudo_as", {"who", "call"}, sudo_as_info, &Sudo::sudo_as);
    description.call(4, "remove_key", {}, DispatchInfo{kOwnWeight}, &Sudo::remove_key);
    description.events(kSudid, kKeyChanged, kKeyRemoved, kSudoAsDone);
    description.errors(kRequireSudo);
    description.storage(kKey);
}

void Sudo::build_genesis(Context& context, const GenesisConfig& config) const {
    if (config.sudo) {
        kKey.put(context.storage(), *config.sudo);
    }
}

Dispatched<PostDispatch> Sudo::sudo(Context& context, const Origin& origin, const RuntimeCall& call) const {
    BOOST_OUTCOME_TRY(ensure_sudo(context, origin));
    const auto result = context.dispatch(call, Origin::root());
    context.deposit(kIndex, kSudid, DispatchResult::of(result));
    return kFree;
}

Dispatched<PostDispatch> Sudo::sudo_unchecked_weight(Context& context,
                                                     const Origin& origin,
                                                     const RuntimeCall& call,
                                                     const Weight&) const {
    return sudo(context, origin, call);
}

Dispatched<PostDispatch> Sudo::set_key(Context& context,
                                       const Origin& origin,
                                       const MultiAddress& new_key) const {
    BOOST_OUTCOME_TRY(ensure_sudo(context, origin));
    BOOST_OUTCOME_TRY(const auto account, lookup(new_key));
    context.deposit(kIndex, kKeyChanged, kKey.find(context.storage()), account);
    kKey.put(context.storage(), account);
    return kFree;
}

Dispatched<PostDispatch> Sudo::sudo_as(Context& context,
                                       const Origin& origin,
                                       const MultiAddress& who,
                                       const RuntimeCall& call) const {
    BOOST_OUTCOME_TRY(ensure_sudo(context, origin));
    BOOST_OUTCOME_TRY(const auto account, lookup(who));
    const auto result = context.dispatch(call, Origin::signed_by(account));
    context.deposit(kIndex, kSudoAsDone, DispatchResult::of(result));
    return kFree;
}

Dispatched<PostDispatch> Sudo::remove_key(Context& context, const Origin& origin) const {
    BOOST_OUTCOME_TRY(ensure_sudo(context, origin));
    context.deposit(kIndex, kKeyRemoved);
    kKey.kill(context.storage());
    return kFree;
}

}  // namespace redoubt::devchain::sudo
