// The program `redoubt evidence verify` over vectors/attestation, as somebody runs it: bare evidence with its
// type and endorsements, and bundles of the same. What stands under a root that is no vendor's is refused.
#include <gtest/gtest.h>

#include <attestation/bundle/bundle.hpp>
#include <tests/vectors/evidence_program_support.hpp>
#include <tools/wallet/evidence_verification.hpp>

#include <iostream>

namespace redoubt::attestation {
namespace {

using tests::VectorCount;
using vectors::bare;
using vectors::Index;
using vectors::is_genuine;
using vectors::json;
using vectors::run;

/// The evidence of an entry as a bundle; nullopt when its endorsements cannot be read.
std::optional<Bundle> bundle_of(const Index& index, const json& entry) {
    Bundle out;
    if (vectors::is_snp(entry)) {
        auto one = vectors::snp_case(index, entry);
        out.type = EvidenceType::kSnp;
        out.evidence = std::move(one.report);
        out.endorsements = std::move(one.certificates);
        return out;
    }
    auto one = vectors::dcap_case(index, entry);
    if (!one.collateral) {
        return std::nullopt;
    }
    out.type = one.type;
    out.evidence = std::move(one.quote);
    out.endorsements = std::move(one.collateral).value();
    return out;
}

/// The verdict that a run or a verification gave, compared with the index.
bool is_as_expected(const json& actual, const json& entry) {
    const auto& appraisal = entry.at("expect").at("appraisal");
    bool passed = actual.at("verified") == appraisal.at("verified");
    if (appraisal.at("verified").get<bool>()) {
        passed = passed && (!appraisal.contains("tcb_status") ||
                            actual.at("tcb").at("status") == appraisal.at("tcb_status"));
        if (appraisal.contains("advisories")) {
            passed = passed && actual.at("tcb").at("advisories").get<std::set<std::string>>() ==
                                   appraisal.at("advisories").get<std::set<std::string>>();
        }
        std::set<std::string> violated;
        for (const auto& one : actual.at("policy").at("violations")) {
            violated.insert(one.at("code"));
        }
        const auto& policy = entry.at("expect").at("policy");
        // What an entry asks of a policy of its own is compared where policies are tested.
        if (!entry.contains("policy_input")) {
            passed = passed && violated == policy.at("reasons").get<std::set<std::string>>() &&
                     actual.at("accepted") == (policy.at("default") == "accept");
        }
    } else {
        const auto reason = reason_of_code(actual.at("reason").get<std::string>());
        passed = passed && reason && vectors::is_allowed_reason(appraisal, *reason);
    }
    EXPECT_TRUE(passed) << entry.at("id") << ": " << actual.at("reason") << " " << actual.at("policy")
                        << ", expected " << entry.at("expect");
    return passed;
}

bool is_of_interest(const json& entry) {
    return entry.at("kind").get<std::string>().starts_with("dcap-") || vectors::is_snp(entry);
}

TEST(EvidenceProgram, gives_the_verdicts_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"redoubt evidence verify"};
    for (const auto& entry : index.entries()) {
        if (!is_of_interest(entry)) {
            continue;
        }
        const auto kind = entry.at("kind").get<std::string>();
        const auto finished = run(bare(folder, index, entry));
        ASSERT_TRUE(finished.result.is_object()) << entry.at("id");
        if (finished.result.contains("error")) {
            // Collateral that cannot be read is refused before there is anything to verify.
            const auto reason =
                reason_of_code(finished.result["error"]["details"]["reason"].get<std::string>());
            count.record(kind + " unreadable", entry.at("id"),
                         finished.status == 1 && reason &&
                             vectors::is_allowed_reason(entry.at("expect").at("appraisal"), *reason));
            continue;
        }
        const bool is_status_told = finished.status == (finished.result.at("accepted").get<bool>() ? 0 : 1);
        EXPECT_TRUE(is_status_told) << entry.at("id") << " " << finished.status;
        if (is_genuine(entry)) {
            const auto what = finished.result.at("verified").get<bool>() ? " verified" : " refused";
            count.record(kind + what, entry.at("id"),
                         is_status_told && is_as_expected(finished.result, entry));
        } else {
            count.record(kind + " under no vendor's root", entry.at("id"),
                         is_status_told && finished.result.at("verified") == false && finished.status == 1);
        }
    }
}

// Under the roots that the entries name, and as bundles that were written and read.
TEST(EvidenceVerificationVectors, are_the_same_for_bundles_under_the_roots_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"bundles"};
    for (const auto& entry : index.entries()) {
        if (!is_of_interest(entry)) {
            continue;
        }
        const auto bundle = bundle_of(index, entry);
        if (!bundle) {
            continue;
        }
        const auto read = parse_bundle(encode(*bundle));
        ASSERT_OK(read);
        const auto roots = vectors::is_snp(entry)
                               ? vectors::snp_roots(vectors::snp_case(index, entry), entry)
                               : TrustRoots::with_intel_root(index.bytes(entry, "trust_anchor")).value();
        const auto verification = wallet::verify_evidence(
            read.value(), {.time = {entry.at("verify_at").get<std::int64_t>()}, .roots = roots});
        count.record(entry.at("kind"), entry.at("id"),
                     is_as_expected(json::parse(wallet::to_json(verification).dump()), entry));
    }
}

}  // namespace
}  // namespace redoubt::attestation
