#include <tools/wallet/evidence_file.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <attestation/appraisal/appraisal.hpp>
#include <attestation/bundle/endorsement_codec.hpp>
#include <attestation/ra_tls/certificate_evidence.hpp>
#include <attestation/snp/certificate_table.hpp>
#include <attestation/snp/report.hpp>
#include <attestation/x509/certificate.hpp>
#include <attestation/x509/pem.hpp>
#include <cerrno>
#include <cstring>
#include <tools/evidence-text/text_form.hpp>
#include <tools/wallet/evidence_likeness.hpp>
#include <tools/wallet/file_descriptor.hpp>

namespace redoubt::wallet {
namespace {

using attestation::Bundle;
using attestation::EvidenceType;
using attestation::Reason;
using evidence_text::decode_text_form;
using evidence_text::kTextFactor;

constexpr std::string_view kStandardInput = "standard input";
constexpr std::string_view kPemBegin = "-----BEGIN ";
/// The same in the header of a service.
constexpr std::string_view kUrlPemBegin = "-----BEGIN%20";

std::string known_types() {
    std::string out;
    for (const auto type : attestation::supported_types()) {
        out.append(out.empty() ? "" : ", ").append(attestation::evidence_name(type));
    }
    return out;
}

Failure unreadable(const std::string& name, const std::string& why, std::string remedy) {
    return usage_failure("file_unreadable", name + " cannot be read: " + why, std::move(remedy));
}

/// How long a named pipe may be without anybody who writes to it.
constexpr int kPipeTimeoutMs = 10'000;

/// Says why a file cannot be read.
Fallible<void> check_input(int file, const std::string& name) {
    if (file < 0) {
        return errno == ENOENT ? unreadable(name, "there is no such file", "Check the path.")
                               : unreadable(name, std::strerror(errno), "Name a file that you may read.");
    }
    struct stat status {};
    if (fstat(file, &status) != 0) {
        return unreadable(name, std::strerror(errno), "Name a file that you may read.");
    }
    if (S_ISDIR(status.st_mode)) {
        return unreadable(name, "it is a folder", "Name a file in it.");
    }
    return success();
}

/// Waits until the file has something to read, or has ended. False when nothing has happened in time.
bool wait_for_input(int file, int timeout_ms) {
    pollfd ready{.fd = file, .events = POLLIN, .revents = 0};
    return poll(&ready, 1, timeout_ms) > 0;
}

/// Reads a piece; none at the end. A named pipe that nobody writes to seems to be at its end: somebody may
/// be about to.
Fallible<Bytes> read_piece(int file, const std::string& name, bool is_first) {
    constexpr std::size_t kPiece = 64 * 1024;
    constexpr int kForever = -1;
    Bytes out(kPiece);
    bool has_waited = !is_first;
    bool is_silent = false;
    for (;;) {
        const auto count = read(file, out.data(), out.size());
        if (count > 0) {
            out.resize(static_cast<std::size_t>(count));
            return out;
        }
        if (count == 0 && is_silent) {
            return unreadable(name, "it is a pipe that nobody writes to",
                              "Start what writes to it first, or name a file.");
        }
        if (count == 0 && has_waited) {
            return Bytes{};
        }
        if (count == 0) {
            has_waited = true;
            struct stat status {};
            const bool is_pipe = fstat(file, &status) == 0 && S_ISFIFO(status.st_mode);
            is_silent = is_pipe && !wait_for_input(file, kPipeTimeoutMs);
            continue;
        }
        if (errno == EAGAIN) {
            static_cast<void>(wait_for_input(file, kForever));
        } else if (errno != EINTR) {
            return unreadable(name, std::strerror(errno), "Name a file that you may read.");
        }
    }
}

/// Standard input can be one file alone.
Fallible<void> check_standard_input(const EvidenceArguments& arguments) {
    std::vector<std::string> named{arguments.file, arguments.collateral, arguments.attestation_key,
                                   arguments.signature, arguments.binding_block};
    for (const auto* files : {&arguments.certificates, &arguments.revocation_lists}) {
        named.insert(named.end(), files->begin(), files->end());
    }
    if (std::ranges::count(named, "-") > 1) {
        return usage_failure("evidence_options_contradict",
                             "standard input (-) is named for more than one file",
                             "Name a file for all but one of them.");
    }
    return success();
}

/// The certificates of PEM blocks as DER.
Fallible<std::vector<Bytes>> read_chain(const std::string& path, std::string_view text) {
    const auto chain = attestation::x509::read_pem_chain(text);
    if (!chain) {
        return malformed_evidence(attestation::reason_of(chain.error()), path + " holds no certificates",
                                  std::nullopt);
    }
    std::vector<Bytes> out;
    for (const auto& certificate : chain.value()) {
        out.push_back(to_bytes(certificate.bytes()));
    }
    return out;
}

/// Certificates as DER: a file holds one, or a chain of PEM blocks, URL-encoded or not.
Fallible<std::vector<Bytes>> read_certificates(const std::string& path, Bytes file) {
    const auto text = text_of(file);
    if (text.find(kPemBegin) != std::string_view::npos) {
        return read_chain(path, text);
    }
    if (text.find(kUrlPemBegin) != std::string_view::npos) {
        const auto decoded = decode_url(text);
        return decoded ? read_chain(path, *decoded)
                       : malformed_evidence(Reason::kMalformed, path + " is not URL-encoded throughout",
                                            std::nullopt);
    }
    return std::vector<Bytes>{decode_text_form(std::move(file))};
}

/// The table that a host hands to its guests; nullopt for a file that is none.
std::optional<attestation::snp::CertificateTable> read_table(ByteView file) {
    if (attestation::x509::Certificate::decode(to_bytes(file))) {
        return std::nullopt;
    }
    const auto table = attestation::snp::read_certificate_table(file);
    const bool has_any = table && !(table.value().vcek.empty() && table.value().vlek.empty() &&
                                    table.value().ask.empty() && table.value().ark.empty());
    return has_any ? std::optional{table.value()} : std::nullopt;
}

/// Which of a table's two keys the evidence was signed with. A composite's report stands inside of it: there
/// it is the only one, or the chip's.
attestation::SnpSigningKey signing_key_of(const Bundle& bundle,
                                          const attestation::snp::CertificateTable& table) {
    const auto report = attestation::snp::parse_report(bundle.evidence);
    if (bundle.type == EvidenceType::kSnp && report) {
        return report.value().claims.signing_key();
    }
    return table.vcek.empty() ? attestation::SnpSigningKey::kVlek : attestation::SnpSigningKey::kVcek;
}

Fallible<attestation::Endorsements> read_snp_certificates(const EvidenceArguments& arguments,
                                                          const Bundle& bundle) {
    std::vector<Bytes> certificates;
    attestation::snp::Certificates out;
    for (const auto& path : arguments.certificates) {
        BOOST_OUTCOME_TRY(auto file, read_input(path, kTextFactor * attestation::kPemBytesMax));
        if (const auto table = read_table(file)) {
            auto from_host = table->certificates(signing_key_of(bundle, *table));
            for (auto* certificate : {&from_host.vek, &from_host.ask, &from_host.ark}) {
                if (!certificate->empty()) {
                    certificates.push_back(std::move(*certificate));
                }
            }
            std::ranges::move(from_host.revocation_lists, std::back_inserter(out.revocation_lists));
            continue;
        }
        BOOST_OUTCOME_TRY(auto some, read_certificates(path, std::move(file)));
        std::ranges::move(some, std::back_inserter(certificates));
    }
    if (certificates.size() != 3) {
        return usage_failure(
            "evidence_options_contradict",
            "--certificates gives " + std::to_string(certificates.size()) +
                " certificates where three are needed",
            "Name the files of VCEK or VLEK, ASK or ASVK, and ARK, in this order: the host's "
            "table stands for what it has of them.");
    }
    out.vek = std::move(certificates[0]);
    out.ask = std::move(certificates[1]);
    out.ark = std::move(certificates[2]);
    for (const auto& path : arguments.revocation_lists) {
        BOOST_OUTCOME_TRY(auto list, read_input(path, kTextFactor * attestation::kCrlBytesMax));
        out.revocation_lists.push_back(decode_text_form(std::move(list)));
    }
    return attestation::Endorsements{std::move(out)};
}

/// Which of the options a type of evidence takes.
bool takes_collateral(EvidenceType type) {
    return type == EvidenceType::kSgxDcap || type == EvidenceType::kTdxDcap ||
           type == EvidenceType::kParavisor;
}
bool takes_certificates(EvidenceType type) {
    return type == EvidenceType::kSnp || type == EvidenceType::kParavisor;
}

/// Body, signature and certificate of a report in the form in which they travel together.
Fallible<Bytes> join_report(const EvidenceArguments& arguments, ByteView body) {
    if (arguments.signature.empty() || arguments.certificates.size() != 1) {
        return usage_failure(
            "evidence_options_contradict", "a report's body needs its signature and who signed",
            "Name both files: --signature and --certificates. A file that has all three parts "
            "(body|signature|certificate) needs neither.");
    }
    const auto& path = arguments.certificates.front();
    BOOST_OUTCOME_TRY(auto signature, read_input(arguments.signature, attestation::kPemBytesMax));
    BOOST_OUTCOME_TRY(auto file, read_input(path, kTextFactor * attestation::kPemBytesMax));
    BOOST_OUTCOME_TRY(const auto chain, read_certificates(path, std::move(file)));
    const auto encode = attestation::x509::encode_base64;
    // What follows the first certificate is its issuer, which the verifier has.
    const auto rest = "|" + encode(decode_text_form(std::move(signature))) + "|" + encode(chain.front());
    return concat(body, bytes_of(rest));
}

Fallible<attestation::Endorsements> read_endorsements(const Bundle& bundle,
                                                      const EvidenceArguments& arguments) {
    const auto type = bundle.type;
    const bool has_collateral = !arguments.collateral.empty();
    const bool has_certificates = !arguments.certificates.empty() || !arguments.revocation_lists.empty();
    const bool has_key = !arguments.attestation_key.empty();
    const bool is_report = type == EvidenceType::kSgxIas;
    if (is_report && arguments.revocation_lists.empty() && !has_collateral && !has_key) {
        return attestation::Endorsements{};
    }
    if ((has_collateral && !takes_collateral(type)) || (has_certificates && !takes_certificates(type)) ||
        (has_key && type != EvidenceType::kTpm) || (has_collateral && has_certificates) ||
        !arguments.signature.empty()) {
        return usage_failure(
            "evidence_options_contradict",
            "the endorsements are not those of the type " + std::string{attestation::evidence_name(type)},
            "Give --collateral for sgx and tdx, --certificates for snp, --attestation-key for "
            "tpm, one of the first two for paravisor, --signature and --certificates for sgx-ias, and none "
            "for "
            "others.");
    }
    if (has_certificates) {
        return read_snp_certificates(arguments, bundle);
    }
    if (!has_collateral) {
        return attestation::Endorsements{};
    }
    BOOST_OUTCOME_TRY(const auto file, read_input(arguments.collateral, attestation::kBundleBytesMax));
    auto parsed = attestation::parse_endorsements(type, text_of(file));
    if (!parsed) {
        return malformed_evidence(attestation::reason_of(parsed.error()), arguments.collateral,
                                  RefusedEvidence{.type = type});
    }
    return std::move(parsed).value();
}

/// The failure for a file that is no bundle and whose type nobody named. A broken bundle may still say what
/// it is of.
Failure unknown_evidence(Reason reason, const Bytes& file, const std::optional<Likeness>& seen) {
    if (seen) {
        auto failure =
            refused("evidence_malformed", "the file is no whole evidence but " + std::string{seen->name},
                    capitalised(std::string{seen->completion}) + ".");
        failure.details = {{"reason", attestation::reason_code(Reason::kMalformed)}};
        return failure;
    }
    const auto json = Json::parse(text_of(file), nullptr, false);
    const auto member = json.is_object() ? json.find("type") : json.end();
    if (json.is_object() && member != json.end() && member->is_string()) {
        const auto type = attestation::evidence_type_named(member->get<std::string>());
        return malformed_evidence(reason, "the bundle cannot be read",
                                  type ? std::optional{RefusedEvidence{.type = *type}} : std::nullopt);
    }
    if (json.is_object()) {
        return malformed_evidence(reason, "the bundle cannot be read", std::nullopt);
    }
    auto failure = malformed_evidence(Reason::kMalformed, "the file is neither a bundle nor whole evidence",
                                      std::nullopt);
    failure.remedy =
        "Where you know its type, --type says what is wrong with it. Known are: " + known_types() + ".";
    return failure;
}

/// The type that is named; nullopt where none is.
Fallible<std::optional<EvidenceType>> named_type(const std::string& name) {
    if (name.empty()) {
        return std::nullopt;
    }
    if (const auto type = attestation::evidence_type_named(name)) {
        return type;
    }
    const auto meant = nearest_type(name);
    return usage_failure(
        "evidence_type_unknown", "there is no evidence type " + name,
        (meant ? "Did you mean " + *meant + "? " : "") + "Known are: " + known_types() + ".");
}

/// Takes the evidence out of a TLS certificate, whose key it vouches for. @return the evidence
Fallible<Bytes> take_from_certificate(const attestation::x509::Certificate& certificate,
                                      std::optional<EvidenceType> named,
                                      ReadEvidence& out) {
    const auto inside = attestation::ra_tls::read_certificate_evidence(certificate);
    if (!inside) {
        auto failure =
            refused("evidence_malformed", "the certificate holds no evidence in a form that is known",
                    "Pass evidence, or a certificate that a TEE made for its own key (RA-TLS: DICE tagged "
                    "evidence, a conceptual message wrapper or a quote). Certificates that belong to "
                    "evidence are named with --certificates.");
        failure.details = {{"reason", attestation::reason_code(attestation::reason_of(inside.error()))}};
        return failure;
    }
    if (named && *named != inside.value().type) {
        return usage_failure("evidence_options_contradict",
                             "the certificate holds evidence of the type " +
                                 std::string{attestation::evidence_name(inside.value().type)},
                             "Leave --type out: the certificate says it.");
    }
    out.type = inside.value().type;
    out.certificate = to_bytes(certificate.bytes());
    return to_bytes(inside.value().evidence);
}

/// The type that a file shows by itself: evidence as a whole has a form of its own.
/// @param has_signature  a report's body becomes whole with the signature that is passed beside it
/// @param no_bundle  why the file is no bundle
Fallible<EvidenceType> shown_type(const Bytes& file, bool has_signature, Reason no_bundle) {
    const auto seen = likeness_of(decode_text_form(file));
    const bool is_completed = seen && seen->type == EvidenceType::kSgxIas && has_signature;
    if (!seen || !(seen->completion.empty() || is_completed)) {
        return unknown_evidence(no_bundle, file, seen);
    }
    return seen->type;
}

}  // namespace

Failure malformed_evidence(Reason reason,
                           const std::string& what,
                           const std::optional<RefusedEvidence>& evidence) {
    const auto advice = evidence ? advise(reason, *evidence)
                                 : Advice{std::string{attestation::error_message(reason)},
                                          std::string{attestation::remedy(reason)}};
    auto failure =
        refused("evidence_malformed",
                what + ": " + advice.cause + " (" + std::string{attestation::reason_code(reason)} + ")",
                capitalised(advice.remedy) + ".");
    failure.details = {{"reason", attestation::reason_code(reason)}};
    return failure;
}

Fallible<Bytes> read_input(const std::string& path, std::size_t bytes_max) {
    const auto is_standard = path == "-";
    const auto name = is_standard ? std::string{kStandardInput} : path;
    const FileDescriptor file{is_standard ? dup(STDIN_FILENO)
                                          : open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    BOOST_OUTCOME_TRY(check_input(file.get(), name));
    Bytes out;
    for (;;) {
        BOOST_OUTCOME_TRY(const auto piece, read_piece(file.get(), name, out.empty()));
        append(out, piece);
        if (out.size() > bytes_max) {
            return usage_failure("file_too_large",
                                 name + " has more than " + std::to_string(bytes_max) + " bytes",
                                 "Name a file that holds what the option asks for, and nothing else.");
        }
        if (piece.empty()) {
            return out;
        }
    }
}

std::optional<std::string> decode_url(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            out.push_back(text[at]);
            continue;
        }
        const auto byte = parse_hex(text.substr(at + 1, 2));
        if (!byte || byte.value().size() != 1) {
            return std::nullopt;
        }
        out.push_back(static_cast<char>(byte.value().front()));
        at += 2;
    }
    return out;
}

