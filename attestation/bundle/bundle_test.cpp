#include <attestation/bundle/bundle.hpp>

#include <gtest/gtest.h>

#include <attestation/appraisal/appraisal.hpp>
#include <attestation/bundle/endorsement_codec.hpp>
#include <attestation/x509/pem.hpp>
#include <tests/support/dcap_evidence.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/support/snp_evidence.hpp>
#include <tests/support/tpm_evidence.hpp>

namespace redoubt::attestation {
namespace {

std::string kept_input(const std::string& target, const std::string& name) {
    return tests::read_file(tests::source_folder() / "tests/fuzz/corpus" / target / name);
}

Bundle quote(const std::string& name) {
    const auto file = kept_input("dcap_verify", name);
    const auto parts = tests::split_dcap_evidence(bytes_of(file)).value();
    Bundle out;
    out.type = parts.type();
    out.evidence = to_bytes(parts.quote);
    out.endorsements = dcap::parse_collateral(parts.collateral).value();
    return out;
}

Bundle report(const std::string& name) {
    const auto file = kept_input("snp_verify", name);
    auto parts = tests::split_snp_evidence(bytes_of(file)).value();
    Bundle out;
    out.type = EvidenceType::kSnp;
    out.evidence = std::move(parts.report);
    out.endorsements = std::move(parts.certificates);
    return out;
}

Bundle composite(const std::string& name) {
    const auto file = kept_input("paravisor", name);
    auto parts = tests::split_paravisor_evidence(bytes_of(file)).value();
    Bundle out;
    out.type = EvidenceType::kParavisor;
    out.evidence = std::move(parts.evidence);
    out.endorsements = parts.certificates ? Endorsements{std::move(*parts.certificates)}
                                          : Endorsements{std::move(*parts.collateral)};
    return out;
}

Bytes block_with(Bytes nonce) {
    BindingBlock block;
    block.role = "worker";
    block.nonce = std::move(nonce);
    return encode(block);
}

/// The smallest bundle, with members added.
std::string bundle_text(const std::string& more = {}) {
    return R"({"format":"redoubt-evidence/1","type":"nitro","evidence":"AAECAw==")" + more + "}";
}

TEST(Bundle, is_read_as_it_was_written) {
    auto bound = quote("tdx_v4");
    const std::vector<Bytes> nonces{Bytes(16, 1), Bytes(32, 2), Bytes(64, 3)};
    bound.binding_block = block_with(to_bytes(nonce_root(nonces).view()));
    bound.nonce_proof = ProvenNonce{nonces[1], prove_nonce(nonces, 1)};
    for (const auto& bundle : {quote("sgx_v3"), bound, report("milan_v2"), report("genoa_v3_lists"),
                               composite("snp"), composite("tdx")}) {
        const auto text = encode(bundle);
        const auto read = parse_bundle(text);
        ASSERT_OK(read);
        EXPECT_EQ(read.value().type, bundle.type);
        EXPECT_EQ(read.value().evidence, bundle.evidence);
        EXPECT_EQ(read.value().binding_block, bundle.binding_block);
        EXPECT_EQ(read.value().nonce_proof, bundle.nonce_proof);
        EXPECT_EQ(encode(read.value()), text);
    }
}

TEST(Bundle, carries_everything_that_its_verification_needs) {
    for (const auto& bundle : {quote("sgx_v3"), quote("tdx_v5"), report("milan_v2"), report("turin_v5")}) {
        const auto read = parse_bundle(encode(bundle)).value();
        const bool is_snp = read.type == EvidenceType::kSnp;
        const auto verdict = appraise(read.type, read.evidence, read.endorsements,
                                      {.time = is_snp ? tests::kSnpTestTime : tests::kDcapTestTime,
                                       .roots = is_snp ? tests::snp_test_roots() : tests::dcap_test_roots()});
        EXPECT_TRUE(verdict.is_verified()) << reason_code(verdict.refusal->reason);
    }
}

TEST(Bundle, carries_the_documents_of_the_hardware_below_a_paravisor) {
    for (const auto& bundle : {composite("snp"), composite("tdx")}) {
        const auto read = parse_bundle(encode(bundle)).value();
        const auto verdict =
            appraise(read.type, read.evidence, read.endorsements,
                     {.time = tests::kParavisorTestTime, .roots = tests::paravisor_test_roots()});
        EXPECT_TRUE(verdict.is_verified()) << reason_code(verdict.refusal->reason);
    }
    // What is trusted as it is does not come with evidence.
    EXPECT_ERROR(parse_endorsements(EvidenceType::kTpm, R"({"attestation_key":"AAEC"})"),
                 Reason::kEvidenceTypeUnsupported);
}

// A list as DER in memory is the same list after a bundle carried it.
TEST(Bundle, carries_revocation_lists_of_every_form) {
    auto bundle = quote("sgx_v3");
    auto& collateral = std::get<dcap::Collateral>(bundle.endorsements);
    const auto der = parse_hex(text_of(collateral.root_ca_crl)).value();
    const auto pem = "-----BEGIN X509 CRL-----\n" + x509::encode_base64(der) + "\n-----END X509 CRL-----\n";
    for (const auto& form : {collateral.root_ca_crl, der, to_bytes(bytes_of(pem))}) {
        std::get<dcap::Collateral>(bundle.endorsements).root_ca_crl = form;
        const auto read = parse_bundle(encode(bundle)).value();
        const auto verdict = appraise(read.type, read.evidence, read.endorsements,
                                      {.time = tests::kDcapTestTime, .roots = tests::dcap_test_roots()});
        EXPECT_TRUE(verdict.is_verified()) << reason_code(verdict.refusal->reason);
    }
}

TEST(Bundle, rejects_what_is_not_exactly_one) {
    EXPECT_OK(parse_bundle(bundle_text()));
    EXPECT_ERROR(parse_bundle(""), Reason::kJsonMalformed);
    EXPECT_ERROR(parse_bundle("[]"), Reason::kJsonMalformed);
    EXPECT_ERROR(parse_bundle(bundle_text() + "x"), Reason::kJsonMalformed);
    EXPECT_ERROR(parse_bundle(bundle_text(R"(,"collateral":{})")), Reason::kJsonMalformed);
    EXPECT_ERROR(parse_bundle(bundle_text(R"(,"type":"nitro")")), Reason::kJsonDuplicateMember);
    EXPECT_ERROR(parse_bundle(R"({"format":"redoubt-evidence/2","type":"nitro","evidence":""})"),
                 Reason::kJsonMalformed);
    EXPECT_ERROR(parse_bundle(R"({"type":"nitro","evidence":""})"), Reason::kJsonMalformed);
    EXPECT_ERROR(parse_bundle(R"({"format":"redoubt-evidence/1","evidence":""})"), Reason::kJsonMalformed);
    EXPECT_ERROR(parse_bundle(R"({"format":"redoubt-evidence/1","type":"nitro"})"), Reason::kJsonMalformed);
    EXPECT_ERROR(parse_bundle(R"({"format":"redoubt-evidence/1","type":"dcap","evidence":""})"),
                 Reason::kEvidenceTypeUnsupported);
    EXPECT_ERROR(parse_bundle(R"({"format":"redoubt-evidence/1","type":"nitro","evidence":"AAE"})"),
                 Reason::kMalformed);
}

TEST(Bundle, rejects_endorsements_that_are_not_of_its_type) {
    const auto with = [](const std::string& type, const std::string& endorsements) {
        return parse_bundle(R"({"endorsements":)" + endorsements +
                            R"(,"format":"redoubt-evidence/1","type":")" + type + R"(","evidence":""})");
    };
    EXPECT_ERROR(with("keystone", "{}"), Reason::kEvidenceTypeUnsupported);
    EXPECT_ERROR(with("sgx", "{}"), Reason::kCollateralMissing);
    EXPECT_ERROR(with("sgx", encode(report("milan_v2").endorsements)), Reason::kCollateralMissing);
    EXPECT_ERROR(with("snp", encode(quote("sgx_v3").endorsements)), Reason::kJsonMalformed);
    EXPECT_ERROR(with("snp", R"({"vek":"AA==","ask":"AA=="})"), Reason::kCollateralMissing);
    EXPECT_OK(with("snp", R"({"vek":"AA==","ask":"AA==","ark":"AA=="})"));
    EXPECT_ERROR(
        with("snp", R"({"vek":"AA==","ask":"AA==","ark":"AA==","revocation_lists":["AA==","AA==","AA=="]})"),
        Reason::kLimitExceeded);
}

TEST(Bundle, rejects_parts_that_are_too_large) {
    const auto padded = [](std::size_t bytes) {
        return R"({"format":"redoubt-evidence/1","type":"nitro","evidence":")" +
               x509::encode_base64(Bytes(bytes)) + "\"}";
    };
    EXPECT_OK(parse_bundle(padded(kEvidenceBytesMax)));
    EXPECT_ERROR(parse_bundle(padded(kEvidenceBytesMax + 1)), Reason::kLimitExceeded);
    const auto bound = [](std::size_t bytes) {
        return bundle_text(R"(,"binding_block":")" + x509::encode_base64(Bytes(bytes)) + "\"");
    };
    EXPECT_OK(parse_bundle(bound(kBindingBlockBytesMax)));
    EXPECT_ERROR(parse_bundle(bound(kBindingBlockBytesMax + 1)), Reason::kLimitExceeded);
    EXPECT_ERROR(parse_bundle(bundle_text(std::string(kBundleBytesMax, ' '))), Reason::kLimitExceeded);
}

