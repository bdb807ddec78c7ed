#include <substrate/call.hpp>
#include <substrate/dynamic_codec.hpp>

namespace redoubt::substrate {
namespace {

/// The enum of a pallet's calls, and its type.
struct Calls {
    TypeId type = 0;
    const VariantDef* def = nullptr;
};

Result<Calls> calls_of(const Metadata& metadata, const Pallet* pallet) {
    if (pallet == nullptr) {
        return LookupError::kNoSuchPallet;
    }
    const auto* def = pallet->calls ? metadata.types().find_def<VariantDef>(*pallet->calls) : nullptr;
    if (def == nullptr) {
        return LookupError::kNoSuchCall;
    }
    return Calls{.type = *pallet->calls, .def = def};
}

}  // namespace

Result<std::array<std::uint8_t, 2>> call_index(const Metadata& metadata,
                                               std::string_view pallet,
                                               std::string_view call) {
    const auto* found = metadata.find_pallet(pallet);
    BOOST_OUTCOME_TRY(const auto calls, calls_of(metadata, found));
    const auto* variant = calls.def->by_name(call);
    if (variant == nullptr) {
        return LookupError::kNoSuchCall;
    }
    return std::array{found->index, variant->index};
}

Result<Bytes> encode_call(const Metadata& metadata,
                          std::string_view pallet,
                          std::string_view call,
                          const Value& args) {
    BOOST_OUTCOME_TRY(const auto index, call_index(metadata, pallet, call));
    Bytes out{index.front()};
    const auto type = *metadata.find_pallet(pallet)->calls;
    BOOST_OUTCOME_TRY(encode_value(metadata.types(), type, Value::variant(std::string{call}, args), out));
    return out;
}

Result<DecodedCall> decode_call(const Metadata& metadata, ByteView call) {
    ByteCursor in{call};
    BOOST_OUTCOME_TRY(const auto pallet_index, in.take_byte());
    const auto* pallet = metadata.pallet_by_index(pallet_index);
    BOOST_OUTCOME_TRY(const auto calls, calls_of(metadata, pallet));
    BOOST_OUTCOME_TRY(auto value, decode_value(metadata.types(), calls.type, in));
    BOOST_OUTCOME_TRY(in.expect_end());
    std::string name{value.variant_name()};
    return DecodedCall{.pallet = std::string{pallet->name},
                       .call = std::move(name),
                       .args = std::move(value).take_variant_fields()};
}

Result<void> skip_call(const Metadata& metadata, ByteCursor& in) {
    BOOST_OUTCOME_TRY(const auto pallet_index, in.take_byte());
    BOOST_OUTCOME_TRY(const auto calls, calls_of(metadata, metadata.pallet_by_index(pallet_index)));
    return skip_value(metadata.types(), calls.type, in);
}

}  // namespace redoubt::substrate
