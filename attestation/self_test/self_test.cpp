#include <attestation/self_test/self_test.hpp>

#include <attestation/self_test/synthetic_dcap.hpp>
#include <attestation/sim/verifier.hpp>
#include <primitives/crypto/ed25519.hpp>
#include <primitives/crypto/random.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>

#include <unistd.h>
#include <cstdio>

namespace redoubt::attestation {

std::string_view error_domain(SelfTestError) {
    return "self-test of evidence";
}

std::string_view error_message(SelfTestError error) {
    switch (error) {
        case SelfTestError::kSimulationBelieved:
            return "this program takes simulated evidence that it must refuse: replace it by a build whose "
                   "source you know";
        case SelfTestError::kRootBelieved:
            return "this program takes quotes whose certificates do not lead to the maker of the hardware: "
                   "replace it by a build whose source you know";
        case SelfTestError::kOtherReason:
            return "this program refuses made-up evidence, but not for what is wrong with it: replace it by "
                   "a "
                   "build whose tests passed";
        case SelfTestError::kSimulationRefused:
            return "this build for development refuses valid simulated evidence: replace it by a build whose "
                   "tests passed";
    }
    return "unknown error of the self-test";
}

namespace {

/// 2027-01-15: the made-up documents are valid then, whatever a clock says.
constexpr VerificationTime kTime{1'800'000'000};

struct SimulatedEvidence {
    Bytes evidence;
    SimulationAllowance everything_allowed;
};

/// Valid evidence, and every switch on. The key is made for it and forgotten.
SimulatedEvidence make_simulated() {
    crypto::SecretBytes<32> seed;
    crypto::fill_random(seed.expose_mut());
    const auto key = crypto::ed25519::SecretKey::from_seed(seed);
    SimClaims claims;
    claims.made_at_s = static_cast<std::uint64_t>(kTime.unix_seconds);
    auto out = concat(kSimMagic, scale::encode_all(kSimType, claims.flags, claims.mr_enclave,
                                                   claims.mr_signer, claims.isv_prod_id, claims.isv_svn,
                                                   std::uint32_t{0}, claims.report_data, claims.made_at_s));
    append(out, key.public_key().view());
    append(out, key.sign(concat(bytes_of(kSimSignatureDomain), out)).view());
    return {.evidence = std::move(out),
            .everything_allowed = {
                .is_allowed = true, .is_development_chain = true, .trusted_keys = {key.public_key()}}};
}

Bytes of_hex(std::string_view text) {
    auto bytes = parse_hex(text);
    REDOUBT_ASSERT(bytes.has_value());
    return std::move(bytes).value();
}

dcap::SignedText document(std::string_view text, std::string_view signature) {
    const auto bytes = of_hex(signature);
    REDOUBT_ASSERT(bytes.size() == 64);
    return {.text = std::string{text},
            .signature = FixedBytes<64>::copy_of(std::span<const std::uint8_t, 64>{bytes}),
            .issuer_chain = std::string{synthetic::kDocumentSigner} + std::string{synthetic::kRoot}};
}

dcap::Collateral make_collateral() {
    using namespace synthetic;
    return {.tcb_info = document(kTcbInfo, kTcbInfoSignature),
            .qe_identity = document(kQuotingEnclave, kQuotingEnclaveSignature),
            .root_ca_crl = of_hex(kRootRevocations),
            .pck_crl = of_hex(kPlatformRevocations),
            .pck_crl_issuer_chain = std::string{kPlatformCa} + std::string{kRoot},
            .pck_certificate_chain = {}};
}

Bytes make_quote() {
    using namespace synthetic;
    constexpr std::uint8_t kEndOfChain = 0;
    return concat(of_hex(kQuote), bytes_of(kPlatform), bytes_of(kPlatformCa), bytes_of(kRoot),
                  scale::encode(kEndOfChain));
}

Result<void> expect_refusal(const Verdict& verdict, Reason reason, SelfTestError believed) {
    if (verdict.is_verified()) {
        return believed;
    }
    if (verdict.refusal->reason != reason) {
        return SelfTestError::kOtherReason;
    }
    return success();
}

}  // namespace

Result<void> self_test(const Appraise& appraise, bool verifies_simulation) {
    const auto simulated = make_simulated();
    const auto appraise_simulated = [&](const SimulationAllowance& allowance) {
        return appraise(EvidenceType::kSimulation, simulated.evidence, {},
                        {.time = kTime, .simulation = allowance});
    };
    const auto allowed = appraise_simulated(simulated.everything_allowed);
    if (!verifies_simulation) {
        BOOST_OUTCOME_TRY(
            expect_refusal(allowed, Reason::kSimNotAllowed, SelfTestError::kSimulationBelieved));
    } else if (!allowed.is_verified()) {
        return SelfTestError::kSimulationRefused;
    } else if (allowed.is_hardware) {
        return SelfTestError::kSimulationBelieved;
    }
    BOOST_OUTCOME_TRY(
        expect_refusal(appraise_simulated({}), Reason::kSimNotAllowed, SelfTestError::kSimulationBelieved));
    return expect_refusal(appraise(EvidenceType::kSgxDcap, make_quote(), make_collateral(), {.time = kTime}),
                          Reason::kChainUntrusted, SelfTestError::kRootBelieved);
}

Result<void> self_test() {
    return self_test(appraise, sim::is_built_in());
}

void end_if_failed(const Result<void>& tested, const char* program) {
    if (!tested) {
        std::fprintf(stderr, "%s: does not start: %s\n", program, tested.error().message().c_str());
        _exit(kSelfTestExitCode);
    }
}

}  // namespace redoubt::attestation
