#include <attestation/dcap/verifier.hpp>

#include <attestation/dcap/quote.hpp>
#include <attestation/dcap/tcb_evaluation.hpp>
#include <attestation/digest.hpp>
#include <attestation/x509/pem.hpp>
#include <primitives/crypto/constant_time.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation::dcap {
namespace {

/// What a PCK certificate was verified from. Type and length come first, so that no byte of the quote's data
/// can stand for one of the chain from outside.
Hash256 pck_cache_key(const Hash256& root_sha256, const Quote& quote, std::string_view external) {
    constexpr unsigned kBits = 8;
    const auto type = static_cast<std::uint16_t>(quote.certification_type);
    const std::uint64_t size_bytes = quote.certification_data.size();
    std::array<std::uint8_t, sizeof(type) + sizeof(size_bytes)> head{};
    for (std::size_t i = 0; i < head.size(); ++i) {
        head[i] = static_cast<std::uint8_t>(i < sizeof(type) ? type >> (kBits * i)
                                                             : size_bytes >> (kBits * (i - sizeof(type))));
    }
    return sha2_256({root_sha256.view(), head, quote.certification_data, bytes_of(external)});
}

/// One verification: what is known so far.
class Verification {
  public:
    explicit Verification(const Setting& setting) : setting_(setting) {}

    Result<void> parse(ByteView bytes) {
        BOOST_OUTCOME_TRY(quote_, log_.note("quote_format", parse_as_sent(bytes)));
        return success();
    }
    Result<VerifiedCollateral> verify_collateral(const Collateral& collateral) {
        return VerifiedCollateral::verify(collateral, setting_.roots, setting_.time, setting_.tolerances,
                                          log_);
    }
    Result<void> check_collateral_time(const VerifiedCollateral& collateral) {
        if (collateral.root_sha256() != sha2_256({setting_.roots.intel_sgx.bytes()})) {
            return log_.note("tcb_info", Result<void>{Reason::kChainUntrusted});
        }
        return collateral.check_time(setting_.time, setting_.tolerances, log_);
    }
    Result<void> verify(const VerifiedCollateral& collateral);

    Verdict finish(const Result<void>& result, const VerifiedCollateral* collateral);

  private:
    Result<Quote> parse_as_sent(ByteView bytes) const;
    Result<void> check_ids(const VerifiedCollateral& collateral) const;
    Result<std::shared_ptr<const PckCertificate>> verify_pck(const VerifiedCollateral& collateral);
    Result<void> check_platform_ids(const VerifiedCollateral& collateral);
    Result<void> check_qe_report();
    Result<const SvnLevel*> check_quoting_enclave(const EnclaveIdentity& identity) const;

