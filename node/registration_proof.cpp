#include <fmt/format.h>
#include <node/attestation_file.hpp>
#include <node/registration_proof.hpp>
#include <node/test_roots.hpp>

#include <attestation/dcap/collateral.hpp>
#include <attestation/dcap/enclave_identity.hpp>
#include <attestation/dcap/tcb_info.hpp>
#include <attestation/dcap/verifier.hpp>
#include <attestation/ias/evidence.hpp>
#include <attestation/ias/registry.hpp>
#include <attestation/ias/verifier.hpp>
#include <attestation/policy/policy.hpp>
#include <boundary/limits.hpp>
#include <primitives/byte_cursor.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace redoubt::node {

namespace {

using attestation::Verdict;

constexpr std::size_t kContainerBytesMax = std::size_t{16} << 20U;
constexpr std::size_t kContainersMax = 64;
constexpr std::uint16_t kRegistryQuoteVersion = 3;
constexpr std::int64_t kReportAgeSecondsMax = 86'400;

/// The file of the container, or those of a folder in the order of their names.
Outcome<std::vector<std::filesystem::path>> container_files(const std::filesystem::path& path) {
    std::error_code error;
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(path, error)) {
        for (std::filesystem::directory_iterator at{path, error}, end; !error && at != end;
             at.increment(error)) {
            if (at->path().extension() == ".json") {
                files.push_back(at->path());
            }
        }
        if (error || files.empty() || files.size() > kContainersMax) {
            return attestation_file_problem(
                path, fmt::format("holds no collateral (1 to {} files *.json)", kContainersMax));
        }
        std::ranges::sort(files);
    } else {
        files.push_back(path);
    }
    return files;
}

std::string sentence(std::string_view half) {
    std::string out{half};
    if (!out.empty() && out.front() >= 'a' && out.front() <= 'z') {
        out.front() = static_cast<char>(out.front() - 'a' + 'A');
    }
    return out + ".";
}

Problem refused(std::string_view what, attestation::Reason reason, std::string_view detail) {
    return Problem{ExitCode::kChain,
                   fmt::format("{} is refused ({}): {}{}{}", what, attestation::reason_code(reason),
                               attestation::error_message(reason), detail.empty() ? "" : ": ", detail),
                   sentence(attestation::remedy(reason))};
}

/// The evidence speaks of this enclave, and for the account that sends it.
Outcome<> check_registrant(std::string_view what,
                           const attestation::SgxClaims& claims,
                           const Registrant& registrant) {
    if (!equal(claims.report_data.view().first(AccountId::kSize), registrant.account.view())) {
        return Problem{ExitCode::kChain,
                       fmt::format("{} vouches for the account {}, and this enclave's is {}", what,
                                   to_hex_0x(claims.report_data.view().first(AccountId::kSize)),
                                   to_hex_0x(registrant.account.view())),
                       "Make evidence whose report data begin with this enclave's account: the registry "
                       "takes no other."};
    }
    if (claims.mr_enclave != registrant.measurement) {
        return Problem{
            ExitCode::kChain,
            fmt::format("{} is of the enclave {}, and this one is {}", what,
                        to_hex_0x(claims.mr_enclave.view()), to_hex_0x(registrant.measurement.view())),
            "Make evidence of the enclave program that runs here."};
    }
    return success();
}

std::uint64_t ms_of(attestation::VerificationTime time) {
    return time.unix_seconds < 0 ? 0 : static_cast<std::uint64_t>(time.unix_seconds) * 1'000;
}

CollateralDocument document_of(boundary::CollateralKind kind,
                               const attestation::dcap::SignedText& text,
                               const attestation::Validity& validity) {
    return {kind,
            to_bytes(bytes_of(text.text)),
            to_bytes(text.signature.view()),
            to_bytes(bytes_of(text.issuer_chain)),
            ms_of(validity.not_before),
            ms_of(validity.not_after)};
}

/// The documents that the registry takes. @pre they were verified
std::vector<CollateralDocument> documents_of(const attestation::dcap::Collateral& collateral) {
    const auto identity = attestation::dcap::parse_enclave_identity(collateral.qe_identity.text).value();
    const auto info = attestation::dcap::parse_tcb_info(collateral.tcb_info.text).value();
    return {document_of(boundary::CollateralKind::kQuotingEnclave, collateral.qe_identity, identity.validity),
            document_of(boundary::CollateralKind::kTcbInfo, collateral.tcb_info, info.validity)};
}

