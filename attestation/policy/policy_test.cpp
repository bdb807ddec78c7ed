#include <attestation/policy/sample_verdicts_test.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redoubt::attestation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Verdict domain(std::uint64_t attributes = kTdSeptVeDisable, std::optional<TdServiceClaims> service = {}) {
    TdxClaims claims;
    claims.td_attributes = attributes;
    claims.service = service;
    return verified(EvidenceType::kTdxDcap, claims);
}

TEST(Policy, accepts_an_ordinary_enclave_and_domain) {
    EXPECT_THAT(judged(enclave()), IsEmpty());
    EXPECT_THAT(judged(domain()), IsEmpty());
    EXPECT_THAT(judged(guest()), IsEmpty());
}

TEST(Policy, refuses_what_was_not_verified_for_that_reason_alone) {
    auto verdict = enclave();
    verdict.is_debug = true;
    verdict.refusal = Refusal{Reason::kCrlMissing, {}};
    EXPECT_THAT(judged(verdict), ElementsAre(Reason::kCrlMissing));
    EXPECT_THAT(judged(Verdict{}), ElementsAre(Reason::kMalformed));
}

TEST(Policy, reports_every_violated_rule) {
    auto verdict = domain(kTdDebug | (1ULL << 63U));
    verdict.is_debug = true;
    verdict.is_hardware = false;
    verdict.tcb->status = TcbStatus::kOutOfDate;
    EXPECT_THAT(judged(verdict),
                UnorderedElementsAre(Reason::kPolicyDebug, Reason::kPolicyHardware, Reason::kPolicyTcbStatus,
                                     Reason::kPolicyTdAttributes, Reason::kPolicySeptVeDisable));
}

TEST(Policy, takes_no_status_but_two) {
    using enum TcbStatus;
    for (const auto status :
         {kConfigurationNeeded, kConfigurationAndSwHardeningNeeded, kOutOfDate, kOutOfDateConfigurationNeeded,
          kTdRelaunchAdvised, kTdRelaunchAdvisedConfigurationNeeded, kRevoked}) {
        auto verdict = enclave();
        verdict.tcb->status = status;
        EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyTcbStatus)) << status_text(status);
    }
    auto verdict = enclave();
    verdict.tcb->status = kSwHardeningNeeded;
    EXPECT_THAT(judged(verdict), IsEmpty());
    EXPECT_THAT(judged(verdict, Policy::strict()), ElementsAre(Reason::kPolicyTcbStatus));
}

TEST(Policy, takes_a_status_with_mitigated_advisories_only) {
    Policy policy;
    policy.accepted_statuses = {
        {TcbStatus::kConfigurationNeeded, std::vector<std::string>{"INTEL-SA-00001"}}};
    auto verdict = enclave();
    verdict.tcb->status = TcbStatus::kConfigurationNeeded;
    verdict.tcb->advisories = {"INTEL-SA-00001"};
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
    verdict.tcb->advisories.emplace_back("INTEL-SA-00002");
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyAdvisory));
}

TEST(Policy, ignores_three_attributes_of_a_domain_and_no_other) {
    for (unsigned bit = 0; bit < 64; ++bit) {
        const auto attributes = kTdSeptVeDisable | (1ULL << bit);
        const bool is_ignored = bit == 0 || bit == 27 || bit == 28 || bit == 30 || bit == 31;
        EXPECT_EQ(judged(domain(attributes)).empty(), is_ignored) << bit;
    }
}

TEST(Policy, takes_a_service_domain_that_is_named_with_migration) {
    TdRegister service_td;
    service_td.bytes[0] = 1;
    const auto verdict = domain(kTdSeptVeDisable | kTdMigratable, TdServiceClaims{{}, service_td});
    EXPECT_THAT(judged(verdict), UnorderedElementsAre(Reason::kPolicyTdAttributes, Reason::kPolicyServiceTd));
    Policy policy;
    policy.allowed_service_tds = {service_td};
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
    // A migratable domain without a service domain is refused whatever is on the list.
    policy.allowed_service_tds.emplace_back();
    EXPECT_THAT(judged(domain(kTdSeptVeDisable | kTdMigratable), policy),
                ElementsAre(Reason::kPolicyTdAttributes));
}

