/// Which programs are accepted: by their measurement, or by who signed them.
///
/// @source attestation.md, section 14.4
#pragma once

#include <attestation/reason.hpp>
#include <attestation/verdict.hpp>
#include <attestation/verification_time.hpp>
#include <primitives/bytes.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace redoubt::attestation {

struct AllowedMeasurement {
    Bytes measurement;
    VerificationTime valid_from;
    std::optional<VerificationTime> valid_until;  ///< not allowed from this second on
};

/// A signer trusts all of its builds, past and future: name the lowest security version.
struct AllowedSigner {
    Hash256 mr_signer;
    std::uint16_t isv_prod_id = 0;
    std::uint16_t isv_svn_min = 0;
};

/// SHA-384 over the certificate that signed an image of AWS Nitro: its PCR8.
using NitroSigner = NitroPcr;

enum class MeasurementMode : std::uint8_t { kMeasurement, kSigner };

struct MeasurementRules {
    MeasurementMode mode = MeasurementMode::kMeasurement;
    std::vector<AllowedMeasurement> allowed;
    std::vector<Bytes> revoked;  ///< refused in either mode
    std::vector<AllowedSigner> signers;
    /// They trust all of their images: an image has no security version, so that `revoked` alone ends one.
    std::vector<NitroSigner> nitro_signers{};
};

/// What the rules are about: an enclave has a signer with product and version, an image of AWS Nitro may have
/// a signer, other kinds have a measurement only.
struct ProgramIdentity {
    Bytes measurement;
    std::optional<Hash256> mr_signer{};
    std::uint16_t isv_prod_id = 0;
    std::uint16_t isv_svn = 0;
    /// Absent for an image that nobody signed.
    std::optional<NitroSigner> nitro_signer{};
};
[[nodiscard]] ProgramIdentity program_identity(const Claims& claims);

/// The first rule that is violated. In signer mode a program without signer is kPolicySignerUnknown.
[[nodiscard]] std::optional<Reason> find_violation(const MeasurementRules& rules,
                                                   const ProgramIdentity& identity,
                                                   VerificationTime now);

}  // namespace redoubt::attestation
