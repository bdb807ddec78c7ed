#include <tools/wallet/trust_finding.hpp>

#include <algorithm>

namespace redoubt::wallet {

using attestation::Reason;

// Without a default, so that a new reason cannot be overlooked here.
TrustFinding finding_of(Reason reason) {
    switch (reason) {
        // What the verifier did not have, or what was too old, no longer or not yet valid at its time.
        case Reason::kEvidenceTypeUnsupported:
        case Reason::kPckChainMissing:
        case Reason::kCollateralMissing:
        case Reason::kCollateralMalformed:
        case Reason::kTcbInfoNotYetValid:
        case Reason::kTcbInfoExpired:
        case Reason::kQeIdentityNotYetValid:
        case Reason::kQeIdentityExpired:
        case Reason::kTcbInfoIdMismatch:
        case Reason::kQeIdentityIdMismatch:
        case Reason::kCrlMissing:
        case Reason::kCrlMalformed:
        case Reason::kCrlNotValidAtTime:
        case Reason::kPolicyCollateralAge:
        case Reason::kPolicyEvaluationNumber:
        case Reason::kPolicyVersion:
        case Reason::kPolicyRevocationList:
        case Reason::kPolicyListNumber:
        case Reason::kPolicyTimeRollback:
            return {TrustClaim::kHardware, kClaimVerifierFailed};

        case Reason::kMalformed:
        case Reason::kLimitExceeded:
        case Reason::kJsonMalformed:
        case Reason::kJsonDuplicateMember:
        case Reason::kQuoteTruncated:
        case Reason::kQuoteVersionUnsupported:
        case Reason::kAttKeyTypeUnsupported:
        case Reason::kQuoteBodyInvalid:
        case Reason::kQeVendorUnknown:
        case Reason::kQuoteMalformed:
        case Reason::kQuoteTrailingData:
        case Reason::kCertDataTypeUnsupported:
        case Reason::kIasReportMalformed:
        case Reason::kSnpSize:
        case Reason::kSnpVersionUnsupported:
        case Reason::kSnpSigAlgoUnsupported:
        case Reason::kSnpReservedNonzero:
        case Reason::kNitroCborMalformed:
        case Reason::kNitroCoseMalformed:
        case Reason::kNitroAlgUnsupported:
        case Reason::kNitroDocInvalid:
        case Reason::kCcaMalformed:
        case Reason::kCcaAlgUnsupported:
        case Reason::kKeystoneMalformed:
        case Reason::kTpmMalformed:
        case Reason::kTpmNotAQuote:
        case Reason::kHclMalformed:
        case Reason::kRatlsEvidenceMalformed:
            return {TrustClaim::kHardware, kClaimNotUnderstood};

        // Signatures, chains, certificates and what they bind.
        case Reason::kCollateralSignerInvalid:
        case Reason::kTcbInfoSignatureInvalid:
        case Reason::kQeIdentitySignatureInvalid:
        case Reason::kCertNotValidAtTime:
        case Reason::kChainUntrusted:
        case Reason::kCertSignatureInvalid:
        case Reason::kChainConstraintViolation:
        case Reason::kCrlSignatureInvalid:
        case Reason::kPckProfileInvalid:
        case Reason::kPckExtensionInvalid:
        case Reason::kPckCertDataMismatch:
        case Reason::kQeReportSignatureInvalid:
        case Reason::kQeReportDataMismatch:
        case Reason::kQeIdentityMismatch:
        case Reason::kQeDebug:
        case Reason::kQeIsvsvnUnsupported:
        case Reason::kAttKeyInvalid:
        case Reason::kQuoteSignatureInvalid:
        case Reason::kTdxModuleMismatch:
        case Reason::kTdxModuleIsvsvnUnsupported:
        case Reason::kTdxTdreportHashMismatch:
        case Reason::kTdxEventLogMalformed:
        case Reason::kTdxEventLogMismatch:
        case Reason::kIasChainInvalid:
        case Reason::kIasCertNotValidAtTime:
        case Reason::kIasSignatureInvalid:
        case Reason::kSnpSigningKeyInvalid:
        case Reason::kSnpRootUntrusted:
        case Reason::kSnpCertNotValidAtTime:
        case Reason::kSnpCertProfileInvalid:
        case Reason::kSnpChainInvalid:
        case Reason::kSnpTcbMismatch:
        case Reason::kSnpChipIdMismatch:
        case Reason::kSnpSignatureInvalid:
        case Reason::kNitroCertMalformed:
        case Reason::kNitroRootUntrusted:
        case Reason::kNitroCertNotValidAtTime:
        case Reason::kNitroChainInvalid:
        case Reason::kNitroCertProfileInvalid:
        case Reason::kNitroSignatureInvalid:
        case Reason::kCcaRakInvalid:
        case Reason::kCcaPlatformSignatureInvalid:
        case Reason::kCcaRealmSignatureInvalid:
        case Reason::kCcaBindingInvalid:
        case Reason::kKeystoneSignatureInvalid:
        case Reason::kTpmSignatureInvalid:
        case Reason::kTpmPcrDigestMismatch:
        case Reason::kHclClaimsNotBound:
        case Reason::kRatlsClaimsNotBound:
        case Reason::kRatlsKeyNotBound:
        case Reason::kRatlsSelfSignatureInvalid:
            return {TrustClaim::kHardware, kClaimCryptographyFailed};

        case Reason::kFmspcMismatch:
        case Reason::kPceidMismatch:
        case Reason::kTcbLevelNotFound:
        case Reason::kSnpProductUnknown:
        case Reason::kSnpProductMismatch:
        case Reason::kKeystoneKeyPublished:
        case Reason::kSimNotAllowed:
        case Reason::kSimMalformed:
        case Reason::kSimKeyUntrusted:
        case Reason::kSimSignatureInvalid:
        case Reason::kPolicyEvidenceType:
        case Reason::kPolicyFmspc:
        case Reason::kPolicyPlatformComponent:
        case Reason::kPolicyCspId:
        case Reason::kPolicyHardware:
            return {TrustClaim::kHardware, kClaimUnknownOrUnbound};

        case Reason::kCertRevoked:
        case Reason::kTcbRevoked:
        case Reason::kSnpCertRevoked:
        case Reason::kPolicyTcbInconsistent:
        case Reason::kPolicyTcbMinimum:
            return {TrustClaim::kHardware, kClaimContraindicated};

        // How bad it is the status itself says.
        case Reason::kPolicyTcbStatus:
        case Reason::kPolicyQuoteStatus:
            return {TrustClaim::kHardware, kClaimWarning};

        case Reason::kBindMissing:
        case Reason::kBindMalformed:
        case Reason::kBindReportDataMismatch:
        case Reason::kBindGenesisMismatch:
        case Reason::kBindShardMismatch:
        case Reason::kBindRoleMismatch:
        case Reason::kBindSigningKeyMismatch:
        case Reason::kBindShieldingKeyMismatch:
        case Reason::kBindTlsKeyMismatch:
        case Reason::kBindChannelMismatch:
        case Reason::kPolicyFreshness:
        case Reason::kPolicyNonce:
            return {TrustClaim::kInstanceIdentity, kClaimUnknownOrUnbound};

        case Reason::kPolicyMeasurementRevoked:
            return {TrustClaim::kExecutables, kClaimContraindicated};
        case Reason::kBindFingerprintMismatch:
        case Reason::kPolicyMeasurementUnknown:
        case Reason::kPolicySignerUnknown:
        case Reason::kPolicyProdIdMismatch:
        case Reason::kPolicySvnTooLow:
            return {TrustClaim::kExecutables, kClaimUnrecognised};
        case Reason::kPolicyMeasurementNotYetValid:
        case Reason::kPolicyMeasurementExpired:
        case Reason::kPolicyAdvisory:
            return {TrustClaim::kExecutables, kClaimWarning};

        case Reason::kPolicyDebug:
        case Reason::kPolicyLifecycle:
        case Reason::kPolicyTdAttributes:
        case Reason::kPolicySeptVeDisable:
        case Reason::kPolicyServiceTd:
        case Reason::kPolicyMigrateMa:
        case Reason::kPolicyVmpl:
        case Reason::kPolicyProvisionKey:
        case Reason::kPolicyXfam:
        case Reason::kPolicyMiscSelect:
        case Reason::kPolicyConfigId:
        case Reason::kPolicyGuestPolicy:
            return {TrustClaim::kConfiguration, kClaimContraindicated};
        case Reason::kPolicySmt:
        case Reason::kPolicyDynamicPlatform:
        case Reason::kPolicyPlatformInfo:
            return {TrustClaim::kConfiguration, kClaimWarning};
    }
    return {};
}

int worse_claim(int one, int other) {
    const auto worst = std::max(one, other);
    if (worst >= kClaimWarning) {
        return worst;
    }
    for (const int unknown : {kClaimVerifierFailed, kClaimNotUnderstood}) {
        if (one == unknown || other == unknown) {
            return unknown;
        }
    }
    return worst;
}

}  // namespace redoubt::wallet