TEST(Policy, holds_floors_and_lists) {
    Policy policy;
    policy.evaluation_number_min = 18;
    policy.collateral_age_s_max = 99;
    policy.allowed_fmspc = std::vector{FixedBytes<6>{{1, 2, 3, 4, 5, 6}}};
    policy.accepted_types = {EvidenceType::kTdxDcap};
    EXPECT_THAT(judged(enclave(), policy),
                UnorderedElementsAre(Reason::kPolicyEvaluationNumber, Reason::kPolicyCollateralAge,
                                     Reason::kPolicyFmspc, Reason::kPolicyEvidenceType));
    policy = {};
    policy.evaluation_number_min = 17;
    policy.collateral_age_s_max = 100;
    policy.allowed_fmspc = std::vector{FixedBytes<6>{}};
    EXPECT_THAT(judged(enclave(), policy), IsEmpty());
}

TEST(Policy, takes_no_platform_family_where_the_list_is_empty) {
    Policy policy;
    policy.allowed_fmspc.emplace();
    EXPECT_THAT(judged(enclave(), policy), ElementsAre(Reason::kPolicyFmspc));
}

TEST(Policy, counts_what_a_platform_does_not_say_as_the_worse_case) {
    Policy policy;
    policy.requires_smt_off = true;
    policy.requires_static_platform = true;
    auto verdict = enclave();
    EXPECT_THAT(judged(verdict, policy),
                UnorderedElementsAre(Reason::kPolicySmt, Reason::kPolicyDynamicPlatform));
    verdict.platform.has_smt = false;
    verdict.platform.is_dynamic = false;
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
}

TEST(Policy, pins_values) {
    Policy policy;
    policy.pins = {.xfam = 7, .misc_select = 0, .config_id = FixedBytes<64>{}, .mr_config_id = TdRegister{}};
    EXPECT_THAT(judged(enclave(), policy), IsEmpty());
    EXPECT_THAT(judged(domain(), policy), ElementsAre(Reason::kPolicyXfam));
    policy.pins.misc_select = 1;
    policy.pins.config_id->bytes[0] = 1;
    policy.refuses_provision_key = true;
    const auto verdict = enclave(5 | kSgxProvisionKey);
    EXPECT_THAT(judged(verdict, policy),
                UnorderedElementsAre(Reason::kPolicyMiscSelect, Reason::kPolicyConfigId,
                                     Reason::kPolicyProvisionKey));
}

TEST(Policy, allows_debug_and_simulation_only_when_named) {
    auto verdict = enclave();
    verdict.is_debug = true;
    verdict.is_hardware = false;
    verdict.type = EvidenceType::kSimulation;
    Policy policy;
    policy.allows_debug = true;
    policy.allows_simulation = true;
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyEvidenceType));
    policy.accepted_types.push_back(EvidenceType::kSimulation);
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
}

TEST(Policy, applies_its_measurement_rules) {
    Policy policy;
    policy.measurements = MeasurementRules{};
    EXPECT_THAT(judged(enclave(), policy), ElementsAre(Reason::kPolicyMeasurementUnknown));
    policy.measurements->allowed.push_back({Bytes(32), {0}, std::nullopt});
    EXPECT_THAT(judged(enclave(), policy), IsEmpty());
}

TEST(Policy, takes_listed_domains_realms_and_pieces_of_firmware) {
    Policy policy;
    EXPECT_FALSE(policy.restricts_programs(EvidenceType::kTdxDcap) ||
                 policy.restricts_programs(EvidenceType::kCca));
    policy.allowed_tds.emplace(1);
    EXPECT_THAT(judged(domain(), policy), IsEmpty());
    policy.allowed_tds->at(0).mr_td.bytes[0] = 1;
    EXPECT_THAT(judged(domain(), policy), ElementsAre(Reason::kPolicyMeasurementUnknown));
    EXPECT_TRUE(policy.restricts_programs(EvidenceType::kTdxDcap));
    EXPECT_FALSE(policy.restricts_programs(EvidenceType::kCca));

    CcaClaims claims;
    claims.platform.lifecycle = 0x3000;
    claims.platform.components = {{"BL", "", Bytes(32, 1), Bytes(32, 2)}};
    auto verdict = verified(EvidenceType::kCca, claims);
    verdict.tcb.reset();
    policy.allowed_components = std::vector<AllowedComponent>{{.measurement = Bytes(32, 1)}};
    policy.allowed_realms.emplace(1);
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
    policy.allowed_components->at(0).measurement = Bytes(32, 2);
    policy.allowed_realms->at(0).initial_measurement = Bytes(32, 2);
    EXPECT_THAT(judged(verdict, policy),
                ElementsAre(Reason::kPolicyPlatformComponent, Reason::kPolicyMeasurementUnknown));
    EXPECT_TRUE(policy.restricts_programs(EvidenceType::kCca));
}