/// What the registry asks for beyond a verified quote.
Outcome<> check_form(ByteView quote, const attestation::dcap::Collateral& collateral) {
    const auto version = ByteCursor{quote}.take_le<std::uint16_t>();
    const auto parsed = attestation::dcap::parse_quote(quote);
    const bool is_taken =
        version && version.value() == kRegistryQuoteVersion && parsed &&
        parsed.value().certification_type == attestation::dcap::CertificationType::kPckChain &&
        parsed.value().trailing_bytes == 0 && quote.size() <= boundary::kProofBytesMax;
    if (!is_taken) {
        return Problem{
            ExitCode::kChain,
            fmt::format("the quote ({} bytes) has a form that the registry does not take", quote.size()),
            fmt::format("Make a quote of version 3 with the PCK certificate chain inside, of at most {} "
                        "bytes and nothing behind it.",
                        boundary::kProofBytesMax)};
    }
    const auto bytes = [](const attestation::dcap::SignedText& text) {
        return text.text.size() + text.signature.view().size() + text.issuer_chain.size();
    };
    if (std::max(bytes(collateral.tcb_info), bytes(collateral.qe_identity)) > boundary::kCollateralBytesMax) {
        return Problem{ExitCode::kChain, "the collateral is too long for a transaction",
                       "Fetch it anew from the provisioning service."};
    }
    return success();
}

Outcome<attestation::TrustRoots> read_test_roots(const std::filesystem::path& path) {
    BOOST_OUTCOME_TRY(const auto text, read_attestation_file(path, boundary::kProofBytesMax));
    auto roots = test_roots(to_bytes(bytes_of(text)));
    if (!roots) {
        return attestation_file_problem(path, has_test_roots()
                                                  ? "is no certificate (DER)"
                                                  : "is no root for this program, a production build");
    }
    return std::move(roots).value();
}

}  // namespace

Outcome<> check_test_root(const AttestationOptions& options, bool takes_test_roots) {
    if (options.test_root.empty() || takes_test_roots) {
        return success();
    }
    return Problem{ExitCode::kUsage,
                   "--attestation-test-root is for tests, and this program is a production build",
                   "Leave it out: quotes lead to Intel's root. Tests take a build with "
                   "REDOUBT_SIMULATED_EVIDENCE."};
}

std::optional<Problem> evidence_obstacle(const RegistrationProof& proof, bool dev) {
    if (!proof.is_debug || dev) {
        return std::nullopt;
    }
    return Problem{
        ExitCode::kChain,
        "the evidence is of an enclave in debug mode: its memory, and every secret in it, can be read from "
        "outside",
        "Build and sign the enclave for production (sgx.debug = false in its manifest). Only workers for "
        "development (--dev) are registered in debug mode."};
}

std::string platform_warning(const RegistrationProof& proof) {
    if (proof.advice.empty() && proof.violations.empty()) {
        return {};
    }
    auto out = fmt::format("the platform's status is {}:", proof.status);
    for (const auto& sentence : proof.advice) {
        out += " " + sentence;
    }
    if (!proof.violations.empty()) {
        std::vector<std::string_view> codes;
        for (const auto reason : proof.violations) {
            codes.push_back(attestation::reason_code(reason));
        }
        out += fmt::format(" Wallets and workers with the production policy refuse this worker ({}).",
                           fmt::join(codes, ", "));
    }
    return out;
}

