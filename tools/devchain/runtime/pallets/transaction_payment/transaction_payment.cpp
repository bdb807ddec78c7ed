#include <tools/devchain/runtime/pallets/transaction_payment/transaction_payment.hpp>

namespace redoubt::devchain::transaction_payment {

/// Of this pallet's storage.
enum class Releases : std::uint8_t { kV1Ancient, kV2 };
struct FixedU128 {
    uint128 value = 1'000'000'000'000'000'000;  ///< one
    static constexpr auto kType =
        structure("sp_arithmetic::fixed_point::FixedU128", field("", &FixedU128::value));
    static constexpr auto kScaleFields = kType.members();
};

}  // namespace redoubt::devchain::transaction_payment

namespace redoubt::devchain {
template <>
inline constexpr EnumInfo<2> kEnum<transaction_payment::Releases>{"pallet_transaction_payment::Releases",
                                                                  {"V1Ancient", "V2"}};
}  // namespace redoubt::devchain

namespace redoubt::devchain::transaction_payment {
namespace {

const StorageValue<FixedU128> kNextFeeMultiplier{kName, "NextFeeMultiplier", Absent::kDefault};
const StorageValue<Releases> kStorageVersion{kName, "StorageVersion", Absent::kDefault};

}  // namespace

void TransactionPayment::describe(PalletDescription& description) const {
    description.events(kTransactionFeePaid);
    description.constant("OperationalFeeMultiplier", std::uint8_t{5});
    description.storage(kNextFeeMultiplier, kStorageVersion);
}

void TransactionPayment::build_genesis(Context& context, const GenesisConfig&) const {
    kStorageVersion.put(context.storage(), Releases::kV2);
}

}  // namespace redoubt::devchain::transaction_payment
