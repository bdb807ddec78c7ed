#include <attestation/sim/verifier.hpp>

#include <attestation/sim/evidence.hpp>
#include <primitives/crypto/ed25519.hpp>

#include <algorithm>
#include <limits>

namespace redoubt::attestation::sim {
namespace {

/// @param holds whether the check passed
Result<void> or_reason(bool holds, Reason reason) {
    return holds ? Result<void>{success()} : Result<void>{reason};
}

Result<void> check_signature(const Evidence& evidence) {
    const auto message = concat(bytes_of(kSimSignatureDomain), evidence.signed_bytes);
    return or_reason(crypto::ed25519::verify(evidence.claims.key.view(), message, evidence.signature),
                     Reason::kSimSignatureInvalid);
}

Result<SimClaims> verify(ByteView bytes, const SimulationAllowance& allowance, CheckLog& log) {
    const bool is_allowed = allowance.is_allowed && allowance.is_development_chain;
    BOOST_OUTCOME_TRY(log.note("simulation_allowed", or_reason(is_allowed, Reason::kSimNotAllowed)));
    BOOST_OUTCOME_TRY(const auto evidence, log.note("evidence_format", parse_evidence(bytes)));
    const auto& keys = allowance.trusted_keys;
    const bool is_trusted = std::ranges::find(keys, evidence.claims.key) != keys.end();
    BOOST_OUTCOME_TRY(log.note("key", or_reason(is_trusted, Reason::kSimKeyUntrusted)));
    BOOST_OUTCOME_TRY(log.note("evidence_signature", check_signature(evidence)));
    return evidence.claims;
}

}  // namespace

bool is_built_in() {
    return true;
}

Verdict verify_evidence(ByteView evidence, VerificationTime time, const SimulationAllowance& allowance) {
    CheckLog log{kChecks};
    const auto claims = verify(evidence, allowance, log);
    if (!claims) {
        return refuse(EvidenceType::kSimulation, time, std::move(log), {reason_of(claims.error()), {}});
    }
    Verdict out;
    out.type = EvidenceType::kSimulation;
    out.time = time;
    out.checks = std::move(log).take();
    out.refusal.reset();
    out.is_hardware = false;
    out.is_debug = claims.value().is_debug();
    constexpr auto kLast = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    out.produced_at = VerificationTime{static_cast<std::int64_t>(std::min(claims.value().made_at_s, kLast))};
    out.claims = claims.value();
    return out;
}

}  // namespace redoubt::attestation::sim