TEST(Policy, wants_registers_of_a_nitro_enclave_and_takes_its_signer) {
    NitroClaims claims;
    NitroPcr signer;
    signer.bytes.fill(8);
    claims.pcrs[kNitroSignerPcr] = signer;
    auto verdict = verified(EvidenceType::kNitro, claims);
    verdict.tcb.reset();
    verdict.produced_at = kNow;
    Policy policy;
    policy.nitro_pcrs = {{8, {signer}}};
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
    policy.nitro_pcrs.push_back({3, {signer}});
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyMeasurementUnknown));

    policy.nitro_pcrs.clear();
    policy.measurements = MeasurementRules{};
    policy.measurements->mode = MeasurementMode::kSigner;
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicySignerUnknown));
    policy.measurements->nitro_signers = {signer};
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
    // Nobody signed, which is no signer however it is listed.
    std::get<NitroClaims>(verdict.claims).pcrs[kNitroSignerPcr] = NitroPcr{};
    policy.measurements->nitro_signers = {NitroPcr{}};
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicySignerUnknown));
}

TEST(Policy, takes_published_keystone_keys_only_when_named) {
    auto verdict = verified(EvidenceType::kKeystone, KeystoneClaims{});
    verdict.tcb.reset();
    EXPECT_THAT(judged(verdict), IsEmpty());
    verdict.is_hardware = false;
    Policy policy;
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyHardware));
    policy.allows_simulation = true;
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyHardware));
    policy.allows_published_keystone_keys = true;
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
    // Nor does this allow simulation.
    policy.allows_simulation = false;
    auto simulated = verified(EvidenceType::kSimulation, SimClaims{});
    simulated.tcb.reset();
    simulated.is_hardware = false;
    policy.accepted_types.push_back(EvidenceType::kSimulation);
    EXPECT_THAT(judged(simulated, policy), ElementsAre(Reason::kPolicyHardware));
}

TEST(Policy, takes_nitro_documents_of_an_hour_and_not_of_the_future) {
    const auto aged = [](std::int64_t age_s) {
        auto out = verified(EvidenceType::kNitro, NitroClaims{});
        out.tcb.reset();
        out.produced_at = VerificationTime{kNow.unix_seconds - age_s};
        return out;
    };
    EXPECT_THAT(judged(aged(kNitroAgeSMax)), IsEmpty());
    EXPECT_THAT(judged(aged(kNitroAgeSMax + 1)), ElementsAre(Reason::kPolicyFreshness));
    EXPECT_THAT(judged(aged(-kClockSkewSMax)), IsEmpty());
    EXPECT_THAT(judged(aged(-kClockSkewSMax - 1)), ElementsAre(Reason::kPolicyFreshness));
    Policy archive;
    archive.evidence_age_s_max = kNitroAgeSMax + 1;
    EXPECT_THAT(judged(aged(kNitroAgeSMax + 1), archive), IsEmpty());
}

