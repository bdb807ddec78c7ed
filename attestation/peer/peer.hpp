/// Judges the evidence of a worker that is about to be trusted with a secret: appraised, bound to the keys
/// that it uses and to the question that was asked, allowed by the policy, and of the program that the
/// registry names.
///
/// @source attestation.md, sections 13.3 and 14
#pragma once

#include <attestation/appraisal/appraisal.hpp>
#include <attestation/binding/binding_block.hpp>
#include <attestation/bundle/bundle.hpp>
#include <attestation/policy/policy.hpp>
#include <attestation/reason.hpp>
#include <attestation/verdict.hpp>
#include <primitives/bytes.hpp>

#include <optional>
#include <vector>

namespace redoubt::attestation {

/// The role that a worker states in its binding block.
inline constexpr std::string_view kWorkerRole = "worker";

/// What is known of the worker from elsewhere.
struct ExpectedWorker {
    Hash256 genesis_hash;
    Hash256 shard;
    /// The registered account: the enclave's Ed25519 signing key, and the key of its TLS certificate for
    /// those who know the account.
    AccountId account;
    /// SHA-256 of the SubjectPublicKeyInfo of the other certificate, when the connection showed that one.
    std::optional<Hash256> tls_key_sha256{};
    /// Under which the program is registered.
    Hash256 fingerprint;
    /// SubjectPublicKeyInfo in DER of the RSA key that calls would be encrypted to.
    Bytes shielding_key;
    /// Made at random for this question.
    Bytes nonce;
};

struct PeerJudgement {
    Verdict verdict;
    /// What the evidence vouches for; absent when it is refused or does not vouch for the block.
    std::optional<BindingBlock> binding;
    /// Everything that speaks against the worker, each once; empty when it may be trusted.
    std::vector<Reason> reasons;

    [[nodiscard]] bool is_trusted() const { return reasons.empty(); }
};

/// @param setting  how the evidence is appraised; the grace is taken from the policy
[[nodiscard]] PeerJudgement judge_worker(const Bundle& bundle,
                                         const ExpectedWorker& expected,
                                         const Policy& policy,
                                         AppraisalSetting setting);

}  // namespace redoubt::attestation
