#include <attestation/policy/policy.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace redoubt::attestation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr VerificationTime kNow{1'000'000};

Verdict verified(EvidenceType type, Claims claims) {
    Verdict out;
    out.type = type;
    out.time = kNow;
    out.refusal.reset();
    out.is_hardware = true;
    out.claims = std::move(claims);
    out.tcb = TcbFacts{};
    out.tcb->status = TcbStatus::kUpToDate;
    out.tcb->evaluation_data_number = 17;
    out.collateral = CollateralFacts{};
    out.collateral->oldest_issue = {kNow.unix_seconds - 100};
    return out;
}

Verdict enclave(std::uint64_t flags = 5) {
    SgxClaims claims;
    claims.flags = flags;
    claims.xfrm = 7;
    return verified(EvidenceType::kSgxDcap, claims);
}

Verdict domain(std::uint64_t attributes = kTdSeptVeDisable, std::optional<TdServiceClaims> service = {}) {
    TdxClaims claims;
    claims.td_attributes = attributes;
    claims.service = service;
    return verified(EvidenceType::kTdxDcap, claims);
}

Verdict guest(std::uint64_t guest_policy = kSnpPolicyReservedOne) {
    SnpClaims claims;
    claims.policy = guest_policy;
    claims.product = SnpProduct::kMilan;
    claims.reported_tcb = SnpTcb{{4, 0, 0, 0, 0, 0, 24, 219}};
    claims.current_tcb = claims.committed_tcb = claims.launch_tcb = claims.reported_tcb;
    auto out = verified(EvidenceType::kSnp, claims);
    out.tcb.reset();
    return out;
}

SnpClaims& snp_claims(Verdict& verdict) {
    return std::get<SnpClaims>(verdict.claims);
}

std::vector<Reason> judged(const Verdict& verdict, const Policy& policy = {}) {
    return violations(verdict, policy, kNow);
}

Verdict ias_enclave(IasQuoteStatus status = IasQuoteStatus::kOk) {
    IasClaims claims;
    claims.status = status;
    auto out = verified(EvidenceType::kSgxIas, claims);
    out.tcb.reset();
    out.produced_at = kNow;
    out.nonce = to_bytes(bytes_of("0123"));
    return out;
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

TEST(Policy, refuses_a_guest_that_a_migration_agent_may_move) {
    const auto verdict = guest(kSnpPolicyReservedOne | kSnpMigrateMa);
    EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyMigrateMa));
    Policy policy;
    policy.allows_snp_migration = true;
    EXPECT_THAT(judged(verdict, policy), IsEmpty());
}

TEST(Policy, wants_the_roots_revocation_list_of_a_guest_where_it_is_set) {
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

TEST(Policy, takes_reports_from_inside_the_guest_alone) {
    auto verdict = guest();
    snp_claims(verdict).vmpl = kSnpVmplMax;
    EXPECT_THAT(judged(verdict), IsEmpty());
    snp_claims(verdict).vmpl = kSnpVmplMax + 1;
    EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyVmpl));
    snp_claims(verdict).vmpl = UINT32_MAX;
    EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyVmpl));
}

TEST(Policy, refuses_a_current_tcb_below_the_reported_one_in_any_component) {
    for (const std::size_t component : {0U, 1U, 6U, 7U}) {
        auto verdict = guest();
        snp_claims(verdict).current_tcb = SnpTcb{{255, 255, 0, 0, 0, 0, 255, 255}};
        EXPECT_THAT(judged(verdict), IsEmpty());
        snp_claims(verdict).reported_tcb.bytes.at(component) = 2;
        snp_claims(verdict).current_tcb.bytes.at(component) = 1;
        EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyTcbInconsistent)) << component;
    }
}

