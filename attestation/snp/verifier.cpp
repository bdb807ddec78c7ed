#include <attestation/snp/verifier.hpp>

#include <attestation/digest.hpp>
#include <attestation/snp/report.hpp>
#include <attestation/snp/vek_extensions.hpp>
#include <attestation/x509/name.hpp>
#include <attestation/x509/path.hpp>
#include <primitives/crypto/constant_time.hpp>

#include <algorithm>

namespace redoubt::attestation::snp {
namespace {

/// @param holds whether the check passed
Result<void> or_reason(bool holds, Reason reason) {
    return holds ? Result<void>{success()} : Result<void>{reason};
}

/// A CA whose path length allows `cas_below` more, and whose key usage, where it states one, is to sign
/// certificates.
bool may_issue(const x509::Certificate& issuer, std::size_t cas_below) {
    return issuer.is_ca() && issuer.path_length().value_or(cas_below) >= cas_below &&
           (!issuer.states_key_usage() || issuer.has_key_usage(x509::kKeyCertSign));
}

struct Chain {
    x509::Certificate vek;
    x509::Certificate ask;
    x509::Certificate ark;

    [[nodiscard]] std::array<const x509::Certificate*, 3> path() const { return {&vek, &ask, &ark}; }
};

/// A certificate that cannot be decoded leads nowhere.
Result<x509::Certificate> decode_certificate(const Bytes& bytes) {
    auto out = x509::Certificate::decode(bytes);
    if (!out) {
        return Reason::kSnpChainInvalid;
    }
    return out;
}

Result<Chain> decode_chain(const Certificates& certificates) {
    BOOST_OUTCOME_TRY(auto ark, decode_certificate(certificates.ark));
    BOOST_OUTCOME_TRY(auto ask, decode_certificate(certificates.ask));
    BOOST_OUTCOME_TRY(auto vek, decode_certificate(certificates.vek));
    return Chain{std::move(vek), std::move(ask), std::move(ark)};
}

/// One verification: what is known so far.
class Verification {
  public:
    Verification(const Certificates& certificates, const Setting& setting)
        : certificates_(certificates), setting_(setting) {}

    Result<void> verify(ByteView report);
    Verdict finish(const Result<void>& result);

  private:
    Result<void> check_root();
    Result<void> check_product() const;
    Result<void> check_validity() const;
    Result<void> check_profile();
    bool is_chain_signed() const;
    Result<void> check_chain() const;
    Result<void> check_revocation();
    Result<void> check_list(const Bytes& bytes);
    Result<void> check_reported_tcb() const;
    Result<void> check_chip_id() const;
    Result<void> check_signature() const;
    CollateralFacts facts() const;

