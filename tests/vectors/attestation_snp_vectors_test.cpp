// SEV-SNP over vectors/attestation: genuine reports, mutated and synthetic ones. What the index lists is what
// is run.
#include <gtest/gtest.h>

#include <attestation/policy/policy.hpp>
#include <attestation/snp/report.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/vectors/attestation_snp_support.hpp>

#include <iostream>
#include <sstream>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::Index;

std::string numeral(std::uint64_t value) {
    std::ostringstream out;
    out << "0x" << std::hex << value;
    return out.str();
}

json svns_json(const SnpSvns& svns, SnpProduct product) {
    json out{{"bl", svns.boot_loader}, {"tee", svns.tee}, {"snp", svns.snp}, {"ucode", svns.microcode}};
    if (product == SnpProduct::kTurin) {
        out["fmc"] = svns.fmc;
    }
    return out;
}

SnpSvns svns_of_json(const json& svns) {
    return {.fmc = svns.value("fmc", std::uint8_t{0}),
            .boot_loader = svns.value("bl", std::uint8_t{0}),
            .tee = svns.value("tee", std::uint8_t{0}),
            .snp = svns.value("snp", std::uint8_t{0}),
            .microcode = svns.value("ucode", std::uint8_t{0})};
}

json fields_of(const SnpClaims& claims) {
    json out{{"version", claims.version},
             {"guest_svn", claims.guest_svn},
             {"policy", numeral(claims.policy)},
             {"vmpl", claims.vmpl},
             {"current_tcb", to_hex(claims.current_tcb.view())},
             {"platform_info", numeral(claims.platform_info)},
             {"key_info", numeral(claims.key_info)},
             {"report_data", to_hex(claims.report_data.view())},
             {"measurement", to_hex(claims.measurement.view())},
             {"host_data", to_hex(claims.host_data.view())},
             {"id_key_digest", to_hex(claims.id_key_digest.view())},
             {"report_id", to_hex(claims.report_id.view())},
             {"reported_tcb", to_hex(claims.reported_tcb.view())},
             {"chip_id", to_hex(claims.chip_id.view())},
             {"committed_tcb", to_hex(claims.committed_tcb.view())},
             {"launch_tcb", to_hex(claims.launch_tcb.view())}};
    if (claims.cpuid) {
        const Bytes cpuid{claims.cpuid->family, claims.cpuid->model, claims.cpuid->stepping};
        out["cpuid_fam_mod_step"] = to_hex(cpuid);
    }
    return out;
}

json appraisal_of(const Verdict& verdict) {
    json out{{"verified", verdict.is_verified()}};
    const auto* claims = std::get_if<SnpClaims>(&verdict.claims);
    if (claims == nullptr) {
        return out;
    }
    out["product"] = product_name(claims->product);
    out["signing_key"] = claims->signing_key() == SnpSigningKey::kVlek ? "VLEK" : "VCEK";
    out["chip_id_masked"] = verdict.platform.is_chip_id_masked.value();
    out["reported_spl"] = svns_json(claims->reported(), claims->product);
    if (!claims->csp_id.empty()) {
        out["csp_id"] = claims->csp_id;
    }
    return out;
}

/// Every member that the index states has this value.
bool has_all(const json& actual, const json& expected, const std::string& id) {
    for (const auto& [name, value] : expected.items()) {
        if (!actual.contains(name) || actual.at(name) != value) {
            ADD_FAILURE() << id << ": " << name << " is " << actual.value(name, json{}) << ", expected "
                          << value;
            return false;
        }
    }
    return true;
}

bool check_appraisal(const Verdict& verdict, const json& entry, std::size_t& canonical) {
    const auto id = entry.at("id").get<std::string>();
    const auto& expected = entry.at("expect").at("appraisal");
    const auto told = verdict.refusal ? reason_code(verdict.refusal->reason) : std::string_view{"verified"};
    if (verdict.is_verified() != expected.at("verified").get<bool>() ||
        (verdict.refusal && !vectors::is_allowed_reason(expected, verdict.refusal->reason))) {
        ADD_FAILURE() << id << ": " << told << ", expected " << expected;
        return false;
    }
    if (verdict.refusal) {
        canonical += told == expected.at("reason") ? 1U : 0U;
        return true;
    }
    return has_all(appraisal_of(verdict), expected, id);
}

/// The default policy with what the entry adds to it.
Policy policy_of(const json& entry, const Verdict& verdict) {
    Policy out;
    const auto input = entry.value("policy_input", json::object());
    for (const auto& [name, value] : input.items()) {
        EXPECT_EQ(name, "min_reported_spl") << entry.at("id");
        if (const auto* claims = std::get_if<SnpClaims>(&verdict.claims)) {
            out.snp_floors.push_back({claims->product, svns_of_json(value)});
        }
    }
    return out;
}

bool check_policy(const Verdict& verdict, const json& entry) {
    const auto& expected = entry.at("expect").at("policy");
    std::set<std::string> actual;
    for (const auto reason : violations(verdict, policy_of(entry, verdict), verdict.time)) {
        actual.emplace(reason_code(reason));
    }
    const bool passed =
        (expected.at("default") == "accept") == actual.empty() &&
        (!verdict.is_verified() || actual == expected.at("reasons").get<std::set<std::string>>());
    EXPECT_TRUE(passed) << entry.at("id") << ": " << json(actual) << ", expected " << expected;
    return passed;
}

TEST(SnpVectors, give_the_verdicts_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    std::size_t canonical = 0;
    std::size_t refused = 0;
    for (const auto& entry : index.entries()) {
        if (!vectors::is_snp(entry)) {
            continue;
        }
        const auto one = vectors::snp_case(index, entry);
        const auto verdict = one.appraise(vectors::snp_roots(one, entry));
        refused += verdict.is_verified() ? 0U : 1U;
        bool passed = check_appraisal(verdict, entry, canonical);
        passed = check_policy(verdict, entry) && passed;
        const auto& expect = entry.at("expect");
        if (expect.contains("fields")) {
            const auto report = snp::parse_report(one.report);
            passed = report &&
                     has_all(fields_of(report.value().claims), expect.at("fields"), entry.at("id")) && passed;
        }
        const auto failed = std::ranges::count(verdict.checks, CheckOutcome::kFailed, &Check::outcome);
        passed = failed == (verdict.is_verified() ? 0 : 1) && passed;
        count.record(entry.at("kind"), entry.at("id"), passed);
    }
    std::cout << "[ vectors  ] attestation / snp: " << canonical << " of " << refused
              << " refusals with the canonical reason\n";
}

TEST(SnpVectors, under_the_vendors_roots_are_genuine_or_refused) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, production roots"};
    for (const auto& entry : index.entries()) {
        if (entry.at("kind") != "snp-report-synthetic") {
            continue;
        }
        const auto one = vectors::snp_case(index, entry);
        const auto verdict = one.appraise(TrustRoots::built_in());
        // What is wrong with the report itself is found before its certificates are looked at.
        const bool is_expected = verdict.refusal && (verdict.refusal->reason == Reason::kSnpRootUntrusted ||
                                                     verdict.checks.front().outcome == CheckOutcome::kFailed);
        count.record(entry.at("kind"), entry.at("id"), is_expected);
    }
}

}  // namespace
}  // namespace redoubt::attestation
