/// Verification of Keystone reports with the keys of known devices.
///
/// There is no root: a device's key is trusted as it is, and comes from the verifier's own setting, never
/// from the report. Firmware that signs with a published key, as test builds do, proves nothing: such a key
/// is for nobody's setting but a developer's.
///
/// @source attestation.md, section 11.2
#pragma once

#include <attestation/verdict.hpp>
#include <primitives/bytes.hpp>

#include <array>
#include <span>
#include <string_view>

namespace redoubt::attestation::keystone {

/// The checks, in order.
inline constexpr std::array<std::string_view, 3> kChecks{
    "report_format",
    "monitor_signature",
    "enclave_signature",
};

/// What one verification takes besides the report.
struct Setting {
    VerificationTime time;
    /// Ed25519 keys of devices; a key of zeros is none. Outlives the call.
    std::span<const FixedBytes<32>> device_keys;
};

/// Verifies a report. The verdict's report data is the data that the enclave had signed, of any length; a
/// report states no time.
[[nodiscard]] Verdict verify_report(ByteView report, const Setting& setting);

}  // namespace redoubt::attestation::keystone
