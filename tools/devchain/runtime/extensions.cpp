#include <tools/devchain/runtime/extensions.hpp>
#include <tools/devchain/runtime/runtime_call.hpp>

namespace redoubt::devchain {
namespace {

template <class Extra, class Additional>
ExtensionInfo extension(TypeBuilder& types, std::string_view identifier) {
    return {identifier, types.add<Extra>(), types.add<Additional>()};
}

struct ExtraKey {};

}  // namespace

std::vector<ExtensionInfo> describe_extensions(TypeBuilder& types) {
    using Nothing = std::tuple<>;
    using CompactNonce = scale::Compact<std::uint32_t>;
    std::vector<ExtensionInfo> out;
    out.push_back(
        extension<Described<"frame_system::extensions::check_non_zero_sender::CheckNonZeroSender">, Nothing>(
            types, "CheckNonZeroSender"));
    out.push_back(
        extension<Described<"frame_system::extensions::check_spec_version::CheckSpecVersion">, std::uint32_t>(
            types, "CheckSpecVersion"));
    out.push_back(
        extension<Described<"frame_system::extensions::check_tx_version::CheckTxVersion">, std::uint32_t>(
            types, "CheckTxVersion"));
    out.push_back(extension<Described<"frame_system::extensions::check_genesis::CheckGenesis">, Hash256>(
        types, "CheckGenesis"));
    out.push_back(
        extension<Described<"frame_system::extensions::check_mortality::CheckMortality", substrate::Era>,
                  Hash256>(types, "CheckMortality"));
    out.push_back(
        extension<Described<"frame_system::extensions::check_nonce::CheckNonce", CompactNonce>, Nothing>(
            types, "CheckNonce"));
    out.push_back(extension<Described<"frame_system::extensions::check_weight::CheckWeight">, Nothing>(
        types, "CheckWeight"));
    out.push_back(
        extension<Described<"pallet_transaction_payment::ChargeTransactionPayment", CompactBalance>, Nothing>(
            types, "ChargeTransactionPayment"));
    out.push_back(extension<CheckMetadataHash, std::optional<Bytes32>>(types, "CheckMetadataHash"));
    return out;
}

Result<SignedExtra> read_signed_extra(ByteCursor& in) {
    SignedExtra out;
    BOOST_OUTCOME_TRY(out.era, substrate::Era::decode(in));
    BOOST_OUTCOME_TRY(const auto nonce, scale::read_compact_u32(in));
    out.nonce = nonce;
    BOOST_OUTCOME_TRY(out.tip, scale::read_compact(in, 128));
    BOOST_OUTCOME_TRY(const auto check, scale::read<CheckMetadataHash>(in));
    out.metadata_hash = check.mode;
    return out;
}

substrate::TypeId extra_type(TypeBuilder& types) {
    return types.add_as({typeid(ExtraKey), 0}, [&types] {
        substrate::TupleDef def;
        for (const auto& each : describe_extensions(types)) {
            def.elements.push_back(each.extra);
        }
        return detail::type_with(std::move(def));
    });
}

substrate::Type TypeOf<OpaqueExtrinsic>::describe(TypeBuilder& types) {
    auto type = newtype<Bytes>(types, "sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic");
    type.parameters = {{"Address", types.add<MultiAddress>()},
                       {"Call", types.add<RuntimeCall>()},
                       {"Signature", types.add<crypto::MultiSignature>()},
                       {"Extra", extra_type(types)}};
    return type;
}

}  // namespace redoubt::devchain
