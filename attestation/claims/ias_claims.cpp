#include <attestation/claims/ias_claims.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation {
namespace {

struct Row {
    std::string_view text;
    IasQuoteStatus status;
};

constexpr auto kRows = std::to_array<Row>({
    {"OK", IasQuoteStatus::kOk},
    {"SW_HARDENING_NEEDED", IasQuoteStatus::kSwHardeningNeeded},
    {"CONFIGURATION_NEEDED", IasQuoteStatus::kConfigurationNeeded},
    {"CONFIGURATION_AND_SW_HARDENING_NEEDED", IasQuoteStatus::kConfigurationAndSwHardeningNeeded},
    {"GROUP_OUT_OF_DATE", IasQuoteStatus::kGroupOutOfDate},
    {"GROUP_REVOKED", IasQuoteStatus::kGroupRevoked},
    {"SIGNATURE_INVALID", IasQuoteStatus::kSignatureInvalid},
    {"SIGNATURE_REVOKED", IasQuoteStatus::kSignatureRevoked},
    {"KEY_REVOKED", IasQuoteStatus::kKeyRevoked},
    {"SIGRL_VERSION_MISMATCH", IasQuoteStatus::kSigrlVersionMismatch},
});

constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;

}  // namespace

IasQuoteStatus ias_quote_status_of(std::string_view text) {
    const auto* row = std::ranges::find(kRows, text, &Row::text);
    return row == kRows.end() ? IasQuoteStatus::kUnknown : row->status;
}

VerificationTime IasClaims::issued_at() const {
    auto seconds = timestamp_us / kMicrosecondsPerSecond;
    if (timestamp_us % kMicrosecondsPerSecond < 0) {
        --seconds;  // before 1970 as well
    }
    return {seconds};
}

}  // namespace redoubt::attestation
