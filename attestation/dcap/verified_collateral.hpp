/// Collateral of which everything was verified that does not depend on a quote. Build it once and use it for
/// many quotes: signatures are not checked again, times are. The times of the revocation lists are checked
/// with each quote, after its certificates.
///
/// @source attestation.md, sections 5.2, 5.3, 5.5 (steps 2, 3, 5) and 6
#pragma once

#include <attestation/check_log.hpp>
#include <attestation/dcap/collateral.hpp>
#include <attestation/dcap/enclave_identity.hpp>
#include <attestation/dcap/tcb_info.hpp>
#include <attestation/public_key.hpp>
#include <attestation/trust_roots.hpp>
#include <attestation/verdict.hpp>
#include <attestation/verification_time.hpp>
#include <attestation/x509/certificate.hpp>
#include <attestation/x509/revocation_list.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::attestation::dcap {

/// The checks of a DCAP verification, in order.
inline constexpr std::array<std::string_view, 17> kChecks{
    "quote_format",
    "tcb_info",
    "qe_identity",
    "revocation_lists",
    "collateral_fits_quote",
    "pck_chain",
    "pck_revocation",
    "pck_certificate",
    "collateral_fits_platform",
    "qe_report_signature",
    "qe_report_data",
    "quoting_enclave",
    "attestation_key",
    "quote_signature",
    "tcb_level",
    "tdx_module",
    "tcb_status",
};

/// What a caller may loosen; everything is strict by default.
struct Tolerances {
    /// How long after their next update TCB info and identity are taken still. The verdict says so, and its
    /// status is no better than OutOfDate.
    std::int64_t collateral_grace_s = 0;
};

/// A PCK CA that was verified up to the root, with its key.
struct KnownCa {
    x509::Certificate certificate;
    PublicKey key;
};

/// Immutable; move-only.
class VerifiedCollateral {
  public:
    /// @param roots   which root to trust; TrustRoots::built_in() but in tests
    /// @param time    when the verification takes place
    /// @param log     takes the outcome of `tcb_info`, `qe_identity` and `revocation_lists`
    /// @errors reasons of the families TCB_INFO_*, QE_IDENTITY_*, COLLATERAL_*, JSON_*, CERT_*, CHAIN_*,
    /// CRL_*
    [[nodiscard]] static Result<VerifiedCollateral> verify(const Collateral& collateral,
                                                           const TrustRoots& roots,
                                                           VerificationTime time,
                                                           const Tolerances& tolerances,
                                                           CheckLog& log);

    /// Whether everything still holds at `time`; the same order, log and errors as of verify.
    [[nodiscard]] Result<void> check_time(VerificationTime time,
                                          const Tolerances& tolerances,
                                          CheckLog& log) const;

    /// Whether both revocation lists, and the CA that came with the second, hold at `time`.
    /// @errors kCrlNotValidAtTime, kCertNotValidAtTime
    [[nodiscard]] Result<void> check_lists_time(VerificationTime time) const;

    [[nodiscard]] const TcbInfo& tcb_info() const { return tcb_info_; }
    [[nodiscard]] const EnclaveIdentity& qe_identity() const { return qe_identity_; }
    /// SHA-256 of the root certificate that this collateral was verified under.
    [[nodiscard]] const Hash256& root_sha256() const { return root_sha256_; }
    [[nodiscard]] const x509::RevocationList& root_crl() const { return root_crl_; }
    [[nodiscard]] const x509::RevocationList& pck_crl() const { return pck_crl_; }
    /// The CA that is known to have signed the PCK list; nullptr when none came with the collateral.
    [[nodiscard]] const KnownCa* pck_ca() const { return pck_ca_ ? &*pck_ca_ : nullptr; }
    [[nodiscard]] const std::string& pck_certificate_chain() const { return pck_certificate_chain_; }
    /// Age and expiry of everything here.
    [[nodiscard]] CollateralFacts facts(VerificationTime time) const;

  private:
    VerifiedCollateral(x509::RevocationList root_crl, x509::RevocationList pck_crl)
        : root_crl_(std::move(root_crl)), pck_crl_(std::move(pck_crl)) {}

    TcbInfo tcb_info_;
    EnclaveIdentity qe_identity_;
    std::vector<Validity> tcb_info_signer_;     ///< of the certificates below and with the root
    std::vector<Validity> qe_identity_signer_;  ///< the same
    std::vector<Validity> pck_ca_path_;         ///< the same; empty without a CA
    Hash256 root_sha256_;
    x509::RevocationList root_crl_;
    x509::RevocationList pck_crl_;
    std::optional<KnownCa> pck_ca_;
    std::string pck_certificate_chain_;
};

/// The certificates of `chain` above its leaf part: the CAs given, then the anchor. A root in the chain has
/// to be the anchor byte for byte.
/// @param count how many certificates a path has below the root
/// @errors kChainUntrusted
[[nodiscard]] Result<std::vector<const x509::Certificate*>>
path_to_root(const std::vector<x509::Certificate>& chain, std::size_t count, const x509::Certificate& root);

}  // namespace redoubt::attestation::dcap
