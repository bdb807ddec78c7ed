// DCAP over vectors/attestation: genuine quotes, mutated and synthetic ones, collateral, signed JSON. What
// the index lists is what is run.
#include <gtest/gtest.h>

#include <attestation/dcap/pck_certificate.hpp>
#include <attestation/dcap/quote.hpp>
#include <attestation/dcap/signed_document.hpp>
#include <attestation/dcap/verifier.hpp>
#include <attestation/digest.hpp>
#include <attestation/policy/policy.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/vectors/attestation_support.hpp>

#include <iostream>
#include <set>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::has_all;
using vectors::Index;

template <class Integer>
std::string le_hex(Integer value) {
    Bytes bytes;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
        bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    return to_hex(bytes);
}

json fields_of(const SgxClaims& claims) {
    return {{"body", "sgx"},
            {"mrenclave", to_hex(claims.mr_enclave.view())},
            {"mrsigner", to_hex(claims.mr_signer.view())},
            {"attributes", to_hex(claims.attributes().view())},
            {"cpu_svn", to_hex(claims.cpu_svn.view())},
            {"isv_prod_id", claims.isv_prod_id},
            {"isv_svn", claims.isv_svn},
            {"report_data", to_hex(claims.report_data.view())}};
}

json fields_of(const TdxClaims& claims) {
    json out{{"body", claims.service ? "td15" : "td10"},
             {"tee_tcb_svn", to_hex(claims.tee_tcb_svn.view())},
             {"mrseam", to_hex(claims.mr_seam.view())},
             {"mrsignerseam", to_hex(claims.mr_signer_seam.view())},
             {"seamattributes", le_hex(claims.seam_attributes)},
             {"tdattributes", le_hex(claims.td_attributes)},
             {"xfam", le_hex(claims.xfam)},
             {"mrtd", to_hex(claims.mr_td.view())},
             {"mrconfigid", to_hex(claims.mr_config_id.view())},
             {"mrowner", to_hex(claims.mr_owner.view())},
             {"mrownerconfig", to_hex(claims.mr_owner_config.view())},
             {"report_data", to_hex(claims.report_data.view())}};
    for (std::size_t i = 0; i < claims.rtmr.size(); ++i) {
        out["rtmr" + std::to_string(i)] = to_hex(claims.rtmr.at(i).view());
    }
    if (claims.service) {
        out["tee_tcb_svn2"] = to_hex(claims.service->tee_tcb_svn2.view());
        out["mrservicetd"] = to_hex(claims.service->mr_service_td.view());
    }
    return out;
}

json fields_of(const dcap::Quote& quote) {
    auto out = std::visit([](const auto& body) { return fields_of(body); }, quote.body);
    out["quote_version"] = quote.version;
    out["cert_data_type"] = static_cast<int>(quote.certification_type);
    out["signed_len"] = quote.signed_bytes.size();
    out["auth_len"] = quote.auth_bytes;
    out["trailing_bytes"] = quote.trailing_bytes;
    out["qe_id"] = to_hex(quote.qe_id.view());
    return out;
}

json appraisal_of(const Verdict& verdict) {
    json out{{"verified", verdict.is_verified()}};
    out.update(vectors::tcb_of(verdict));
    return out;
}

std::string told(const Verdict& verdict) {
    return verdict.refusal ? std::string{reason_code(verdict.refusal->reason)} + " " + verdict.refusal->detail
                           : "verified";
}

/// A verdict is compared as a whole: each check was made or left out, and one failed of a refusal.
bool is_complete(const Verdict& verdict) {
    return verdict.checks.size() == dcap::kChecks.size() &&
           vectors::has_one_failed_check_of_a_refusal(verdict);
}

TEST(DcapVectors, give_the_verdicts_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    vectors::RefusalCount refusals{"dcap"};
    for (const auto& entry : index.entries()) {
        const auto kind = entry.at("kind").get<std::string>();
        if (!kind.starts_with("dcap-")) {
            continue;
        }
        const auto one = vectors::dcap_case(index, entry);
        ASSERT_OK(one.roots);
        const auto verdict = vectors::appraise(one);
        bool passed = vectors::check_outcome(verdict, entry, refusals);
        EXPECT_TRUE(!one.collateral || is_complete(verdict)) << entry.at("id");
        const auto& expect = entry.at("expect");
        if (verdict.is_verified()) {
            passed = has_all(appraisal_of(verdict), expect.at("appraisal"), entry.at("id")) && passed;
        }
        if (expect.contains("fields")) {
            const auto quote = dcap::parse_quote(one.quote);
            passed =
                quote && has_all(fields_of(quote.value()), expect.at("fields"), entry.at("id")) && passed;
        }
        passed = vectors::check_policy(verdict, Policy{}, entry) && passed;
        const auto result = expect.at("appraisal").at("verified").get<bool>() ? " verified" : " refused";
        count.record(kind + result, entry.at("id"), passed);
    }
}

