// TPM quotes and the paravisor's composite evidence over vectors/attestation. What the index lists is what is
// run, and each accepted piece of evidence is refused when a bit of it is another.
#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <attestation/paravisor/hcl_report.hpp>
#include <attestation/paravisor/verifier.hpp>
#include <attestation/policy/policy.hpp>
#include <attestation/tpm/attest.hpp>
#include <attestation/tpm/verifier.hpp>
#include <primitives/hex.hpp>
#include <tests/vectors/attestation_support.hpp>

#include <functional>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::has_all;
using vectors::Index;
using vectors::numeral;

bool is_tpm(const json& entry) {
    return entry.at("kind").get<std::string>().starts_with("tpm-quote");
}

bool is_composite(const json& entry) {
    return entry.at("kind") == "azure-vtpm-composite";
}

/// The values of the SHA-256 bank, by their place in the file.
std::vector<PcrValue> pcrs_of(const Index& index, const json& entry) {
    std::vector<PcrValue> out;
    for (const auto& value : json::parse(index.text(entry, "pcrs"))) {
        const auto number = static_cast<std::uint8_t>(out.size());
        out.push_back({kTpmSha256, number, parse_hex(value.get<std::string>()).value()});
    }
    return out;
}

struct TpmCase {
    tpm::Evidence evidence;
    tpm::AttestationKey key;

    [[nodiscard]] Verdict appraise() const { return tpm::verify_quote(evidence, key, {}); }
};

TpmCase tpm_case(const Index& index, const json& entry) {
    TpmCase out;
    out.evidence.attest = index.bytes(entry, "attest");
    out.evidence.signature = tpm::parse_signature(index.bytes(entry, "signature")).value();
    out.evidence.pcrs = pcrs_of(index, entry);
    out.key.public_key_info = index.bytes(entry, "ak_public");
    return out;
}

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
        if (!is_tpm(entry)) {
            continue;
        }
        bool passed = true;
        if (!entry.at("files").contains("signature")) {
            EXPECT_TRUE(entry.at("expect").at("appraisal").at("verified").is_null());
            EXPECT_OK(tpm::parse_attest(index.bytes(entry, "attest")));
        } else {
            const auto verdict = tpm_case(index, entry).appraise();
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

struct CompositeCase {
    paravisor::Evidence evidence;
    std::optional<snp::Certificates> certificates;
    std::optional<dcap::Collateral> collateral;
    VerificationTime time;

    [[nodiscard]] Verdict appraise() const {
        return paravisor::verify_composite(evidence,
                                           {.certificates = certificates ? &*certificates : nullptr,
                                            .collateral = collateral ? &*collateral : nullptr},
                                           {.time = time});
    }
};

CompositeCase composite_case(const Index& index, const json& entry) {
    CompositeCase out;
    out.evidence.hcl_report = index.bytes(entry, "hcl_report");
    out.evidence.tpm.attest = index.bytes(entry, "attest");
    out.evidence.tpm.signature = tpm::bare_rsassa_signature(index.bytes(entry, "signature"));
    out.evidence.tpm.pcrs = pcrs_of(index, entry);
    if (entry.at("files").contains("quote")) {
        out.evidence.td_quote = index.bytes(entry, "quote");
        out.collateral = dcap::parse_collateral(index.text(entry, "collateral")).value();
    } else {
        out.certificates = snp::Certificates{.vek = index.bytes(entry, "vek"),
                                             .ask = index.bytes(entry, "ask"),
                                             .ark = index.bytes(entry, "ark")};
    }
    out.time = {entry.at("verify_at").get<std::int64_t>()};
    return out;
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
        if (!is_composite(entry)) {
            continue;
        }
        const auto one = composite_case(index, entry);
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

/// Changes one bit of every `stride`-th byte of `part` and counts the refusals.
void flip(VectorCount& count,
          const std::string& what,
          Bytes& part,
          std::size_t stride,
          const std::function<bool()>& is_refused) {
    for (std::size_t at = 0; at < part.size(); at += stride) {
        const auto bit = static_cast<std::uint8_t>(1U << ((at / stride) % 8));
        part[at] ^= bit;
        count.record(what, std::to_string(at), is_refused());
        part[at] ^= bit;
    }
}

TEST(FlippedTpmQuote, is_refused_wherever_it_is_changed) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, one bit changed"};
    for (const auto& entry : index.entries()) {
        if (!is_tpm(entry) || entry.at("expect").at("appraisal").at("verified") != true) {
            continue;
        }
        auto one = tpm_case(index, entry);
        ASSERT_TRUE(one.appraise().is_verified());
        const auto is_refused = [&] { return !one.appraise().is_verified(); };
        flip(count, "TPM quotes", one.evidence.attest, 1, is_refused);
        flip(count, "TPM signatures", one.evidence.signature.number, 1, is_refused);
        flip(count, "TPM attestation keys", one.key.public_key_info, 1, is_refused);
        for (auto& pcr : one.evidence.pcrs) {
            flip(count, "TPM registers", pcr.value, 5, is_refused);
        }
    }
}

TEST(FlippedComposite, is_refused_wherever_something_signed_is_changed) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, one bit changed"};
    for (const auto& entry : index.entries()) {
        if (!is_composite(entry)) {
            continue;
        }
        auto one = composite_case(index, entry);
        ASSERT_TRUE(one.appraise().is_verified());
        const auto is_refused = [&] { return !one.appraise().is_verified(); };
        flip(count, "TPM quotes of paravisors", one.evidence.tpm.attest, 3, is_refused);
        flip(count, "TPM signatures of paravisors", one.evidence.tpm.signature.number, 7, is_refused);
        for (auto& pcr : one.evidence.tpm.pcrs) {
            flip(count, "TPM registers of paravisors", pcr.value, 31, is_refused);
        }
        // Everything in the blob that the hardware signed; of a TD's own report what its quote repeats is in
        // the quote.
        auto& blob = one.evidence.hcl_report;
        constexpr std::size_t kArea = 32;
        const auto start = one.collateral ? kArea + kSnpReportBytes : kArea;
        Bytes signed_part{blob.begin() + static_cast<std::ptrdiff_t>(start), blob.end()};
        flip(count, "blobs of paravisors", signed_part, 11, [&] {
            std::ranges::copy(signed_part, blob.begin() + static_cast<std::ptrdiff_t>(start));
            return is_refused();
        });
        std::ranges::copy(signed_part, blob.begin() + static_cast<std::ptrdiff_t>(start));
        EXPECT_TRUE(one.appraise().is_verified());
    }
}

}  // namespace
}  // namespace redoubt::attestation
