/// What the Integritee registry (its Teerex pallet) makes of a report of the attestation service, for those
/// who do the same: it is less than what this library asks for.
///
/// @source attestation.md, sections 8.3 and 8.4; integritee-wire.md, section 2.3.1
#pragma once

#include <attestation/claims/ias_claims.hpp>

#include <cstdint>
#include <string_view>

namespace redoubt::attestation::ias {

/// The registry judges the signing certificate at this time of 2019, so that its expiry is never noticed.
/// Hand it to Setting::certificate_time.
inline constexpr VerificationTime kRegistryCertificateTime{1'573'419'050};

/// The status of a registry entry, with the numbers of its encoding.
enum class RegistryStatus : std::uint8_t {
    kInvalid = 0,
    kOk = 1,
    kGroupOutOfDate = 2,
    kGroupRevoked = 3,
    kConfigurationNeeded = 4,
};
[[nodiscard]] RegistryStatus registry_status(IasQuoteStatus status);
/// The name in the chain's metadata, for example `GroupOutOfDate`.
[[nodiscard]] std::string_view registry_status_name(RegistryStatus status);

}  // namespace redoubt::attestation::ias