TEST(Policy, takes_realms_on_platforms_in_the_secured_state_alone) {
    const auto realm = [](unsigned lifecycle) {
        CcaClaims claims;
        claims.platform.lifecycle = static_cast<std::uint16_t>(lifecycle);
        auto out = verified(EvidenceType::kCca, claims);
        out.tcb.reset();
        out.is_debug = claims.platform.is_debug();
        return judged(out);
    };
    for (const auto secured : {0x3000U, 0x3003U, 0x30ffU}) {
        EXPECT_THAT(realm(secured), IsEmpty()) << secured;
    }
    for (const auto other : {0x0000U, 0x1000U, 0x2000U, 0x2fffU, 0x3100U, 0x6000U, 0xffffU}) {
        EXPECT_THAT(realm(other), ElementsAre(Reason::kPolicyLifecycle)) << other;
    }
    for (const auto debug : {0x4000U, 0x5000U, 0x50ffU}) {
        EXPECT_THAT(realm(debug), ElementsAre(Reason::kPolicyDebug, Reason::kPolicyLifecycle)) << debug;
    }
}

TEST(Policy, limits_the_age_of_evidence_that_states_when_it_was_made) {
    Policy policy;
    policy.evidence_age_s_max = 10;
    EXPECT_THAT(judged(service_report(10), policy), IsEmpty());
    EXPECT_THAT(judged(service_report(11), policy), ElementsAre(Reason::kPolicyFreshness));
}

TEST(Policy, limits_the_age_of_other_evidence_by_its_binding_block_and_refuses_it_without) {
    Policy policy;
    policy.evidence_age_s_max = 10;
    BindingBlock block;
    const auto judge = [&](const Verdict& verdict, std::optional<std::int64_t> age_s) {
        block.issued_at = age_s ? std::optional{VerificationTime{kNow.unix_seconds - *age_s}} : std::nullopt;
        return violations(verdict, &block, policy, kNow);
    };
    for (const auto& verdict : {enclave(), domain(), guest()}) {
        EXPECT_THAT(judged(verdict), IsEmpty());
        EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyFreshness));
        EXPECT_THAT(judge(verdict, std::nullopt), ElementsAre(Reason::kPolicyFreshness));
        EXPECT_THAT(judge(verdict, 10), IsEmpty());
        EXPECT_THAT(judge(verdict, 11), ElementsAre(Reason::kPolicyFreshness));
        EXPECT_THAT(judge(verdict, -kClockSkewSMax), IsEmpty());
        EXPECT_THAT(judge(verdict, -kClockSkewSMax - 1), ElementsAre(Reason::kPolicyFreshness));
    }
    EXPECT_THAT(judge(service_report(11), 10), ElementsAre(Reason::kPolicyFreshness))
        << "what the evidence says itself counts first";
}

TEST(Policy, wants_a_binding_block_where_it_expects_something_of_it) {
    Policy policy;
    BindingBlock block;
    block.role = "worker";
    block.nonce = Bytes(32);
    const auto judge = [&](const Verdict& verdict, const BindingBlock* given) {
        return violations(verdict, given, policy, kNow);
    };
    EXPECT_THAT(judge(enclave(), nullptr), IsEmpty());
    EXPECT_THAT(judge(enclave(), &block), IsEmpty());
    policy.binding = BindingExpectation{.role = "worker"};
    EXPECT_THAT(judge(enclave(), &block), IsEmpty());
    EXPECT_THAT(judge(enclave(), nullptr), ElementsAre(Reason::kBindMissing));
    policy.binding->nonce = Bytes(31);
    policy.binding->role = "kms";
    EXPECT_THAT(judge(enclave(), &block), ElementsAre(Reason::kPolicyNonce, Reason::kBindRoleMismatch));
    EXPECT_THAT(judge(Verdict{}, &block), ElementsAre(Reason::kMalformed));
}

TEST(Policy, wants_the_expected_nonce_where_one_is_set) {
    Policy policy;
    policy.expected_nonce = to_bytes(bytes_of("0123"));
    EXPECT_THAT(judged(ias_enclave(), policy), IsEmpty());
    for (const auto* other : {"", "012", "0124", "01234"}) {
        policy.expected_nonce = to_bytes(bytes_of(other));
        EXPECT_THAT(judged(ias_enclave(), policy), ElementsAre(Reason::kPolicyNonce)) << other;
    }
    // A kind without a field for it answers nothing.
    EXPECT_THAT(judged(enclave(), policy), ElementsAre(Reason::kPolicyNonce));
}

}  // namespace
}  // namespace redoubt::attestation
