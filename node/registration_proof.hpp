/// What the enclave is registered with: nothing (Skip), a quote with the collateral it is judged by (Dcap),
/// or a stored report of Intel's attestation service (Ias).
///
/// Evidence is judged here, with the attestation library, before anything is sent. What does not verify is
/// not sent, and that of a debug enclave by workers for development alone. A platform that is out of date may
/// be registered, with a warning: the chain records its status, and each verifier's policy decides. Nothing
/// here speaks to the chain or the enclave.
///
/// @source integritee-wire.md, section 2.3; attestation.md, section 14.7
#pragma once

#include <attestation/reason.hpp>
#include <attestation/trust_roots.hpp>
#include <boundary/messages.hpp>
#include <node/attestation_options.hpp>
#include <node/problem.hpp>
#include <primitives/bytes.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace redoubt::node {

/// Who is to be registered.
struct Registrant {
    AccountId account;
    Hash256 measurement;
};

/// A document that quotes are judged by, as the registry takes it.
struct CollateralDocument {
    boundary::CollateralKind kind = boundary::CollateralKind::kTcbInfo;
    Bytes document;
    Bytes signature;
    Bytes issuer_chain;
    std::uint64_t issued_ms = 0;
    std::uint64_t next_update_ms = 0;
};

/// Evidence that was verified, ready to be sent.
struct RegistrationProof {
    AttestationMethod method = AttestationMethod::kSkip;
    Bytes proof;
    /// Of a quote: the quoting enclave's identity, and TCB info.
    std::vector<CollateralDocument> collateral;
    FixedBytes<6> fmspc;  ///< of a quote: the family of platforms
    std::string status;   ///< of the platform
    /// When the first thing that the evidence rests upon expires; 0 without one.
    std::uint64_t expires_ms = 0;
    bool is_debug = false;
    /// What the operator can do about the platform, in whole sentences.
    std::vector<std::string> advice;
    /// What the production policy, which verifiers have by default, says against it.
    std::vector<attestation::Reason> violations;
};

/// Why this worker does not ask a chain to believe evidence that verifies: it is of a debug enclave. nullopt
/// when it does.
/// @param dev  a worker for development
[[nodiscard]] std::optional<Problem> evidence_obstacle(const RegistrationProof& proof, bool dev);

/// What the operator has to know of the platform, in one line: its status, who refuses it, what helps. Empty
/// for a platform that is up to date.
[[nodiscard]] std::string platform_warning(const RegistrationProof& proof);

/// Whether the options name a test root where none is taken.
/// @param takes_test_roots  this build does (has_test_roots())
/// @errors kUsage
[[nodiscard]] Outcome<> check_test_root(const AttestationOptions& options, bool takes_test_roots);

/// Gives one container after the other, JSON (attestation/dcap/collateral.hpp), or why it cannot be read;
/// nullopt after the last.
using ContainerSource = std::function<std::optional<Outcome<std::string>>()>;

/// Verifies a quote with each container in turn; the first that fits counts, and none is asked for after it.
/// @errors kChain: what was refused and why; those of the source
[[nodiscard]] Outcome<RegistrationProof> check_quote(ByteView quote,
                                                     const ContainerSource& next,
                                                     const Registrant& registrant,
                                                     std::uint64_t now_ms,
                                                     const attestation::TrustRoots& roots);

/// Verifies the report inside a worker's certificate. @errors as above
[[nodiscard]] Outcome<RegistrationProof> check_ias_certificate(ByteView certificate,
                                                               const Registrant& registrant,
                                                               std::uint64_t now_ms);

/// Verifies a quote with the collateral that the options name.
/// @errors kUsage: a file cannot be read or is too long; kChain: as above
[[nodiscard]] Outcome<RegistrationProof> prove_with_quote(const AttestationOptions& options,
                                                          ByteView quote,
                                                          const Registrant& registrant,
                                                          std::uint64_t now_ms);

/// The same with what the enclave's TEE made. @errors also kChain: it is no quote of SGX
[[nodiscard]] Outcome<RegistrationProof> prove_with_produced(const AttestationOptions& options,
                                                             const boundary::ProducedEvidence& produced,
                                                             const Registrant& registrant,
                                                             std::uint64_t now_ms);

/// Reads the files that the options name, and verifies what they hold.
/// @pre the method is not kSkip, and the options name evidence
/// @errors kUsage: a file cannot be read or is too long; kChain: as above
[[nodiscard]] Outcome<RegistrationProof> read_proof(const AttestationOptions& options,
                                                    const Registrant& registrant,
                                                    std::uint64_t now_ms);

}  // namespace redoubt::node
