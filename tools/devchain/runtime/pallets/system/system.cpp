#include <primitives/crypto/hashing.hpp>

#include <map>
#include <tools/devchain/runtime/pallets/system/system.hpp>
#include <tools/devchain/runtime/runtime.hpp>

namespace redoubt::devchain::system {
namespace {

struct WeightsPerClass {
    Weight base_extrinsic;
    std::optional<Weight> max_extrinsic;
    std::optional<Weight> max_total;
    std::optional<Weight> reserved;
    static constexpr auto kType = structure("frame_system::limits::WeightsPerClass",
                                            field("base_extrinsic", &WeightsPerClass::base_extrinsic),
                                            field("max_extrinsic", &WeightsPerClass::max_extrinsic),
                                            field("max_total", &WeightsPerClass::max_total),
                                            field("reserved", &WeightsPerClass::reserved));
    static constexpr auto kScaleFields = kType.members();
};
struct BlockWeights {
    Weight base_block;
    Weight max_block;
    PerDispatchClass<WeightsPerClass> per_class;
    static constexpr auto kType = structure("frame_system::limits::BlockWeights",
                                            field("base_block", &BlockWeights::base_block),
                                            field("max_block", &BlockWeights::max_block),
                                            field("per_class", &BlockWeights::per_class));
    static constexpr auto kScaleFields = kType.members();
};
struct BlockLength {
    PerDispatchClass<std::uint32_t> max;
    static constexpr auto kType =
        structure("frame_system::limits::BlockLength", field("max", &BlockLength::max));
    static constexpr auto kScaleFields = kType.members();
};
struct RuntimeDbWeight {
    std::uint64_t read = kReadWeight;
    std::uint64_t write = kWriteWeight;
    static constexpr auto kType = structure("sp_weights::RuntimeDbWeight",
                                            field("read", &RuntimeDbWeight::read),
                                            field("write", &RuntimeDbWeight::write));
    static constexpr auto kScaleFields = kType.members();
};

BlockWeights block_weights() {
    const auto base = kExtrinsicBaseWeight;
    return {Weight{},
            kBlockWeightMax,
            {{base, kNormalWeightMax, kNormalWeightMax, Weight{}},
             {base, kBlockWeightMax, kBlockWeightMax, std::nullopt},
             {base, std::nullopt, std::nullopt, std::nullopt}}};
}

DispatchInfo remark_info(const Bytes& remark) {
    return {Weight::of(2'000'000 + 400 * remark.size())};
}
DispatchInfo remark_with_event_info(const Bytes& remark) {
    return {Weight::of(7'000'000 + 1'400 * remark.size())};
}

}  // namespace

void encode_scale(Bytes& out, const Digest& digest) {
    scale::append_compact(out, digest.logs.size());
    for (const auto& item : digest.logs) {
        append(out, substrate::encode(item));
    }
}

void System::describe(PalletDescription& description) const {
    description.call(0, "remark", {"remark"}, remark_info, &System::remark);
    description.call(7, "remark_with_event", {"remark"}, remark_with_event_info, &System::remark_with_event);
    description.events(kExtrinsicSuccess, kExtrinsicFailed, kCodeUpdated, kNewAccount, kKilledAccount,
                       kRemarked, kUpgradeAuthorized);
    description.errors(kInvalidSpecName, kSpecVersionNeedsToIncrease, kFailedToExtractRuntimeVersion,
                       kNonDefaultComposite, kNonZeroRefCount, kCallFiltered, kNothingAuthorized,
                       kUnauthorized);
    description.constant("BlockWeights", block_weights());
    description.constant("BlockLength", BlockLength{{kNormalBytesMax, kBlockBytesMax, kBlockBytesMax}});
    description.constant("BlockHashCount", kBlockHashCount);
    description.constant("DbWeight", RuntimeDbWeight{});
    description.constant("Version", runtime_version());
    description.constant("SS58Prefix", kSs58Prefix);
    description.storage(kAccount, kExtrinsicCount, kBlockWeight, kAllExtrinsicsLen, kBlockHash,
                        kExtrinsicData, kNumber, kParentHash, kDigest, kEvents, kEventCount, kEventTopics,
                        kLastRuntimeUpgrade, kUpgradedToU32RefCount, kUpgradedToTripleRefCount,
                        kExecutionPhase);
}

void System::build_genesis(Context& context, const GenesisConfig&) const {
    auto& storage = context.storage();
    // As FRAME does it: block 0 has a placeholder until block 1 knows its hash.
    Hash256 placeholder;
    placeholder.bytes.fill(69);
    kBlockHash.put(storage, 0, placeholder);
    kParentHash.put(storage, placeholder);
    kUpgradedToU32RefCount.put(storage, true);
    kUpgradedToTripleRefCount.put(storage, true);
    kLastRuntimeUpgrade.put(storage, {{runtime_version().spec_version}, runtime_version().spec_name});
}

Dispatched<> System::remark(Context&, const Origin&, const Bytes&) const {
    return success();
}

Dispatched<> System::remark_with_event(Context& context, const Origin& origin, const Bytes& remark) const {
    BOOST_OUTCOME_TRY(const auto sender, origin.ensure_signed());
    context.deposit(kIndex, kRemarked, sender, crypto::blake2b_256(remark));
    return success();
}

void begin_block(Storage& storage,
                 BlockNumber number,
                 const Hash256& parent_hash,
                 const std::vector<substrate::DigestItem>& pre_runtime) {
    kNumber.put(storage, number);
    kParentHash.put(storage, parent_hash);
    kDigest.put(storage, {pre_runtime});
    kBlockHash.put(storage, number - 1, parent_hash);
    // The genesis hash stays for ever: every signature is over it.
    if (number > kBlockHashCount + 1) {
        kBlockHash.erase(storage, number - kBlockHashCount - 1);
    }
    kBlockWeight.kill(storage);
    kEvents.kill(storage);
    kEventCount.kill(storage);
    storage.erase_prefix(kEventTopics.prefix());
}

void end_block(Context& context, const PerDispatchClass<Weight>& weight, const Digest& digest) {
    auto& storage = context.storage();
    const auto& events = context.events();
    storage.put(kEvents.key(), events.encoded());
    kEventCount.put(storage, events.count());
    std::map<Hash256, std::vector<std::pair<BlockNumber, std::uint32_t>>> topics;
    for (const auto& [topic, index] : events.topics()) {
        topics[topic].emplace_back(context.block_number(), index);
    }
    for (const auto& [topic, entries] : topics) {
        kEventTopics.put(storage, topic, entries);
    }
    kBlockWeight.put(storage, weight);
    kDigest.put(storage, digest);
}

}  // namespace redoubt::devchain::system
