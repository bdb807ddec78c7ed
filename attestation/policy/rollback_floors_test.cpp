#include <attestation/policy/rollback_floors.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <attestation/policy/policy.hpp>

namespace redoubt::attestation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr VerificationTime kNow{1'000'000};
const Hash256 kRoot{{1}};
const Hash256 kProcessorCa{{2}};
const Hash256 kPlatformCa{{3}};

/// A verified quote, by its lists' numbers.
Verdict quote(std::uint8_t root_number, std::uint8_t issuer_number, const Hash256& issuer = kProcessorCa) {
    Verdict out;
    out.type = EvidenceType::kSgxDcap;
    out.time = kNow;
    out.refusal.reset();
    out.is_hardware = true;
    out.tcb = TcbFacts{};
    out.tcb->status = TcbStatus::kUpToDate;
    out.tcb->evaluation_data_number = 17;
    out.collateral = CollateralFacts{};
    out.collateral->latest_issue = {kNow.unix_seconds - 100};
    out.collateral->root_list = ListNumber{kRoot, Bytes{root_number}};
    out.collateral->issuer_list = ListNumber{issuer, Bytes{issuer_number}};
    return out;
}

RollbackFloors raised_by(const Verdict& accepted) {
    RollbackFloors out;
    out.raise(accepted);
    return out;
}

TEST(RollbackFloors, refuse_nothing_before_something_was_seen) {
    EXPECT_THAT(violations(quote(1, 1), RollbackFloors{}, {0}), IsEmpty());
}

TEST(RollbackFloors, refuse_a_clock_that_is_behind_a_date_seen) {
    const auto floors = raised_by(quote(1, 1));
    EXPECT_EQ(floors.time, VerificationTime{kNow.unix_seconds - 100});
    EXPECT_THAT(violations(quote(1, 1), floors, *floors.time), IsEmpty());
    EXPECT_THAT(violations(quote(1, 1), floors, {floors.time->unix_seconds - 1}),
                ElementsAre(Reason::kPolicyTimeRollback));
}

TEST(RollbackFloors, refuse_an_older_list_of_the_same_issuer) {
    auto floors = raised_by(quote(5, 9));
    for (const auto& [root, issuer] : {std::pair{5, 9}, {6, 9}, {5, 200}}) {
        const auto seen = quote(static_cast<std::uint8_t>(root), static_cast<std::uint8_t>(issuer));
        EXPECT_THAT(violations(seen, floors, kNow), IsEmpty());
    }
    EXPECT_THAT(violations(quote(4, 9), floors, kNow), ElementsAre(Reason::kPolicyListNumber));
    EXPECT_THAT(violations(quote(5, 8), floors, kNow), ElementsAre(Reason::kPolicyListNumber));
    EXPECT_THAT(violations(quote(5, 1, kPlatformCa), floors, kNow), IsEmpty()) << "it counts for itself";
    floors.raise(quote(5, 1, kPlatformCa));
    EXPECT_THAT(violations(quote(5, 8), floors, kNow), ElementsAre(Reason::kPolicyListNumber));
}

TEST(RollbackFloors, are_raised_and_never_lowered) {
    auto floors = raised_by(quote(5, 9));
    auto older = quote(3, 12);
    older.collateral->latest_issue = {1};
    floors.raise(older);
    EXPECT_EQ(floors.time, VerificationTime{kNow.unix_seconds - 100});
    EXPECT_THAT(floors.lists, ElementsAre(ListNumber{kRoot, Bytes{5}}, ListNumber{kProcessorCa, Bytes{12}}));
    // What has no collateral says nothing of it.
    older.collateral.reset();
    floors.raise(older);
    EXPECT_EQ(floors.lists.size(), 2U);
    EXPECT_EQ(floors.sgx_evaluation_number, 0U) << "whose evidence came first does not choose the edition";
}

TEST(RollbackFloors, hold_evaluation_numbers_by_tee) {
    const RollbackFloors floors{.sgx_evaluation_number = 18, .tdx_evaluation_number = 17};
    auto verdict = quote(1, 1);
    EXPECT_THAT(violations(verdict, floors, kNow), ElementsAre(Reason::kPolicyEvaluationNumber));
    for (const auto type : {EvidenceType::kTdxDcap, EvidenceType::kParavisor}) {
        verdict.type = type;
        EXPECT_THAT(violations(verdict, floors, kNow), IsEmpty());
        verdict.tcb->evaluation_data_number = 16;
        EXPECT_THAT(violations(verdict, floors, kNow), ElementsAre(Reason::kPolicyEvaluationNumber));
        verdict.tcb->evaluation_data_number = 17;
    }
}

TEST(RollbackFloors, refuse_a_policy_that_is_older_than_one_used) {
    const RollbackFloors floors{.policy_revision = 4};
    EXPECT_EQ(floors.find_older_policy(3), Reason::kPolicyVersion);
    EXPECT_EQ(floors.find_older_policy(4), std::nullopt);
}

TEST(RollbackFloors, are_rules_of_a_policy_that_has_them) {
    Policy policy;
    EXPECT_THAT(violations(quote(4, 9), policy, kNow), IsEmpty());
    policy.floors.raise(quote(5, 9));
    EXPECT_THAT(violations(quote(4, 9), policy, {0}),
                ElementsAre(Reason::kPolicyTimeRollback, Reason::kPolicyListNumber));
}

}  // namespace
}  // namespace redoubt::attestation