// The verdict with collateral and certificates that were verified before is the same.
TEST(DcapVectors, give_the_same_verdicts_from_caches) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, cached"};
    dcap::PckCache cache{4};
    for (const auto& entry : index.entries()) {
        const auto kind = entry.at("kind").get<std::string>();
        if (!kind.starts_with("dcap-")) {
            continue;
        }
        const auto one = vectors::dcap_case(index, entry);
        ASSERT_OK(one.roots);
        CheckLog log{dcap::kChecks};
        if (!one.collateral) {
            continue;
        }
        const auto collateral =
            dcap::VerifiedCollateral::verify(one.collateral.value(), one.roots.value(), one.time, {}, log);
        if (!collateral) {
            continue;
        }
        auto setting = one.setting();
        setting.pck_cache = &cache;
        const auto cold = vectors::appraise(one);
        for (int round = 0; round < 2; ++round) {
            const auto warm = dcap::verify_quote(one.quote, collateral.value(), setting);
            count.record(kind, entry.at("id"),
                         appraisal_of(warm) == appraisal_of(cold) && told(warm) == told(cold));
        }
    }
}

// Documents that expired are taken within a grace when the caller allows it; the verdict says so and is out
// of date.
TEST(DcapVectors, say_so_when_a_document_was_taken_within_its_grace) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, grace"};
    for (const auto& entry : index.entries()) {
        if (!entry.at("kind").get<std::string>().starts_with("dcap-")) {
            continue;
        }
        const auto reason = entry.at("expect").at("appraisal").value("reason", std::string{});
        if (reason != "TCB_INFO_EXPIRED" && reason != "QE_IDENTITY_EXPIRED") {
            continue;
        }
        const auto one = vectors::dcap_case(index, entry);
        auto setting = one.setting();
        setting.tolerances.collateral_grace_s = 30 * 86'400;
        const auto verdict = dcap::verify_quote(one.quote, one.collateral.value(), setting);
        ASSERT_TRUE(verdict.is_verified()) << entry.at("id") << " " << told(verdict);
        count.record(reason, entry.at("id"),
                     verdict.collateral->is_expired && is_out_of_date(verdict.tcb->status));
    }
}

TEST(SignedJsonVectors, are_verified_over_their_exact_bytes) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    for (const auto& entry : index.entries()) {
        const auto kind = entry.at("kind").get<std::string>();
        if (!kind.starts_with("pcs-signed-json")) {
            continue;
        }
        const auto& expect = entry.at("expect");
        const auto response = index.text(entry, "document");
        const auto signer = x509::Certificate::decode(index.bytes(entry, "signer"));
        ASSERT_OK(signer);
        EXPECT_TRUE(signer.value().is_signed_by(TrustRoots::built_in().intel_sgx.public_key().value()));
        // A mutated document is of the member that its reason speaks of.
        const auto member = expect.value("member", std::string{"tcbInfo"});
        const auto document = dcap::read_signed_document(response, member);
        const bool is_valid =
            document && dcap::is_signed_by(document.value(), signer.value().public_key().value());
        bool passed = is_valid == expect.at("signature_valid").get<bool>();
        if (!is_valid) {
            const auto reason = document ? Reason::kTcbInfoSignatureInvalid : reason_of(document.error());
            passed = passed && reason_code(reason) == expect.at("reason");
        } else {
            json actual{{"signature_valid", true},
                        {"member", member},
                        {"signed_bytes_len", document.value().text.size()},
                        {"signed_bytes_sha256", to_hex(sha2_256({bytes_of(document.value().text)}).view())},
                        {"fmspc", nullptr}};
            if (member == "tcbInfo") {
                const auto info = dcap::parse_tcb_info(document.value().text);
                ASSERT_OK(info);
                actual.update({{"id", info.value().tee == dcap::Tee::kTdx ? "TDX" : "SGX"},
                               {"version", info.value().version},
                               {"issue_date", to_utc(info.value().validity.not_before)},
                               {"next_update", to_utc(info.value().validity.not_after)},
                               {"tcb_levels", info.value().levels.size()}});
                // The index has the digits as they are served, of either case.
                EXPECT_EQ(info.value().fmspc,
                          parse_hex_fixed<FixedBytes<6>>(expect.at("fmspc").get<std::string>()).value());
                actual["fmspc"] = expect.at("fmspc");
            } else {
                const auto identity = dcap::parse_enclave_identity(document.value().text);
                ASSERT_OK(identity);
                actual.update({{"id", identity.value().role == dcap::EnclaveRole::kTdQe ? "TD_QE" : "QE"},
                               {"version", identity.value().version},
                               {"issue_date", to_utc(identity.value().validity.not_before)},
                               {"next_update", to_utc(identity.value().validity.not_after)},
                               {"tcb_levels", identity.value().levels.size()}});
            }
            passed = passed && has_all(actual, expect, entry.at("id"));
        }
        count.record(kind, entry.at("id"), passed);
    }
}

