#include <tools/wallet/worker_evidence.hpp>

#include <attestation/bundle/endorsement_codec.hpp>
#include <attestation/initialise.hpp>
#include <attestation/peer/peer.hpp>
#include <attestation/sim/evidence.hpp>
#include <attestation/sim/verifier.hpp>
#include <ctime>
#include <primitives/crypto/random.hpp>
#include <primitives/hex.hpp>
#include <tools/wallet/evidence_file.hpp>
#include <tools/wallet/identifiers.hpp>
#include <tools/wallet/return_value.hpp>

namespace redoubt::wallet {
namespace {

using attestation::Reason;
using attestation::VerificationTime;

constexpr std::size_t kNonceBytes = 32;

VerificationTime now() {
    return {static_cast<std::int64_t>(std::time(nullptr))};
}

/// "CODE: cause; CODE: cause".
std::string told(const EvidenceVerification& verification) {
    std::string out;
    for (const auto reason : verification.violations) {
        out += (out.empty() ? "" : "; ") + std::string{attestation::reason_code(reason)} + ": " +
               advise(reason, verification.evidence).cause;
    }
    return out;
}

/// The evidence with the user's own collateral, which goes before what the worker sent.
Fallible<void> complete(attestation::Bundle& bundle, const Settings& settings) {
    if (settings.worker_collateral.empty()) {
        return success();
    }
    const auto file = settings.worker_collateral.string();
    BOOST_OUTCOME_TRY(const auto text, read_input(file, attestation::kBundleBytesMax));
    auto parsed = attestation::parse_endorsements(bundle.type, text_of(text));
    if (!parsed) {
        if (parsed.error() == Reason::kEvidenceTypeUnsupported) {
            return success();  // a worker whose evidence needs nothing
        }
        return malformed_evidence(attestation::reason_of(parsed.error()), file,
                                  RefusedEvidence{.type = bundle.type});
    }
    bundle.endorsements = std::move(parsed).value();
    return success();
}

/// The policy lacks what simulated evidence needs. Other reasons have nothing to do with that.
bool is_simulation_refused(Reason reason) {
    return reason == Reason::kSimNotAllowed || reason == Reason::kSimKeyUntrusted ||
           reason == Reason::kPolicyEvidenceType || reason == Reason::kPolicyHardware;
}

/// No other worker would be judged otherwise.
bool is_of_verifier(Reason reason) {
    return reason == Reason::kPolicyVersion || reason == Reason::kPolicyTimeRollback;
}

/// Another policy may take the worker.
bool is_rule(Reason reason) {
    return attestation::reason_code(reason).starts_with("POLICY_");
}

}  // namespace

Task<Fallible<JudgedWorker>> judge_worker(Context& context,
                                          ChainClientPtr chain,
                                          WorkerPtr worker,
                                          Hash256 shard) {
    BOOST_OUTCOME_CO_TRY(auto document, policy_of(context.settings()));
    BOOST_OUTCOME_CO_TRY(const auto pinned, pinned_fingerprint(context.settings()));
    BOOST_OUTCOME_CO_TRY(const auto kept, kept_before(context.settings(), document));
    Bytes nonce(kNonceBytes);
    crypto::fill_random(nonce);
    context.stage("asking the worker at " + printable(worker->url()) + " for evidence");
    BOOST_OUTCOME_CO_TRY(const auto answer, co_await worker->evidence(nonce));
    auto bundle = attestation::parse_bundle(answer);
    if (!bundle) {
        co_return malformed_answer("the evidence: " + bundle.error().message());
    }
    BOOST_OUTCOME_CO_TRY(complete(bundle.value(), context.settings()));
    BOOST_OUTCOME_CO_TRY(auto shielding_key, co_await worker->shielding_key());
    auto spki = shielding_key.spki_der();
    if (!spki) {
        co_return malformed_answer("the shielding key: " + spki.error().message());
    }
    attestation::initialise();
    attestation::ExpectedWorker expected;
    expected.genesis_hash = chain->genesis_hash();
    expected.shard = shard;
    expected.account = worker->enclave().account;
    expected.fingerprint = worker->enclave().fingerprint;
    expected.shielding_key = std::move(spki).value();
    expected.nonce = std::move(nonce);
    auto judgement = attestation::judge_worker(bundle.value(), expected, with_floors(document.policy, kept),
                                               appraisal_setting(document, now()));
    EvidenceVerification verification;
    verification.verdict = std::move(judgement.verdict);
    verification.binding = std::move(judgement.binding);
    verification.violations = std::move(judgement.reasons);
    verification.has_answered_nonce =
        verification.binding && !verification.has_violated(attestation::Reason::kPolicyNonce);
    verification.evidence = describe(bundle.value(), document, !verification.verdict.is_verified());
    verification.evidence.is_of_worker = true;
    verification.policy = std::move(document);
    verification.pinned_fingerprint = pinned;
    judge_by_kept(verification, kept);
    keep(context, verification);
    co_return JudgedWorker{std::move(bundle).value(), std::move(verification), std::move(shielding_key)};
}

void warn_if_program_unrestricted(Context& context, const JudgedWorker& worker) {
    if (worker.verification.is_any_program_accepted()) {
        context.console().warn("program_unrestricted",
                               "neither the policy nor --fingerprint names a program: the worker runs the "
                               "one that the chain node "
                               "names, and a node that lies can name one that gives away what is sent");
    }
}

std::string remedy_for(const JudgedWorker& worker) {
    const auto reason = worker.verification.violations.front();
    const auto key = simulation_key(worker.bundle);
    if (key && is_simulation_refused(reason)) {
        if (!attestation::sim::is_built_in()) {
            return "No hardware vouches for this worker, and this program was built without a verifier of "
                   "simulated evidence: no policy takes it. Use a worker with hardware, or a build for "
                   "development.";
        }
        return "No hardware vouches for this worker. On a development chain a policy takes it (--policy "
               "FILE, "
               "or REDOUBT_POLICY) that has the type \"sim\" and [simulation] with allow = true, "
               "development-chain = true and keys = [\"" +
               to_hex(key->view()) + "\"]: docs/WALLET.md has one as a whole.";
    }
    const auto advice = advise(reason, worker.verification.evidence);
    return std::string{"Send it nothing. What "} +
           (advice.is_for_verifier ? "can be done" : "its operator can do") + ": " + advice.remedy +
           (is_of_verifier(reason) ? "."
            : is_rule(reason)
                ? ". Another worker may do, or a policy that says what you accept (--policy FILE)."
                : ". Another worker may do.");
}

Failure distrusted(const JudgedWorker& worker, const std::string& url) {
    auto failure = untrusted(
        "worker_evidence_refused",
        "the evidence of the worker at " + printable(url) + " is refused: " + told(worker.verification),
        remedy_for(worker));
    failure.details = {{"evidence", summary_json(worker)}};
    return failure;
}

Json summary_json(const JudgedWorker& worker) {
    const auto& verification = worker.verification;
    Json reasons = Json::array();
    for (const auto reason : verification.violations) {
        reasons.push_back(attestation::reason_code(reason));
    }
    Json out{{"type", attestation::evidence_name(worker.bundle.type)},
             {"hardware", verification.verdict.is_hardware},
             {"accepted", verification.is_accepted()},
             {"reasons", std::move(reasons)}};
    if (verification.verdict.tcb) {
        out["tcb_status"] = attestation::status_text(verification.verdict.tcb->status);
    }
    if (const auto key = simulation_key(worker.bundle)) {
        out["simulation_key"] = to_hex(key->view());
    }
    return out;
}

std::optional<FixedBytes<32>> simulation_key(const attestation::Bundle& bundle) {
    if (bundle.type != attestation::EvidenceType::kSimulation) {
        return std::nullopt;
    }
    const auto evidence = attestation::sim::parse_evidence(bundle.evidence);
    return evidence ? std::optional{evidence.value().claims.key} : std::nullopt;
}

}  // namespace redoubt::wallet
