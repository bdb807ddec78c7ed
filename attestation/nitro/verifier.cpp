#include <attestation/nitro/verifier.hpp>

#include <attestation/digest.hpp>
#include <attestation/nitro/document.hpp>
#include <attestation/x509/path.hpp>

#include <algorithm>
#include <span>

namespace redoubt::attestation::nitro {
namespace {

/// @param holds whether the check passed
Result<void> or_reason(bool holds, Reason reason) {
    return holds ? Result<void>{success()} : Result<void>{reason};
}

/// One verification: what is known so far.
class Verification {
  public:
    explicit Verification(const Setting& setting) : setting_(setting) {}

    Result<void> verify(ByteView document);
    Verdict finish(const Result<void>& result);

  private:
    Result<void> decode_certificates();
    Result<void> check_root() const;
    Result<void> check_validity() const;
    Result<void> check_chain() const;
    Result<void> check_profile();
    Result<void> check_signature() const;
    CollateralFacts facts() const;

    const x509::Certificate& leaf() const { return path_.front(); }

    const Setting& setting_;
    CheckLog log_{kChecks};
    Document document_;
    std::vector<x509::Certificate> path_;  ///< from the leaf to the root
    std::optional<PublicKey> leaf_key_;
};

Result<void> Verification::decode_certificates() {
    const auto decode = [this](ByteView bytes) -> Result<void> {
        auto certificate = x509::Certificate::decode(to_bytes(bytes));
        if (!certificate) {
            return Reason::kNitroCertMalformed;
        }
        path_.push_back(std::move(certificate).value());
        return success();
    };
    path_.reserve(1 + document_.bundle.size());
    BOOST_OUTCOME_TRY(decode(document_.certificate));
    for (std::size_t i = document_.bundle.size(); i > 0; --i) {
        BOOST_OUTCOME_TRY(decode(document_.bundle[i - 1]));
    }
    return success();
}

Result<void> Verification::check_root() const {
    return or_reason(sha2_256({path_.back().bytes()}) == setting_.roots.nitro_root_sha256,
                     Reason::kNitroRootUntrusted);
}

Result<void> Verification::check_validity() const {
    const bool holds = std::ranges::all_of(path_, [this](const x509::Certificate& certificate) {
        return certificate.validity().contains(setting_.time);
    });
    return or_reason(holds, Reason::kNitroCertNotValidAtTime);
}

Result<void> Verification::check_chain() const {
    // The root is trusted for what it is; its signature of itself says nothing.
    for (std::size_t i = 0; i + 1 < path_.size(); ++i) {
        if (!x509::check_link(path_[i], path_[i + 1])) {
            return Reason::kNitroChainInvalid;
        }
    }
    return success();
}

Result<void> Verification::check_profile() {
    bool holds = !leaf().is_ca() && leaf().has_key_usage(x509::kDigitalSignature) &&
                 std::ranges::none_of(path_, &x509::Certificate::has_unknown_critical_extension);
    for (std::size_t i = 1; i < path_.size(); ++i) {
        holds = holds && x509::check_issuer_rules(path_[i], i - 1);
    }
    auto key = leaf().public_key();
    if (!holds || !key || !key.value().is_ec(Curve::kP384)) {
        return Reason::kNitroCertProfileInvalid;
    }
    leaf_key_ = std::move(key).value();
    return success();
}

Result<void> Verification::check_signature() const {
    return or_reason(cose::is_signed_by(document_.sign1, *leaf_key_), Reason::kNitroSignatureInvalid);
}

Result<void> Verification::verify(ByteView document) {
    BOOST_OUTCOME_TRY(document_, log_.note("document_format", parse_document(document)));
    BOOST_OUTCOME_TRY(log_.note("certificate_format", decode_certificates()));
    BOOST_OUTCOME_TRY(log_.note("root", check_root()));
    BOOST_OUTCOME_TRY(log_.note("certificate_validity", check_validity()));
    BOOST_OUTCOME_TRY(log_.note("certificate_chain", check_chain()));
    BOOST_OUTCOME_TRY(log_.note("certificate_profile", check_profile()));
    return log_.note("document_signature", check_signature());
}

CollateralFacts Verification::facts() const {
    const auto& validity = leaf().validity();
    CollateralFacts out;
    out.oldest_issue = out.latest_issue = validity.not_before;
    out.earliest_expiry = validity.not_after;
    for (const auto& certificate : path_) {
        out.latest_issue = std::max(out.latest_issue, certificate.validity().not_before);
        out.earliest_expiry = std::min(out.earliest_expiry, certificate.validity().not_after);
    }
    return out;
}

Verdict Verification::finish(const Result<void>& result) {
    if (!result) {
        return refuse(EvidenceType::kNitro, setting_.time, std::move(log_), {reason_of(result.error()), {}});
    }
    Verdict out;
    out.type = EvidenceType::kNitro;
    out.time = setting_.time;
    out.checks = std::move(log_).take();
    out.refusal.reset();
    out.is_hardware = true;
    out.is_debug = document_.claims.is_debug();
    out.produced_at = document_.claims.made_at();
    out.nonce = document_.claims.nonce;
    out.collateral = facts();
    out.claims = std::move(document_.claims);
    return out;
}

}  // namespace

Verdict verify_document(ByteView document, const Setting& setting) {
    Verification verification{setting};
    const auto result = verification.verify(document);
    return verification.finish(result);
}

}  // namespace redoubt::attestation::nitro
