/// What a report of Intel's attestation service (IAS) says: an enclave's report, and what the service made of
/// its quote. Plain data: nothing here was checked.
///
/// @source attestation.md, sections 8.1 and 8.3
#pragma once

#include <attestation/claims/sgx_claims.hpp>
#include <attestation/verification_time.hpp>
#include <primitives/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::attestation {

/// The service's verdict on a quote.
enum class IasQuoteStatus : std::uint8_t {
    kOk,
    kSwHardeningNeeded,
    kConfigurationNeeded,
    kConfigurationAndSwHardeningNeeded,
    kGroupOutOfDate,
    kGroupRevoked,
    kSignatureInvalid,
    kSignatureRevoked,
    kKeyRevoked,
    kSigrlVersionMismatch,
    kUnknown,  ///< any other word
};
/// The status that the service writes as this word.
[[nodiscard]] IasQuoteStatus ias_quote_status_of(std::string_view text);

struct IasClaims {
    SgxClaims enclave;
    IasQuoteStatus status = IasQuoteStatus::kUnknown;
    /// The service's own word, of capitals and underscores.
    std::string status_text;
    /// When the service made the report, in microseconds since 1970.
    std::int64_t timestamp_us = 0;
    std::optional<std::uint32_t> version;  ///< absent in old reports
    /// The challenge that was passed with the quote.
    std::optional<std::string> nonce;
    std::vector<std::string> advisories;

    bool is_linkable = false;  ///< two quotes of one platform can be recognised
    FixedBytes<4> epid_group;
    std::uint32_t extended_epid_group = 0;
    std::uint16_t qe_svn = 0;
    std::uint16_t pce_svn = 0;
    FixedBytes<32> basename;

    /// The second in which the report was made.
    [[nodiscard]] VerificationTime issued_at() const;
};

}  // namespace redoubt::attestation
