#include <attestation/policy/allow_lists.hpp>

#include <algorithm>

namespace redoubt::attestation {
namespace {

template <class Value>
bool fits(const std::optional<Value>& wanted, const Value& actual) {
    return !wanted || *wanted == actual;
}

template <class Value, std::size_t kCount>
bool fit(const std::array<std::optional<Value>, kCount>& wanted, const std::array<Value, kCount>& actual) {
    return std::ranges::equal(wanted, actual,
                              [](const auto& one, const auto& other) { return fits(one, other); });
}

}  // namespace

bool is_allowed(const TdxClaims& claims, const std::vector<AllowedTd>& list) {
    return std::ranges::any_of(
        list, [&](const AllowedTd& one) { return one.mr_td == claims.mr_td && fit(one.rtmr, claims.rtmr); });
}

bool is_allowed(const CcaRealmClaims& claims, const std::vector<AllowedRealm>& list) {
    return std::ranges::any_of(list, [&](const AllowedRealm& one) {
        return one.initial_measurement == claims.initial_measurement &&
               fit(one.extensible_measurements, claims.extensible_measurements) &&
               fits(one.personalization, claims.personalization);
    });
}

bool is_allowed(const CcaPlatformClaims& claims, const std::vector<AllowedComponent>& list) {
    return std::ranges::all_of(claims.components, [&](const CcaComponent& component) {
        return std::ranges::any_of(list, [&](const AllowedComponent& one) {
            return one.measurement == component.measurement && fits(one.signer_id, component.signer_id) &&
                   fits(one.type, component.type) && fits(one.version, component.version);
        });
    });
}

bool has_allowed_value(const NitroClaims& claims, const AllowedNitroPcr& allowed) {
    const auto& pcr = claims.pcrs.at(allowed.index);
    return pcr && std::ranges::find(allowed.values, *pcr) != allowed.values.end();
}

}  // namespace redoubt::attestation
