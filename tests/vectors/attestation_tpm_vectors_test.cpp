// TPM quotes and the paravisor's composite evidence over vectors/attestation. What the index lists is what is
// run.
#include <gtest/gtest.h>

#include <attestation/digest.hpp>
#include <attestation/paravisor/hcl_report.hpp>
#include <attestation/policy/policy.hpp>
#include <attestation/tpm/attest.hpp>
#include <tests/vectors/attestation_tpm_support.hpp>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::has_all;
using vectors::Index;
using vectors::numeral;

json selection_json(const TpmClaims& claims) {
    json out = json::array();
    for (const auto& [bank, bitmap] : claims.selection) {
        json indices = json::array();
        for (unsigned i = 0; i < tpm::kPcrsPerBankMax; ++i) {
            if (((bitmap >> i) & 1U) != 0) {
                indices.push_back(i);
            }
        }
        out.push_back({{"alg", numeral(bank)}, {"pcrs", indices}});
    }
    return out;
}

json fields_of(const TpmClaims& claims) {
    // What makes it a quote was checked before there were claims.
    return {{"magic", "0xff544347"},
            {"type", "0x8018"},
            {"qualified_signer", to_hex(claims.qualified_signer)},
            {"extra_data", to_hex(claims.extra_data)},
            {"clock", claims.clock_ms},
            {"reset_count", claims.reset_count},
            {"restart_count", claims.restart_count},
            {"safe", claims.is_clock_safe ? 1 : 0},
            {"firmware_version", numeral(claims.firmware_version)},
            {"pcr_selection", selection_json(claims)},
            {"pcr_digest", to_hex(claims.pcr_digest)}};
}

/// The default policy, for a role that takes these kinds, with what the entry adds to it.
Policy policy_of(const json& entry) {
    Policy out;
    out.accepted_types = {EvidenceType::kTpm, EvidenceType::kParavisor};
    const auto input = entry.value("policy_input", json::object());
    for (const auto& [name, value] : input.items()) {
        EXPECT_EQ(name, "expected_extra_data") << entry.at("id");
        out.expected_nonce = parse_hex(value.get<std::string>()).value();
    }
    return out;
}

TEST(TpmVectors, give_the_verdicts_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    vectors::RefusalCount refusals{"tpm"};
    for (const auto& entry : index.entries()) {
        if (!vectors::is_tpm(entry)) {
            continue;
        }
        bool passed = true;
        if (!entry.at("files").contains("signature")) {
            EXPECT_TRUE(entry.at("expect").at("appraisal").at("verified").is_null());
            EXPECT_OK(tpm::parse_attest(index.bytes(entry, "attest")));
        } else {
            const auto verdict = vectors::tpm_case(index, entry).appraise();
            passed = vectors::check_outcome(verdict, entry, refusals);
            passed = vectors::check_policy(verdict, policy_of(entry), entry) && passed;
            passed = vectors::has_one_failed_check_of_a_refusal(verdict) && passed;
        }
        if (entry.at("expect").contains("fields")) {
            auto expected = entry.at("expect").at("fields");
            expected.erase("signature_scheme");  // a remark about the signature's file
            const auto claims = tpm::parse_attest(index.bytes(entry, "attest"));
            passed = claims && has_all(fields_of(claims.value()), expected, entry.at("id")) && passed;
        }
        count.record(entry.at("kind"), entry.at("id"), passed);
    }
}

json appraisal_of(const Verdict& verdict) {
    json out{{"verified", verdict.is_verified()}};
    const auto* claims = std::get_if<ParavisorClaims>(&verdict.claims);
    if (claims == nullptr) {
        return out;
    }
    if (const auto* guest = std::get_if<SnpClaims>(&claims->hardware)) {
        out["product"] = product_name(guest->product);
    }
    out.update(vectors::tcb_of(verdict));
    return out;
}

json fields_of(const ParavisorClaims& claims, const Bytes& blob) {
    const auto report = paravisor::parse_hcl_report(blob).value();
    json out{{"runtime_claims_sha256", to_hex(sha2_256({bytes_of(claims.runtime_claims)}).view())},
             {"tpm_extra_data", to_hex(claims.tpm.extra_data)},
             {"tpm_pcr_digest", to_hex(claims.tpm.pcr_digest)},
             {"hcl_report_type", static_cast<int>(report.hardware)}};
    if (const auto* td = std::get_if<TdxClaims>(&claims.hardware)) {
        out["mrtd"] = to_hex(td->mr_td.view());
    } else {
        out["measurement"] = to_hex(std::get<SnpClaims>(claims.hardware).measurement.view());
    }
    return out;
}

TEST(ParavisorVectors, give_the_verdicts_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    vectors::RefusalCount refusals{"composites"};
    for (const auto& entry : index.entries()) {
        if (!vectors::is_composite(entry)) {
            continue;
        }
        const auto one = vectors::composite_case(index, entry);
        const auto verdict = one.appraise();
        bool passed = vectors::check_outcome(verdict, entry, refusals);
        passed = vectors::check_policy(verdict, policy_of(entry), entry) && passed;
        passed = vectors::has_one_failed_check_of_a_refusal(verdict) && passed;
        const auto& expect = entry.at("expect");
        passed = has_all(appraisal_of(verdict), expect.at("appraisal"), entry.at("id")) && passed;
        if (const auto* claims = std::get_if<ParavisorClaims>(&verdict.claims)) {
            passed =
                has_all(fields_of(*claims, one.evidence.hcl_report), expect.at("fields"), entry.at("id")) &&
                passed;
        }
        count.record(entry.at("kind"), entry.at("id"), passed);
    }
}

}  // namespace
}  // namespace redoubt::attestation