Fallible<std::vector<attestation::tpm::AttestationKey>> read_attestation_keys(
    const EvidenceArguments& arguments) {
    std::vector<attestation::tpm::AttestationKey> out;
    if (!arguments.attestation_key.empty()) {
        BOOST_OUTCOME_TRY(auto key, read_input(arguments.attestation_key, attestation::kPemBytesMax));
        out.push_back({.public_key_info = decode_text_form(std::move(key))});
    }
    return out;
}

Fallible<ReadEvidence> read_evidence(const EvidenceArguments& arguments) {
    BOOST_OUTCOME_TRY(check_standard_input(arguments));
    BOOST_OUTCOME_TRY(const auto named, named_type(arguments.type));
    constexpr auto kFileBytesMax =
        std::max(attestation::kBundleBytesMax, kTextFactor * attestation::kEvidenceBytesMax);
    BOOST_OUTCOME_TRY(auto file, read_input(arguments.file, kFileBytesMax));
    auto bundle = attestation::parse_bundle(text_of(file));
    const bool has_parts = !arguments.collateral.empty() || !arguments.certificates.empty() ||
                           !arguments.revocation_lists.empty() || !arguments.attestation_key.empty() ||
                           !arguments.signature.empty() || !arguments.binding_block.empty();
    if (bundle && (has_parts || named)) {
        return usage_failure("evidence_options_contradict",
                             arguments.file + " is a bundle, which has its type and all parts inside: " +
                                 std::string{attestation::evidence_name(bundle.value().type)},
                             "Leave --type out, and the options that name a part of the evidence.");
    }
    if (bundle) {
        return ReadEvidence{std::move(bundle).value(), {}};
    }
    ReadEvidence out;
    const auto certificate = attestation::x509::Certificate::decode_of_peer(decode_text_form(file));
    if (certificate) {
        BOOST_OUTCOME_TRY(file, take_from_certificate(certificate.value(), named, out));
    } else if (named) {
        out.type = *named;
    } else {
        BOOST_OUTCOME_TRY(
            out.type, shown_type(file, !arguments.signature.empty(), attestation::reason_of(bundle.error())));
    }
    if (!out.certificate.empty()) {
        out.evidence = std::move(file);
    } else if (out.type == EvidenceType::kSgxIas &&
               (!arguments.signature.empty() || !arguments.certificates.empty())) {
        BOOST_OUTCOME_TRY(out.evidence, join_report(arguments, file));
    } else {
        out.evidence = decode_text_form(std::move(file));
    }
    BOOST_OUTCOME_TRY(out.endorsements, read_endorsements(out, arguments));
    if (!arguments.binding_block.empty()) {
        BOOST_OUTCOME_TRY(auto block, read_input(arguments.binding_block,
                                                 kTextFactor * attestation::kBindingBlockBytesMax));
        out.binding_block = decode_text_form(std::move(block));
    }
    return out;
}

}  // namespace redoubt::wallet
