#include <tools/wallet/evidence_likeness.hpp>

#include <algorithm>
#include <array>
#include <attestation/appraisal/appraisal.hpp>
#include <attestation/ias/report.hpp>
#include <attestation/limits.hpp>
#include <attestation/paravisor/hcl_report.hpp>
#include <attestation/tdx/td_report.hpp>
#include <attestation/tpm/attest.hpp>
#include <cctype>
#include <command-line/unknown_word.hpp>
#include <tools/wallet/evidence_advice.hpp>
#include <tools/wallet/evidence_fields.hpp>
#include <vector>

namespace redoubt::wallet {
namespace {

using attestation::EvidenceType;

/// Whole evidence by its type. Formats that say what they are come before one that is told by its size.
constexpr auto kWhole = std::to_array<Likeness>({
    {EvidenceType::kSgxDcap, "a quote of SGX"},
    {EvidenceType::kTdxDcap, "a quote of TDX"},
    {EvidenceType::kSgxIas, "a report of Intel's attestation service"},
    {EvidenceType::kParavisor, "a paravisor's composite"},
    {EvidenceType::kNitro, "a document of AWS Nitro"},
    {EvidenceType::kCca, "a token of Arm CCA"},
    {EvidenceType::kTpm, "a TPM's quote with its signature"},
    {EvidenceType::kSimulation, "simulated evidence"},
    {EvidenceType::kSnp, "a report of SEV-SNP"},
    {EvidenceType::kKeystone, "a report of Keystone"},
});

constexpr Likeness kTpmQuote{EvidenceType::kTpm, "a TPM's bare quote (TPMS_ATTEST)", kTpmContainer};
constexpr Likeness kHclReport{EvidenceType::kParavisor, "a paravisor's bare report", kParavisorContainer};
constexpr Likeness kIasBody{EvidenceType::kSgxIas, "the body of a report of Intel's attestation service",
                            kIasContainer};
constexpr Likeness kTdReport{EvidenceType::kTdxDcap, "a TD's local report",
                             "ask the guest for a quote: a local report proves nothing to others"};

std::optional<Likeness> find_part(ByteView evidence) {
    if (attestation::tpm::parse_attest(evidence)) {
        return kTpmQuote;
    }
    if (evidence.size() <= attestation::paravisor::kHclReportBytesMax &&
        attestation::paravisor::parse_hcl_report(evidence)) {
        return kHclReport;
    }
    if (evidence.size() <= attestation::kIasReportBytesMax &&
        attestation::ias::parse_report(text_of(evidence))) {
        return kIasBody;
    }
    if (attestation::tdx::parse_td_report(evidence)) {
        return kTdReport;
    }
    return std::nullopt;
}

std::string to_lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

/// Whether `name` is one of the words that hyphens, underscores or blanks separate.
bool has_word(std::string_view words, std::string_view name) {
    const auto at = words.find(name);
    const auto ends = [&](std::size_t i) {
        return i >= words.size() || std::string_view{"-_ "}.find(words[i]) != std::string_view::npos;
    };
    return at != std::string_view::npos && (at == 0 || ends(at - 1)) && ends(at + name.size());
}

}  // namespace

std::optional<Likeness> likeness_of(ByteView evidence) {
    if (evidence.empty() || evidence.size() > attestation::kEvidenceBytesMax) {
        return std::nullopt;
    }
    if (const auto part = find_part(evidence)) {
        return part;
    }
    const auto* whole = std::ranges::find_if(
        kWhole, [&](const Likeness& one) { return decode_fields(one.type, evidence).has_value(); });
    return whole == kWhole.end() ? std::nullopt : std::optional{*whole};
}

std::optional<Likeness> likeness_of(EvidenceType named, ByteView evidence) {
    if (decode_fields(named, evidence)) {
        return std::nullopt;
    }
    return likeness_of(evidence);
}

std::optional<std::string> nearest_type(std::string_view name) {
    const auto lower = to_lower(name);
    std::vector<std::string> names;
    for (const auto type : attestation::supported_types()) {
        names.emplace_back(attestation::evidence_name(type));
    }
    if (std::ranges::find(names, lower) != names.end()) {
        return lower;
    }
    // As others call them: sev-snp, sgx-dcap, aws-nitro.
    for (const auto& one : names) {
        if (has_word(lower, one)) {
            return one;
        }
    }
    return command_line::nearest(lower, names);
}

}  // namespace redoubt::wallet