    const Certificates& certificates_;
    const Setting& setting_;
    CheckLog log_{kChecks};
    Report report_;
    std::optional<Chain> chain_;
    std::optional<PublicKey> vek_key_;
    VekExtensions extensions_;
    std::vector<Validity> lists_;
    std::optional<ListNumber> root_list_;
    std::optional<ListNumber> issuer_list_;
};

Result<void> Verification::check_root() {
    BOOST_OUTCOME_TRY(chain_, decode_chain(certificates_));
    const auto key = sha2_256({chain_->ark.public_key_info()});
    const auto& roots = setting_.roots.amd;
    const auto root = std::ranges::find(roots, key, &AmdRoot::key_sha256);
    if (root == roots.end()) {
        return Reason::kSnpRootUntrusted;
    }
    const auto product = snp_product_named(root->product);
    REDOUBT_ASSERT(product.has_value());  // roots are part of the program
    report_.claims.product = *product;
    return success();
}

Result<void> Verification::check_product() const {
    const auto& claims = report_.claims;
    if (!claims.cpuid) {
        return success();  // version 2 does not state the processor
    }
    const auto product = product_of(*claims.cpuid);
    if (!product) {
        return Reason::kSnpProductUnknown;
    }
    return or_reason(*product == claims.product, Reason::kSnpProductMismatch);
}

Result<void> Verification::check_validity() const {
    const auto path = chain_->path();
    return or_reason(x509::check_path_time(path, setting_.time).has_value(), Reason::kSnpCertNotValidAtTime);
}

Result<void> Verification::check_profile() {
    const auto& claims = report_.claims;
    const bool is_vlek = claims.signing_key() == SnpSigningKey::kVlek;
    const std::string product{product_name(claims.product)};
    const auto ask_name = (is_vlek ? "SEV-VLEK-" : "SEV-") + product;
    const std::string_view vek_name = is_vlek ? "SEV-VLEK" : "SEV-VCEK";
    if (x509::common_name(chain_->ask.subject()) != std::string_view{ask_name} ||
        x509::common_name(chain_->vek.subject()) != vek_name) {
        return Reason::kSnpCertProfileInvalid;
    }
    BOOST_OUTCOME_TRY(extensions_, read_vek_extensions(chain_->vek, claims.product));
    const bool has_owner = is_vlek ? extensions_.csp_id.has_value() : extensions_.hardware_id.has_value();
    if (extensions_.product != product || !has_owner) {
        return Reason::kSnpCertProfileInvalid;
    }
    auto key = chain_->vek.public_key();
    if (!key || !key.value().is_ec(Curve::kP384)) {
        return Reason::kSnpCertProfileInvalid;
    }
    vek_key_ = std::move(key).value();
    return success();
}

bool Verification::is_chain_signed() const {
    const auto& [vek, ask, ark] = *chain_;
    auto* cache = setting_.chain_cache;
    // Each part was decoded as exactly one certificate: their sequence can be taken apart in one way only.
    const auto key = sha2_256({vek.bytes(), ask.bytes(), ark.bytes()});
    if (cache != nullptr && cache->holds(key)) {
        return true;
    }
    const auto is_signed_as_amd_signs = [](const x509::Certificate* one) {
        return one->signature_scheme() == SignatureScheme::kRsaPssSha384;
    };
    const bool holds = std::ranges::all_of(chain_->path(), is_signed_as_amd_signs) &&
                       x509::check_link(ark, ark) && x509::check_link(ask, ark) && x509::check_link(vek, ask);
    if (holds && cache != nullptr) {
        cache->insert(key);
    }
    return holds;
}

Result<void> Verification::check_chain() const {
    const auto path = chain_->path();
    const bool holds = is_chain_signed() && may_issue(chain_->ark, 1) && may_issue(chain_->ask, 0) &&
                       std::ranges::none_of(path, &x509::Certificate::has_unknown_critical_extension);
    return or_reason(holds, Reason::kSnpChainInvalid);
}

Result<void> Verification::check_list(const Bytes& bytes) {
    BOOST_OUTCOME_TRY(const auto list, x509::RevocationList::decode_any(bytes));
    const bool is_of_root = x509::is_same_name(list.issuer(), chain_->ark.subject());
    const auto& issuer = is_of_root ? chain_->ark : chain_->ask;
    const auto& listed = is_of_root ? chain_->ask : chain_->vek;
    BOOST_OUTCOME_TRY(x509::verify_revocation_list(list, issuer, setting_.time));
    if (!x509::check_not_revoked(listed, list)) {
        return Reason::kSnpCertRevoked;
    }
    lists_.push_back(list.validity());
    (is_of_root ? root_list_ : issuer_list_) = list.list_number();
    return success();
}

Result<void> Verification::check_revocation() {
    if (certificates_.revocation_lists.size() > kRevocationListsMax) {
        return Reason::kLimitExceeded;
    }
    for (const auto& list : certificates_.revocation_lists) {
        BOOST_OUTCOME_TRY(check_list(list));
    }
    return success();
}

Result<void> Verification::check_reported_tcb() const {
    return or_reason(extensions_.svns == report_.claims.reported(), Reason::kSnpTcbMismatch);
}

Result<void> Verification::check_chip_id() const {
    const auto& claims = report_.claims;
    if (claims.signing_key() == SnpSigningKey::kVlek) {
        return success();  // the key is the provider's, of no chip
    }
    if (claims.chip_id.is_zero() && claims.is_chip_key_masked()) {
        return success();
    }
    return or_reason(crypto::constant_time_equal(claims.chip_id.view(), extensions_.hardware_id->view()),
                     Reason::kSnpChipIdMismatch);
}

Result<void> Verification::check_signature() const {
    const bool holds =
        report_.signature &&
        vek_key_->verify_ecdsa_raw(HashAlgorithm::kSha384, report_.signed_bytes, report_.signature->view());
    return or_reason(holds, Reason::kSnpSignatureInvalid);
}

Result<void> Verification::verify(ByteView report) {
    BOOST_OUTCOME_TRY(report_, log_.note("report_format", parse_report(report)));
    BOOST_OUTCOME_TRY(log_.note("root", check_root()));
    BOOST_OUTCOME_TRY(log_.note("product", check_product()));
    BOOST_OUTCOME_TRY(log_.note("certificate_validity", check_validity()));
    BOOST_OUTCOME_TRY(log_.note("certificate_profile", check_profile()));
    BOOST_OUTCOME_TRY(log_.note("certificate_chain", check_chain()));
    if (certificates_.revocation_lists.empty()) {
        log_.skip("certificate_revocation");
    } else {
        BOOST_OUTCOME_TRY(log_.note("certificate_revocation", check_revocation()));
    }
    BOOST_OUTCOME_TRY(log_.note("reported_tcb", check_reported_tcb()));
    BOOST_OUTCOME_TRY(log_.note("chip_id", check_chip_id()));
    BOOST_OUTCOME_TRY(log_.note("report_signature", check_signature()));
    return success();
}

CollateralFacts Verification::facts() const {
    CollateralFacts out;
    const auto& vek = chain_->vek.validity();
    out.oldest_issue = lists_.empty() ? vek.not_before : lists_.front().not_before;
    out.latest_issue = vek.not_before;
    out.earliest_expiry = vek.not_after;
    for (const auto* certificate : chain_->path()) {
        out.earliest_expiry = std::min(out.earliest_expiry, certificate->validity().not_after);
    }
    for (const auto& list : lists_) {
        out.oldest_issue = std::min(out.oldest_issue, list.not_before);
        out.latest_issue = std::max(out.latest_issue, list.not_before);
        out.earliest_expiry = std::min(out.earliest_expiry, list.not_after);
    }
    out.root_list = root_list_;
    out.issuer_list = issuer_list_;
    return out;
}

Verdict Verification::finish(const Result<void>& result) {
    if (!result) {
        return refuse(EvidenceType::kSnp, setting_.time, std::move(log_), {reason_of(result.error()), {}});
    }
    Verdict out;
    out.type = EvidenceType::kSnp;
    out.time = setting_.time;
    out.checks = std::move(log_).take();
    out.refusal.reset();
    out.is_hardware = true;
    auto& claims = report_.claims;
    out.is_debug = claims.is_debug();
    if (claims.signing_key() == SnpSigningKey::kVlek) {
        claims.csp_id = *extensions_.csp_id;
    }
    out.collateral = facts();
    out.platform.has_smt = (claims.platform_info & kSnpPlatformSmt) != 0;
    out.platform.is_chip_id_masked = claims.chip_id.is_zero();
    out.claims = std::move(claims);
    return out;
}

}  // namespace

Verdict verify_report(ByteView report, const Certificates& certificates, const Setting& setting) {
    Verification verification{certificates, setting};
    const auto result = verification.verify(report);
    return verification.finish(result);
}

}  // namespace redoubt::attestation::snp
