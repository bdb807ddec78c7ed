/// What a TPM 2.0 quote says. Plain data: nothing here was checked.
///
/// @source attestation.md, section 11.3; TPM 2.0 Library part 2, sections 10.11 and 10.12
#pragma once

#include <primitives/bytes.hpp>

#include <cstdint>
#include <vector>

namespace redoubt::attestation {

/// The TPM's numbers of hash functions, which name banks of PCRs.
inline constexpr std::uint16_t kTpmSha256 = 0x000b;
inline constexpr std::uint16_t kTpmSha384 = 0x000c;
inline constexpr std::uint16_t kTpmSha512 = 0x000d;

/// Which registers of one bank a quote covers.
struct PcrSelection {
    std::uint16_t bank = kTpmSha256;
    std::uint32_t bitmap = 0;  ///< bit k for PCR k
    bool operator==(const PcrSelection&) const = default;
};

struct PcrValue {
    std::uint16_t bank = kTpmSha256;
    std::uint8_t index = 0;
    Bytes value;
    bool operator==(const PcrValue&) const = default;
};

struct TpmClaims {
    Bytes qualified_signer;  ///< the name of the key that signed, in its hierarchy
    Bytes extra_data;        ///< what the caller wanted to be signed: the challenge
    std::uint64_t clock_ms = 0;
    std::uint32_t reset_count = 0;    ///< resets of the TPM
    std::uint32_t restart_count = 0;  ///< resumes since then
    bool is_clock_safe = false;       ///< the clock never showed a later time
    std::uint64_t firmware_version = 0;
    std::vector<PcrSelection> selection;
    Bytes pcr_digest;
    std::vector<PcrValue> pcrs;  ///< the selected registers, in the order of the digest
};

}  // namespace redoubt::attestation
