/// Keystone reports: what stands where. No signature is verified here.
///
/// @source attestation.md, section 11.2
#pragma once

#include <attestation/claims/keystone_claims.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation::keystone {

inline constexpr std::size_t kReportBytes = 1352;
inline constexpr std::size_t kDataBytesMax = 1024;

/// A decoded report. The views point into the input. The report's copy of the device's key is not among them:
/// it says nothing.
struct Report {
    KeystoneClaims claims;
    ByteView enclave_signed_bytes;  ///< hash, length of the data, data
    ByteView enclave_signature;
    ByteView monitor_signed_bytes;  ///< hash and key of the monitor
    ByteView monitor_key;
    ByteView monitor_signature;
};

/// @param bytes exactly one report. What stands behind the data is not signed and not looked at: the monitor
///   leaves there what was in its memory
/// @errors kKeystoneMalformed
[[nodiscard]] Result<Report> parse_report(ByteView bytes);

}  // namespace redoubt::attestation::keystone
