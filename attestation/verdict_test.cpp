#include <attestation/verdict.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace redoubt::attestation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_view_literals;

constexpr std::array kNames{"first"sv, "second"sv, "third"sv};

TEST(Verdict, is_refused_until_a_verifier_says_otherwise) {
    EXPECT_FALSE(Verdict{}.is_verified());
}

TEST(Verdict, of_refusal_holds_all_checks_and_nothing_else) {
    CheckLog log{kNames};
    EXPECT_TRUE(log.note("first", Result<void>{success()}).has_value());
    EXPECT_FALSE(log.note("second", Result<void>{Reason::kCrlMissing}).has_value());
    const auto verdict =
        refuse(EvidenceType::kTdxDcap, {7}, std::move(log), {Reason::kCrlMissing, "no list"});
    ASSERT_EQ(verdict.checks.size(), 3U);
    EXPECT_EQ(verdict.checks[0].outcome, CheckOutcome::kPassed);
    EXPECT_EQ(verdict.checks[1].outcome, CheckOutcome::kFailed);
    EXPECT_EQ(verdict.checks[2].outcome, CheckOutcome::kNotReached);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(verdict.claims));
    EXPECT_THAT(advice(verdict), ElementsAre(HasSubstr("no list")));
}

TEST(CheckLog, keeps_a_failure_whatever_follows) {
    CheckLog log{kNames};
    static_cast<void>(log.note("first", Result<void>{Reason::kMalformed}));
    static_cast<void>(log.note("first", Result<void>{success()}));
    EXPECT_EQ(std::move(log).take()[0].outcome, CheckOutcome::kFailed);
}

TEST(Verdict, tells_what_to_do_about_each_part) {
    Verdict verdict;
    verdict.refusal.reset();
    verdict.is_hardware = true;
    verdict.is_debug = true;
    verdict.tcb = TcbFacts{};
    verdict.tcb->status = TcbStatus::kOutOfDate;
    verdict.tcb->platform = {TcbStatus::kUpToDate, 2, {}};
    verdict.tcb->quoting_enclave.status = TcbStatus::kOutOfDate;
    verdict.tcb->advisories = {"INTEL-SA-00001", "INTEL-SA-00002"};
    EXPECT_THAT(
        advice(verdict),
        ElementsAre(HasSubstr("debug"), HasSubstr("2 TCB level(s) behind (INTEL-SA-00001, INTEL-SA-00002)"),
                    HasSubstr("quoting enclave")));
    verdict.is_debug = false;
    verdict.tcb->status = TcbStatus::kUpToDate;
    verdict.tcb->quoting_enclave.status = TcbStatus::kUpToDate;
    EXPECT_TRUE(advice(verdict).empty());
    verdict.is_hardware = false;
    EXPECT_THAT(advice(verdict), ElementsAre(HasSubstr("no hardware")));
}

TEST(Measurement, of_a_trust_domain_covers_its_static_registers) {
    TdxClaims claims;
    const auto first = measurement(claims);
    EXPECT_EQ(first.size(), 48U);
    claims.rtmr[3].bytes[0] = 1;
    EXPECT_EQ(measurement(claims), first);
    claims.rtmr[2].bytes[0] = 1;
    EXPECT_NE(measurement(claims), first);
    EXPECT_TRUE(measurement(std::monostate{}).empty());
}

}  // namespace
}  // namespace redoubt::attestation
