/// The 32 bytes by which a shard names the program that carries it, from what evidence says.
///
/// @source docs/adr/0027-what-a-tee-seals-with.md
#pragma once

#include <attestation/evidence_type.hpp>
#include <primitives/bytes.hpp>

#include <optional>

namespace redoubt::attestation {

/// MRENCLAVE itself for SGX; for other hardware a digest of type and measurement.
/// @param measurement  as attestation::measurement() gives it
/// @return nullopt for a measurement that the type does not have
[[nodiscard]] std::optional<Hash256> fingerprint(EvidenceType type, ByteView measurement);

}  // namespace redoubt::attestation
