/// TransactionPayment: what clients look up about fees. limits.hpp computes them; they are burnt.
///
/// @source polkadot-sdk, pallet_transaction_payment
#pragma once

#include <string_view>
#include <tools/devchain/runtime/pallet.hpp>

namespace redoubt::devchain::transaction_payment {

inline constexpr std::uint8_t kIndex = 11;
inline constexpr std::string_view kName = "TransactionPayment";

// Found by SCALE for the enums of this namespace.
using devchain::decode_scale;
using devchain::encode_scale;

inline constexpr Event<AccountId, Balance, Balance> kTransactionFeePaid{0,
                                                                        "TransactionFeePaid",
                                                                        {"who", "actual_fee", "tip"}};

class TransactionPayment final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "pallet_transaction_payment"; }
    void describe(PalletDescription& description) const override;
    void build_genesis(Context& context, const GenesisConfig& config) const override;
};

}  // namespace redoubt::devchain::transaction_payment
