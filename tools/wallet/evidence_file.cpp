#include <tools/wallet/evidence_file.hpp>

#include <attestation/appraisal/appraisal.hpp>
#include <attestation/bundle/endorsement_codec.hpp>
#include <attestation/x509/pem.hpp>
#include <fstream>
#include <iostream>
#include <tools/evidence-text/text_form.hpp>

namespace redoubt::wallet {
namespace {

using attestation::Bundle;
using attestation::EvidenceType;
using attestation::Reason;
using evidence_text::decode_text_form;
using evidence_text::kTextFactor;

constexpr std::string_view kPemBegin = "-----BEGIN ";

std::string known_types() {
    std::string out;
    for (const auto type : attestation::supported_types()) {
        out.append(out.empty() ? "" : ", ").append(attestation::evidence_name(type));
    }
    return out;
}

/// Certificates as DER: each file holds one, or a chain of PEM blocks.
Fallible<void> read_certificates(const std::string& path, std::vector<Bytes>& out) {
    BOOST_OUTCOME_TRY(auto file, read_input(path, attestation::kPemBytesMax));
    if (text_of(file).find(kPemBegin) == std::string_view::npos) {
        out.push_back(decode_text_form(std::move(file)));
        return success();
    }
    const auto chain = attestation::x509::read_pem_chain(text_of(file));
    if (!chain) {
        return malformed_evidence(attestation::reason_of(chain.error()), path + " holds no certificates");
    }
    for (const auto& certificate : chain.value()) {
        out.push_back(to_bytes(certificate.bytes()));
    }
    return success();
}

Fallible<attestation::Endorsements> read_snp_certificates(const EvidenceArguments& arguments) {
    std::vector<Bytes> certificates;
    for (const auto& path : arguments.certificates) {
        BOOST_OUTCOME_TRY(read_certificates(path, certificates));
    }
    if (certificates.size() != 3) {
        return usage_failure("evidence_options_contradict",
                             "--certificates gives " + std::to_string(certificates.size()) +
                                 " certificates where three are needed",
                             "Name the files of VCEK or VLEK, ASK or ASVK, and ARK, in this order.");
    }
    attestation::snp::Certificates out{.vek = std::move(certificates[0]),
                                       .ask = std::move(certificates[1]),
                                       .ark = std::move(certificates[2])};
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

Fallible<attestation::Endorsements> read_endorsements(EvidenceType type, const EvidenceArguments& arguments) {
    const bool has_collateral = !arguments.collateral.empty();
    const bool has_certificates = !arguments.certificates.empty() || !arguments.revocation_lists.empty();
    const bool has_key = !arguments.attestation_key.empty();
    if ((has_collateral && !takes_collateral(type)) || (has_certificates && !takes_certificates(type)) ||
        (has_key && type != EvidenceType::kTpm) || (has_collateral && has_certificates)) {
        return usage_failure(
            "evidence_options_contradict", "the endorsements are not those of the type " + arguments.type,
            "Give --collateral for sgx and tdx, --certificates for snp, --attestation-key for "
            "tpm, one of the first two for paravisor, and none for others.");
    }
    if (has_certificates) {
        return read_snp_certificates(arguments);
    }
    if (!has_collateral) {
        return attestation::Endorsements{};
    }
    BOOST_OUTCOME_TRY(const auto file, read_input(arguments.collateral, attestation::kBundleBytesMax));
    auto parsed = attestation::parse_endorsements(type, text_of(file));
    if (!parsed) {
        return malformed_evidence(attestation::reason_of(parsed.error()), arguments.collateral);
    }
    return std::move(parsed).value();
}

}  // namespace

Failure malformed_evidence(Reason reason, const std::string& what) {
    auto remedy = std::string{attestation::remedy(reason)};
    remedy[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(remedy[0])));
    auto failure = refused("evidence_malformed",
                           what + ": " + std::string{attestation::error_message(reason)} + " (" +
                               std::string{attestation::reason_code(reason)} + ")",
                           remedy + ".");
    failure.details = {{"reason", attestation::reason_code(reason)}};
    return failure;
}

Fallible<Bytes> read_input(const std::string& path, std::size_t bytes_max) {
    std::ifstream file;
    if (path != "-") {
        file.open(path, std::ios::binary);
    }
    std::istream& in = path == "-" ? std::cin : file;
    Bytes out;
    constexpr std::size_t kPiece = 64 * 1024;
    while (in && out.size() <= bytes_max) {
        const auto before = out.size();
        out.resize(before + kPiece);
        in.read(reinterpret_cast<char*>(out.data() + before), kPiece);
        out.resize(before + static_cast<std::size_t>(in.gcount()));
    }
    const auto name = path == "-" ? std::string{"standard input"} : path;
    if (out.size() > bytes_max) {
        return usage_failure("file_too_large",
                             name + " has more than " + std::to_string(bytes_max) + " bytes",
                             "Name a file that holds what the option asks for, and nothing else.");
    }
    if (!in.eof() || in.bad()) {
        return usage_failure("file_unreadable", name + " cannot be read", "Name a file that you may read.");
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

Fallible<Bundle> read_evidence(const EvidenceArguments& arguments) {
    const bool has_parts = !arguments.collateral.empty() || !arguments.certificates.empty() ||
                           !arguments.revocation_lists.empty() || !arguments.attestation_key.empty() ||
                           !arguments.binding_block.empty();
    if (arguments.type.empty()) {
        if (has_parts) {
            return usage_failure(
                "evidence_options_contradict",
                "endorsements and a binding block belong to evidence whose type is named",
                "Name it with --type, or leave the file to be a bundle, which has them inside.");
        }
        BOOST_OUTCOME_TRY(const auto file, read_input(arguments.file, attestation::kBundleBytesMax));
        auto bundle = attestation::parse_bundle(text_of(file));
        if (!bundle) {
            auto failure =
                malformed_evidence(attestation::reason_of(bundle.error()), "the bundle cannot be read");
            failure.remedy += " Evidence that is no bundle needs --type.";
            return failure;
        }
        return std::move(bundle).value();
    }
    const auto type = attestation::evidence_type_named(arguments.type);
    if (!type) {
        return usage_failure("evidence_type_unknown", "there is no evidence type " + arguments.type,
                             "Known are: " + known_types() + ".");
    }
    Bundle out;
    out.type = *type;
    BOOST_OUTCOME_TRY(auto file, read_input(arguments.file, kTextFactor * attestation::kEvidenceBytesMax));
    out.evidence = decode_text_form(std::move(file));
    BOOST_OUTCOME_TRY(out.endorsements, read_endorsements(*type, arguments));
    if (!arguments.binding_block.empty()) {
        BOOST_OUTCOME_TRY(auto block, read_input(arguments.binding_block,
                                                 kTextFactor * attestation::kBindingBlockBytesMax));
        out.binding_block = decode_text_form(std::move(block));
    }
    return out;
}

}  // namespace redoubt::wallet
