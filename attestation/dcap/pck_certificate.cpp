#include <attestation/dcap/pck_certificate.hpp>

#include <attestation/x509/name.hpp>
#include <attestation/x509/path.hpp>
#include <attestation/x509/pem.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation::dcap {
namespace {

constexpr std::string_view kPckName = "Intel SGX PCK Certificate";

}  // namespace

Result<PckCertificate> PckCertificate::verify_chain(std::vector<x509::Certificate> chain,
                                                    const TrustRoots& roots,
                                                    const KnownCa* known_ca,
                                                    VerificationTime time) {
    const auto& root = roots.intel_sgx;
    BOOST_OUTCOME_TRY(const auto path, path_to_root(chain, 2, root));
    BOOST_OUTCOME_TRY(x509::check_path_time(path, time));
    const auto& leaf = chain[0];
    const auto& ca = chain[1];
    if (known_ca != nullptr && equal(known_ca->certificate.bytes(), ca.bytes())) {
        BOOST_OUTCOME_TRY(x509::check_link(leaf, ca, known_ca->key));
    } else {
        BOOST_OUTCOME_TRY(x509::check_link(leaf, ca));
        BOOST_OUTCOME_TRY(x509::check_link(ca, root, roots.intel_sgx_key));
    }
    BOOST_OUTCOME_TRY(x509::check_path_rules(path, time));
    PckCertificate out;
    out.root_validity_ = root.validity();
    chain.erase(chain.begin() + 2, chain.end());
    out.chain_ = std::move(chain);
    return out;
}

Result<void> PckCertificate::check_time(VerificationTime time) const {
    const std::array path{&leaf(), &ca()};
    BOOST_OUTCOME_TRY(x509::check_path_time(path, time));
    if (!root_validity_.contains(time)) {
        return Reason::kCertNotValidAtTime;
    }
    return success();
}

Result<void> PckCertificate::check_revocation(const VerifiedCollateral& collateral,
                                              VerificationTime time) const {
    BOOST_OUTCOME_TRY(x509::check_not_revoked(ca(), collateral.root_crl()));
    if (!x509::is_same_name(leaf().issuer(), collateral.pck_crl().issuer())) {
        return Reason::kCrlMissing;
    }
    // The same CA may come in several certificates; its key is what signs.
    const auto* known = collateral.pck_ca();
    if (known == nullptr || !equal(known->certificate.public_key_info(), ca().public_key_info())) {
        BOOST_OUTCOME_TRY(x509::check_list_signature(collateral.pck_crl(), ca()));
    }
    BOOST_OUTCOME_TRY(collateral.check_lists_time(time));
    return x509::check_not_revoked(leaf(), collateral.pck_crl());
}

Result<void> PckCertificate::check_profile() {
    auto key = leaf().public_key();
    if (x509::common_name(leaf().subject()) != kPckName || leaf().is_ca() ||
        !leaf().has_key_usage(x509::kDigitalSignature) || !key || !key.value().is_ec(Curve::kP256)) {
        return Reason::kPckProfileInvalid;
    }
    BOOST_OUTCOME_TRY(extension_, read_pck_extension(leaf()));
    key_ = std::move(key).value();
    return success();
}

VerificationTime PckCertificate::expiry() const {
    return std::min({leaf().validity().not_after, ca().validity().not_after, root_validity_.not_after});
}

Result<std::vector<x509::Certificate>> find_pck_chain(const Quote& quote, std::string_view external) {
    if (quote.certification_type == CertificationType::kPckChain) {
        return x509::read_pem_chain(text_of(quote.certification_data));
    }
    if (external.empty()) {
        return Reason::kPckChainMissing;
    }
    BOOST_OUTCOME_TRY(auto chain, x509::read_pem_chain(external));
    if (quote.certification_type != CertificationType::kPckLeaf) {
        return chain;
    }
    BOOST_OUTCOME_TRY(auto leaf, x509::read_pem_chain(text_of(quote.certification_data)));
    if (leaf.size() != 1) {
        return Reason::kMalformed;
    }
    // The chain from outside may begin with the leaf or with its issuer.
    if (!equal(chain.front().bytes(), leaf.front().bytes())) {
        chain.insert(chain.begin(), std::move(leaf.front()));
    }
    return chain;
}

Result<void> check_certification_data(const Quote& quote, const PckExtension& extension) {
    if (quote.certification_type == CertificationType::kPckLeaf ||
        quote.certification_type == CertificationType::kPckChain) {
        return success();
    }
    const auto named = read_platform_tcb(quote);
    if (named.cpu_svn != extension.cpu_svn || named.pce_svn != extension.pce_svn ||
        named.pce_id != extension.pce_id || (named.ppid && *named.ppid != extension.ppid)) {
        return Reason::kPckCertDataMismatch;
    }
    return success();
}

std::shared_ptr<const PckCertificate> PckCache::find(const Hash256& key) const {
    const auto found = std::ranges::find(entries_, key, &Entry::key);
    return found == entries_.end() ? nullptr : found->certificate;
}

void PckCache::insert(const Hash256& key, std::shared_ptr<const PckCertificate> certificate) {
    if (entries_max_ == 0) {
        return;
    }
    Entry entry{key, std::move(certificate)};
    if (entries_.size() < entries_max_) {
        entries_.push_back(std::move(entry));
        return;
    }
    entries_[next_] = std::move(entry);
    next_ = (next_ + 1) % entries_max_;
}

}  // namespace redoubt::attestation::dcap
