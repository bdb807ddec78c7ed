/// Evidence of a worker, asked for over its own connection with a fresh nonce and judged before anything
/// secret is sent: appraised, allowed by the user's policy, bound to the keys that the registry and the
/// connection show, and of the program that is registered.
#pragma once

#include <attestation/bundle/bundle.hpp>
#include <memory>
#include <string>
#include <tools/wallet/context.hpp>
#include <tools/wallet/evidence_verification.hpp>
#include <tools/wallet/worker.hpp>

namespace redoubt::wallet {

struct JudgedWorker {
    attestation::Bundle bundle;
    /// Also whether it fits registry and connection.
    EvidenceVerification verification;
    /// The key that the evidence was compared with.
    crypto::RsaPublicKey shielding_key;
};

/// @errors worker_without_evidence; those of Worker
[[nodiscard]] Task<Fallible<JudgedWorker>> judge_worker(Context& context,
                                                        ChainClientPtr chain,
                                                        WorkerPtr worker,
                                                        Hash256 shard);

/// Warns when the chain node's word is all there is on which program the worker runs.
void warn_if_program_unrestricted(Context& context, const JudgedWorker& worker);

/// What can be done about the first reason against a worker. @pre its verification is not accepted
[[nodiscard]] std::string remedy_for(const JudgedWorker& worker);

/// Why this worker is not trusted. @pre its verification is not accepted
[[nodiscard]] Failure distrusted(const JudgedWorker& worker, const std::string& url);

/// {"type", "hardware", "accepted", "reasons", …} of a judged worker.
[[nodiscard]] Json summary_json(const JudgedWorker& worker);

/// The key that signed simulated evidence, of which nothing else is known; nullopt for other evidence.
[[nodiscard]] std::optional<FixedBytes<32>> simulation_key(const attestation::Bundle& bundle);

}  // namespace redoubt::wallet
