#include <attestation/self_test/self_test.hpp>

#include <gtest/gtest.h>

#include <attestation/self_test/synthetic_dcap.hpp>
#include <attestation/sim/verifier.hpp>
#include <attestation/x509/pem.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation {
namespace {

/// As a production build judges: no verifier of simulated evidence.
Verdict without_simulation(EvidenceType type,
                           ByteView evidence,
                           const Endorsements& endorsements,
                           const AppraisalSetting& setting) {
    if (type == EvidenceType::kSimulation) {
        return refuse(type, setting.time, CheckLog{sim::kChecks}, {Reason::kSimNotAllowed, {}});
    }
    return appraise(type, evidence, endorsements, setting);
}

/// As a build for development does.
Verdict with_simulation(EvidenceType type,
                        ByteView evidence,
                        const Endorsements& endorsements,
                        const AppraisalSetting& setting) {
    if (type == EvidenceType::kSimulation && setting.simulation.is_allowed) {
        Verdict out;
        out.type = type;
        out.refusal.reset();
        return out;
    }
    return without_simulation(type, evidence, endorsements, setting);
}

/// The verifiers of `good`, with one kind of evidence judged in another way.
template <class Change>
Appraise changed(const Appraise& good, EvidenceType kind, Change change) {
    return [=](EvidenceType type, ByteView evidence, const Endorsements& endorsements,
               const AppraisalSetting& setting) {
        auto out = good(type, evidence, endorsements, setting);
        if (type == kind) {
            change(out);
        }
        return out;
    };
}

void believe(Verdict& verdict) {
    verdict.refusal.reset();
}

void find_something_else(Verdict& verdict) {
    verdict.refusal = Refusal{Reason::kMalformed, {}};
}

TEST(SelfTest, passes_in_this_build) {
    EXPECT_OK(self_test());
}

TEST(SelfTest, tells_both_kinds_of_builds_apart) {
    EXPECT_OK(self_test(without_simulation, false));
    EXPECT_ERROR(self_test(without_simulation, true), SelfTestError::kSimulationRefused);
    EXPECT_OK(self_test(with_simulation, true));
    EXPECT_ERROR(self_test(with_simulation, false), SelfTestError::kSimulationBelieved);
}

// Whatever this build has: with the verifier the evidence is valid, without it that is never asked.
TEST(SelfTest, shows_valid_simulated_evidence) {
    EXPECT_EQ(self_test(appraise, true).has_value(), sim::is_built_in());
    EXPECT_EQ(self_test(appraise, false).has_value(), !sim::is_built_in());
}

TEST(SelfTest, finds_a_verifier_that_believes_simulated_evidence) {
    const auto believes = changed(without_simulation, EvidenceType::kSimulation, believe);
    EXPECT_ERROR(self_test(believes, false), SelfTestError::kSimulationBelieved);
    EXPECT_ERROR(self_test(believes, true), SelfTestError::kSimulationBelieved);  // with nothing allowed
    const auto as_hardware = changed(with_simulation, EvidenceType::kSimulation,
                                     [](Verdict& verdict) { verdict.is_hardware = true; });
    EXPECT_ERROR(self_test(as_hardware, true), SelfTestError::kSimulationBelieved);
}

TEST(SelfTest, finds_a_verifier_that_believes_any_root) {
    EXPECT_ERROR(self_test(changed(without_simulation, EvidenceType::kSgxDcap, believe), false),
                 SelfTestError::kRootBelieved);
}

TEST(SelfTest, counts_no_refusal_for_another_reason) {
    for (const auto kind : {EvidenceType::kSimulation, EvidenceType::kSgxDcap}) {
        EXPECT_ERROR(self_test(changed(without_simulation, kind, find_something_else), false),
                     SelfTestError::kOtherReason);
    }
}

// So the quote is refused for its root and for nothing else: with that root it is believed.
TEST(SelfTest, shows_a_quote_that_is_valid_under_its_own_root) {
    const auto roots =
        TrustRoots::with_intel_root(to_bytes(x509::read_pem_chain(synthetic::kRoot).value().front().bytes()));
    ASSERT_OK(roots);
    const auto believes_it = [&](EvidenceType type, ByteView evidence, const Endorsements& endorsements,
                                 const AppraisalSetting& setting) {
        if (type != EvidenceType::kSgxDcap) {
            return without_simulation(type, evidence, endorsements, setting);
        }
        return appraise(type, evidence, endorsements, {.time = setting.time, .roots = roots.value()});
    };
    EXPECT_ERROR(self_test(believes_it, false), SelfTestError::kRootBelieved);
}

TEST(SelfTestDeathTest, ends_a_program_whose_verifier_is_broken) {
    end_if_failed(self_test(), "redoubt-test");
    const auto broken = changed(without_simulation, EvidenceType::kSgxDcap, believe);
    EXPECT_EXIT(end_if_failed(self_test(broken, false), "redoubt-test"),
                testing::ExitedWithCode(kSelfTestExitCode), "redoubt-test: does not start: .*maker");
}

}  // namespace
}  // namespace redoubt::attestation
