/// What produces evidence of one TEE. Which one there is, is decided when it is opened; there is no fallback
/// from one to another, and none to simulation.
///
/// @source attestation.md, section 12.5
#pragma once

#include <attestation/evidence_type.hpp>
#include <attestation/limits.hpp>
#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <span>

namespace redoubt::attestation::produce {

/// What a TEE gives at most for evidence, and for certificates beside it.
inline constexpr std::size_t kProducedBytesMax = kQuoteBytesMax;
inline constexpr std::size_t kEndorsementsBytesMax = 64 * 1024;

using ReportData = std::span<const std::uint8_t, 64>;

struct Evidence {
    EvidenceType type = EvidenceType::kSimulation;
    Bytes evidence;
    /// Certificates that the TEE's host gave with it; empty where there are none.
    Bytes endorsements;
    bool operator==(const Evidence&) const = default;
};

/// Blocking, and possibly for a second or longer. Not for several threads.
class Provider {
  public:
    virtual ~Provider() = default;

    [[nodiscard]] virtual EvidenceType type() const = 0;

    /// New evidence that vouches for `report_data`. It was parsed, its report data compared, and it is not of
    /// a debug TEE.
    /// @errors ProduceError
    [[nodiscard]] virtual Result<Evidence> generate(ReportData report_data) = 0;

    /// A secret that this program (or image) alone can derive on this platform.
    /// @errors ProduceError; kNoSealingKey where the TEE has none
    [[nodiscard]] virtual Result<crypto::SecretBytes<32>> sealing_key() = 0;
};

}  // namespace redoubt::attestation::produce
