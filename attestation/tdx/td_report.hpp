/// A TDREPORT: what a trust domain gets from its own processor. It is local: its MAC can be checked by that
/// processor alone, so it is never evidence for somebody else. It becomes a quote, or stands in a paravisor's
/// report whose quote is checked.
///
/// @source attestation.md, section 4.3
#pragma once

#include <attestation/claims/tdx_claims.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation::tdx {

inline constexpr std::size_t kTdReportBytes = 1024;

struct TdReport {
    FixedBytes<4> type;  ///< 81, subtype, version, 00
    FixedBytes<16> cpu_svn;
    FixedBytes<48> tee_tcb_info_hash;
    FixedBytes<48> tee_info_hash;
    /// The same fields as in a quote; `service` from version 1 on.
    TdxClaims claims;
};

/// Decodes a report and checks that its two hashes are those of its parts.
/// @errors kMalformed: not 1024 bytes, or no TDX report; kTdxTdreportHashMismatch
[[nodiscard]] Result<TdReport> parse_td_report(ByteView bytes);

}  // namespace redoubt::attestation::tdx
