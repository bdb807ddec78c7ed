/// Messages of the evidence that the enclave's TEE makes, for clients and for the registration.
///
/// Part of the list in messages.hpp, which is what is included elsewhere.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <cstdint>
#include <optional>
#include <tuple>

namespace redoubt::boundary {

/// Asks what has become of the evidence that clients wait for, and lets the next piece of it begin: the host
/// sends it from time to time while ClientEffects::evidence_waits is set, and so says how often the TEE is
/// asked. Answered with ClientEffects.
struct TakeEvidence {
    /// Advisory wall clock of the host, milliseconds since 1970: when the evidence was issued.
    std::uint64_t host_time_ms = 0;
    /// Nobody waits any longer: who asked is told that the TEE does not answer.
    bool give_up = false;
    /// What verifiers need beside the evidence, from now on: present when it changed, empty for nothing. The
    /// JSON object of an evidence bundle. Verifiers check it; the enclave only looks at its form.
    std::optional<Bytes> endorsements;
    static constexpr auto kScaleFields =
        std::tuple{&TakeEvidence::host_time_ms, &TakeEvidence::give_up, &TakeEvidence::endorsements};
    bool operator==(const TakeEvidence&) const = default;
};

/// Asks for evidence that the registry takes: it vouches for the worker's account in its first 32 bytes of
/// report data. Sent again, with the same nonce, until RegistrationEvidenceMade has it; another nonce begins
/// anew.
struct RegistrationEvidence {
    /// The hash of a recent finalized block, which the chain compares.
    Hash256 nonce;
    std::uint64_t host_time_ms = 0;
    static constexpr auto kScaleFields =
        std::tuple{&RegistrationEvidence::nonce, &RegistrationEvidence::host_time_ms};
    bool operator==(const RegistrationEvidence&) const = default;
};

/// Evidence of the TEE, and what it vouches for.
struct ProducedEvidence {
    /// The code of the type of evidence (attestation.md, section 1.3).
    std::uint16_t type = 0;
    Bytes evidence;
    /// Certificates that came with it, in the TEE's own form; empty where there are none.
    Bytes endorsements;
    /// The binding block, of the profile that the registry reads.
    Bytes binding_block;
    static constexpr auto kScaleFields =
        std::tuple{&ProducedEvidence::type, &ProducedEvidence::evidence, &ProducedEvidence::endorsements,
                   &ProducedEvidence::binding_block};
    bool operator==(const ProducedEvidence&) const = default;
};

/// Answers RegistrationEvidence.
struct RegistrationEvidenceMade {
    /// Absent while it is being made.
    std::optional<ProducedEvidence> evidence;
    /// Why the TEE gave none: a value of attestation::produce::ProduceError; 0 when it did not fail.
    std::uint32_t failure = 0;
    static constexpr auto kScaleFields =
        std::tuple{&RegistrationEvidenceMade::evidence, &RegistrationEvidenceMade::failure};
    bool operator==(const RegistrationEvidenceMade&) const = default;
};

}  // namespace redoubt::boundary
