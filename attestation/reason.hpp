/// Why evidence is refused: every reason of every format, each with its stable code, its cause and what to
/// do.
///
/// The order is that of the checks: where two checks fail, the earlier reason is the canonical one. Append
/// within the family of a format; the codes are part of the interface and never change.
///
/// @source attestation.md, sections 1.4 and 5 to 15
#pragma once

#include <primitives/result.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <system_error>

namespace redoubt::attestation {

enum class Reason : int {
    kMalformed = 1,
    kLimitExceeded,
    kEvidenceTypeUnsupported,
    kJsonMalformed,
    kJsonDuplicateMember,
    kQuoteTruncated,
    kQuoteVersionUnsupported,
    kAttKeyTypeUnsupported,
    kQuoteBodyInvalid,
    kQeVendorUnknown,
    kQuoteMalformed,
    kQuoteTrailingData,
    kCertDataTypeUnsupported,
    kPckChainMissing,
    kCollateralMissing,
    kCollateralMalformed,
    kTcbInfoNotYetValid,
    kTcbInfoExpired,
    kCollateralSignerInvalid,
    kTcbInfoSignatureInvalid,
    kQeIdentityNotYetValid,
    kQeIdentityExpired,
    kQeIdentitySignatureInvalid,
    kTcbInfoIdMismatch,
    kQeIdentityIdMismatch,
    kCertNotValidAtTime,
    kChainUntrusted,
    kCertSignatureInvalid,
    kChainConstraintViolation,
    kCrlMissing,
    kCrlMalformed,
    kCrlSignatureInvalid,
    kCrlNotValidAtTime,
    kCertRevoked,
    kPckProfileInvalid,
    kPckExtensionInvalid,
    kFmspcMismatch,
    kPceidMismatch,
    kPckCertDataMismatch,
    kQeReportSignatureInvalid,
    kQeReportDataMismatch,
    kQeIdentityMismatch,
    kQeDebug,
    kQeIsvsvnUnsupported,
    kAttKeyInvalid,
    kQuoteSignatureInvalid,
    kTcbLevelNotFound,
    kTdxModuleMismatch,
    kTdxModuleIsvsvnUnsupported,
    kTcbRevoked,
    kTdxTdreportHashMismatch,
    kTdxEventLogMalformed,
    kTdxEventLogMismatch,
    kIasChainInvalid,
    kIasCertNotValidAtTime,
    kIasSignatureInvalid,
    kIasReportMalformed,
    kSnpSize,
    kSnpVersionUnsupported,
    kSnpSigAlgoUnsupported,
    kSnpSigningKeyInvalid,
    kSnpReservedNonzero,
    kSnpRootUntrusted,
    kSnpProductUnknown,
    kSnpProductMismatch,
    kSnpCertNotValidAtTime,
    kSnpCertProfileInvalid,
    kSnpChainInvalid,
    kSnpCertRevoked,
    kSnpTcbMismatch,
    kSnpChipIdMismatch,
    kSnpSignatureInvalid,
    kNitroCborMalformed,
    kNitroCoseMalformed,
    kNitroAlgUnsupported,
    kNitroDocInvalid,
    kNitroCertMalformed,
    kNitroRootUntrusted,
    kNitroCertNotValidAtTime,
    kNitroChainInvalid,
    kNitroCertProfileInvalid,
    kNitroSignatureInvalid,
    kCcaMalformed,
    kCcaAlgUnsupported,
    kCcaRakInvalid,
    kCcaPlatformSignatureInvalid,
    kCcaRealmSignatureInvalid,
    kCcaBindingInvalid,
    kKeystoneMalformed,
    kKeystoneSignatureInvalid,
    kKeystoneKeyPublished,
    kTpmMalformed,
    kTpmNotAQuote,
    kTpmSignatureInvalid,
    kTpmPcrDigestMismatch,
    kHclMalformed,
    kHclClaimsNotBound,
    kRatlsEvidenceMalformed,
    kRatlsClaimsNotBound,
    kRatlsKeyNotBound,
    kRatlsSelfSignatureInvalid,
    kBindMissing,
    kBindMalformed,
    kBindReportDataMismatch,
    kBindGenesisMismatch,
    kBindShardMismatch,
    kBindRoleMismatch,
    kBindSigningKeyMismatch,
    kBindShieldingKeyMismatch,
    kBindTlsKeyMismatch,
    kBindChannelMismatch,
    kBindFingerprintMismatch,
    kSimNotAllowed,
    kSimMalformed,
    kSimKeyUntrusted,
    kSimSignatureInvalid,
    kPolicyDebug,
    kPolicyLifecycle,
    kPolicyTcbStatus,
    kPolicyTdAttributes,
    kPolicySeptVeDisable,
    kPolicyServiceTd,
    kPolicyMigrateMa,
    kPolicyVmpl,
    kPolicyTcbInconsistent,
    kPolicyTcbMinimum,
    kPolicyQuoteStatus,
    kPolicyFreshness,
    kPolicyNonce,
    kPolicyMeasurementRevoked,
    kPolicyMeasurementUnknown,
    kPolicyMeasurementNotYetValid,
    kPolicyMeasurementExpired,
    kPolicySignerUnknown,
    kPolicyProdIdMismatch,
    kPolicySvnTooLow,
    kPolicyEvidenceType,
    kPolicyCollateralAge,
    kPolicyEvaluationNumber,
    kPolicyAdvisory,
    kPolicySmt,
    kPolicyDynamicPlatform,
    kPolicyFmspc,
    kPolicyProvisionKey,
    kPolicyXfam,
    kPolicyMiscSelect,
    kPolicyConfigId,
    kPolicyHardware,
    kPolicyVersion,
    kPolicyPlatformComponent,
    kPolicyGuestPolicy,
    kPolicyPlatformInfo,
    kPolicyCspId,
    kPolicyRevocationList,
    kPolicyListNumber,
    kPolicyTimeRollback,
};
[[nodiscard]] std::string_view error_domain(Reason);
/// The cause, as half a sentence.
[[nodiscard]] std::string_view error_message(Reason);
REDOUBT_ERROR_DOMAIN(Reason)

/// The stable code, for example `QUOTE_TRUNCATED`.
[[nodiscard]] std::string_view reason_code(Reason reason);
/// What the operator can do, as half a sentence.
[[nodiscard]] std::string_view remedy(Reason reason);
/// Every reason, in order.
[[nodiscard]] std::span<const Reason> all_reasons();
/// The reason with this code. @return nullopt for a code that is none
[[nodiscard]] std::optional<Reason> reason_of_code(std::string_view code);
/// The reason inside an error. An error of another domain, from a decoder of primitives, is kMalformed.
[[nodiscard]] Reason reason_of(const std::error_code& error);

}  // namespace redoubt::attestation

template <>
struct std::is_error_code_enum<redoubt::attestation::Reason> : std::true_type {};
