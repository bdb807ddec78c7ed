#include <primitives/byte_cursor.hpp>
#include <primitives/scale.hpp>
#include <tools/devchain/api/answers.hpp>
#include <tools/devchain/api/families.hpp>
#include <tools/devchain/api/params.hpp>

namespace redoubt::devchain::api {
namespace {

struct RuntimeDispatchInfo {
    scale::Compact<std::uint64_t> ref_time;
    scale::Compact<std::uint64_t> proof_size;
    std::uint8_t dispatch_class = 0;
    uint128 partial_fee = 0;
    static constexpr auto kScaleFields =
        std::tuple{&RuntimeDispatchInfo::ref_time, &RuntimeDispatchInfo::proof_size,
                   &RuntimeDispatchInfo::dispatch_class, &RuntimeDispatchInfo::partial_fee};
};

struct InclusionFee {
    uint128 base = 0;
    uint128 length = 0;
    uint128 adjusted_weight = 0;
    static constexpr auto kScaleFields =
        std::tuple{&InclusionFee::base, &InclusionFee::length, &InclusionFee::adjusted_weight};
};

struct FeeDetails {
    std::optional<InclusionFee> inclusion;
    uint128 tip = 0;
    static constexpr auto kScaleFields = std::tuple{&FeeDetails::inclusion, &FeeDetails::tip};
};

/// Asks the runtime about an extrinsic, given as first parameter and at the block of the second.
template <class T>
Expected<T> ask(const Chain& chain, const json& list, std::string_view function) {
    const Params params{list};
    BOOST_OUTCOME_TRY(auto argument, params.bytes(0, "extrinsic"));
    BOOST_OUTCOME_TRY(const auto at, params.optional_hash(1, "hash"));
    const auto size = static_cast<std::uint32_t>(argument.size());
    scale::encode_scale(argument, size);
    BOOST_OUTCOME_TRY(const auto bytes,
                      answered(chain.call(at.value_or(chain.best().hash), function, argument)));
    if (!bytes) {
        return rpc::invalid_params("the extrinsic does not decode");
    }
    auto decoded = scale::decode<T>(*bytes);
    if (!decoded) {
        return rpc::internal_error("the runtime's answer does not decode");
    }
    return std::move(decoded).value();
}

}  // namespace

void add_payment_methods(rpc::MethodTable& table, Chain& chain) {
    table.add(
        "payment_queryInfo", {"extrinsic", "hash"}, [&chain](const json& list, rpc::CallContext&) -> Answer {
            BOOST_OUTCOME_TRY(const auto info,
                              ask<RuntimeDispatchInfo>(chain, list, "TransactionPaymentApi_query_info"));
            static constexpr std::array kClasses{"normal", "operational", "mandatory"};
            if (info.dispatch_class >= kClasses.size()) {
                return rpc::internal_error("unknown dispatch class");
            }
            return json{
                {"weight", {{"ref_time", info.ref_time.value}, {"proof_size", info.proof_size.value}}},
                {"class", kClasses[info.dispatch_class]},
                {"partialFee", to_decimal(info.partial_fee)}};
        });
    table.add("payment_queryFeeDetails", {"extrinsic", "hash"},
              [&chain](const json& list, rpc::CallContext&) -> Answer {
                  BOOST_OUTCOME_TRY(const auto details,
                                    ask<FeeDetails>(chain, list, "TransactionPaymentApi_query_fee_details"));
                  json inclusion;
                  if (const auto& fee = details.inclusion) {
                      inclusion = {{"baseFee", quantity_json(fee->base)},
                                   {"lenFee", quantity_json(fee->length)},
                                   {"adjustedWeightFee", quantity_json(fee->adjusted_weight)}};
                  }
                  return json{{"inclusionFee", std::move(inclusion)}};
              });
}

}  // namespace redoubt::devchain::api
