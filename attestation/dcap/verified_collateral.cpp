#include <attestation/dcap/verified_collateral.hpp>

#include <attestation/digest.hpp>
#include <attestation/x509/name.hpp>
#include <attestation/x509/path.hpp>
#include <attestation/x509/pem.hpp>

#include <algorithm>

namespace redoubt::attestation::dcap {
namespace {

constexpr std::string_view kSignerName = "Intel SGX TCB Signing";

/// The reasons of one kind of document.
struct DocumentReasons {
    Reason not_yet_valid;
    Reason expired;
    Reason signature_invalid;
};
constexpr DocumentReasons kTcbInfoReasons{Reason::kTcbInfoNotYetValid, Reason::kTcbInfoExpired,
                                          Reason::kTcbInfoSignatureInvalid};
constexpr DocumentReasons kQeIdentityReasons{Reason::kQeIdentityNotYetValid, Reason::kQeIdentityExpired,
                                             Reason::kQeIdentitySignatureInvalid};

Result<void> check_document_time(const Validity& validity,
                                 VerificationTime time,
                                 const Tolerances& tolerances,
                                 const DocumentReasons& reasons) {
    if (time < validity.not_before) {
        return reasons.not_yet_valid;
    }
    const auto grace_s = std::max<std::int64_t>(tolerances.collateral_grace_s, 0);
    if (time > validity.not_after && time.unix_seconds - grace_s > validity.not_after.unix_seconds) {
        return reasons.expired;
    }
    return success();
}

Result<void> check_times(const std::vector<Validity>& validities, VerificationTime time) {
    if (!std::ranges::all_of(validities, [&](const Validity& one) { return one.contains(time); })) {
        return Reason::kCertNotValidAtTime;
    }
    return success();
}

std::vector<Validity> validities_of(std::span<const x509::Certificate* const> path) {
    std::vector<Validity> out;
    for (const auto* certificate : path) {
        out.push_back(certificate->validity());
    }
    return out;
}

/// A verified certificate that signs TCB info and identities.
struct Signer {
    x509::Certificate certificate;
    PublicKey key;
    std::vector<Validity> validities;  ///< of its path
};

Result<Signer> verify_signer(std::string_view pem, const TrustRoots& roots, VerificationTime time) {
    BOOST_OUTCOME_TRY(auto chain, x509::read_pem_chain(pem));
    const auto& signer = chain.front();
    if (x509::common_name(signer.subject()) != kSignerName || signer.is_ca() ||
        !signer.has_key_usage(x509::kDigitalSignature)) {
        return Reason::kCollateralSignerInvalid;
    }
    BOOST_OUTCOME_TRY(const auto path, path_to_root(chain, 1, roots.intel_sgx));
    BOOST_OUTCOME_TRY(x509::check_path_time(path, time));
    BOOST_OUTCOME_TRY(x509::check_link(signer, roots.intel_sgx, roots.intel_sgx_key));
    BOOST_OUTCOME_TRY(x509::check_path_rules(path, time));
    auto key = signer.public_key();
    if (!key || !key.value().is_ec(Curve::kP256)) {
        return Reason::kCollateralSignerInvalid;
    }
    auto validities = validities_of(path);
    return Signer{std::move(chain.front()), std::move(key).value(), std::move(validities)};
}

Result<void> verify_document(const SignedText& document,
                             const Signer& signer,
                             const DocumentReasons& reasons) {
    if (!signer.key.verify_ecdsa_raw(HashAlgorithm::kSha256, bytes_of(document.text),
                                     document.signature.view())) {
        return reasons.signature_invalid;
    }
    return success();
}

/// Parse, time, signer path, signature.
struct VerifiedTcbInfo {
    TcbInfo info;
    Signer signer;
};
Result<VerifiedTcbInfo> verify_tcb_info(const SignedText& document,
                                        const TrustRoots& roots,
                                        VerificationTime time,
                                        const Tolerances& tolerances) {
    BOOST_OUTCOME_TRY(auto info, parse_tcb_info(document.text));
    BOOST_OUTCOME_TRY(check_document_time(info.validity, time, tolerances, kTcbInfoReasons));
    BOOST_OUTCOME_TRY(auto signer, verify_signer(document.issuer_chain, roots, time));
    BOOST_OUTCOME_TRY(verify_document(document, signer, kTcbInfoReasons));
    return VerifiedTcbInfo{std::move(info), std::move(signer)};
}

/// An identity; `signer` is empty when it is the signer of the TCB info.
struct VerifiedIdentity {
    EnclaveIdentity identity;
    std::optional<Signer> signer;
};
Result<VerifiedIdentity> verify_identity(const Collateral& collateral,
                                         const Signer& tcb_info_signer,
                                         const TrustRoots& roots,
                                         VerificationTime time,
                                         const Tolerances& tolerances) {
    const auto& document = collateral.qe_identity;
    VerifiedIdentity out;
    BOOST_OUTCOME_TRY(out.identity, parse_enclave_identity(document.text));
    BOOST_OUTCOME_TRY(check_document_time(out.identity.validity, time, tolerances, kQeIdentityReasons));
    if (document.issuer_chain != collateral.tcb_info.issuer_chain) {
        BOOST_OUTCOME_TRY(auto signer, verify_signer(document.issuer_chain, roots, time));
        out.signer = std::move(signer);
    }
    BOOST_OUTCOME_TRY(
        verify_document(document, out.signer ? *out.signer : tcb_info_signer, kQeIdentityReasons));
    return out;
}

Result<x509::RevocationList> read_list(ByteView bytes) {
    if (bytes.empty()) {
        return Reason::kCrlMissing;
    }
    return x509::RevocationList::decode_any(bytes);
}

struct VerifiedLists {
    x509::RevocationList root;
    x509::RevocationList pck;
    std::vector<Validity> pck_ca_path;
    std::optional<KnownCa> pck_ca;
};

/// The CA that signed the PCK list, when the collateral holds it.
Result<void> verify_pck_list(std::string_view issuer_chain,
                             const TrustRoots& roots,
                             VerificationTime time,
                             VerifiedLists& lists) {
    BOOST_OUTCOME_TRY(auto chain, x509::read_pem_chain(issuer_chain));
    const auto& ca = chain.front();
    BOOST_OUTCOME_TRY(const auto path, path_to_root(chain, 1, roots.intel_sgx));
    BOOST_OUTCOME_TRY(x509::check_path_time(path, time));
    BOOST_OUTCOME_TRY(x509::check_link(ca, roots.intel_sgx, roots.intel_sgx_key));
    BOOST_OUTCOME_TRY(x509::check_path_rules(path, time));
    BOOST_OUTCOME_TRY(x509::check_issuer_rules(ca, 0));
    BOOST_OUTCOME_TRY(x509::check_not_revoked(ca, lists.root));
    BOOST_OUTCOME_TRY(auto key, ca.public_key());
    BOOST_OUTCOME_TRY(x509::check_list_signature(lists.pck, ca, key));
    lists.pck_ca_path = validities_of(path);
    lists.pck_ca = KnownCa{std::move(chain.front()), std::move(key)};
    return success();
}

Result<VerifiedLists> verify_lists(const Collateral& collateral,
                                   std::span<const Signer* const> signers,
                                   const TrustRoots& roots,
                                   VerificationTime time) {
    BOOST_OUTCOME_TRY(auto root_list, read_list(collateral.root_ca_crl));
    BOOST_OUTCOME_TRY(auto pck_list, read_list(collateral.pck_crl));
    VerifiedLists out{std::move(root_list), std::move(pck_list), {}, {}};
    BOOST_OUTCOME_TRY(x509::check_list_signature(out.root, roots.intel_sgx, roots.intel_sgx_key));
    for (const auto* signer : signers) {
        BOOST_OUTCOME_TRY(x509::check_not_revoked(signer->certificate, out.root));
    }
    if (!collateral.pck_crl_issuer_chain.empty()) {
        BOOST_OUTCOME_TRY(verify_pck_list(collateral.pck_crl_issuer_chain, roots, time, out));
    }
    return out;
}

}  // namespace

Result<std::vector<const x509::Certificate*>> path_to_root(const std::vector<x509::Certificate>& chain,
                                                           std::size_t count,
                                                           const x509::Certificate& root) {
    const bool has_root = chain.size() == count + 1;
    if (chain.size() != count && !has_root) {
        return Reason::kChainUntrusted;
    }
    if (has_root && !equal(chain.back().bytes(), root.bytes())) {
        return Reason::kChainUntrusted;
    }
    std::vector<const x509::Certificate*> out;
    out.reserve(count + 1);
    for (std::size_t i = 0; i < count; ++i) {
        if (equal(chain[i].bytes(), root.bytes())) {
            return Reason::kChainUntrusted;  // the root stands in the place of one below it
        }
        out.push_back(&chain[i]);
    }
    out.push_back(&root);
    return out;
}

Result<VerifiedCollateral> VerifiedCollateral::verify(const Collateral& collateral,
                                                      const TrustRoots& roots,
                                                      VerificationTime time,
                                                      const Tolerances& tolerances,
                                                      CheckLog& log) {
    BOOST_OUTCOME_TRY(auto tcb_info,
                      log.note("tcb_info", verify_tcb_info(collateral.tcb_info, roots, time, tolerances)));
    BOOST_OUTCOME_TRY(auto identity, log.note("qe_identity", verify_identity(collateral, tcb_info.signer,
                                                                             roots, time, tolerances)));
    const auto& identity_signer = identity.signer ? *identity.signer : tcb_info.signer;
    const std::array<const Signer*, 2> signers{&tcb_info.signer, &identity_signer};
    BOOST_OUTCOME_TRY(auto lists,
                      log.note("revocation_lists", verify_lists(collateral, signers, roots, time)));

    VerifiedCollateral out{std::move(lists.root), std::move(lists.pck)};
    out.tcb_info_ = std::move(tcb_info.info);
    out.qe_identity_ = std::move(identity.identity);
    out.tcb_info_signer_ = tcb_info.signer.validities;
    out.qe_identity_signer_ = identity_signer.validities;
    out.pck_ca_path_ = std::move(lists.pck_ca_path);
    out.pck_ca_ = std::move(lists.pck_ca);
    out.root_sha256_ = sha2_256({roots.intel_sgx.bytes()});
    out.pck_certificate_chain_ = collateral.pck_certificate_chain;
    return out;
}

Result<void> VerifiedCollateral::check_time(VerificationTime time,
                                            const Tolerances& tolerances,
                                            CheckLog& log) const {
    const auto check = [&](const Validity& document, const std::vector<Validity>& signer,
                           const DocumentReasons& reasons) -> Result<void> {
        BOOST_OUTCOME_TRY(check_document_time(document, time, tolerances, reasons));
        return check_times(signer, time);
    };
    BOOST_OUTCOME_TRY(log.note("tcb_info", check(tcb_info_.validity, tcb_info_signer_, kTcbInfoReasons)));
    BOOST_OUTCOME_TRY(
        log.note("qe_identity", check(qe_identity_.validity, qe_identity_signer_, kQeIdentityReasons)));
    return log.note("revocation_lists", Result<void>{success()});
}

Result<void> VerifiedCollateral::check_lists_time(VerificationTime time) const {
    if (!root_crl_.validity().contains(time) || !pck_crl_.validity().contains(time)) {
        return Reason::kCrlNotValidAtTime;
    }
    return check_times(pck_ca_path_, time);
}

CollateralFacts VerifiedCollateral::facts(VerificationTime time) const {
    const std::array documents{tcb_info_.validity, qe_identity_.validity, root_crl_.validity(),
                               pck_crl_.validity()};
    CollateralFacts out;
    out.oldest_issue = std::ranges::min(documents, {}, &Validity::not_before).not_before;
    out.latest_issue = std::ranges::max(documents, {}, &Validity::not_before).not_before;
    out.earliest_expiry = std::ranges::min(documents, {}, &Validity::not_after).not_after;
    for (const auto* path : {&tcb_info_signer_, &qe_identity_signer_, &pck_ca_path_}) {
        for (const auto& validity : *path) {
            out.earliest_expiry = std::min(out.earliest_expiry, validity.not_after);
        }
    }
    out.is_expired = time > tcb_info_.validity.not_after || time > qe_identity_.validity.not_after;
    out.root_list = root_crl_.list_number();
    out.issuer_list = pck_crl_.list_number();
    return out;
}

}  // namespace redoubt::attestation::dcap
