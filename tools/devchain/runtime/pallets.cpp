#include <tools/devchain/runtime/pallets.hpp>
#include <tools/devchain/runtime/pallets/aura/aura.hpp>
#include <tools/devchain/runtime/pallets/balances/balances.hpp>
#include <tools/devchain/runtime/pallets/dev/dev.hpp>
#include <tools/devchain/runtime/pallets/enclave_bridge/enclave_bridge.hpp>
#include <tools/devchain/runtime/pallets/grandpa/grandpa.hpp>
#include <tools/devchain/runtime/pallets/proxy/proxy.hpp>
#include <tools/devchain/runtime/pallets/sidechain/sidechain.hpp>
#include <tools/devchain/runtime/pallets/sudo/sudo.hpp>
#include <tools/devchain/runtime/pallets/system/system.hpp>
#include <tools/devchain/runtime/pallets/teerex/teerex.hpp>
#include <tools/devchain/runtime/pallets/timestamp/timestamp.hpp>
#include <tools/devchain/runtime/pallets/transaction_payment/transaction_payment.hpp>
#include <tools/devchain/runtime/pallets/utility/utility.hpp>

namespace redoubt::devchain {
namespace {

template <class P>
void add(std::vector<PalletDescription>& out) {
    static const P pallet;
    PalletDescription description{pallet};
    pallet.describe(description);
    out.push_back(std::move(description));
}

const PalletDescription::Call* find_call(std::uint8_t pallet, std::uint8_t index) {
    for (const auto& description : pallets()) {
        if (description.pallet().index() == pallet) {
            for (const auto& call : description.calls()) {
                if (call.index == index) {
                    return &call;
                }
            }
        }
    }
    return nullptr;
}

/// Counts how deep calls are nested while one is read.
class DepthGuard {
  public:
    DepthGuard() { ++depth; }
    ~DepthGuard() { --depth; }
    DepthGuard(const DepthGuard&) = delete;
    DepthGuard& operator=(const DepthGuard&) = delete;
    [[nodiscard]] bool is_too_deep() const noexcept { return depth > kCallDepthMax; }

  private:
    static thread_local unsigned depth;
};
thread_local unsigned DepthGuard::depth = 0;

}  // namespace

const std::vector<PalletDescription>& pallets() {
    static const auto all = [] {
        std::vector<PalletDescription> out;
        add<system::System>(out);
        add<timestamp::Timestamp>(out);
        add<sudo::Sudo>(out);
        add<proxy::Proxy>(out);
        add<utility::Utility>(out);
        add<balances::Balances>(out);
        add<transaction_payment::TransactionPayment>(out);
        add<aura::Aura>(out);
        add<grandpa::Grandpa>(out);
        add<teerex::Teerex>(out);
        add<sidechain::Sidechain>(out);
        add<enclave_bridge::EnclaveBridge>(out);
        add<dev::Dev>(out);
        return out;
    }();
    return all;
}

Result<RuntimeCall> decode_scale(ByteCursor& in, scale::Type<RuntimeCall>) {
    const DepthGuard guard;
    if (guard.is_too_deep()) {
        return DecodeError::kDepthLimit;
    }
    BOOST_OUTCOME_TRY(const auto pallet, in.take_byte());
    BOOST_OUTCOME_TRY(const auto index, in.take_byte());
    const auto* call = find_call(pallet, index);
    if (call == nullptr) {
        return DecodeError::kBadTag;
    }
    BOOST_OUTCOME_TRY(auto body, call->decode(in));
    return RuntimeCall{pallet, index, std::move(body)};
}

}  // namespace redoubt::devchain
