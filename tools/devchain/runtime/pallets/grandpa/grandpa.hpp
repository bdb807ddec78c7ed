/// Grandpa: the authorities that finalize, and the changes of them that blocks announce.
///
/// Changes come from pallet Dev or from BlockExecution::change_authorities, since there are no sessions. The
/// set id rises when a change takes effect. Equivocation reports are not offered: there is nobody to punish.
///
/// @source polkadot-sdk, pallet_grandpa; light-client.md, section 11.3
#pragma once

#include <light-client/authority_set.hpp>
#include <string_view>
#include <tools/devchain/runtime/pallet.hpp>

namespace redoubt::devchain::grandpa {

inline constexpr std::uint8_t kIndex = 24;
inline constexpr std::string_view kName = "Grandpa";
inline constexpr std::uint32_t kAuthoritiesMax = 1'000;
/// The list at this key, behind a version byte, is where old clients look for the first authorities.
inline constexpr std::string_view kWellKnownKey = ":grandpa_authorities";

using Authorities = std::vector<std::pair<GrandpaPublic, std::uint64_t>>;
using BoundedAuthorities = WeakBoundedVec<std::pair<GrandpaPublic, std::uint64_t>, kAuthoritiesMax>;

struct StoredPendingChange {
    BlockNumber scheduled_at = 0;
    BlockNumber delay = 0;
    BoundedAuthorities next_authorities;
    std::optional<BlockNumber> forced;
    static constexpr auto kType = structure("pallet_grandpa::StoredPendingChange",
                                            field("scheduled_at", &StoredPendingChange::scheduled_at),
                                            field("delay", &StoredPendingChange::delay),
                                            field("next_authorities", &StoredPendingChange::next_authorities),
                                            field("forced", &StoredPendingChange::forced));
    static constexpr auto kScaleFields = kType.members();
};

inline const StorageValue<StoredPendingChange> kPendingChange{kName, "PendingChange", Absent::kNone};
inline const StorageValue<std::uint64_t> kCurrentSetId{kName, "CurrentSetId", Absent::kDefault};
inline const StorageValue<BoundedAuthorities> kAuthorities{kName, "Authorities", Absent::kDefault};

class Grandpa final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "pallet_grandpa"; }
    void describe(PalletDescription& description) const override;
    void build_genesis(Context& context, const GenesisConfig& config) const override;
    void on_finalize(Context& context) const override;
};

/// Announces a change in this block. @param forced  the median last finalized block of a forced change
/// @errors ChangePending; Other for a set that GRANDPA cannot work with
[[nodiscard]] Dispatched<> schedule_change(Context& context,
                                           const Authorities& next,
                                           BlockNumber delay,
                                           std::optional<BlockNumber> forced);
/// The list as the light client has it.
[[nodiscard]] light_client::AuthorityList to_list(const Authorities& authorities);
[[nodiscard]] Authorities from_list(const light_client::AuthorityList& list);

}  // namespace redoubt::devchain::grandpa
