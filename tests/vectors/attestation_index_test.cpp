// Every kind of entry in vectors/attestation/INDEX.json has a program that runs it, or is printed as one that
// has none yet. A kind that nobody has heard of fails.
#include <gtest/gtest.h>

#include <tests/support/shared_material.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <string_view>

namespace redoubt::attestation {
namespace {

struct Family {
    std::string_view prefix;   ///< of the kinds
    std::string_view program;  ///< empty when none runs it yet
};

constexpr auto kFamilies = std::to_array<Family>({
    {"dcap-", "attestation_dcap_vectors_test, attestation_flip_test"},
    {"pcs-signed-json", "attestation_dcap_vectors_test"},
    {"teerex-dcap", "attestation_dcap_vectors_test"},
    {"type-confusion", "attestation_dcap_vectors_test, attestation_sim_vectors_test"},
    {"measurement-policy", "attestation_dcap_vectors_test"},
    {"tdx-", "attestation_tdx_vectors_test"},
    {"report-data-binding", "attestation_binding_vectors_test"},
    {"snp-report", "attestation_snp_vectors_test, attestation_flip_test"},
    {"azure-vtpm-composite", "attestation_tpm_vectors_test"},
    {"cca-token", "attestation_cca_vectors_test"},
    {"ias-report", "attestation_ias_vectors_test, attestation_flip_test"},
    {"nitro-doc", "attestation_nitro_vectors_test, attestation_flip_test"},
    {"ratls-cert", "attestation_ra_tls_vectors_test"},
    {"sim-evidence", "attestation_sim_vectors_test"},
    {"tpm-quote", "attestation_tpm_vectors_test"},
});

TEST(AttestationIndex, holds_no_kind_that_is_unknown) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const auto index = tests::read_json(folder / "INDEX.json");
    std::map<std::string, std::size_t> waiting;
    for (const auto& entry : index.at("entries")) {
        const auto kind = entry.at("kind").get<std::string>();
        const auto* family = std::ranges::find_if(
            kFamilies, [&](const Family& one) { return std::string_view{kind}.starts_with(one.prefix); });
        ASSERT_NE(family, kFamilies.end()) << kind;
        if (family->program.empty()) {
            ++waiting[kind];
        }
    }
    for (const auto& [kind, count] : waiting) {
        std::cout << "[ vectors  ] attestation / " << kind << ": " << count << " without a verifier yet\n";
    }
}

}  // namespace
}  // namespace redoubt::attestation
