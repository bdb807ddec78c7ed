#include <attestation/claims/cca_claims.hpp>

#include <attestation/digest.hpp>

namespace redoubt::attestation {

FixedBytes<48> CcaClaims::realm_digest() const {
    auto measurements = realm.initial_measurement;
    for (const auto& extensible : realm.extensible_measurements) {
        append(measurements, extensible);
    }
    return sha2_384(measurements);
}

}  // namespace redoubt::attestation