TEST(Bundle, rejects_proofs_without_block_and_those_that_no_tree_has) {
    const std::string nonce(32, '7');
    const auto proof = [&](const std::string& members, bool has_block = true) {
        return parse_bundle(bundle_text((has_block ? R"(,"binding_block":"AA==")" : "") +
                                        (R"(,"nonce_proof":{)" + members + "}")));
    };
    const auto alone = R"("nonce":")" + nonce + R"(","index":0,"count":1,"path":[])";
    EXPECT_OK(proof(alone));
    EXPECT_ERROR(proof(alone, false), Reason::kBindMalformed);
    EXPECT_ERROR(proof(alone + R"(,"root":"")"), Reason::kJsonMalformed);
    EXPECT_ERROR(proof(R"("nonce":")" + nonce + R"(","index":0,"count":1)"), Reason::kJsonMalformed);
    EXPECT_ERROR(proof(R"("nonce":")" + nonce + R"(","index":1,"count":1,"path":[])"),
                 Reason::kBindMalformed);
    EXPECT_ERROR(proof(R"("nonce":")" + nonce + R"(","index":0,"count":2,"path":["00"])"),
                 Reason::kMalformed);
    EXPECT_ERROR(proof(R"("nonce":"0x00","index":0,"count":1,"path":[])"), Reason::kMalformed);
}

