#include <attestation/policy/sample_verdicts_test.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redoubt::attestation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

SnpClaims& snp_claims(Verdict& verdict) {
    return std::get<SnpClaims>(verdict.claims);
}

TEST(PolicyOfGuests, refuses_a_guest_that_a_migration_agent_may_move) {
    const auto verdict = guest(kSnpPolicyReservedOne | kSnpMigrateMa);
    EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyMigrateMa));
    Policy policy;
    policy.allows_snp_migration = true;
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
}

TEST(PolicyOfGuests, wants_the_roots_revocation_list_of_a_guest_where_it_is_set) {
    auto under_paravisor = verified(EvidenceType::kParavisor, {});
    ParavisorClaims composite;
    composite.hardware = std::get<SnpClaims>(guest().claims);
    under_paravisor.claims = composite;
    under_paravisor.tcb.reset();
    Policy policy;
    policy.accepted_types.push_back(EvidenceType::kParavisor);
    for (auto verdict : {guest(), under_paravisor}) {
        EXPECT_THAT(judged(verdict, policy), IsEmpty());
        policy.requires_snp_revocation_list = true;
        EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyRevocationList));
        // The list of the certificate's issuer says nothing of this issuer.
        verdict.collateral->issuer_list.emplace();
        EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyRevocationList));
        verdict.collateral->root_list.emplace();
        EXPECT_THAT(judged(verdict, policy), IsEmpty());
        policy.requires_snp_revocation_list = false;
    }
    policy.requires_snp_revocation_list = true;
    EXPECT_THAT(judged(enclave(), policy), IsEmpty()) << "a quote is not verified without its lists";
}

TEST(PolicyOfGuests, takes_reports_from_inside_the_guest_alone) {
    auto verdict = guest();
    snp_claims(verdict).vmpl = kSnpVmplMax;
    EXPECT_THAT(judged(verdict), IsEmpty());
    snp_claims(verdict).vmpl = kSnpVmplMax + 1;
    EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyVmpl));
    snp_claims(verdict).vmpl = UINT32_MAX;
    EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyVmpl));
}

TEST(PolicyOfGuests, refuses_a_current_tcb_below_the_reported_one_in_any_component) {
    for (const std::size_t component : {0U, 1U, 6U, 7U}) {
        auto verdict = guest();
        snp_claims(verdict).current_tcb = SnpTcb{{255, 255, 0, 0, 0, 0, 255, 255}};
        EXPECT_THAT(judged(verdict), IsEmpty());
        snp_claims(verdict).reported_tcb.bytes.at(component) = 2;
        snp_claims(verdict).current_tcb.bytes.at(component) = 1;
        EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyTcbInconsistent)) << component;
    }
}

TEST(PolicyOfGuests, holds_the_floor_of_the_guests_product) {
    Policy policy;
    policy.snp_floors = {{SnpProduct::kMilan, {.snp = 24}}, {SnpProduct::kGenoa, {.snp = 255}}};
    auto verdict = guest();
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
    snp_claims(verdict).launch_tcb.bytes[6] = 23;
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
    policy.applies_snp_floors_to_committed = true;
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyTcbMinimum));
    verdict = guest();
    snp_claims(verdict).committed_tcb.bytes[6] = 23;
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyTcbMinimum));
    policy.applies_snp_floors_to_committed = false;
    snp_claims(verdict).reported_tcb.bytes[6] = 23;
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyTcbMinimum));
    snp_claims(verdict).product = SnpProduct::kTurin;
    EXPECT_THAT(judged(verdict, policy), IsEmpty()) << "no floor is set for it";
}

TEST(PolicyOfGuests, pins_host_data_and_measurement_of_a_guest) {
    auto verdict = guest();
    snp_claims(verdict).host_data.bytes[0] = 1;
    snp_claims(verdict).measurement.bytes[0] = 2;
    Policy policy;
    policy.pins.host_data = snp_claims(verdict).host_data;
    policy.measurements.emplace();
    policy.measurements->allowed = {{measurement(verdict.claims), {0}, std::nullopt}};
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
    policy.pins.host_data->bytes[31] = 1;
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyConfigId));
    snp_claims(verdict).measurement.bytes[47] = 1;
    EXPECT_THAT(judged(verdict, policy),
                ElementsAre(Reason::kPolicyConfigId, Reason::kPolicyMeasurementUnknown));
}

TEST(PolicyOfGuests, holds_floors_of_firmware_by_its_version_as_a_whole) {
    auto verdict = guest();
    snp_claims(verdict).current_version = {.build = 5, .minor = 55, .major = 1};
    snp_claims(verdict).committed_version = {.build = 4, .minor = 55, .major = 1};
    Policy policy;
    const auto with_floor = [&](SnpFirmwareVersion firmware) {
        policy.snp_floors = {{SnpProduct::kMilan, {}, firmware}};
        return judged(verdict, policy);
    };
    EXPECT_THAT(with_floor({.build = 5, .minor = 55, .major = 1}), IsEmpty());
    EXPECT_THAT(with_floor({.build = 255, .minor = 54, .major = 1}), IsEmpty());
    EXPECT_THAT(with_floor({.build = 6, .minor = 55, .major = 1}), ElementsAre(Reason::kPolicyTcbMinimum));
    EXPECT_THAT(with_floor({.build = 0, .minor = 0, .major = 2}), ElementsAre(Reason::kPolicyTcbMinimum));
    // What runs is new enough, and the host may still go back.
    policy.applies_snp_floors_to_committed = true;
    EXPECT_THAT(with_floor({.build = 5, .minor = 55, .major = 1}), ElementsAre(Reason::kPolicyTcbMinimum));
    EXPECT_THAT(with_floor({.build = 4, .minor = 55, .major = 1}), IsEmpty());
}

TEST(PolicyOfGuests, asks_who_made_a_guest_and_what_protects_it) {
    auto verdict = guest();
    auto& claims = snp_claims(verdict);
    FixedBytes<48> key;
    key.bytes.fill(7);
    Policy policy;
    policy.snp_guest.id_keys = std::vector{key};
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicySignerUnknown));
    claims.id_key_digest = key;
    EXPECT_THAT(judged(verdict, policy), IsEmpty());

    // A digest counts where the report says that there is such a key.
    policy.snp_guest.author_keys = std::vector{key};
    claims.author_key_digest = key;
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicySignerUnknown));
    claims.key_info = kSnpAuthorKeyEnabled;
    EXPECT_THAT(judged(verdict, policy), IsEmpty());

    policy.snp_guest.guest_policy = claims.policy;
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
    *policy.snp_guest.guest_policy |= 1ULL << 20U;
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyGuestPolicy));
    policy.snp_guest.guest_policy.reset();

    policy.snp_guest.platform_info = kSnpPlatformEcc | kSnpPlatformAliasCheck;
    claims.platform_info = kSnpPlatformEcc | kSnpPlatformTsme;
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyPlatformInfo));
    claims.platform_info |= kSnpPlatformAliasCheck;
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
}

TEST(PolicyOfGuests, takes_keys_of_named_providers_and_of_chips) {
    auto verdict = guest();
    Policy policy;
    policy.snp_guest.csp_ids = std::vector<std::string>{"one"};
    EXPECT_THAT(judged(verdict, policy), IsEmpty());  // a VCEK
    snp_claims(verdict).key_info = 1U << 2U;
    snp_claims(verdict).csp_id = "other";
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyCspId));
    policy.snp_guest.csp_ids->emplace_back("other");
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
}

}  // namespace
}  // namespace redoubt::attestation
