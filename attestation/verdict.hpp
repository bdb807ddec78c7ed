/// The result of an appraisal, one type for every kind of evidence: what was checked, what it says, and what
/// the operator can do. An appraisal holds no local preference; a policy judges it (policy/policy.hpp).
///
/// A verdict is never partial: what the evidence says is in it only when every check passed.
///
/// @source attestation.md, sections 1.1, 7.6
#pragma once

#include <attestation/check_log.hpp>
#include <attestation/claims/cca_claims.hpp>
#include <attestation/claims/ias_claims.hpp>
#include <attestation/claims/keystone_claims.hpp>
#include <attestation/claims/nitro_claims.hpp>
#include <attestation/claims/paravisor_claims.hpp>
#include <attestation/claims/sgx_claims.hpp>
#include <attestation/claims/sim_claims.hpp>
#include <attestation/claims/snp_claims.hpp>
#include <attestation/claims/tdx_claims.hpp>
#include <attestation/claims/tpm_claims.hpp>
#include <attestation/evidence_type.hpp>
#include <attestation/reason.hpp>
#include <attestation/tcb_status.hpp>
#include <attestation/verification_time.hpp>
#include <attestation/x509/list_number.hpp>
#include <primitives/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace redoubt::attestation {

/// Why the evidence was refused.
struct Refusal {
    Reason reason = Reason::kMalformed;
    /// What exactly, where the code alone does not say it, for example the two FMSPCs that differ. Never
    /// holds what identifies hardware.
    std::string detail;
};

/// What the evidence says, by its kind. Append a kind here with its own header in claims/.
using Claims = std::variant<std::monostate,
                            SgxClaims,
                            TdxClaims,
                            SnpClaims,
                            IasClaims,
                            NitroClaims,
                            SimClaims,
                            CcaClaims,
                            KeystoneClaims,
                            TpmClaims,
                            ParavisorClaims>;

/// How up to date one part of the platform is.
struct LevelFacts {
    TcbStatus status = TcbStatus::kRevoked;
    /// How many newer levels there are; 0 is the newest.
    std::uint32_t levels_behind = 0;
    VerificationTime date;
};

/// Intel's TCB evaluation (SGX and TDX).
struct TcbFacts {
    TcbStatus status = TcbStatus::kRevoked;  ///< the merged one
    LevelFacts platform;
    LevelFacts quoting_enclave;
    std::optional<LevelFacts> tdx_module;
    /// In the order platform, module, quoting enclave; each once.
    std::vector<std::string> advisories;
    FixedBytes<6> fmspc;
    FixedBytes<2> pce_id;
    std::uint16_t pce_svn = 0;
    /// The smaller one of TCB info and identity.
    std::uint32_t evaluation_data_number = 0;
};

/// How old what the appraisal rests upon is. The documents of SEV-SNP are its revocation lists, or the
/// certificate that signs when there are none; the one of the attestation service is its report.
struct CollateralFacts {
    VerificationTime oldest_issue;          ///< of TCB info, identity and revocation lists
    VerificationTime latest_issue;          ///< no verification may be dated before it: the floor of a clock
    VerificationTime earliest_expiry;       ///< of everything used, certificates included
    bool is_expired = false;                ///< taken within the grace that the caller allowed
    std::optional<ListNumber> root_list{};  ///< the root's; SEV-SNP may come without
    std::optional<ListNumber> issuer_list{};  ///< of the CA that issued the platform's certificate; the same

    [[nodiscard]] std::int64_t age_s(VerificationTime now) const {
        return now.unix_seconds - oldest_issue.unix_seconds;
    }
};

enum class SgxType : std::uint8_t {
    kStandard = 0,
    kScalable = 1,
    kScalableWithIntegrity = 2,
};

/// Facts about the platform; nullopt where the evidence does not say.
struct PlatformFacts {
    std::optional<SgxType> sgx_type;
    std::optional<bool> is_dynamic;
    std::optional<bool> has_cached_keys;
    std::optional<bool> has_smt;
    std::optional<bool> is_chip_id_masked;
};

struct Verdict {
    EvidenceType type = EvidenceType::kSgxDcap;
    VerificationTime time;
    /// All checks of the format, in order.
    std::vector<Check> checks;
    /// Absent exactly when the evidence is verified.
    std::optional<Refusal> refusal = Refusal{};
    /// False for simulation, in every result.
    bool is_hardware = false;
    /// Memory of the TEE can be read from outside. An appraisal reports it, a policy refuses it.
    bool is_debug = false;

    // What follows is filled only when the evidence is verified.
    Claims claims;
    /// When the evidence was made, where its format says so.
    std::optional<VerificationTime> produced_at;
    /// The challenge that the evidence repeats in a field of its own, where its format has one. It is not
    /// this when the challenge is a part of what the report data is made of.
    std::optional<Bytes> nonce;
    std::optional<TcbFacts> tcb;
    std::optional<CollateralFacts> collateral;
    PlatformFacts platform;

    [[nodiscard]] bool is_verified() const { return !refusal.has_value(); }
};

/// A verdict of refusal that holds nothing but the reason and the checks.
[[nodiscard]] Verdict refuse(EvidenceType type, VerificationTime time, CheckLog log, Refusal refusal);

/// MRENCLAVE of an enclave; for a TD SHA-384 over MRTD and RTMR0 to RTMR2; MEASUREMENT of a guest; for Nitro
/// SHA-384 over PCR0 to PCR2; for a realm over its initial and its extensible measurements; SHA-256 over the
/// covered registers of a TPM, each as bank, index and value; below a paravisor the hardware's; for
/// Keystone SHA-384 over the hashes of monitor and enclave. Empty when there is none.
/// @source attestation.md, section 14.4
[[nodiscard]] Bytes measurement(const Claims& claims);
/// The 64 bytes that the TEE vouches for; for Nitro the user data and for a TPM the extra data, of any
/// length; for a realm its challenge; for Keystone its data. Empty when there are none. A view into `claims`.
[[nodiscard]] ByteView report_data(const Claims& claims);
/// What the operator can do about this verdict, in whole sentences; empty when there is nothing to do.
[[nodiscard]] std::vector<std::string> advice(const Verdict& verdict);

}  // namespace redoubt::attestation
