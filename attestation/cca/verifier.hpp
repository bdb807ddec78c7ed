/// Verification of Arm CCA tokens with the endorsed keys of platforms.
///
/// There is no root for all platforms: who makes one endorses its key. So the keys are trusted as they are,
/// and come from the verifier's own setting, never with the evidence.
///
/// @source attestation.md, section 11.1
#pragma once

#include <attestation/claims/cca_claims.hpp>
#include <attestation/verdict.hpp>
#include <primitives/bytes.hpp>

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace redoubt::attestation::cca {

/// The checks, in order.
inline constexpr std::array<std::string_view, 5> kChecks{
    "token_format", "realm_key", "platform_signature", "realm_signature", "binding",
};

/// An endorsed key (CPAK) and the platforms that it may speak for.
struct PlatformKey {
    Bytes public_key_info;  ///< SubjectPublicKeyInfo as DER
    /// nullopt for any.
    std::optional<FixedBytes<32>> implementation_id{};
    std::optional<FixedBytes<33>> instance_id{};
};

/// What one verification takes besides the token.
struct Setting {
    VerificationTime time;
    /// Outlives the call.
    std::span<const PlatformKey> platform_keys;
};

/// Verifies a token. The verdict's nonce and report data are the realm's challenge; a token states no time.
[[nodiscard]] Verdict verify_token(ByteView token, const Setting& setting);

}  // namespace redoubt::attestation::cca
