/// System: accounts, the block's header data, events and remarks.
///
/// Upgrades of the runtime do not exist here, so set_code and its relatives are not offered; nor are the
/// calls that write storage directly, for which pallet Dev is there.
///
/// @source polkadot-sdk, frame_system
#pragma once

#include <string_view>
#include <tools/devchain/runtime/event_record.hpp>
#include <tools/devchain/runtime/limits.hpp>
#include <tools/devchain/runtime/pallet.hpp>

namespace redoubt::devchain::system {

inline constexpr std::uint8_t kIndex = 0;
inline constexpr std::string_view kName = "System";

/// The digest of a header, as storage holds it.
struct Digest {
    std::vector<substrate::DigestItem> logs;
    static constexpr auto kType =
        structure("sp_runtime::generic::digest::Digest", field("logs", &Digest::logs));
};
void encode_scale(Bytes& out, const Digest& digest);

struct LastRuntimeUpgradeInfo {
    scale::Compact<std::uint32_t> spec_version;
    std::string spec_name;
    static constexpr auto kType = structure("frame_system::LastRuntimeUpgradeInfo",
                                            field("spec_version", &LastRuntimeUpgradeInfo::spec_version),
                                            field("spec_name", &LastRuntimeUpgradeInfo::spec_name));
    static constexpr auto kScaleFields = kType.members();
};

inline const StorageMap<AccountId, AccountInfo> kAccount{kName, "Account", Hasher::kBlake2_128Concat,
                                                         Absent::kDefault};
inline const StorageValue<std::uint32_t> kExtrinsicCount{kName, "ExtrinsicCount", Absent::kNone};
inline const StorageValue<PerDispatchClass<Weight>> kBlockWeight{kName, "BlockWeight", Absent::kDefault};
inline const StorageValue<std::uint32_t> kAllExtrinsicsLen{kName, "AllExtrinsicsLen", Absent::kNone};
inline const StorageMap<BlockNumber, Hash256> kBlockHash{kName, "BlockHash", Hasher::kTwox64Concat,
                                                         Absent::kDefault};
inline const StorageMap<std::uint32_t, Bytes> kExtrinsicData{kName, "ExtrinsicData", Hasher::kTwox64Concat,
                                                             Absent::kDefault};
inline const StorageValue<BlockNumber> kNumber{kName, "Number", Absent::kDefault};
inline const StorageValue<Hash256> kParentHash{kName, "ParentHash", Absent::kDefault};
inline const StorageValue<Digest> kDigest{kName, "Digest", Absent::kDefault};
inline const StorageValue<std::vector<EventRecord>> kEvents{kName, "Events", Absent::kDefault};
inline const StorageValue<std::uint32_t> kEventCount{kName, "EventCount", Absent::kDefault};
inline const StorageMap<Hash256, std::vector<std::pair<BlockNumber, std::uint32_t>>> kEventTopics{
    kName, "EventTopics", Hasher::kBlake2_128Concat, Absent::kDefault};
inline const StorageValue<LastRuntimeUpgradeInfo> kLastRuntimeUpgrade{kName, "LastRuntimeUpgrade",
                                                                      Absent::kNone};
inline const StorageValue<bool> kUpgradedToU32RefCount{kName, "UpgradedToU32RefCount", Absent::kDefault};
inline const StorageValue<bool> kUpgradedToTripleRefCount{kName, "UpgradedToTripleRefCount",
                                                          Absent::kDefault};
inline const StorageValue<Phase> kExecutionPhase{kName, "ExecutionPhase", Absent::kNone};

inline constexpr Event<DispatchInfo> kExtrinsicSuccess{0, "ExtrinsicSuccess", {"dispatch_info"}};
inline constexpr Event<DispatchError, DispatchInfo> kExtrinsicFailed{1,
                                                                     "ExtrinsicFailed",
                                                                     {"dispatch_error", "dispatch_info"}};
inline constexpr Event<> kCodeUpdated{2, "CodeUpdated"};
inline constexpr Event<AccountId> kNewAccount{3, "NewAccount", {"account"}};
inline constexpr Event<AccountId> kKilledAccount{4, "KilledAccount", {"account"}};
inline constexpr Event<AccountId, Hash256> kRemarked{5, "Remarked", {"sender", "hash"}};
inline constexpr Event<Hash256, bool> kUpgradeAuthorized{6,
                                                         "UpgradeAuthorized",
                                                         {"code_hash", "check_version"}};

inline constexpr Error<> kInvalidSpecName{0, "InvalidSpecName"};
inline constexpr Error<> kSpecVersionNeedsToIncrease{1, "SpecVersionNeedsToIncrease"};
inline constexpr Error<> kFailedToExtractRuntimeVersion{2, "FailedToExtractRuntimeVersion"};
inline constexpr Error<> kNonDefaultComposite{3, "NonDefaultComposite"};
inline constexpr Error<> kNonZeroRefCount{4, "NonZeroRefCount"};
inline constexpr Error<> kCallFiltered{5, "CallFiltered"};
inline constexpr Error<> kNothingAuthorized{6, "NothingAuthorized"};
inline constexpr Error<> kUnauthorized{7, "Unauthorized"};

class System final : public Pallet {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] std::uint8_t index() const override { return kIndex; }
    [[nodiscard]] std::string_view crate() const override { return "frame_system"; }
    void describe(PalletDescription& description) const override;
    void build_genesis(Context& context, const GenesisConfig& config) const override;

    Dispatched<> remark(Context& context, const Origin& origin, const Bytes& remark) const;
    Dispatched<> remark_with_event(Context& context, const Origin& origin, const Bytes& remark) const;
};

/// Begins a block: number, parent and digest take their new values; what was about the last block goes.
void begin_block(Storage& storage,
                 BlockNumber number,
                 const Hash256& parent_hash,
                 const std::vector<substrate::DigestItem>& pre_runtime);
/// Ends a block: writes its events, weight and digest.
void end_block(Context& context, const PerDispatchClass<Weight>& weight, const Digest& digest);

}  // namespace redoubt::devchain::system
