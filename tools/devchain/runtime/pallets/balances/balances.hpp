/// Balances: the native token, its transfers, reserves and issuance.
///
/// Locks, holds and freezes are described for clients and are always empty: nothing in this runtime makes
/// one.
///
/// @source polkadot-sdk, pallet_balances
#pragma once

#include <string_view>
#include <tools/devchain/runtime/pallet.hpp>

namespace redoubt::devchain::balances {

inline constexpr std::uint8_t kIndex = 10;
inline constexpr std::string_view kName = "Balances";
/// Most locks and reserves of an account.
inline constexpr std::uint32_t kEntriesMax = 50;

// Found by SCALE for the enums of this namespace.
using devchain::decode_scale;
using devchain::encode_scale;

enum class Reasons : std::uint8_t { kFee, kMisc, kAll };
struct BalanceLock {
    std::array<std::uint8_t, 8> id{};
    Balance amount = 0;
    Reasons reasons = Reasons::kAll;
    static constexpr auto kType = structure("pallet_balances::types::BalanceLock",
                                            field("id", &BalanceLock::id),
                                            field("amount", &BalanceLock::amount),
                                            field("reasons", &BalanceLock::reasons));
    static constexpr auto kScaleFields = kType.members();
};
struct ReserveData {
    std::array<std::uint8_t, 8> id{};
    Balance amount = 0;
    static constexpr auto kType = structure("pallet_balances::types::ReserveData",
                                            field("id", &ReserveData::id),
                                            field("amount", &ReserveData::amount));
    static constexpr auto kScaleFields = kType.members();
};
/// An amount under an identifier; this runtime has no identifiers.
struct IdAmount {
    std::tuple<> id;
    Balance amount = 0;
    static constexpr auto kType = structure("pallet_balances::types::IdAmount",
                                            field("id", &IdAmount::id),
                                            field("amount", &IdAmount::amount));
    static constexpr auto kScaleFields = kType.members();
};
enum class BalanceStatus : std::uint8_t { kFree, kReserved };

inline const StorageValue<Balance> kTotalIssuance{kName, "TotalIssuance", Absent::kDefault};
inline const StorageValue<Balance> kInactiveIssuance{kName, "InactiveIssuance", Absent::kDefault};
inline const StorageMap<AccountId, AccountData> kAccount{kName, "Account", Hasher::kBlake2_128Concat,
                                                         Absent::kDefault};
inline const StorageMap<AccountId, WeakBoundedVec<BalanceLock, kEntriesMax>> kLocks{
    kName, "Locks", Hasher::kBlake2_128Concat, Absent::kDefault};
inline const StorageMap<AccountId, BoundedVec<ReserveData, kEntriesMax>> kReserves{
    kName, "Reserves", Hasher::kBlake2_128Concat, Absent::kDefault};
inline const StorageMap<AccountId, std::vector<IdAmount>> kHolds{kName, "Holds", Hasher::kBlake2_128Concat,
                                                                 Absent::kDefault};
inline const StorageMap<AccountId, BoundedVec<IdAmount, kEntriesMax>> kFreezes{
    kName, "Freezes", Hasher::kBlake2_128Concat, Absent::kDefault};

class Balances final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "pallet_balances"; }
    void describe(PalletDescription& description) const override;
    void build_genesis(Context& context, const GenesisConfig& config) const override;

    Dispatched<> transfer_allow_death(Context&,
                                      const Origin&,
                                      const MultiAddress& dest,
                                      CompactBalance value) const;
    Dispatched<> force_transfer(Context&,
                                const Origin&,
                                const MultiAddress& source,
                                const MultiAddress& dest,
                                CompactBalance value) const;
    Dispatched<> transfer_keep_alive(Context&,
                                     const Origin&,
                                     const MultiAddress& dest,
                                     CompactBalance value) const;
    Dispatched<> transfer_all(Context&, const Origin&, const MultiAddress& dest, bool keep_alive) const;
    Dispatched<> force_unreserve(Context&, const Origin&, const MultiAddress& who, Balance amount) const;
    Dispatched<PostDispatch> upgrade_accounts(Context&,
                                              const Origin&,
                                              const std::vector<AccountId>& who) const;
    Dispatched<> force_set_balance(Context&,
                                   const Origin&,
                                   const MultiAddress& who,
                                   CompactBalance new_free) const;
};

/// Whether a transfer may end the account it is taken from.
enum class Existence { kKeepAlive, kAllowDeath };

/// Moves `amount` of free balance, with Transfer as the last event; before it come NewAccount and Endowed
/// when the receiver begins to exist, KilledAccount and DustLost when the sender ends.
[[nodiscard]] Dispatched<> transfer(Context& context,
                                    const AccountId& from,
                                    const AccountId& to,
                                    Balance amount,
                                    Existence existence);
/// Moves free balance into the reserve of the same account, or back. What is not there stays.
[[nodiscard]] Dispatched<> reserve(Context& context, const AccountId& who, Balance amount);
[[nodiscard]] Dispatched<> unreserve(Context& context, const AccountId& who, Balance amount);

/// True when the account stays alive after paying both.
[[nodiscard]] bool can_pay(const AccountInfo& account, Balance fee, Balance tip);
/// Takes a fee and burns it, with Withdraw. @pre can_pay
void withdraw_fee(Context& context, const AccountId& who, Balance amount);
/// Gives back a part of a fee, with Deposit, unless the account is gone: then false.
[[nodiscard]] bool refund_fee(Context& context, const AccountId& who, Balance amount);

}  // namespace redoubt::devchain::balances

namespace redoubt::devchain {
template <>
inline constexpr EnumInfo<3> kEnum<balances::Reasons>{"pallet_balances::types::Reasons",
                                                      {"Fee", "Misc", "All"}};
template <>
inline constexpr EnumInfo<2> kEnum<balances::BalanceStatus>{
    "frame_support::traits::tokens::misc::BalanceStatus",
    {"Free", "Reserved"}};
}  // namespace redoubt::devchain
