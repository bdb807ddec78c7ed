/// Verification of Keystone reports with the keys of known devices.
///
/// There is no root: a device's key is trusted as it is, and comes from the verifier's own setting, never
/// from the report. A device that signs with a key whose secret is published, as boards of developers do,
/// proves nothing, as anybody can sign as it: its reports are refused even where its key is in the setting,
/// unless the setting allows that by name, and then no hardware vouches for them.
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

/// Whether the secret half of this device key is published: the test key of the Keystone SDK, which its
/// firmware signs with where the board has no key of its own.
/// @source keystone-enclave/keystone, sdk/include/verifier/test_dev_key.h
[[nodiscard]] bool is_published_key(const FixedBytes<32>& key);

/// What one verification takes besides the report.
struct Setting {
    VerificationTime time;
    /// Ed25519 keys of devices; a key of zeros is none. Outlives the call.
    std::span<const FixedBytes<32>> device_keys;
    /// A device key may be a published one; never in production.
    bool allows_published_keys = false;
};

/// Verifies a report. The verdict's report data is the data that the enclave had signed, of any length; a
/// report states no time.
[[nodiscard]] Verdict verify_report(ByteView report, const Setting& setting);

}  // namespace redoubt::attestation::keystone
