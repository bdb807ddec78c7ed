/// Proxy: accounts that may act for others. Announcements, delays and pure proxies are not offered.
///
/// @source polkadot-sdk, pallet_proxy
#pragma once

#include <string_view>
#include <tools/devchain/runtime/pallet.hpp>

namespace redoubt::devchain::proxy {

inline constexpr std::uint8_t kIndex = 7;
inline constexpr std::string_view kName = "Proxy";

// Found by SCALE for the enums of this namespace.
using devchain::decode_scale;
using devchain::encode_scale;
inline constexpr std::uint32_t kProxiesMax = 32;
/// Reserved from who has proxies: a base, and a part for each.
inline constexpr Balance kDepositBase = 10'000'000'000;
inline constexpr Balance kDepositFactor = 1'000'000'000;

/// What a proxy may do.
enum class ProxyType : std::uint8_t { kAny, kNonTransfer };

struct ProxyDefinition {
    AccountId delegate;
    ProxyType proxy_type = ProxyType::kAny;
    BlockNumber delay = 0;
    static constexpr auto kType = structure("pallet_proxy::ProxyDefinition",
                                            field("delegate", &ProxyDefinition::delegate),
                                            field("proxy_type", &ProxyDefinition::proxy_type),
                                            field("delay", &ProxyDefinition::delay));
    static constexpr auto kScaleFields = kType.members();
    bool operator==(const ProxyDefinition&) const = default;
};
/// The proxies of an account and what is reserved for them.
using ProxyEntry = std::pair<BoundedVec<ProxyDefinition, kProxiesMax>, Balance>;

inline const StorageMap<AccountId, ProxyEntry> kProxies{kName, "Proxies", Hasher::kTwox64Concat,
                                                        Absent::kDefault};

class Proxy final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "pallet_proxy"; }
    void describe(PalletDescription& description) const override;

    /// Runs `call` as `real`, if the sender is a proxy of it that may.
    Dispatched<PostDispatch> proxy(Context&,
                                   const Origin&,
                                   const MultiAddress& real,
                                   const std::optional<ProxyType>& force_proxy_type,
                                   const RuntimeCall& call) const;
    /// A proxy with a delay is refused as NoPermission: there are no announcements.
    Dispatched<> add_proxy(Context&,
                           const Origin&,
                           const MultiAddress& delegate,
                           ProxyType proxy_type,
                           BlockNumber delay) const;
    Dispatched<> remove_proxy(Context&,
                              const Origin&,
                              const MultiAddress& delegate,
                              ProxyType proxy_type,
                              BlockNumber delay) const;
    Dispatched<> remove_proxies(Context&, const Origin&) const;
};

}  // namespace redoubt::devchain::proxy

namespace redoubt::devchain {
template <>
inline constexpr EnumInfo<2> kEnum<proxy::ProxyType>{"redoubt_dev_runtime::ProxyType",
                                                     {"Any", "NonTransfer"}};
}  // namespace redoubt::devchain
