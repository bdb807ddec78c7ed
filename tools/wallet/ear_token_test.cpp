#include <tools/wallet/ear_token.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <attestation/x509/pem.hpp>
#include <primitives/crypto/multi_signature.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::wallet {
namespace {

using namespace attestation;  // NOLINT(google-build-using-namespace)

constexpr VerificationTime kNow{1'800'000'000};

EvidenceVerification verified(TcbStatus status = TcbStatus::kUpToDate, Claims claims = SgxClaims{}) {
    EvidenceVerification out;
    out.verdict.refusal.reset();
    out.verdict.time = kNow;
    out.verdict.is_hardware = true;
    out.verdict.claims = std::move(claims);
    out.verdict.tcb = TcbFacts{};
    out.verdict.tcb->status = status;
    return out;
}

EvidenceVerification judged(EvidenceVerification out) {
    out.violations = violations(out.verdict, out.binding ? &*out.binding : nullptr, out.policy.policy, kNow);
    return out;
}

int hardware(TcbStatus status, const Policy& policy = {}) {
    auto one = verified(status);
    one.policy.policy = policy;
    return trust_vector(judged(std::move(one))).hardware;
}

std::string_view status_of(const EvidenceVerification& verification) {
    return ear_status(trust_vector(verification), verification.is_accepted());
}

bool is_affirming(int claim) {
    return claim >= 2 && claim < 32;
}

Policy accepting(TcbStatus status) {
    Policy out;
    out.accepted_statuses.push_back({status, {}});
    return out;
}

int hardware_of_refused(Reason reason) {
    EvidenceVerification one;
    one.verdict.refusal = Refusal{reason, {}};
    one.violations = {reason};
    const auto vector = trust_vector(one);
    // Nothing else is said of evidence that is not verified.
    EXPECT_EQ(vector, (TrustVector{.hardware = vector.hardware}));
    return vector.hardware;
}

// The table of attestation.md, section 16, line "hardware".
TEST(TrustVector, says_of_hardware_what_its_status_says) {
    EXPECT_EQ(hardware(TcbStatus::kUpToDate), 2);
    EXPECT_EQ(hardware(TcbStatus::kSwHardeningNeeded), 2);
    EXPECT_EQ(hardware(TcbStatus::kSwHardeningNeeded, Policy::strict()), 32);
    EXPECT_EQ(hardware(TcbStatus::kConfigurationNeeded), 32);
    EXPECT_EQ(hardware(TcbStatus::kConfigurationAndSwHardeningNeeded), 32);
    EXPECT_EQ(hardware(TcbStatus::kOutOfDate), 96);
    EXPECT_EQ(hardware(TcbStatus::kOutOfDate, accepting(TcbStatus::kOutOfDate)), 32);
    EXPECT_EQ(hardware(TcbStatus::kOutOfDateConfigurationNeeded), 96);
    EXPECT_EQ(hardware(TcbStatus::kTdRelaunchAdvised), 32);
    EXPECT_EQ(hardware(TcbStatus::kTdRelaunchAdvisedConfigurationNeeded), 32);
    EXPECT_EQ(hardware(TcbStatus::kRevoked), 96);
}

TEST(TrustVector, says_of_hardware_what_a_refusal_says) {
    EXPECT_EQ(hardware_of_refused(Reason::kTcbRevoked), 96);
    EXPECT_EQ(hardware_of_refused(Reason::kCertRevoked), 96);
    EXPECT_EQ(hardware_of_refused(Reason::kSnpCertRevoked), 96);
    EXPECT_EQ(hardware_of_refused(Reason::kSimNotAllowed), 97);
    EXPECT_EQ(hardware_of_refused(Reason::kSnpProductUnknown), 97);
    for (const auto reason :
         {Reason::kQuoteSignatureInvalid, Reason::kChainUntrusted, Reason::kSnpRootUntrusted,
          Reason::kQeReportDataMismatch, Reason::kNitroSignatureInvalid}) {
        EXPECT_EQ(hardware_of_refused(reason), 99) << reason_code(reason);
    }
    for (const auto reason : {Reason::kMalformed, Reason::kQuoteTruncated, Reason::kSnpSize}) {
        EXPECT_EQ(hardware_of_refused(reason), 1) << reason_code(reason);
    }
    for (const auto reason :
         {Reason::kCollateralMissing, Reason::kTcbInfoExpired, Reason::kEvidenceTypeUnsupported}) {
        EXPECT_EQ(hardware_of_refused(reason), -1) << reason_code(reason);
    }
}

// Whatever a later reason is called: refused evidence is never affirmed.
TEST(TrustVector, affirms_no_evidence_that_is_refused_for_any_reason) {
    for (const auto reason : all_reasons()) {
        EvidenceVerification unverified;
        unverified.verdict.refusal = Refusal{reason, {}};
        EXPECT_EQ(status_of(unverified), "contraindicated") << reason_code(reason);
        EXPECT_FALSE(is_affirming(trust_vector(unverified).hardware)) << reason_code(reason);

        auto judged_badly = verified();
        judged_badly.binding = BindingBlock{};
        judged_badly.binding->tls_key_sha256 = Hash256{};
        ASSERT_EQ(status_of(judged_badly), "affirming");
        judged_badly.violations = {reason};
        EXPECT_EQ(status_of(judged_badly), "contraindicated") << reason_code(reason);
        const auto vector = trust_vector(judged_badly);
        const std::array claims{vector.hardware, vector.instance_identity, vector.configuration};
        EXPECT_TRUE(vector.executables != 0 || !std::ranges::all_of(claims, is_affirming))
            << reason_code(reason) << " leaves no trace";
    }
}

TEST(TrustVector, says_of_a_quote_what_the_policy_says_of_it) {
    auto one = verified();
    one.policy.policy.accepted_types = {EvidenceType::kSnp};
    one.policy.policy.evaluation_number_min = 1;
    one.policy.policy.allowed_fmspc = {FixedBytes<6>{{1}}};
    const auto result = judged(one);
    EXPECT_EQ(result.violations.size(), 3U);
    EXPECT_EQ(trust_vector(result).hardware, 97);
    EXPECT_EQ(status_of(result), "contraindicated");
}

TEST(TrustVector, contradicts_simulation_always) {
    auto one = verified();
    one.verdict.type = EvidenceType::kSimulation;
    one.verdict.is_hardware = false;
    one.policy.policy.allows_simulation = true;
    one.policy.policy.accepted_types = {EvidenceType::kSimulation};
    const auto result = judged(one);
    EXPECT_TRUE(result.is_accepted());
    EXPECT_EQ(trust_vector(result).hardware, 97);
    EXPECT_EQ(trust_vector(result).runtime_opaque, 96);
    EXPECT_EQ(status_of(result), "contraindicated");
}

/// Firmware of Milan.
SnpClaims guest() {
    SnpClaims out;
    out.vmpl = 0;
    out.policy = kSnpPolicyReservedOne;
    out.reported_tcb = out.current_tcb = SnpTcb{{4, 0, 0, 0, 0, 0, 24, 219}};
    return out;
}

Claims below_paravisor(SnpClaims hardware) {
    ParavisorClaims out;
    out.hardware = std::move(hardware);
    return out;
}

TEST(TrustVector, affirms_a_guest_only_above_a_floor) {
    for (const bool is_below_paravisor : {false, true}) {
        auto one = verified({}, is_below_paravisor ? below_paravisor(guest()) : guest());
        one.verdict.type = is_below_paravisor ? EvidenceType::kParavisor : EvidenceType::kSnp;
        one.verdict.tcb.reset();
        one.policy.policy.accepted_types = {one.verdict.type};
        auto& floors = one.policy.policy.snp_floors;
        EXPECT_EQ(trust_vector(judged(one)).hardware, 32);
        floors = {{SnpProduct::kMilan, {.boot_loader = 4, .snp = 24, .microcode = 219}}};
        EXPECT_EQ(trust_vector(judged(one)).hardware, 2);
        floors[0].svns.microcode = 220;
        EXPECT_EQ(trust_vector(judged(one)).hardware, 96);
        floors[0].product = SnpProduct::kGenoa;
        EXPECT_EQ(trust_vector(judged(one)).hardware, 32);
    }
}

TEST(TrustVector, takes_a_floor_of_zeros_for_none) {
    auto one = verified({}, guest());
    one.verdict.tcb.reset();
    one.policy.policy.snp_floors = {{SnpProduct::kMilan, {}}};
    EXPECT_EQ(trust_vector(judged(one)).hardware, 32);
    EXPECT_EQ(status_of(judged(one)), "warning");
    one.policy.policy.snp_floors.push_back({SnpProduct::kMilan, {.tee = 0, .snp = 1}});
    EXPECT_EQ(trust_vector(judged(one)).hardware, 2);
}

TEST(TrustVector, affirms_no_hardware_below_a_paravisor_that_is_refused) {
    auto one = verified({}, below_paravisor(guest()));
    one.verdict.type = EvidenceType::kParavisor;
    one.verdict.tcb.reset();
    one.policy.policy.accepted_types = {one.verdict.type};
    one.policy.policy.snp_floors = {{SnpProduct::kMilan, {.microcode = 220}}};
    one.policy.policy.required_pcrs = {PcrValue{.index = 7, .value = Bytes(32)}};
    const auto result = judged(one);
    EXPECT_TRUE(result.has_violated(Reason::kPolicyTcbMinimum));
    EXPECT_TRUE(result.has_violated(Reason::kPolicyMeasurementUnknown));
    EXPECT_EQ(trust_vector(result).hardware, 96);
    EXPECT_EQ(trust_vector(result).executables, 33);
    EXPECT_EQ(status_of(result), "contraindicated");
}

TEST(TrustVector, says_of_executables_what_the_measurement_rules_say) {
    SgxClaims claims;
    claims.mr_enclave.bytes.fill(7);
    const auto with = [&](MeasurementRules rules) {
        auto one = verified({}, claims);
        one.policy.policy.measurements = std::move(rules);
        return trust_vector(judged(std::move(one))).executables;
    };
    const Bytes own(32, 7);
    const auto allow = [](Bytes measurement, std::optional<VerificationTime> until) {
        MeasurementRules out;
        out.allowed.push_back({std::move(measurement), {0}, until});
        return out;
    };
    const auto sign = [&](std::uint16_t svn_min) {
        MeasurementRules out;
        out.mode = MeasurementMode::kSigner;
        out.signers.push_back({claims.mr_signer, 0, svn_min});
        return out;
    };
    auto revoked = allow(own, std::nullopt);
    revoked.revoked.push_back(own);
    EXPECT_EQ(trust_vector(judged(verified())).executables, 0);
    EXPECT_EQ(with(allow(own, std::nullopt)), 2);
    EXPECT_EQ(with(allow(own, VerificationTime{kNow.unix_seconds + 1})), 32);
    EXPECT_EQ(with(allow(own, kNow)), 32);
    EXPECT_EQ(with(allow(Bytes(32, 8), std::nullopt)), 33);
    EXPECT_EQ(with(revoked), 96);
    EXPECT_EQ(with(sign(1)), 33);
    EXPECT_EQ(with(sign(0)), 2);
}

TEST(TrustVector, says_of_configuration_and_memory_what_the_claims_say) {
    auto debug = verified();
    debug.verdict.is_debug = true;
    debug.policy.policy.allows_debug = true;
    EXPECT_EQ(trust_vector(judged(debug)).configuration, 96);
    EXPECT_EQ(trust_vector(judged(debug)).runtime_opaque, 96);
    auto domain = verified({}, TdxClaims{});
    EXPECT_EQ(trust_vector(judged(domain)).configuration, 96);
    domain.policy.policy.requires_sept_ve_disable = false;
    EXPECT_EQ(trust_vector(judged(domain)).configuration, 2);
    domain.policy.policy.requires_smt_off = true;
    EXPECT_EQ(trust_vector(judged(domain)).configuration, 32);
    EXPECT_EQ(trust_vector(judged(domain)).runtime_opaque, 2);
    domain.verdict.type = EvidenceType::kNitro;
    EXPECT_EQ(trust_vector(judged(domain)).runtime_opaque, 32);
}

TEST(TrustVector, affirms_an_instance_only_with_a_bound_key) {
    auto one = verified();
    EXPECT_EQ(trust_vector(judged(one)).instance_identity, 0);
    one.binding = BindingBlock{};
    one.binding->nonce = Bytes(32);
    EXPECT_EQ(trust_vector(judged(one)).instance_identity, 0);
    one.binding->tls_key_sha256 = Hash256{};
    EXPECT_EQ(trust_vector(judged(one)).instance_identity, 2);
    one.policy.policy.binding = BindingExpectation{.role = "worker"};
    EXPECT_EQ(trust_vector(judged(one)).instance_identity, 97);
    one.binding.reset();
    EXPECT_EQ(trust_vector(judged(one)).instance_identity, 97);
}

TEST(EarStatus, is_the_worst_that_a_claim_says) {
    const auto ear_status = [](const TrustVector& vector) { return wallet::ear_status(vector, true); };
    EXPECT_EQ(ear_status({}), "none");
    EXPECT_EQ(ear_status({.hardware = -1}), "none");
    EXPECT_EQ(ear_status({.hardware = 1}), "none");
    EXPECT_EQ(ear_status({.hardware = 2}), "affirming");
    EXPECT_EQ(ear_status({.hardware = 31}), "affirming");
    EXPECT_EQ(ear_status({.hardware = 2, .executables = 32}), "warning");
    EXPECT_EQ(ear_status({.hardware = 95}), "warning");
    EXPECT_EQ(ear_status({.hardware = 2, .runtime_opaque = 96}), "contraindicated");
}

TEST(EarStatus, is_never_better_than_the_judgement) {
    EXPECT_EQ(ear_status({.hardware = 2}, false), "contraindicated");
    EXPECT_EQ(ear_status({}, false), "contraindicated");
    EXPECT_EQ(ear_status({.hardware = -1}, false), "contraindicated");
}

Bytes from_base64url(std::string text) {
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    return x509::decode_base64(text).value();
}

TEST(EarToken, is_signed_over_what_it_says) {
    auto one = judged(verified());
    one.has_answered_nonce = true;
    const auto payload = ear_payload(one, Bytes(16, 0xff), kNow);
    const auto key = crypto::KeyPair::from_secret_uri("//Verifier", crypto::Scheme::kEd25519).value();
    const auto token = sign_ear(payload, key);
    const auto first = token.find('.');
    const auto second = token.find('.', first + 1);
    ASSERT_NE(second, std::string::npos);
    EXPECT_EQ(token.find_first_of("+/="), std::string::npos);
    const auto header = Json::parse(text_of(from_base64url(token.substr(0, first))));
    EXPECT_EQ(header["alg"], "EdDSA");
    EXPECT_EQ(Json::parse(text_of(from_base64url(token.substr(first + 1, second - first - 1)))), payload);
    const auto signature = from_base64url(token.substr(second + 1));
    crypto::MultiSignature multi;
    auto& fixed = multi.signature.emplace<0>();
    ASSERT_EQ(signature.size(), fixed.bytes.size());
    std::ranges::copy(signature, fixed.bytes.begin());
    EXPECT_TRUE(crypto::verify(multi, key.account_id(), bytes_of(token.substr(0, second))));
    EXPECT_FALSE(crypto::verify(multi, key.account_id(), bytes_of(token.substr(0, second - 1))));

    EXPECT_EQ(payload["eat_profile"], "tag:github.com,2023:veraison/ear");
    EXPECT_EQ(payload["iat"], kNow.unix_seconds);
    EXPECT_EQ(payload["eat_nonce"], "_____________________w");
    const auto& appraisal = payload["submods"]["sgx"];
    EXPECT_EQ(appraisal["ear.status"], "affirming");
    EXPECT_EQ(appraisal["ear.appraisal-policy-id"], "built-in");
    EXPECT_EQ(appraisal["ear.trustworthiness-vector"],
              (Json{{"configuration", 2}, {"hardware", 2}, {"runtime-opaque", 2}}));
}

TEST(EarToken, says_for_when_the_evidence_was_verified) {
    const VerificationTime later{kNow.unix_seconds + 86'400};
    const auto payload = ear_payload(judged(verified()), std::nullopt, later);
    EXPECT_EQ(payload["iat"], later.unix_seconds);
    EXPECT_EQ(payload["submods"]["sgx"]["ear.redoubt.verified-at"], kNow.unix_seconds);
}

TEST(EarToken, has_no_nonce_that_the_evidence_does_not_answer) {
    EXPECT_FALSE(ear_payload(judged(verified()), Bytes(16), kNow).contains("eat_nonce"));
}

}  // namespace
}  // namespace redoubt::wallet
