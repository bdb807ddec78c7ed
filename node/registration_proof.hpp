/// What the enclave is registered with: nothing (Skip), a quote with the collateral it is judged by (Dcap),
/// or a stored report of Intel's attestation service (Ias).
///
/// Evidence is judged here, with the attestation library, before anything is sent: what this worker would not
/// believe of others it does not ask the chain to believe. Nothing here speaks to the chain or the enclave.
///
/// @source integritee-wire.md, section 2.3; attestation.md, section 14.7
#pragma once

#include <attestation/trust_roots.hpp>
#include <boundary/messages.hpp>
#include <node/attestation_options.hpp>
#include <node/problem.hpp>
#include <primitives/bytes.hpp>

#include <cstdint>
#include <span>
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
};

/// Verifies a quote with each container in turn; the first that fits counts.
/// @param containers JSON (attestation/dcap/collateral.hpp)
/// @errors kChain: what was refused and why
[[nodiscard]] Outcome<RegistrationProof> check_quote(ByteView quote,
                                                     std::span<const std::string> containers,
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

/// The root that quotes have to lead to. @errors kUsage: the test root cannot be used
[[nodiscard]] Outcome<attestation::TrustRoots> roots_of(const AttestationOptions& options);

}  // namespace redoubt::node
