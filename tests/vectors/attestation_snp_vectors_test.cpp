// SEV-SNP over vectors/attestation: genuine reports, mutated and synthetic ones. What the index lists is what
// is run.
#include <gtest/gtest.h>

#include <attestation/policy/policy.hpp>
#include <attestation/snp/report.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/vectors/attestation_snp_support.hpp>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::has_all;
using vectors::Index;
using vectors::numeral;

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

TEST(SnpVectors, give_the_verdicts_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    vectors::RefusalCount refusals{"snp"};
    for (const auto& entry : index.entries()) {
        if (!vectors::is_snp(entry)) {
            continue;
        }
        const auto one = vectors::snp_case(index, entry);
        const auto verdict = one.appraise(vectors::snp_roots(one, entry));
        bool passed = vectors::check_outcome(verdict, entry, refusals);
        if (verdict.is_verified()) {
            passed =
                has_all(appraisal_of(verdict), entry.at("expect").at("appraisal"), entry.at("id")) && passed;
        }
        passed = vectors::check_policy(verdict, policy_of(entry, verdict), entry) && passed;
        const auto& expect = entry.at("expect");
        if (expect.contains("fields")) {
            const auto report = snp::parse_report(one.report);
            passed = report &&
                     has_all(fields_of(report.value().claims), expect.at("fields"), entry.at("id")) && passed;
        }
        passed = vectors::has_one_failed_check_of_a_refusal(verdict) && passed;
        count.record(entry.at("kind"), entry.at("id"), passed);
    }
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