Outcome<RegistrationProof> check_quote(ByteView quote,
                                       const ContainerSource& next,
                                       const Registrant& registrant,
                                       std::uint64_t now_ms,
                                       const attestation::TrustRoots& roots) {
    namespace dcap = attestation::dcap;
    const dcap::Setting setting{.type = attestation::EvidenceType::kSgxDcap,
                                .time = {static_cast<std::int64_t>(now_ms / 1'000)},
                                .roots = roots};
    Problem problem{ExitCode::kUsage, "there is no collateral for the quote",
                    "Name the file with --attestation-collateral."};
    bool is_first = true;
    for (auto container = next(); container; container = next(), is_first = false) {
        if (!*container) {
            problem = container->error();
            continue;
        }
        const auto collateral = dcap::parse_collateral(container->value());
        if (!collateral) {
            problem = refused("the collateral", attestation::reason_of(collateral.error()), "");
            continue;
        }
        const auto verdict = dcap::verify_quote(quote, collateral.value(), setting);
        if (!verdict.is_verified()) {
            if (verdict.refusal->reason == attestation::Reason::kFmspcMismatch && !is_first) {
                continue;  // of another family of platforms: the first refusal says more
            }
            problem =
                refused("the quote or its collateral", verdict.refusal->reason, verdict.refusal->detail);
            continue;
        }
        BOOST_OUTCOME_TRY(check_form(quote, collateral.value()));
        BOOST_OUTCOME_TRY(
            check_registrant("the quote", std::get<attestation::SgxClaims>(verdict.claims), registrant));
        RegistrationProof out;
        out.method = AttestationMethod::kDcap;
        out.proof = to_bytes(quote);
        out.collateral = documents_of(collateral.value());
        out.fmspc = verdict.tcb->fmspc;
        out.status = attestation::status_text(verdict.tcb->status);
        out.expires_ms = ms_of(verdict.collateral->earliest_expiry);
        out.is_debug = verdict.is_debug;
        out.advice = attestation::advice(verdict);
        out.violations = attestation::violations(verdict, attestation::Policy{}, setting.time);
        return out;
    }
    return problem;
}

Outcome<RegistrationProof> check_ias_certificate(ByteView certificate,
                                                 const Registrant& registrant,
                                                 std::uint64_t now_ms) {
    const auto evidence = attestation::ias::read_ra_certificate(certificate);
    if (!evidence) {
        return refused("the certificate with the report", attestation::reason_of(evidence.error()), "");
    }
    attestation::ias::Setting setting;
    setting.time = {static_cast<std::int64_t>(now_ms / 1'000)};
    setting.certificate_time = attestation::ias::kRegistryCertificateTime;
    const auto verdict = attestation::ias::verify_report(evidence.value(), setting);
    if (!verdict.is_verified()) {
        return refused("the report", verdict.refusal->reason, verdict.refusal->detail);
    }
    const auto& claims = std::get<attestation::IasClaims>(verdict.claims);
    BOOST_OUTCOME_TRY(check_registrant("the report", claims.enclave, registrant));
    const auto age_s = setting.time.unix_seconds - claims.issued_at().unix_seconds;
    if (age_s < 0 || age_s >= kReportAgeSecondsMax) {
        return Problem{
            ExitCode::kChain,
            fmt::format("the report is of {}: the registry takes one within 24 hours only",
                        attestation::to_utc(claims.issued_at())),
            "Intel's attestation service makes no reports any more: register with --attestation dcap."};
    }
    RegistrationProof out;
    out.method = AttestationMethod::kIas;
    out.proof = to_bytes(certificate);
    out.status = claims.status_text;
    out.is_debug = verdict.is_debug;
    out.advice = attestation::advice(verdict);
    out.violations = attestation::violations(verdict, attestation::Policy{}, setting.time);
    return out;
}

Outcome<RegistrationProof> prove_with_quote(const AttestationOptions& options,
                                            ByteView quote,
                                            const Registrant& registrant,
                                            std::uint64_t now_ms) {
    BOOST_OUTCOME_TRY(const auto files, container_files(options.collateral));
    const auto next = [file = files.begin(), end = files.end()]() mutable {
        return file == end ? std::nullopt : std::optional{read_attestation_file(*file++, kContainerBytesMax)};
    };
    if (options.test_root.empty()) {
        return check_quote(quote, next, registrant, now_ms, attestation::TrustRoots::built_in());
    }
    BOOST_OUTCOME_TRY(const auto roots, read_test_roots(options.test_root));
    return check_quote(quote, next, registrant, now_ms, roots);
}

Outcome<RegistrationProof> prove_with_produced(const AttestationOptions& options,
                                               const boundary::ProducedEvidence& produced,
                                               const Registrant& registrant,
                                               std::uint64_t now_ms) {
    const auto type = attestation::evidence_type_of(produced.type);
    if (type != attestation::EvidenceType::kSgxDcap) {
        return Problem{ExitCode::kChain,
                       fmt::format("the enclave's TEE makes evidence of the type {}, and the registry takes "
                                   "quotes of SGX",
                                   type ? attestation::evidence_name(*type) : "?"),
                       "Start the enclave in SGX (--tee gramine-sgx), or name a quote with "
                       "--attestation-evidence."};
    }
    return prove_with_quote(options, produced.evidence, registrant, now_ms);
}

Outcome<RegistrationProof> read_proof(const AttestationOptions& options,
                                      const Registrant& registrant,
                                      std::uint64_t now_ms) {
    BOOST_OUTCOME_TRY(const auto evidence, read_attestation_file(options.evidence, boundary::kProofBytesMax));
    if (options.method == AttestationMethod::kIas) {
        return check_ias_certificate(bytes_of(evidence), registrant, now_ms);
    }
    return prove_with_quote(options, bytes_of(evidence), registrant, now_ms);
}

}  // namespace redoubt::node
