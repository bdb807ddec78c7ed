/// What each reason for a refusal says of a program that asks for trust: which claim of the trustworthiness
/// vector it concerns, and what that claim can be at best.
///
/// @source attestation.md, section 16; draft-ietf-rats-ar4si
#pragma once

#include <attestation/reason.hpp>
#include <cstdint>

namespace redoubt::wallet {

inline constexpr int kClaimVerifierFailed = -1;
inline constexpr int kClaimNotUnderstood = 1;
inline constexpr int kClaimAffirming = 2;
inline constexpr int kClaimWarning = 32;
inline constexpr int kClaimUnrecognised = 33;
inline constexpr int kClaimContraindicated = 96;
inline constexpr int kClaimUnknownOrUnbound = 97;
inline constexpr int kClaimCryptographyFailed = 99;

enum class TrustClaim : std::uint8_t { kHardware, kInstanceIdentity, kExecutables, kConfiguration };

struct TrustFinding {
    TrustClaim claim = TrustClaim::kHardware;
    int value = kClaimContraindicated;

    bool operator==(const TrustFinding&) const = default;
};

[[nodiscard]] TrustFinding finding_of(attestation::Reason reason);

/// The one of two values of a claim that says the worse: a warning or worse by its size; else a verifier that
/// failed or did not understand, because it does not know; else a statement before none.
[[nodiscard]] int worse_claim(int one, int other);

}  // namespace redoubt::wallet
