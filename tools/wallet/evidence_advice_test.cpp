#include <tools/wallet/evidence_advice.hpp>

#include <gtest/gtest.h>

#include <attestation/reason.hpp>
#include <tests/support/shared_material.hpp>
#include <tools/wallet/evidence_verification.hpp>

namespace redoubt::wallet {
namespace {

using attestation::EvidenceType;
using attestation::Reason;

Bytes kept(const std::string& name) {
    return to_bytes(bytes_of(tests::read_file(tests::source_folder() / "tests/fuzz/corpus" / name)));
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// A file passed as bare evidence of a type, without anything beside it.
EvidenceVerification verify_as(EvidenceType type, const Bytes& evidence) {
    attestation::Bundle bundle;
    bundle.type = type;
    bundle.evidence = evidence;
    return verify_evidence(bundle, {.time = {1'800'000'000}});
}

Advice first_advice(const EvidenceVerification& verification) {
    return advise(verification.violations.front(), verification.evidence);
}

struct Kept {
    const char* file;
    EvidenceType type;
};
const std::vector<Kept> kWhole{
    {"dcap_quote/sgx_v3", EvidenceType::kSgxDcap},     {"dcap_quote/tdx_v4", EvidenceType::kTdxDcap},
    {"dcap_quote/td15_v5", EvidenceType::kTdxDcap},    {"snp_report/milan_v2", EvidenceType::kSnp},
    {"nitro_verify/enclave", EvidenceType::kNitro},    {"cca_verify/collection", EvidenceType::kCca},
    {"tpm_quote/rsassa", EvidenceType::kTpm},          {"sim_evidence/program", EvidenceType::kSimulation},
    {"keystone_report/full", EvidenceType::kKeystone},
};

TEST(EvidenceLikeness, knows_each_type_by_its_form) {
    for (const auto& [file, type] : kWhole) {
        const auto evidence = kept(file);
        const auto seen = likeness_of(evidence);
        ASSERT_TRUE(seen) << file;
        EXPECT_EQ(seen->type, type) << file;
        EXPECT_TRUE(seen->completion.empty()) << file;
        EXPECT_FALSE(likeness_of(type, evidence)) << file << " is what it was named";
    }
    EXPECT_FALSE(likeness_of(Bytes{}));
    EXPECT_FALSE(likeness_of(Bytes(1184, 0x41)));
    EXPECT_FALSE(likeness_of(EvidenceType::kSgxDcap, bytes_of("no evidence")));
}

TEST(EvidenceLikeness, knows_parts_that_are_no_evidence_yet) {
    for (const auto& [file, type] : std::vector<Kept>{{"tpm_attest/rsassa", EvidenceType::kTpm},
                                                      {"hcl_report/snp", EvidenceType::kParavisor},
                                                      {"hcl_report/tdx", EvidenceType::kParavisor},
                                                      {"td_report/azure", EvidenceType::kTdxDcap},
                                                      {"ias_report/ok", EvidenceType::kSgxIas}}) {
        const auto seen = likeness_of(type, kept(file));
        ASSERT_TRUE(seen) << file;
        EXPECT_EQ(seen->type, type) << file;
        EXPECT_FALSE(seen->completion.empty()) << file;
    }
}

// A file under another name was not altered: the advice names the type that it is of.
TEST(EvidenceAdvice, names_the_type_that_a_file_is_of) {
    for (const auto& [file, type] : kWhole) {
        for (const auto& other : kWhole) {
            if (other.type == type) {
                continue;
            }
            const auto verification = verify_as(other.type, kept(file));
            EXPECT_FALSE(verification.is_accepted());
            const auto advice = first_advice(verification);
            const std::string name{attestation::evidence_name(type)};
            EXPECT_TRUE(contains(advice.remedy, "--type, or the member type"))
                << file << ": " << advice.remedy;
            EXPECT_TRUE(contains(advice.remedy, "name the type " + name)) << file << ": " << advice.remedy;
            EXPECT_TRUE(advice.is_for_verifier);
            EXPECT_FALSE(contains(to_text(verification), "altered")) << to_text(verification);
        }
    }
}

TEST(EvidenceAdvice, asks_for_the_container_of_a_bare_part) {
    EXPECT_TRUE(contains(first_advice(verify_as(EvidenceType::kTpm, kept("tpm_attest/rsassa"))).remedy,
                         "signature (TPMT_SIGNATURE)"));
    EXPECT_TRUE(contains(first_advice(verify_as(EvidenceType::kParavisor, kept("hcl_report/snp"))).remedy,
                         "hcl_report (this blob)"));
    EXPECT_TRUE(contains(first_advice(verify_as(EvidenceType::kSgxIas, kept("ias_report/ok"))).remedy,
                         "--signature FILE"));
    EXPECT_TRUE(contains(first_advice(verify_as(EvidenceType::kTpm, Bytes(20, 1))).remedy, "a map in CBOR"));
    EXPECT_TRUE(
        contains(first_advice(verify_as(EvidenceType::kParavisor, Bytes(20, 1))).remedy, "a map in CBOR"));
}

TEST(EvidenceAdvice, speaks_of_the_vendor_whose_documents_are_missing) {
    const auto missing = [](const char* file, EvidenceType type) {
        const auto verification = verify_as(type, kept(file));
        EXPECT_EQ(verification.violations, std::vector{Reason::kCollateralMissing}) << file;
        return first_advice(verification).remedy;
    };
    for (const auto& intel : {missing("dcap_quote/sgx_v3", EvidenceType::kSgxDcap),
                              missing("dcap_quote/tdx_v4", EvidenceType::kTdxDcap)}) {
        EXPECT_TRUE(contains(intel, "Intel") && contains(intel, "--collateral")) << intel;
    }
    const auto amd = missing("snp_report/milan_v2", EvidenceType::kSnp);
    EXPECT_TRUE(contains(amd, "AMD") && contains(amd, "VCEK") && contains(amd, "--certificates")) << amd;
    EXPECT_FALSE(contains(amd, "TCB info")) << amd;
}

TEST(EvidenceAdvice, speaks_of_the_hardware_below_a_paravisor) {
    const RefusedEvidence snp{.type = EvidenceType::kParavisor, .hardware = EvidenceType::kSnp};
    const RefusedEvidence tdx{.type = EvidenceType::kParavisor, .hardware = EvidenceType::kTdxDcap};
    EXPECT_TRUE(contains(advise(Reason::kCollateralMissing, snp).remedy, "VCEK"));
    EXPECT_TRUE(contains(advise(Reason::kCollateralMissing, tdx).remedy, "TCB info"));
}

TEST(EvidenceAdvice, tells_who_sends_a_worker_s_documents) {
    for (const auto type : {EvidenceType::kSgxDcap, EvidenceType::kSnp}) {
        const RefusedEvidence worker{.type = type, .is_of_worker = true};
        const auto remedy = advise(Reason::kCollateralMissing, worker).remedy;
        EXPECT_TRUE(contains(remedy, "--worker-collateral FILE")) << remedy;
        EXPECT_FALSE(contains(remedy, "--certificates")) << remedy;
    }
}

// Nobody signed it with another key: there is none to compare with.
TEST(EvidenceAdvice, says_that_no_key_is_configured) {
    const auto token = verify_as(EvidenceType::kCca, kept("cca_verify/collection"));
    EXPECT_EQ(token.violations, std::vector{Reason::kCcaPlatformSignatureInvalid});
    EXPECT_TRUE(contains(first_advice(token).cause, "no platform key is configured"));
    EXPECT_TRUE(contains(first_advice(token).remedy, "[[cca.platform-key]]"));
    EXPECT_EQ(to_json(token)["reason"], "CCA_PLATFORM_SIGNATURE_INVALID");
    EXPECT_TRUE(contains(to_text(token), "no platform key is configured"));
    const RefusedEvidence with_key{.type = EvidenceType::kCca};
    EXPECT_FALSE(contains(advise(Reason::kCcaPlatformSignatureInvalid, with_key).cause, "no platform key"));

    const auto quote = verify_as(EvidenceType::kTpm, kept("tpm_quote/rsassa"));
    EXPECT_TRUE(contains(first_advice(quote).cause, "no attestation key is enrolled"));
    EXPECT_TRUE(contains(first_advice(quote).remedy, "--attestation-key FILE"));
    const auto report = verify_as(EvidenceType::kKeystone, kept("keystone_report/full"));
    EXPECT_TRUE(contains(first_advice(report).remedy, "device-keys")) << first_advice(report).remedy;
}

// The text form has the remedies that --json has.
TEST(EvidenceAdvice, stands_in_the_text_below_each_reason) {
    for (const auto& [file, type] : kWhole) {
        const auto verification = verify_as(type, kept(file));
        ASSERT_FALSE(verification.violations.empty()) << file;
        const auto text = to_text(verification);
        const auto violations = to_json(verification)["policy"]["violations"];
        for (const auto& one : violations) {
            EXPECT_TRUE(
                contains(text, one["code"].get<std::string>() + ": " + one["cause"].get<std::string>()));
            EXPECT_TRUE(contains(text, "\n    " + capitalised(one["remedy"].get<std::string>()) + "."))
                << text;
        }
    }
}

TEST(EvidenceAdvice, is_half_a_sentence_for_every_reason_and_type) {
    for (const auto reason : attestation::all_reasons()) {
        for (const auto& [file, type] : kWhole) {
            for (const bool is_of_worker : {false, true}) {
                const auto advice = advise(reason, {.type = type, .is_of_worker = is_of_worker});
                EXPECT_FALSE(advice.cause.empty() || advice.remedy.empty()) << reason_code(reason);
                EXPECT_FALSE(advice.cause.ends_with('.') || advice.remedy.ends_with('.'))
                    << reason_code(reason);
            }
        }
    }
}

TEST(EvidenceTypeName, is_found_in_what_others_write) {
    EXPECT_EQ(nearest_type("TDX"), "tdx");
    EXPECT_EQ(nearest_type("Snp"), "snp");
    EXPECT_EQ(nearest_type("sev-snp"), "snp");
    EXPECT_EQ(nearest_type("SGX-DCAP"), "sgx");
    EXPECT_EQ(nearest_type("aws-nitro"), "nitro");
    EXPECT_EQ(nearest_type("nitor"), "nitro");
    EXPECT_EQ(nearest_type("certificate"), std::nullopt);
}

}  // namespace
}  // namespace redoubt::wallet