TEST(TypeConfusionVectors, are_no_quotes) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    for (const auto& entry : index.entries()) {
        if (entry.at("kind") != "type-confusion" || entry.at("expect").at("presented_as") != "dcap") {
            continue;
        }
        const auto quote = dcap::parse_quote(index.bytes(entry, "evidence"));
        const auto& appraisal = entry.at("expect").at("appraisal");
        count.record("type-confusion", entry.at("id"),
                     !quote && vectors::is_allowed_reason(appraisal, reason_of(quote.error())));
    }
}

TEST(PolicyVectors, give_the_results_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    for (const auto& entry : index.entries()) {
        if (entry.at("kind") != "measurement-policy") {
            continue;
        }
        const auto scenario = json::parse(index.text(entry, "scenario"));
        const auto& policy = scenario.at("policy");
        MeasurementRules rules;
        rules.mode = policy.at("mode") == "signer" ? MeasurementMode::kSigner : MeasurementMode::kMeasurement;
        for (const auto& one : policy.at("allow")) {
            const auto& until = one.at("valid_until");
            rules.allowed.push_back({parse_hex(one.at("mrenclave").get<std::string>()).value(),
                                     {one.at("valid_from").get<std::int64_t>()},
                                     until.is_null()
                                         ? std::nullopt
                                         : std::optional{VerificationTime{until.get<std::int64_t>()}}});
        }
        for (const auto& one : policy.at("revoked")) {
            rules.revoked.push_back(parse_hex(one.get<std::string>()).value());
        }
        for (const auto& one : policy.at("signers")) {
            rules.signers.push_back({parse_hex_fixed<Hash256>(one.at("mrsigner").get<std::string>()).value(),
                                     one.at("isv_prod_id").get<std::uint16_t>(),
                                     one.at("min_isv_svn").get<std::uint16_t>()});
        }
        const auto& identity = scenario.at("identity");
        const auto violated = find_violation(
            rules,
            {.measurement = parse_hex(identity.at("mrenclave").get<std::string>()).value(),
             .mr_signer = parse_hex_fixed<Hash256>(identity.at("mrsigner").get<std::string>()).value(),
             .isv_prod_id = identity.at("isv_prod_id").get<std::uint16_t>(),
             .isv_svn = identity.at("isv_svn").get<std::uint16_t>()},
            {scenario.at("now").get<std::int64_t>()});
        std::vector<std::string> actual;
        if (violated) {
            actual.emplace_back(reason_code(*violated));
        }
        count.record("measurement-policy", entry.at("id"),
                     actual == entry.at("expect").at("policy").at("reasons").get<std::vector<std::string>>());
    }
}

// The registry's own test quote: its fields, and the PCK certificate in it, without its long expired
// collateral.
TEST(TeerexVectors, have_the_fields_that_the_registry_reads) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    for (const auto& entry : index.entries()) {
        if (entry.at("kind") != "teerex-dcap") {
            continue;
        }
        const auto bytes = index.bytes(entry, "quote");
        const auto quote = dcap::parse_quote(bytes);
        ASSERT_OK(quote);
        auto chain = dcap::find_pck_chain(quote.value(), {});
        ASSERT_OK(chain);
        auto pck = dcap::PckCertificate::verify_chain(std::move(chain).value(), TrustRoots::built_in(),
                                                      nullptr, {entry.at("verify_at").get<std::int64_t>()});
        ASSERT_OK(pck);
        ASSERT_OK(pck.value().check_profile());
        const auto& claims = std::get<SgxClaims>(quote.value().body);
        auto actual = fields_of(quote.value());
        actual.update({{"signer_account", to_hex(claims.report_data.view().first(32))},
                       {"fmspc", to_hex(pck.value().extension().fmspc.view())},
                       {"cpusvn", to_hex(pck.value().extension().cpu_svn.view())},
                       {"pcesvn", pck.value().extension().pce_svn},
                       {"debug", claims.is_debug()}});
        count.record("teerex-dcap", entry.at("id"),
                     has_all(actual, entry.at("expect").at("fields"), entry.at("id")));
    }
}

}  // namespace
}  // namespace redoubt::attestation
