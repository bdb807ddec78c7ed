/// The blob that Azure's paravisor (the host compatibility layer, HCL) leaves in the virtual TPM: the
/// hardware's report of the boot, and the claims whose digest is its report data.
///
/// @source attestation.md, section 11.4
#pragma once

#include <attestation/digest.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <string_view>

namespace redoubt::attestation::paravisor {

/// Of a blob; genuine ones have 2,600 bytes.
inline constexpr std::size_t kHclReportBytesMax = 64 * 1024;

enum class Hardware : std::uint8_t { kSnp = 2, kTdx = 4 };

/// Views into the blob.
struct HclReport {
    Hardware hardware = Hardware::kSnp;
    /// The report of SEV-SNP, or a TD's own report, which is local and proves nothing to others.
    ByteView hardware_report;
    HashAlgorithm hash = HashAlgorithm::kSha256;
    std::string_view claims;  ///< JSON, exactly as it was hashed

    /// What the hardware's report data has to be: the digest of the claims, then zeros.
    [[nodiscard]] FixedBytes<64> report_data() const;
};

/// Decodes a blob. Nothing but zeros follows the claims.
/// @errors kHclMalformed
[[nodiscard]] Result<HclReport> parse_hcl_report(ByteView bytes);

}  // namespace redoubt::attestation::paravisor
