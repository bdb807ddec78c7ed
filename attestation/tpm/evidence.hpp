/// A TPM's quote with what is needed to judge it, and how the parts travel as one: a map in CBOR with the
/// members `attest`, `signature` (TPMT_SIGNATURE) or `rsassa` (the bare number), and `pcrs`, a list of [bank,
/// index, value]. TPMs have no such container of their own.
///
/// @source attestation.md, section 11.3
#pragma once

#include <attestation/cbor/cbor_reader.hpp>
#include <attestation/claims/tpm_claims.hpp>
#include <attestation/tpm/signature.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <vector>

namespace redoubt::attestation::tpm {

inline constexpr std::size_t kAttestBytesMax = 1024;
inline constexpr std::size_t kPcrValuesMax = 128;

struct Evidence {
    Bytes attest;  ///< TPMS_ATTEST, as it was signed
    Signature signature;
    /// Values of registers; those that the quote does not cover count for nothing.
    std::vector<PcrValue> pcrs;
};

/// @errors kTpmMalformed
[[nodiscard]] Result<Evidence> read_evidence(ByteView bytes);
/// Reads the map as the next item of a larger one. @errors kTpmMalformed
[[nodiscard]] Result<Evidence> read_evidence(cbor::Reader& in);

}  // namespace redoubt::attestation::tpm
