#include <attestation/peer/peer.hpp>

#include <attestation/binding/fingerprint.hpp>

#include <algorithm>

namespace redoubt::attestation {
namespace {

BindingExpectation expectation_of(const ExpectedWorker& worker) {
    return {.genesis_hash = worker.genesis_hash,
            .shard = worker.shard,
            .nonce = worker.nonce,
            .role = std::string{kWorkerRole},
            .signing_key = BoundSigningKey{.algorithm = SigningAlgorithm::kEd25519,
                                           .key = to_bytes(worker.account.view())},
            .shielding_key =
                BoundShieldingKey{.algorithm = ShieldingAlgorithm::kRsa, .key = worker.shielding_key},
            .tls_key_sha256 = worker.tls_key_sha256};
}

}  // namespace

PeerJudgement judge_worker(const Bundle& bundle,
                           const ExpectedWorker& expected,
                           const Policy& policy,
                           AppraisalSetting setting) {
    setting.tolerances.collateral_grace_s = policy.collateral_grace_s;

    PeerJudgement out;
    out.verdict = appraise(bundle.type, bundle.evidence, bundle.endorsements, setting);
    if (!out.verdict.is_verified()) {
        out.reasons = violations(out.verdict, nullptr, policy, setting.time);
        return out;
    }
    auto binding = open_binding(bundle, BindingProfile::kDigest, report_data(out.verdict.claims));
    if (!binding) {
        out.reasons.push_back(reason_of(binding.error()));
        return out;
    }
    out.binding = std::move(binding).value();
    out.reasons = violations(out.verdict, &*out.binding, policy, setting.time);
    for (const auto reason : violations(*out.binding, expectation_of(expected), setting.time)) {
        if (std::ranges::find(out.reasons, reason) == out.reasons.end()) {
            out.reasons.push_back(reason);
        }
    }
    if (fingerprint(bundle.type, measurement(out.verdict.claims)) != expected.fingerprint) {
        out.reasons.push_back(Reason::kBindFingerprintMismatch);
    }
    return out;
}

}  // namespace redoubt::attestation
