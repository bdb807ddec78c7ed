// Every kind of entry in vectors/attestation/INDEX.json has a program that runs it. A kind that no program
// names fails.
#include <gtest/gtest.h>

#include <tests/support/shared_material.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <string>
#include <string_view>

namespace redoubt::attestation {
namespace {

struct Family {
    std::string_view prefix;   ///< of the kinds
    std::string_view program;  ///< the one that compares verdicts, beside this file
};

constexpr auto kFamilies = std::to_array<Family>({
    {"dcap-", "attestation_dcap_vectors_test"},
    {"pcs-signed-json", "attestation_dcap_vectors_test"},
    {"teerex-dcap", "attestation_dcap_vectors_test"},
    {"type-confusion", "attestation_dcap_vectors_test"},
    {"measurement-policy", "attestation_dcap_vectors_test"},
    {"tdx-", "attestation_tdx_vectors_test"},
    {"report-data-binding", "attestation_binding_vectors_test"},
    {"snp-report", "attestation_snp_vectors_test"},
    {"azure-vtpm-composite", "attestation_tpm_vectors_test"},
    {"cca-token", "attestation_cca_vectors_test"},
    {"ias-report", "attestation_ias_vectors_test"},
    {"nitro-doc", "attestation_nitro_vectors_test"},
    {"ratls-cert", "attestation_ra_tls_vectors_test"},
    {"sim-evidence", "attestation_sim_vectors_test"},
    {"tpm-quote", "attestation_tpm_vectors_test"},
});

std::string source(std::string_view name) {
    return tests::read_file(tests::source_folder() / "tests/vectors" / name);
}

/// Whether the program's source, or a header of this folder that it includes, has the prefix as a string.
bool names(std::string_view program, std::string_view prefix) {
    const auto text = source(std::string{program} + ".cpp");
    const auto wanted = "\"" + std::string{prefix};
    if (text.find(wanted) != std::string::npos) {
        return true;
    }
    constexpr std::string_view kInclude = "#include <tests/vectors/";
    for (auto at = text.find(kInclude); at != std::string::npos; at = text.find(kInclude, at + 1)) {
        const auto start = at + kInclude.size();
        const auto header = text.substr(start, text.find('>', start) - start);
        if (source(header).find(wanted) != std::string::npos) {
            return true;
        }
    }
    return false;
}

TEST(AttestationIndex, holds_no_kind_that_no_program_runs) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const auto index = tests::read_json(folder / "INDEX.json");
    std::map<std::string_view, std::size_t> counts;
    for (const auto& entry : index.at("entries")) {
        const auto kind = entry.at("kind").get<std::string>();
        const auto* family = std::ranges::find_if(
            kFamilies, [&](const Family& one) { return std::string_view{kind}.starts_with(one.prefix); });
        if (family == kFamilies.end()) {
            ADD_FAILURE() << entry.at("id") << " is of an unknown kind, " << kind;
            continue;
        }
        ++counts[family->program];
    }
    for (const auto& family : kFamilies) {
        EXPECT_TRUE(names(family.program, family.prefix))
            << family.program << " does not run " << family.prefix;
    }
    for (const auto& [program, count] : counts) {
        std::cout << "[ vectors  ] attestation: " << count << " entries for " << program << "\n";
    }
}

// What is sent as a type of evidence that it is not of has a program for each type it is sent as.
TEST(AttestationIndex, holds_confusions_of_types_that_are_run) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const auto index = tests::read_json(folder / "INDEX.json");
    for (const auto& entry : index.at("entries")) {
        if (entry.at("kind") != "type-confusion") {
            continue;
        }
        const auto sent_as = entry.at("expect").at("presented_as").get<std::string>();
        EXPECT_TRUE(names("attestation_" + sent_as + "_vectors_test", sent_as)) << entry.at("id");
    }
}

}  // namespace
}  // namespace redoubt::attestation
