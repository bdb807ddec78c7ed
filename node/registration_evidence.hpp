/// Evidence for the registration: asked for until the enclave has it, which takes as long as its TEE does.
#pragma once

#include <node/enclave_link.hpp>

#include <chrono>

namespace redoubt::node {

/// Longer than the enclave waits for its TEE.
inline constexpr std::chrono::seconds kEvidenceWaitMax{90};

/// Has the TEE vouch for the worker's account, as the registry reads it: the first 32 bytes of the report
/// data are the account, the others the SHA-256 of domain and binding block. The enclave goes on with
/// everything else meanwhile.
/// @param recent_block  the hash of a finalized block, which the chain compares with its own
/// @errors those of ChannelError; Refusal: kEvidenceFailed, kEvidenceGone, kOutOfOrder; what kept the
///         TEE from giving evidence: attestation::produce::ProduceError; std::errc::timed_out
[[nodiscard]] Task<Result<boundary::ProducedEvidence>> registration_evidence(EnclaveLinkPtr enclave,
                                                                             Hash256 recent_block);

}  // namespace redoubt::node