TEST(Bundle, opens_a_block_whose_nonce_is_the_verifiers_own) {
    const std::vector<Bytes> nonces{Bytes(16, 1), Bytes(32, 2), Bytes(64, 3)};
    Bundle bundle;
    const auto open = [&] {
        const auto report_data = binding_report_data(*bundle.binding_block, BindingProfile::kDigest).value();
        return open_binding(bundle, BindingProfile::kDigest, report_data.view());
    };
    EXPECT_ERROR(open_binding(bundle, BindingProfile::kDigest, Bytes(64)), Reason::kBindMissing);
    bundle.binding_block = block_with(to_bytes(nonce_root(nonces).view()));
    EXPECT_EQ(open().value().nonce, to_bytes(nonce_root(nonces).view()));
    bundle.nonce_proof = ProvenNonce{nonces[2], prove_nonce(nonces, 2)};
    EXPECT_EQ(open().value().nonce, nonces[2]);
    EXPECT_EQ(open().value().role, "worker");
    bundle.nonce_proof->nonce = nonces[1];
    EXPECT_ERROR(open(), Reason::kPolicyNonce);
    EXPECT_ERROR(open_binding(bundle, BindingProfile::kDigest, Bytes(64)), Reason::kBindReportDataMismatch);
}

}  // namespace
}  // namespace redoubt::attestation
