#include <stf/types/trusted_call.hpp>

namespace redoubt::stf {

namespace {

/// The first field of an alternative, or the sender of the call inside it.
template <class Alternative>
const AccountId& first_account(const Alternative& alternative) {
    const auto& first = alternative.*std::get<0>(Alternative::kScaleFields);
    if constexpr (std::same_as<std::remove_cvref_t<decltype(first)>, AccountId>) {
        return first;
    } else {
        return std::visit([](const auto& inner) -> const AccountId& { return first_account(inner); },
                          first.value);
    }
}

struct Name {
    std::string_view operator()(const call::Noop&) const { return "noop"; }
    std::string_view operator()(const call::TimestampSet&) const { return "timestamp_set"; }
    std::string_view operator()(const call::BalanceTransfer&) const { return "balance_transfer"; }
    std::string_view operator()(const call::BalanceUnshield&) const { return "balance_unshield"; }
    std::string_view operator()(const call::BalanceShield&) const { return "balance_shield"; }
    std::string_view operator()(const call::BalanceTransferWithNote&) const {
        return "balance_transfer_with_note";
    }
    std::string_view operator()(const call::BalanceShieldThroughBridge&) const {
        return "balance_shield_through_enclave_bridge_pallet";
    }
    std::string_view operator()(const call::BalanceUnshieldThroughBridge&) const {
        return "balance_unshield_through_enclave_bridge_pallet";
    }
    std::string_view operator()(const call::NoteBloat&) const { return "note_bloat"; }
    std::string_view operator()(const call::WasteTime&) const { return "waste_time"; }
    std::string_view operator()(const call::SpamExtrinsics&) const { return "spam_extrinsics"; }
    std::string_view operator()(const call::SendNote&) const { return "send_note"; }
    std::string_view operator()(const call::SendRelayedNote&) const { return "send_relayed_note"; }
    std::string_view operator()(const call::AddSessionProxy&) const { return "add_session_proxy"; }
    std::string_view operator()(const call::AssetsTransfer&) const { return "assets_transfer"; }
    std::string_view operator()(const call::AssetsUnshield&) const { return "assets_unshield"; }
    std::string_view operator()(const call::AssetsShield&) const { return "assets_shield"; }
    std::string_view operator()(const call::AssetsTransferWithNote&) const {
        return "assets_transfer_with_note";
    }
    std::string_view operator()(const call::ForceUnshieldAll&) const { return "force_unshield_all"; }
    std::string_view operator()(const call::GuessTheNumber&) const { return "guess_the_number"; }
    std::string_view operator()(const call::Credits&) const { return "credits"; }
    std::string_view operator()(const call::EvmWithdraw&) const { return "evm_withdraw"; }
    std::string_view operator()(const call::EvmCall&) const { return "evm_call"; }
    std::string_view operator()(const call::EvmCreate&) const { return "evm_create"; }
    std::string_view operator()(const call::EvmCreate2&) const { return "evm_create2"; }
    std::string_view operator()(const call::ModuleCall&) const { return "module_call"; }
    std::string_view operator()(const call::BalanceSetBalance&) const { return "balance_set_balance"; }
};

}  // namespace

const AccountId& sender_of(const TrustedCall& call) {
    return std::visit([](const auto& alternative) -> const AccountId& { return first_account(alternative); },
                      call.value);
}

std::string_view name_of(const TrustedCall& call) {
    return std::visit(Name{}, call.value);
}

}  // namespace redoubt::stf