    const Setting& setting_;
    CheckLog log_{kChecks};
    std::string detail_;
    Quote quote_;
    std::shared_ptr<const PckCertificate> pck_;
    TcbFacts tcb_;
};

Result<Quote> Verification::parse_as_sent(ByteView bytes) const {
    BOOST_OUTCOME_TRY(auto quote, parse_quote(bytes));
    const auto sent_as = setting_.type == EvidenceType::kTdxDcap ? Tee::kTdx : Tee::kSgx;
    if (quote.tee != sent_as) {
        return Reason::kQuoteBodyInvalid;
    }
    return quote;
}

Result<void> Verification::check_ids(const VerifiedCollateral& collateral) const {
    if (collateral.tcb_info().tee != quote_.tee) {
        return Reason::kTcbInfoIdMismatch;
    }
    const auto role = quote_.tee == Tee::kTdx ? EnclaveRole::kTdQe : EnclaveRole::kQe;
    if (collateral.qe_identity().role != role) {
        return Reason::kQeIdentityIdMismatch;
    }
    return success();
}

Result<std::shared_ptr<const PckCertificate>> Verification::verify_pck(const VerifiedCollateral& collateral) {
    const auto external = std::string_view{collateral.pck_certificate_chain()};
    const auto key = pck_cache_key(collateral.root_sha256(), quote_, external);
    auto known = setting_.pck_cache == nullptr ? nullptr : setting_.pck_cache->find(key);
    if (known != nullptr) {
        BOOST_OUTCOME_TRY(log_.note("pck_chain", known->check_time(setting_.time)));
        BOOST_OUTCOME_TRY(log_.note("pck_revocation", known->check_revocation(collateral, setting_.time)));
        BOOST_OUTCOME_TRY(log_.note("pck_certificate", Result<void>{success()}));
        return known;
    }
    BOOST_OUTCOME_TRY(auto chain, log_.note("pck_chain", find_pck_chain(quote_, external)));
    BOOST_OUTCOME_TRY(auto verified, log_.note("pck_chain", PckCertificate::verify_chain(
                                                                std::move(chain), setting_.roots,
                                                                collateral.pck_ca(), setting_.time)));
    BOOST_OUTCOME_TRY(log_.note("pck_revocation", verified.check_revocation(collateral, setting_.time)));
    BOOST_OUTCOME_TRY(log_.note("pck_certificate", verified.check_profile()));
    auto shared = std::make_shared<const PckCertificate>(std::move(verified));
    if (setting_.pck_cache != nullptr) {
        setting_.pck_cache->insert(key, shared);
    }
    return shared;
}

Result<void> Verification::check_platform_ids(const VerifiedCollateral& collateral) {
    const auto& platform = pck_->extension();
    const auto& info = collateral.tcb_info();
    BOOST_OUTCOME_TRY(check_certification_data(quote_, platform));
    if (platform.fmspc != info.fmspc) {
        detail_ = "platform " + to_hex(platform.fmspc.view()) + ", TCB info " + to_hex(info.fmspc.view());
        return Reason::kFmspcMismatch;
    }
    if (platform.pce_id != info.pce_id) {
        detail_ = "platform " + to_hex(platform.pce_id.view()) + ", TCB info " + to_hex(info.pce_id.view());
        return Reason::kPceidMismatch;
    }
    return success();
}

Result<void> Verification::check_qe_report() {
    const auto bound = sha2_256({quote_.attestation_key, quote_.qe_auth});
    const auto& reported = quote_.qe_claims.report_data;
    const auto rest = reported.view().last(32);
    const bool is_rest_zero = std::ranges::all_of(rest, [](std::uint8_t byte) { return byte == 0; });
    if (!crypto::constant_time_equal(reported.view().first(32), bound.view()) || !is_rest_zero) {
        return Reason::kQeReportDataMismatch;
    }
    return success();
}

Result<const SvnLevel*> Verification::check_quoting_enclave(const EnclaveIdentity& identity) const {
    if (!identity.matches(quote_.qe_claims)) {
        return Reason::kQeIdentityMismatch;
    }
    if (quote_.qe_claims.is_debug()) {
        return Reason::kQeDebug;
    }
    const auto* level = find_level(identity.levels, quote_.qe_claims.isv_svn);
    if (level == nullptr) {
        return Reason::kQeIsvsvnUnsupported;
    }
    return level;
}

/// @param holds whether the check passed
Result<void> or_reason(bool holds, Reason reason) {
    return holds ? Result<void>{success()} : Result<void>{reason};
}

Result<void> Verification::verify(const VerifiedCollateral& collateral) {
    const auto& identity = collateral.qe_identity();
    BOOST_OUTCOME_TRY(log_.note("collateral_fits_quote", check_ids(collateral)));
    BOOST_OUTCOME_TRY(pck_, verify_pck(collateral));
    BOOST_OUTCOME_TRY(log_.note("collateral_fits_platform", check_platform_ids(collateral)));
    BOOST_OUTCOME_TRY(log_.note("qe_report_signature", or_reason(pck_->key().verify_ecdsa_raw(
                                                                     HashAlgorithm::kSha256, quote_.qe_report,
                                                                     quote_.qe_report_signature),
                                                                 Reason::kQeReportSignatureInvalid)));
    BOOST_OUTCOME_TRY(log_.note("qe_report_data", check_qe_report()));
    BOOST_OUTCOME_TRY(const auto* qe_level, log_.note("quoting_enclave", check_quoting_enclave(identity)));
    BOOST_OUTCOME_TRY(const auto key, log_.note("attestation_key",
                                                PublicKey::from_point(Curve::kP256, quote_.attestation_key)));
    BOOST_OUTCOME_TRY(log_.note(
        "quote_signature",
        or_reason(key.verify_ecdsa_raw(HashAlgorithm::kSha256, quote_.signed_bytes, quote_.signature),
                  Reason::kQuoteSignatureInvalid)));
    BOOST_OUTCOME_TRY(
        tcb_, evaluate_tcb(pck_->extension(), quote_.td(), collateral.tcb_info(), identity, *qe_level, log_));
    return success();
}

Verdict Verification::finish(const Result<void>& result, const VerifiedCollateral* collateral) {
    if (!result) {
        return refuse(setting_.type, setting_.time, std::move(log_),
                      {reason_of(result.error()), std::move(detail_)});
    }
    REDOUBT_ASSERT(collateral != nullptr);
    Verdict out;
    out.type = setting_.type;
    out.time = setting_.time;
    out.checks = std::move(log_).take();
    out.refusal.reset();
    out.is_hardware = true;
    std::visit(
        [&](const auto& claims) {
            out.claims = claims;
            out.is_debug = claims.is_debug();
        },
        quote_.body);
    out.tcb = std::move(tcb_);
    out.collateral = collateral->facts(setting_.time);
    out.collateral->earliest_expiry = std::min(out.collateral->earliest_expiry, pck_->expiry());
    if (out.collateral->is_expired) {
        out.tcb->status = converge(out.tcb->status, TcbStatus::kOutOfDate);
    }
    const auto& extension = pck_->extension();
    out.platform.sgx_type = extension.sgx_type;
    out.platform.is_dynamic = extension.is_dynamic;
    out.platform.has_cached_keys = extension.has_cached_keys;
    out.platform.has_smt = extension.has_smt;
    return out;
}

}  // namespace

Verdict verify_quote(ByteView quote, const Collateral& collateral, const Setting& setting) {
    Verification verification{setting};
    std::optional<VerifiedCollateral> verified;
    const auto verify = [&]() -> Result<void> {
        BOOST_OUTCOME_TRY(verification.parse(quote));
        BOOST_OUTCOME_TRY(auto made, verification.verify_collateral(collateral));
        verified = std::move(made);
        return verification.verify(*verified);
    };
    const auto result = verify();
    return verification.finish(result, verified ? &*verified : nullptr);
}

Verdict verify_quote(ByteView quote, const VerifiedCollateral& collateral, const Setting& setting) {
    Verification verification{setting};
    const auto verify = [&]() -> Result<void> {
        BOOST_OUTCOME_TRY(verification.parse(quote));
        BOOST_OUTCOME_TRY(verification.check_collateral_time(collateral));
        return verification.verify(collateral);
    };
    return verification.finish(verify(), &collateral);
}

}  // namespace redoubt::attestation::dcap
