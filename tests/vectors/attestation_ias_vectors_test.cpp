// Reports of the attestation service over vectors/attestation. What the index lists is what is run.
#include <gtest/gtest.h>

#include <attestation/ias/registry.hpp>
#include <attestation/policy/policy.hpp>
#include <primitives/hex.hpp>
#include <tests/vectors/attestation_ias_support.hpp>

#include <cstdio>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::Index;

std::string timestamp(const IasClaims& claims) {
    std::array<char, 8> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%06d",
                  static_cast<int>(claims.timestamp_us % 1'000'000));
    auto out = to_utc(claims.issued_at());
    out.pop_back();
    return out + fraction.data();
}

json fields_of(const IasClaims& claims) {
    const auto& enclave = claims.enclave;
    return {{"timestamp", timestamp(claims)},
            {"version", claims.version ? json(*claims.version) : json{}},
            {"nonce", claims.nonce ? json(*claims.nonce) : json{}},
            {"advisory_ids", claims.advisories},
            {"quote_sign_type", claims.is_linkable ? 1 : 0},
            {"debug", enclave.is_debug()},
            {"mrenclave", to_hex(enclave.mr_enclave.view())},
            {"mrsigner", to_hex(enclave.mr_signer.view())},
            {"isv_prod_id", enclave.isv_prod_id},
            {"isv_svn", enclave.isv_svn},
            {"report_data", to_hex(enclave.report_data.view())}};
}

/// Compares verdict, status and fields.
bool check_appraisal(const Verdict& verdict, const json& entry, vectors::RefusalCount& refusals) {
    const bool is_expected = vectors::check_outcome(verdict, entry, refusals);
    if (!is_expected || verdict.refusal) {
        return is_expected;
    }
    const auto& expected = entry.at("expect").at("appraisal");
    const auto& claims = std::get<IasClaims>(verdict.claims);
    EXPECT_EQ(claims.status_text, expected.at("quote_status")) << entry.at("id");
    EXPECT_EQ(ias::registry_status_name(ias::registry_status(claims.status)), expected.at("teerex_status"));
    EXPECT_EQ(fields_of(claims), entry.at("expect").at("fields")) << entry.at("id");
    return claims.status_text == expected.at("quote_status") &&
           fields_of(claims) == entry.at("expect").at("fields");
}

/// The default policy with what the entry adds to it.
Policy policy_of(const json& entry) {
    Policy out;
    for (const auto& [name, value] : entry.at("policy_input").items()) {
        if (name == "max_age_s") {
            out.evidence_age_s_max = value.get<std::int64_t>();
        } else if (name == "expected_nonce") {
            out.expected_nonce = to_bytes(bytes_of(value.get<std::string>()));
        } else {
            ADD_FAILURE() << entry.at("id") << ": " << name;
        }
    }
    return out;
}

TEST(IasVectors, give_the_verdicts_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    vectors::RefusalCount refusals{"ias"};
    for (const auto& entry : index.entries()) {
        if (!vectors::is_ias(entry)) {
            continue;
        }
        const auto verdict = vectors::ias_case(index, entry).appraise();
        bool passed = check_appraisal(verdict, entry, refusals);
        passed = vectors::check_policy(verdict, policy_of(entry), entry) && passed;
        count.record(entry.at("kind"), entry.at("id"), passed);
    }
}

TEST(IasVectors, stand_under_the_built_in_ca) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    for (const auto& entry : index.entries()) {
        if (vectors::is_ias(entry)) {
            EXPECT_EQ(index.bytes(entry, "trust_anchor"), to_bytes(TrustRoots::built_in().ias_ca.bytes()));
        }
    }
}

TEST(IasVectors, of_the_registry_hold_the_same_in_the_certificate_that_it_takes) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, RA certificates"};
    for (const auto& entry : index.entries()) {
        if (!vectors::is_ias(entry) || !entry.at("files").contains("ra_cert")) {
            continue;
        }
        const auto one = vectors::ias_case(index, entry);
        const auto read = ias::read_ra_certificate(index.bytes(entry, "ra_cert"));
        ASSERT_OK(read);
        const auto& evidence = read.value();
        // The registry's way: chain time for the age, its own constant for the certificates.
        const auto verdict = ias::verify_report(
            evidence,
            {.time = one.time, .roots = one.roots, .certificate_time = ias::kRegistryCertificateTime});
        count.record(entry.at("kind"), entry.at("id"),
                     evidence.report == one.evidence.report && evidence.signature == one.evidence.signature &&
                         evidence.certificate == one.evidence.certificate && verdict.is_verified());
    }
}

}  // namespace
}  // namespace redoubt::attestation
