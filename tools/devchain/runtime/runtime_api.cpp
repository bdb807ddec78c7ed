#include <tools/devchain/runtime/extensions.hpp>
#include <tools/devchain/runtime/limits.hpp>
#include <tools/devchain/runtime/pallets/aura/aura.hpp>
#include <tools/devchain/runtime/pallets/grandpa/grandpa.hpp>
#include <tools/devchain/runtime/pallets/system/system.hpp>
#include <tools/devchain/runtime/runtime.hpp>
#include <tools/devchain/runtime/runtime_api.hpp>
#include <tools/devchain/runtime/transaction_check.hpp>

namespace redoubt::devchain {

/// Where a transaction came from; it changes nothing here.
enum class TransactionSource : std::uint8_t { kInBlock, kLocal, kExternal };
template <>
inline constexpr EnumInfo<3> kEnum<TransactionSource>{"sp_runtime::transaction_validity::TransactionSource",
                                                      {"InBlock", "Local", "External"}};

struct OpaqueMetadata {
    Bytes bytes;
    static constexpr auto kType = structure("sp_core::OpaqueMetadata", field("", &OpaqueMetadata::bytes));
    static constexpr auto kScaleFields = kType.members();
};

struct RuntimeDispatchInfo {
    Weight weight;
    DispatchClass dispatch_class = DispatchClass::kNormal;
    Balance partial_fee = 0;
    static constexpr auto kType = structure("pallet_transaction_payment::types::RuntimeDispatchInfo",
                                            field("weight", &RuntimeDispatchInfo::weight),
                                            field("class", &RuntimeDispatchInfo::dispatch_class),
                                            field("partial_fee", &RuntimeDispatchInfo::partial_fee));
    static constexpr auto kScaleFields = kType.members();
};
struct FeeDetails {
    std::optional<InclusionFee> inclusion_fee;
    Balance tip = 0;
    static constexpr auto kType = structure("pallet_transaction_payment::types::FeeDetails",
                                            field("inclusion_fee", &FeeDetails::inclusion_fee),
                                            field("tip", &FeeDetails::tip));
    static constexpr auto kScaleFields = kType.members();
};

/// The inner forms of a Validity, for description only.
struct ValidTransactionType {
    std::uint64_t priority = 0;
    std::vector<Bytes> requires_tags;
    std::vector<Bytes> provides_tags;
    std::uint64_t longevity = 0;
    bool propagate = true;
    static constexpr auto kType = structure("sp_runtime::transaction_validity::ValidTransaction",
                                            field("priority", &ValidTransactionType::priority),
                                            field("requires", &ValidTransactionType::requires_tags),
                                            field("provides", &ValidTransactionType::provides_tags),
                                            field("longevity", &ValidTransactionType::longevity),
                                            field("propagate", &ValidTransactionType::propagate));
};
struct InvalidTransactionType {
    std::variant<Unit<"Call">,
                 Unit<"Payment">,
                 Unit<"Future">,
                 Unit<"Stale">,
                 Unit<"BadProof">,
                 Unit<"AncientBirthBlock">,
                 Unit<"ExhaustsResources">,
                 Holding<"Custom", std::uint8_t>,
                 Unit<"BadMandatory">,
                 Unit<"MandatoryValidation">,
                 Unit<"BadSigner">,
                 Unit<"IndeterminateImplicit">,
                 Unit<"UnknownOrigin">>
        value;
    static constexpr std::string_view kVariantPath = "sp_runtime::transaction_validity::InvalidTransaction";
};
struct UnknownTransactionType {
    std::variant<Unit<"CannotLookup">, Unit<"NoUnsignedValidator">, Holding<"Custom", std::uint8_t>> value;
    static constexpr std::string_view kVariantPath = "sp_runtime::transaction_validity::UnknownTransaction";
};
struct ValidityErrorType {
    std::variant<Holding<"Invalid", InvalidTransactionType>, Holding<"Unknown", UnknownTransactionType>>
        value;
    static constexpr std::string_view kVariantPath =
        "sp_runtime::transaction_validity::TransactionValidityError";
};
/// A Validity as its bytes.
struct EncodedValidity {
    Bytes bytes;
};
void encode_scale(Bytes& out, const EncodedValidity& validity) {
    append(out, validity.bytes);
}
template <>
struct TypeOf<EncodedValidity> : TypeOf<ResultOf<ValidTransactionType, ValidityErrorType>> {};

struct SlotDuration {
    std::uint64_t milliseconds = 0;
    static constexpr auto kType =
        structure("sp_consensus_slots::SlotDuration", field("", &SlotDuration::milliseconds));
    static constexpr auto kScaleFields = kType.members();
};

namespace {

std::optional<OpaqueMetadata> opaque_metadata(const ApiContext& context, unsigned version) {
    const auto bytes = context.runtime.metadata(version);
    return bytes ? std::optional{OpaqueMetadata{to_bytes(*bytes)}} : std::nullopt;
}

Version core_version(const ApiContext& context) {
    return context.runtime.version();
}
OpaqueMetadata metadata_metadata(const ApiContext& context) {
    return *opaque_metadata(context, 14);
}
std::optional<OpaqueMetadata> metadata_at_version(const ApiContext& context, std::uint32_t version) {
    return opaque_metadata(context, version);
}
std::vector<std::uint32_t> metadata_versions(const ApiContext&) {
    return {14, 15, 16};
}

EncodedValidity validate_transaction(const ApiContext& context,
                                     TransactionSource,
                                     const OpaqueExtrinsic& extrinsic,
                                     const Hash256& block_hash) {
    const auto bytes = scale::encode(extrinsic);
    return {encode(context.runtime.validate_transaction(context.storage, bytes, block_hash))};
}

std::uint32_t account_nonce(const ApiContext& context, const AccountId& account) {
    return system::kAccount.get(context.storage, account).nonce;
}

/// What the call of an extrinsic announces; nothing for one that cannot be read.
DispatchInfo announced_info(const OpaqueExtrinsic& extrinsic) {
    const auto parsed = parse_extrinsic(scale::encode(extrinsic));
    return parsed ? parsed.value().call.body().info() : DispatchInfo{{}, DispatchClass::kNormal, Pays::kNo};
}
/// Inherents pay nothing, whatever they weigh.
std::optional<InclusionFee> fee_for(const OpaqueExtrinsic& extrinsic,
                                    const DispatchInfo& info,
                                    std::uint32_t length) {
    const auto parsed = parse_extrinsic(scale::encode(extrinsic));
    return parsed && parsed.value().signature ? inclusion_fee(info.weight, info.pays_fee, length)
                                              : std::nullopt;
}
RuntimeDispatchInfo query_info(const ApiContext&, const OpaqueExtrinsic& extrinsic, std::uint32_t length) {
    const auto info = announced_info(extrinsic);
    const auto fee = fee_for(extrinsic, info, length);
    return {info.weight, info.dispatch_class, fee ? fee->total() : 0};
}
FeeDetails query_fee_details(const ApiContext&, const OpaqueExtrinsic& extrinsic, std::uint32_t length) {
    return {fee_for(extrinsic, announced_info(extrinsic), length), 0};
}
Balance query_weight_to_fee(const ApiContext&, const Weight& weight) {
    return weight.ref_time.value / kWeightPerFee;
}
Balance query_length_to_fee(const ApiContext&, std::uint32_t length) {
    return kFeePerByte * length;
}

grandpa::Authorities grandpa_authorities(const ApiContext& context) {
    return grandpa::kAuthorities.get(context.storage).items;
}
std::uint64_t current_set_id(const ApiContext& context) {
    return grandpa::kCurrentSetId.get(context.storage);
}
SlotDuration slot_duration(const ApiContext& context) {
    return {aura::kSlotDuration.get(context.storage)};
}
std::vector<AuraPublic> aura_authorities(const ApiContext& context) {
    return aura::kAuthorities.get(context.storage).items;
}

}  // namespace

const std::vector<RuntimeApi>& runtime_apis() {
    static const auto all = [] {
        std::vector<RuntimeApi> out;
        out.emplace_back("Core", 5).method("version", {}, core_version);
        out.emplace_back("Metadata", 2)
            .method("metadata", {}, metadata_metadata)
            .method("metadata_at_version", {"version"}, metadata_at_version)
            .method("metadata_versions", {}, metadata_versions);
        out.emplace_back("TaggedTransactionQueue", 3)
            .method("validate_transaction", {"source", "tx", "block_hash"}, validate_transaction);
        out.emplace_back("AccountNonceApi", 1).method("account_nonce", {"account"}, account_nonce);
        out.emplace_back("TransactionPaymentApi", 4)
            .method("query_info", {"uxt", "len"}, query_info)
            .method("query_fee_details", {"uxt", "len"}, query_fee_details)
            .method("query_weight_to_fee", {"weight"}, query_weight_to_fee)
            .method("query_length_to_fee", {"length"}, query_length_to_fee);
        out.emplace_back("GrandpaApi", 3)
            .method("grandpa_authorities", {}, grandpa_authorities)
            .method("current_set_id", {}, current_set_id);
        out.emplace_back("AuraApi", 1)
            .method("slot_duration", {}, slot_duration)
            .method("authorities", {}, aura_authorities);
        return out;
    }();
    return all;
}

}  // namespace redoubt::devchain
