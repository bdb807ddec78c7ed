#include <attestation/x509/path.hpp>

#include <attestation/x509/name.hpp>

namespace redoubt::attestation::x509 {

Result<void> check_link(const Certificate& certificate, const Certificate& issuer) {
    BOOST_OUTCOME_TRY(const auto key, issuer.public_key());
    return check_link(certificate, issuer, key);
}

Result<void> check_link(const Certificate& certificate,
                        const Certificate& issuer,
                        const PublicKey& issuer_key) {
    if (!is_same_name(certificate.issuer(), issuer.subject())) {
        return Reason::kChainUntrusted;
    }
    if (!certificate.is_signed_by(issuer_key)) {
        return Reason::kCertSignatureInvalid;
    }
    return success();
}

Result<void> check_issuer_rules(const Certificate& issuer, std::size_t cas_below) {
    if (!issuer.is_ca() || !issuer.has_key_usage(kKeyCertSign) ||
        (issuer.path_length() && *issuer.path_length() < cas_below)) {
        return Reason::kChainConstraintViolation;
    }
    return success();
}

Result<void> check_path_time(std::span<const Certificate* const> path, VerificationTime time) {
    for (const auto* certificate : path) {
        if (!certificate->validity().contains(time)) {
            return Reason::kCertNotValidAtTime;
        }
    }
    return success();
}

Result<void> verify_path(std::span<const Certificate* const> path, VerificationTime time) {
    REDOUBT_ASSERT(path.size() >= 2);
    BOOST_OUTCOME_TRY(check_path_time(path, time));
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        BOOST_OUTCOME_TRY(check_link(*path[i], *path[i + 1]));
    }
    return check_path_rules(path, time);
}

Result<void> check_path_rules(std::span<const Certificate* const> path, VerificationTime time) {
    BOOST_OUTCOME_TRY(check_path_time(path, time));
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i]->has_unknown_critical_extension()) {
            return Reason::kChainConstraintViolation;
        }
        if (i > 0) {
            BOOST_OUTCOME_TRY(check_issuer_rules(*path[i], i - 1));
        }
    }
    return success();
}

Result<void> check_list_signature(const RevocationList& list, const Certificate& issuer) {
    BOOST_OUTCOME_TRY(const auto key, issuer.public_key());
    return check_list_signature(list, issuer, key);
}

Result<void> check_list_signature(const RevocationList& list,
                                  const Certificate& issuer,
                                  const PublicKey& issuer_key) {
    if (!is_same_name(list.issuer(), issuer.subject())) {
        return Reason::kCrlMissing;
    }
    if (!list.is_signed_by(issuer_key) || (issuer.states_key_usage() && !issuer.has_key_usage(kCrlSign))) {
        return Reason::kCrlSignatureInvalid;
    }
    return success();
}

Result<void> verify_revocation_list(const RevocationList& list,
                                    const Certificate& issuer,
                                    VerificationTime time) {
    BOOST_OUTCOME_TRY(check_list_signature(list, issuer));
    if (!list.validity().contains(time)) {
        return Reason::kCrlNotValidAtTime;
    }
    return success();
}

Result<void> check_not_revoked(const Certificate& certificate, const RevocationList& list) {
    if (!is_same_name(certificate.issuer(), list.issuer())) {
        return Reason::kCrlMissing;
    }
    if (list.lists(certificate.serial())) {
        return Reason::kCertRevoked;
    }
    return success();
}

}  // namespace redoubt::attestation::x509
