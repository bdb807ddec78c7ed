#include <attestation/reason.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation {
namespace {

struct Row {
    Reason reason;
    std::string_view code;
    std::string_view cause;
    std::string_view remedy;
};

constexpr auto kRows = std::to_array<Row>({
    {Reason::kMalformed, "MALFORMED", "the evidence or a part of it cannot be decoded",
     "produce the evidence again; when it stays so, sender and verifier differ in the format"},
    {Reason::kLimitExceeded, "LIMIT_EXCEEDED", "the evidence or a part of it is larger than allowed",
     "send the evidence alone, without what does not belong to it"},
    {Reason::kEvidenceTypeUnsupported, "EVIDENCE_TYPE_UNSUPPORTED",
     "this build verifies no evidence of the named type",
     "use a type that the verifier accepts, or a build that has this one"},
    {Reason::kJsonMalformed, "JSON_MALFORMED", "a JSON document is not strict JSON or lacks a member",
     "pass the document exactly as it was served"},
    {Reason::kJsonDuplicateMember, "JSON_DUPLICATE_MEMBER", "a JSON object names a member twice",
     "pass the document exactly as it was served; do not trust where this one came from"},
    {Reason::kQuoteTruncated, "QUOTE_TRUNCATED", "the quote is shorter than its own lengths claim",
     "pass the whole quote"},
    {Reason::kQuoteVersionUnsupported, "QUOTE_VERSION_UNSUPPORTED", "the quote's version is not 3, 4 or 5",
     "name the right evidence type, or update the verifier"},
    {Reason::kAttKeyTypeUnsupported, "ATT_KEY_TYPE_UNSUPPORTED", "the attestation key is not ECDSA P-256",
     "name the right evidence type, or configure the platform for ECDSA quotes"},
    {Reason::kQuoteBodyInvalid, "QUOTE_BODY_INVALID", "the body contradicts the quote's TEE type or size",
     "produce the quote again; this one was altered or is of an unknown kind"},
    {Reason::kQeVendorUnknown, "QE_VENDOR_UNKNOWN", "the quoting enclave is not of Intel's vendor id",
     "use Intel's quoting enclave"},
    {Reason::kQuoteMalformed, "QUOTE_MALFORMED", "the lengths inside the quote do not add up",
     "produce the quote again"},
    {Reason::kQuoteTrailingData, "QUOTE_TRAILING_DATA", "bytes other than zero follow the quote",
     "cut the quote to its own length"},
    {Reason::kCertDataTypeUnsupported, "CERT_DATA_TYPE_UNSUPPORTED",
     "the kind of certification data is not allowed in this place",
     "configure the platform's quote provider for a PCK certificate chain (type 5)"},
    {Reason::kPckChainMissing, "PCK_CHAIN_MISSING",
     "neither quote nor collateral holds the PCK certificate chain",
     "add the PCK certificate chain of the platform to the collateral"},
    {Reason::kCollateralMissing, "COLLATERAL_MISSING", "a document that the verification needs is not there",
     "fetch TCB info, QE identity and both CRLs for this platform"},
    {Reason::kCollateralMalformed, "COLLATERAL_MALFORMED", "the collateral cannot be decoded",
     "fetch the collateral again"},
    {Reason::kTcbInfoNotYetValid, "TCB_INFO_NOT_YET_VALID",
     "the TCB info is issued after the verification time",
     "check the time source, then fetch the collateral again"},
    {Reason::kTcbInfoExpired, "TCB_INFO_EXPIRED",
     "the TCB info's next update is before the verification time", "fetch the collateral again"},
    {Reason::kCollateralSignerInvalid, "COLLATERAL_SIGNER_INVALID",
     "the collateral is signed by a certificate that is not for that",
     "fetch the collateral again; do not trust where this one came from"},
    {Reason::kTcbInfoSignatureInvalid, "TCB_INFO_SIGNATURE_INVALID",
     "the TCB info's signature does not fit its bytes", "pass the TCB info exactly as it was served"},
    {Reason::kQeIdentityNotYetValid, "QE_IDENTITY_NOT_YET_VALID",
     "the QE identity is issued after the verification time",
     "check the time source, then fetch the collateral again"},
    {Reason::kQeIdentityExpired, "QE_IDENTITY_EXPIRED",
     "the QE identity's next update is before the verification time", "fetch the collateral again"},
    {Reason::kQeIdentitySignatureInvalid, "QE_IDENTITY_SIGNATURE_INVALID",
     "the QE identity's signature does not fit its bytes", "pass the QE identity exactly as it was served"},
    {Reason::kTcbInfoIdMismatch, "TCB_INFO_ID_MISMATCH",
     "the TCB info is for another kind of TEE than the quote",
     "fetch the TCB info of the quote's TEE (sgx or tdx)"},
    {Reason::kQeIdentityIdMismatch, "QE_IDENTITY_ID_MISMATCH",
     "the QE identity is for another quoting enclave than the quote's",
     "fetch the QE identity of the quote's TEE (sgx or tdx)"},
    {Reason::kCertNotValidAtTime, "CERT_NOT_VALID_AT_TIME", "a certificate is expired or not valid yet",
     "check the time source; renew the certificate when it is expired"},
    {Reason::kChainUntrusted, "CHAIN_UNTRUSTED", "the certificates do not lead to the trust anchor",
     "use evidence of genuine hardware, with its whole chain"},
    {Reason::kCertSignatureInvalid, "CERT_SIGNATURE_INVALID", "a certificate's signature is not its issuer's",
     "use the certificates as they were issued; these were altered"},
    {Reason::kChainConstraintViolation, "CHAIN_CONSTRAINT_VIOLATION",
     "a certificate was used for what its issuer does not allow", "use the chain as the vendor issues it"},
    {Reason::kCrlMissing, "CRL_MISSING", "there is no revocation list of a certificate's issuer",
     "fetch the revocation list of this CA (processor or platform) and of the root"},
    {Reason::kCrlMalformed, "CRL_MALFORMED", "a revocation list cannot be decoded",
     "fetch the revocation list again"},
    {Reason::kCrlSignatureInvalid, "CRL_SIGNATURE_INVALID",
     "a revocation list's signature is not its issuer's",
     "fetch the revocation list again; do not trust where this one came from"},
    {Reason::kCrlNotValidAtTime, "CRL_NOT_VALID_AT_TIME", "a revocation list is expired or not valid yet",
     "fetch the revocation list again and check the time source"},
    {Reason::kCertRevoked, "CERT_REVOKED", "a certificate was revoked by its issuer",
     "take this platform out of service until its vendor has re-certified it"},
    {Reason::kPckProfileInvalid, "PCK_PROFILE_INVALID", "the leaf is no PCK certificate",
     "pass the platform's PCK certificate"},
    {Reason::kPckExtensionInvalid, "PCK_EXTENSION_INVALID",
     "the PCK certificate's SGX extension is missing or cannot be decoded",
     "pass the platform's PCK certificate"},
    {Reason::kFmspcMismatch, "FMSPC_MISMATCH", "the TCB info is for another platform family (FMSPC)",
     "fetch the TCB info of the FMSPC in the PCK certificate"},
    {Reason::kPceidMismatch, "PCEID_MISMATCH", "the TCB info is for another PCE",
     "fetch the TCB info that fits the PCK certificate"},
    {Reason::kPckCertDataMismatch, "PCK_CERT_DATA_MISMATCH",
     "the PCK certificate is not the one that the quote's certification data names",
     "fetch the PCK certificate of this platform at its present TCB"},
    {Reason::kQeReportSignatureInvalid, "QE_REPORT_SIGNATURE_INVALID",
     "the quoting enclave's report is not signed by this platform's PCK key",
     "pass the quote with the certificate chain of the platform that made it"},
    {Reason::kQeReportDataMismatch, "QE_REPORT_DATA_MISMATCH",
     "the quoting enclave does not vouch for this attestation key",
     "produce the quote again; this one was altered"},
    {Reason::kQeIdentityMismatch, "QE_IDENTITY_MISMATCH",
     "the quoting enclave is not the one that Intel signed for", "use Intel's quoting enclave"},
    {Reason::kQeDebug, "QE_DEBUG", "the quoting enclave runs in debug mode",
     "use the production quoting enclave"},
    {Reason::kQeIsvsvnUnsupported, "QE_ISVSVN_UNSUPPORTED",
     "the quoting enclave is older than every known level", "update the platform's quoting enclave"},
    {Reason::kAttKeyInvalid, "ATT_KEY_INVALID", "the attestation key is not a point of P-256",
     "produce the quote again; this one was made to attack the verifier"},
    {Reason::kQuoteSignatureInvalid, "QUOTE_SIGNATURE_INVALID",
     "the quote's signature does not fit its bytes", "produce the quote again; this one was altered"},
    {Reason::kTcbLevelNotFound, "TCB_LEVEL_NOT_FOUND", "the platform is older than every known TCB level",
     "update firmware and microcode of the platform"},
    {Reason::kTdxModuleMismatch, "TDX_MODULE_MISMATCH", "the TDX module is not one that Intel signed for",
     "update the TDX module, or the TCB info when the module is newer"},
    {Reason::kTdxModuleIsvsvnUnsupported, "TDX_MODULE_ISVSVN_UNSUPPORTED",
     "the TDX module is older than every known level", "update the TDX module"},
    {Reason::kTcbRevoked, "TCB_REVOKED", "this TCB level is revoked",
     "take the platform out of service, update its firmware, then attest again"},
    {Reason::kTdxTdreportHashMismatch, "TDX_TDREPORT_HASH_MISMATCH",
     "the TD report's own hashes do not fit its parts", "read the TD report again"},
    {Reason::kTdxEventLogMalformed, "TDX_EVENT_LOG_MALFORMED", "the event log cannot be decoded",
     "pass the event log as the guest recorded it"},
    {Reason::kTdxEventLogMismatch, "TDX_EVENT_LOG_MISMATCH",
     "the event log does not give the registers of the quote",
     "pass the event log of this boot, complete and in order"},
    {Reason::kIasChainInvalid, "IAS_CHAIN_INVALID", "the report's certificate is not of the IAS signing CA",
     "pass the certificate that the attestation service sent"},
    {Reason::kIasCertNotValidAtTime, "IAS_CERT_NOT_VALID_AT_TIME",
     "the IAS signing certificate is not valid at this time",
     "verify at the time the report was stored, or attest with DCAP"},
    {Reason::kIasSignatureInvalid, "IAS_SIGNATURE_INVALID", "the report's signature does not fit its bytes",
     "pass the report body exactly as it was received"},
    {Reason::kIasReportMalformed, "IAS_REPORT_MALFORMED",
     "the attestation service's report cannot be decoded", "pass the report body exactly as it was received"},
    {Reason::kSnpSize, "SNP_SIZE", "an SEV-SNP report has 1184 bytes", "pass the report alone"},
    {Reason::kSnpVersionUnsupported, "SNP_VERSION_UNSUPPORTED", "the report's version is not 2, 3 or 5",
     "name the right evidence type, or update the verifier"},
    {Reason::kSnpSigAlgoUnsupported, "SNP_SIG_ALGO_UNSUPPORTED", "the report is not signed with ECDSA P-384",
     "update the platform's firmware, or the verifier"},
    {Reason::kSnpSigningKeyInvalid, "SNP_SIGNING_KEY_INVALID",
     "the report is signed by neither VCEK nor VLEK", "enable the VCEK or load a VLEK on the platform"},
    {Reason::kSnpReservedNonzero, "SNP_RESERVED_NONZERO", "reserved fields of the report are not zero",
     "update the verifier when the platform's firmware is newer"},
    {Reason::kSnpRootUntrusted, "SNP_ROOT_UNTRUSTED", "the ARK is not one of AMD's",
     "pass AMD's certificate chain of the product"},
    {Reason::kSnpProductUnknown, "SNP_PRODUCT_UNKNOWN", "no root key is known for this processor",
     "update the verifier when the processor is newer"},
    {Reason::kSnpProductMismatch, "SNP_PRODUCT_MISMATCH", "report and certificates are of different products",
     "pass the certificate chain of this processor"},
    {Reason::kSnpCertNotValidAtTime, "SNP_CERT_NOT_VALID_AT_TIME",
     "a certificate of the SEV chain is not valid at this time",
     "check the time source; fetch the VCEK or VLEK again"},
    {Reason::kSnpCertProfileInvalid, "SNP_CERT_PROFILE_INVALID",
     "a certificate is not the kind that the report names",
     "pass the VCEK or VLEK that signed the report, with its chain"},
    {Reason::kSnpChainInvalid, "SNP_CHAIN_INVALID", "the SEV certificates do not lead to the ARK",
     "pass the certificate chain of this processor"},
    {Reason::kSnpCertRevoked, "SNP_CERT_REVOKED", "a certificate of the SEV chain is revoked",
     "take the platform out of service until AMD has re-certified it"},
    {Reason::kSnpTcbMismatch, "SNP_TCB_MISMATCH", "the certificate is for another TCB than the report's",
     "fetch the VCEK of the reported TCB"},
    {Reason::kSnpChipIdMismatch, "SNP_CHIP_ID_MISMATCH", "the certificate is for another chip",
     "fetch the VCEK of this chip"},
    {Reason::kSnpSignatureInvalid, "SNP_SIGNATURE_INVALID", "the report's signature does not fit its bytes",
     "produce the report again; this one was altered"},
    {Reason::kNitroCborMalformed, "NITRO_CBOR_MALFORMED",
     "the document is not canonical CBOR of the expected shape", "pass the attestation document alone"},
    {Reason::kNitroCoseMalformed, "NITRO_COSE_MALFORMED", "the document is no COSE_Sign1 structure",
     "pass the attestation document alone"},
    {Reason::kNitroAlgUnsupported, "NITRO_ALG_UNSUPPORTED", "the document is not signed with ES384",
     "pass the attestation document as the security module made it"},
    {Reason::kNitroDocInvalid, "NITRO_DOC_INVALID", "a field of the document is missing or out of its range",
     "pass the attestation document as the security module made it"},
    {Reason::kNitroCertMalformed, "NITRO_CERT_MALFORMED", "a certificate in the document cannot be decoded",
     "pass the attestation document as the security module made it"},
    {Reason::kNitroRootUntrusted, "NITRO_ROOT_UNTRUSTED", "the document's root is not the Nitro root",
     "use a document of genuine hardware"},
    {Reason::kNitroCertNotValidAtTime, "NITRO_CERT_NOT_VALID_AT_TIME",
     "a certificate in the document is not valid at this time",
     "check the time source and produce the document again"},
    {Reason::kNitroChainInvalid, "NITRO_CHAIN_INVALID", "the document's certificates do not lead to its root",
     "pass the attestation document as the security module made it"},
    {Reason::kNitroCertProfileInvalid, "NITRO_CERT_PROFILE_INVALID",
     "a certificate in the document was used for what its issuer does not allow",
     "pass the attestation document as the security module made it"},
    {Reason::kNitroSignatureInvalid, "NITRO_SIGNATURE_INVALID",
     "the document's signature does not fit its bytes", "produce the document again; this one was altered"},
    {Reason::kCcaMalformed, "CCA_MALFORMED", "the token cannot be decoded", "pass the token alone"},
    {Reason::kCcaAlgUnsupported, "CCA_ALG_UNSUPPORTED",
     "the token is signed with an algorithm that is not allowed", "use ES256, ES384 or ES512"},
    {Reason::kCcaRakInvalid, "CCA_RAK_INVALID", "the realm's key is not a point of P-384",
     "produce the token again"},
    {Reason::kCcaPlatformSignatureInvalid, "CCA_PLATFORM_SIGNATURE_INVALID",
     "the platform token is not signed by the endorsed key", "configure the platform key of this device"},
    {Reason::kCcaRealmSignatureInvalid, "CCA_REALM_SIGNATURE_INVALID",
     "the realm token is not signed by its own key", "produce the token again; this one was altered"},
    {Reason::kCcaBindingInvalid, "CCA_BINDING_INVALID",
     "the platform token does not vouch for the realm's key",
     "produce the token again; its halves are of different places"},
    {Reason::kKeystoneMalformed, "KEYSTONE_MALFORMED", "the report cannot be decoded",
     "pass the report alone"},
    {Reason::kKeystoneSignatureInvalid, "KEYSTONE_SIGNATURE_INVALID",
     "a signature of the report is not valid",
     "configure the public key of this device; produce the report again"},
    {Reason::kTpmMalformed, "TPM_MALFORMED", "the TPM structure cannot be decoded",
     "pass quote and signature as the TPM made them"},
    {Reason::kTpmNotAQuote, "TPM_NOT_A_QUOTE", "the TPM structure is no quote",
     "pass the quote of the attestation key"},
    {Reason::kTpmSignatureInvalid, "TPM_SIGNATURE_INVALID",
     "the quote is not signed by the endorsed attestation key",
     "use the attestation key that the hardware report binds"},
    {Reason::kTpmPcrDigestMismatch, "TPM_PCR_DIGEST_MISMATCH",
     "the PCR values do not give the digest of the quote", "pass the PCR values of the moment of the quote"},
    {Reason::kHclMalformed, "HCL_MALFORMED", "the paravisor's report cannot be decoded",
     "pass the report as the guest reads it"},
    {Reason::kHclClaimsNotBound, "HCL_CLAIMS_NOT_BOUND",
     "the runtime claims are not those of the hardware report", "pass the paravisor's report unaltered"},
    {Reason::kRatlsEvidenceMalformed, "RATLS_EVIDENCE_MALFORMED",
     "the certificate's evidence cannot be decoded", "update the peer"},
    {Reason::kRatlsClaimsNotBound, "RATLS_CLAIMS_NOT_BOUND",
     "the evidence does not vouch for the certificate's claims", "produce certificate and evidence together"},
    {Reason::kRatlsKeyNotBound, "RATLS_KEY_NOT_BOUND",
     "the evidence vouches for another key than the certificate's",
     "do not trust this peer: it shows somebody else's evidence"},
    {Reason::kRatlsSelfSignatureInvalid, "RATLS_SELF_SIGNATURE_INVALID",
     "the certificate is not signed by its own key", "produce the certificate again"},
    {Reason::kBindMalformed, "BIND_MALFORMED", "the binding block cannot be decoded",
     "build the block with tags in ascending order, each once, and a nonce"},
    {Reason::kBindReportDataMismatch, "BIND_REPORT_DATA_MISMATCH",
     "the evidence does not vouch for the binding block", "produce evidence and block together"},
    {Reason::kBindGenesisMismatch, "BIND_GENESIS_MISMATCH", "the evidence is for another chain",
     "connect to a worker of this chain"},
    {Reason::kBindShardMismatch, "BIND_SHARD_MISMATCH", "the evidence is for another shard",
     "connect to a worker of this shard"},
    {Reason::kBindRoleMismatch, "BIND_ROLE_MISMATCH", "the evidence is for another role",
     "connect to a peer of the expected role"},
    {Reason::kBindTlsKeyMismatch, "BIND_TLS_KEY_MISMATCH", "the evidence is for another TLS key",
     "do not trust this peer: it shows somebody else's evidence"},
    {Reason::kBindChannelMismatch, "BIND_CHANNEL_MISMATCH", "the evidence is for another connection",
     "attest again inside this connection"},
    {Reason::kSimNotAllowed, "SIM_NOT_ALLOWED", "simulated evidence is not accepted here",
     "use hardware, or a development chain that allows simulation"},
    {Reason::kSimMalformed, "SIM_MALFORMED", "the simulated evidence cannot be decoded",
     "produce the evidence again"},
    {Reason::kSimKeyUntrusted, "SIM_KEY_UNTRUSTED", "the simulation's key is not a configured one",
     "add the key to trusted_sim_keys on a development chain"},
    {Reason::kSimSignatureInvalid, "SIM_SIGNATURE_INVALID",
     "the simulated evidence's signature does not fit its bytes", "produce the evidence again"},
    {Reason::kPolicyDebug, "POLICY_DEBUG", "the TEE is in debug mode: its memory can be read",
     "run a production build in production mode"},
    {Reason::kPolicyLifecycle, "POLICY_LIFECYCLE", "the platform is not in its secured lifecycle",
     "use a platform in production state"},
    {Reason::kPolicyTcbStatus, "POLICY_TCB_STATUS", "the TCB status is not accepted",
     "update the platform, or allow the status with its advisories named"},
    {Reason::kPolicyTdAttributes, "POLICY_TD_ATTRIBUTES", "the TD has attributes that are not allowed",
     "launch the TD without them"},
    {Reason::kPolicySeptVeDisable, "POLICY_SEPT_VE_DISABLE",
     "the TD takes exceptions from host-controlled memory (SEPT_VE_DISABLE is clear)",
     "launch the TD with SEPT_VE_DISABLE set"},
    {Reason::kPolicyServiceTd, "POLICY_SERVICE_TD", "a service TD is bound to the TD",
     "launch the TD without it, or allow its measurement"},
    {Reason::kPolicyMigrateMa, "POLICY_MIGRATE_MA", "the guest may be moved by a migration agent",
     "launch the guest without MIGRATE_MA"},
    {Reason::kPolicyVmpl, "POLICY_VMPL", "the report was asked for from outside the guest",
     "produce the report inside the guest"},
    {Reason::kPolicyTcbInconsistent, "POLICY_TCB_INCONSISTENT", "the current TCB is below the reported one",
     "produce the report again after the firmware update has ended"},
    {Reason::kPolicyTcbMinimum, "POLICY_TCB_MINIMUM", "the TCB is below the configured floor",
     "update the platform's firmware"},
    {Reason::kPolicyQuoteStatus, "POLICY_QUOTE_STATUS", "the attestation service's status is not accepted",
     "update the platform, or attest with DCAP"},
    {Reason::kPolicyFreshness, "POLICY_FRESHNESS", "the evidence is too old or from the future",
     "produce new evidence; check the clocks"},
    {Reason::kPolicyNonce, "POLICY_NONCE", "the evidence does not answer this request",
     "produce evidence for the nonce of this request"},
    {Reason::kPolicyMeasurementRevoked, "POLICY_MEASUREMENT_REVOKED", "the measurement is revoked",
     "update to a build that is allowed"},
    {Reason::kPolicyMeasurementUnknown, "POLICY_MEASUREMENT_UNKNOWN", "the measurement is not on the list",
     "allow this build, or run an allowed one"},
    {Reason::kPolicyMeasurementNotYetValid, "POLICY_MEASUREMENT_NOT_YET_VALID",
     "the measurement is not allowed yet", "wait for its date, or run the present build"},
    {Reason::kPolicyMeasurementExpired, "POLICY_MEASUREMENT_EXPIRED",
     "the measurement is not allowed any more", "update to a build that is allowed"},
    {Reason::kPolicySignerUnknown, "POLICY_SIGNER_UNKNOWN", "the signer is not on the list",
     "allow this signer, or run a build of an allowed one"},
    {Reason::kPolicyProdIdMismatch, "POLICY_PROD_ID_MISMATCH", "the signer's product is another than allowed",
     "run the product that the policy names"},
    {Reason::kPolicySvnTooLow, "POLICY_SVN_TOO_LOW", "the security version is below the floor",
     "update to a newer build"},
    {Reason::kPolicyEvidenceType, "POLICY_EVIDENCE_TYPE", "evidence of this type is not accepted",
     "use a TEE of an accepted type, or accept this one"},
    {Reason::kPolicyCollateralAge, "POLICY_COLLATERAL_AGE", "the collateral is older than the policy allows",
     "fetch the collateral again"},
    {Reason::kPolicyEvaluationNumber, "POLICY_EVALUATION_NUMBER",
     "the collateral is of an older evaluation than required",
     "fetch the collateral again, with the newer evaluation"},
    {Reason::kPolicyAdvisory, "POLICY_ADVISORY",
     "an advisory is open that the policy does not name as mitigated",
     "update the platform, or name the advisory as mitigated"},
    {Reason::kPolicySmt, "POLICY_SMT", "the platform runs with simultaneous multithreading, or does not say",
     "switch it off in the firmware settings"},
    {Reason::kPolicyDynamicPlatform, "POLICY_DYNAMIC_PLATFORM",
     "the platform's parts can change, or it does not say", "use a platform with a fixed configuration"},
    {Reason::kPolicyFmspc, "POLICY_FMSPC", "the platform family is not on the list",
     "use a platform of an allowed family"},
    {Reason::kPolicyProvisionKey, "POLICY_PROVISION_KEY", "the enclave may derive the provisioning key",
     "build the enclave without that attribute"},
    {Reason::kPolicyXfam, "POLICY_XFAM", "the extended features differ from those pinned",
     "launch with the pinned feature mask"},
    {Reason::kPolicyMiscSelect, "POLICY_MISC_SELECT", "MISCSELECT differs from the pinned value",
     "build the enclave with the pinned value"},
    {Reason::kPolicyConfigId, "POLICY_CONFIG_ID", "the configuration identity differs from the pinned one",
     "launch with the pinned configuration"},
    {Reason::kPolicyHardware, "POLICY_HARDWARE", "no hardware vouches for this evidence", "use hardware"},
    {Reason::kPolicyVersion, "POLICY_VERSION", "the policy document is older than one seen before",
     "install the newer policy document"},
});

constexpr bool rows_are_in_order() {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (static_cast<std::size_t>(kRows[i].reason) != i + 1) {
            return false;
        }
    }
    return true;
}
static_assert(rows_are_in_order(), "one row for each reason, in the order of the enumeration");

constexpr auto kAll = [] {
    std::array<Reason, kRows.size()> out{};
    std::ranges::transform(kRows, out.begin(), &Row::reason);
    return out;
}();

const Row& row_of(Reason reason) {
    const auto index = static_cast<std::size_t>(reason) - 1;
    return kRows[index < kRows.size() ? index : 0];
}

}  // namespace

std::string_view error_domain(Reason) {
    return "attestation";
}

std::string_view error_message(Reason reason) {
    return row_of(reason).cause;
}

std::string_view reason_code(Reason reason) {
    return row_of(reason).code;
}

std::string_view remedy(Reason reason) {
    return row_of(reason).remedy;
}

std::span<const Reason> all_reasons() {
    return kAll;
}

std::optional<Reason> reason_of_code(std::string_view code) {
    const auto* row = std::ranges::find(kRows, code, &Row::code);
    if (row == kRows.end()) {
        return std::nullopt;
    }
    return row->reason;
}

Reason reason_of(const std::error_code& error) {
    if (error.category() == error_category<Reason>()) {
        return static_cast<Reason>(error.value());
    }
    return Reason::kMalformed;
}

}  // namespace redoubt::attestation