TEST(Policy, holds_the_floor_of_the_guests_product) {
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

TEST(Policy, pins_host_data_and_measurement_of_a_guest) {
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

Verdict service_report(std::int64_t age_s) {
    auto out = enclave();
    out.type = EvidenceType::kSgxIas;
    out.tcb.reset();
    out.produced_at = VerificationTime{kNow.unix_seconds - age_s};
    return out;
}

TEST(Policy, holds_floors_of_firmware_by_its_version_as_a_whole) {
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

TEST(Policy, asks_who_made_a_guest_and_what_protects_it) {
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

TEST(Policy, takes_keys_of_named_providers_and_of_chips) {
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

TEST(Policy, takes_reports_of_the_attestation_service_for_a_day) {
    EXPECT_THAT(judged(service_report(kIasAgeSMax)), IsEmpty());
    EXPECT_THAT(judged(service_report(kIasAgeSMax + 1)), ElementsAre(Reason::kPolicyFreshness));
    EXPECT_THAT(judged(service_report(-kClockSkewSMax)), IsEmpty());
    EXPECT_THAT(judged(service_report(-kClockSkewSMax - 1)), ElementsAre(Reason::kPolicyFreshness));
    for (const auto made :
         {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
        auto verdict = service_report(0);
        verdict.produced_at = VerificationTime{made};
        EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyFreshness));
    }
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

TEST(Policy, judges_the_status_of_the_attestation_service) {
    EXPECT_THAT(judged(ias_enclave()), IsEmpty());
    EXPECT_THAT(judged(ias_enclave(IasQuoteStatus::kSwHardeningNeeded)), IsEmpty());
    for (const auto status :
         {IasQuoteStatus::kConfigurationNeeded, IasQuoteStatus::kConfigurationAndSwHardeningNeeded,
          IasQuoteStatus::kGroupOutOfDate, IasQuoteStatus::kGroupRevoked, IasQuoteStatus::kSignatureInvalid,
          IasQuoteStatus::kUnknown}) {
        EXPECT_THAT(judged(ias_enclave(status)), ElementsAre(Reason::kPolicyQuoteStatus));
    }
    Policy policy;
    policy.accepted_quote_statuses.push_back(IasQuoteStatus::kConfigurationNeeded);
    EXPECT_THAT(judged(ias_enclave(IasQuoteStatus::kConfigurationNeeded), policy), IsEmpty());
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

TEST(Policy, applies_the_rules_of_enclaves_to_reports_of_the_attestation_service) {
    auto verdict = ias_enclave();
    std::get<IasClaims>(verdict.claims).enclave.flags |= kSgxProvisionKey;
    Policy policy;
    policy.refuses_provision_key = true;
    policy.measurements =
        MeasurementRules{.mode = MeasurementMode::kSigner, .allowed = {}, .revoked = {}, .signers = {}};
    EXPECT_THAT(judged(verdict, policy),
                ElementsAre(Reason::kPolicyProvisionKey, Reason::kPolicySignerUnknown));
    policy.measurements->signers.push_back({});
    EXPECT_THAT(judged(verdict, policy), ElementsAre(Reason::kPolicyProvisionKey));
}

Verdict tpm_quote() {
    TpmClaims claims;
    claims.reset_count = 7;
    claims.restart_count = 3;
    claims.pcrs = {{kTpmSha256, 4, Bytes(32, 1)}, {kTpmSha384, 4, Bytes(48, 2)}};
    auto out = verified(EvidenceType::kTpm, claims);
    out.tcb.reset();
    return out;
}

TEST(Policy, takes_a_tpm_alone_only_where_its_type_is_accepted) {
    EXPECT_THAT(judged(tpm_quote()), ElementsAre(Reason::kPolicyEvidenceType));
    Policy policy;
    policy.accepted_types.push_back(EvidenceType::kTpm);
    EXPECT_THAT(judged(tpm_quote(), policy), IsEmpty());
}

TEST(Policy, wants_registers_with_their_values_and_in_their_banks) {
    Policy policy;
    policy.accepted_types.push_back(EvidenceType::kTpm);
    policy.required_pcrs = {{kTpmSha256, 4, Bytes(32, 1)}, {kTpmSha384, 4, Bytes(48, 2)}};
    EXPECT_THAT(judged(tpm_quote(), policy), IsEmpty());
    for (const auto& other : {PcrValue{kTpmSha256, 4, Bytes(32, 2)}, PcrValue{kTpmSha256, 5, Bytes(32, 1)},
                              PcrValue{kTpmSha512, 4, Bytes(32, 1)}}) {
        policy.required_pcrs.back() = other;
        EXPECT_THAT(judged(tpm_quote(), policy), ElementsAre(Reason::kPolicyMeasurementUnknown));
    }
}

TEST(Policy, refuses_a_tpm_that_was_set_back) {
    Policy policy;
    policy.accepted_types.push_back(EvidenceType::kTpm);
    for (const auto seen : {TpmCounters{7, 3}, TpmCounters{6, 9}, TpmCounters{7, 0}}) {
        policy.tpm_counters_min = seen;
        EXPECT_THAT(judged(tpm_quote(), policy), IsEmpty());
    }
    for (const auto seen : {TpmCounters{7, 4}, TpmCounters{8, 0}}) {
        policy.tpm_counters_min = seen;
        EXPECT_THAT(judged(tpm_quote(), policy), ElementsAre(Reason::kPolicyFreshness));
    }
}

// The measurement is the paravisor's: without a rule on registers every guest of the cloud would pass.
TEST(Policy, takes_a_paravisor_only_where_its_type_is_accepted) {
    ParavisorClaims claims;
    claims.hardware = std::get<SnpClaims>(guest().claims);
    auto verdict = verified(EvidenceType::kParavisor, claims);
    verdict.tcb.reset();
    EXPECT_THAT(judged(verdict), ElementsAre(Reason::kPolicyEvidenceType));
    EXPECT_THAT(judged(verdict, Policy::strict()), ElementsAre(Reason::kPolicyEvidenceType));
}

TEST(Policy, judges_hardware_and_virtual_tpm_below_a_paravisor) {
    ParavisorClaims claims;
    claims.hardware = std::get<SnpClaims>(guest().claims);
    std::get<SnpClaims>(claims.hardware).policy |= kSnpMigrateMa;
    auto verdict = verified(EvidenceType::kParavisor, claims);
    verdict.tcb.reset();
    Policy policy;
    policy.accepted_types = {EvidenceType::kParavisor};
    policy.required_pcrs = {{kTpmSha256, 4, Bytes(32, 1)}};
    EXPECT_THAT(judged(verdict, policy),
                ElementsAre(Reason::kPolicyMigrateMa, Reason::kPolicyMeasurementUnknown));
}

}  // namespace
}  // namespace redoubt::attestation
