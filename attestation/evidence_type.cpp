#include <attestation/evidence_type.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation {
namespace {

struct Row {
    EvidenceType type;
    std::string_view name;
};

constexpr auto kRows = std::to_array<Row>({
    {EvidenceType::kSgxDcap, "sgx"},
    {EvidenceType::kTdxDcap, "tdx"},
    {EvidenceType::kSgxIas, "sgx-ias"},
    {EvidenceType::kSnp, "snp"},
    {EvidenceType::kParavisor, "paravisor"},
    {EvidenceType::kNitro, "nitro"},
    {EvidenceType::kCca, "cca"},
    {EvidenceType::kKeystone, "keystone"},
    {EvidenceType::kTpm, "tpm"},
    {EvidenceType::kSimulation, "sim"},
});

}  // namespace

std::optional<EvidenceType> evidence_type_of(std::uint16_t code) {
    const auto* row = std::ranges::find(kRows, static_cast<EvidenceType>(code), &Row::type);
    return row == kRows.end() ? std::nullopt : std::optional{row->type};
}

std::string_view evidence_name(EvidenceType type) {
    const auto* row = std::ranges::find(kRows, type, &Row::type);
    return row == kRows.end() ? "unknown" : row->name;
}

std::optional<EvidenceType> evidence_type_named(std::string_view name) {
    const auto* row = std::ranges::find(kRows, name, &Row::name);
    return row == kRows.end() ? std::nullopt : std::optional{row->type};
}

}  // namespace redoubt::attestation
