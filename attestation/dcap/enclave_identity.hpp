/// Enclave identities: which quoting enclaves Intel vouches for. Decoding does not verify the signature.
///
/// @source attestation.md, section 6.4
#pragma once

#include <attestation/claims/sgx_claims.hpp>
#include <attestation/dcap/level_state.hpp>
#include <attestation/reason.hpp>
#include <attestation/verification_time.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace redoubt::attestation::dcap {

enum class EnclaveRole : std::uint8_t { kQe, kTdQe, kQve };

struct EnclaveIdentity {
    EnclaveRole role = EnclaveRole::kQe;
    std::uint32_t version = 0;
    Validity validity;  ///< issueDate and nextUpdate
    std::uint32_t evaluation_data_number = 0;
    std::uint32_t misc_select = 0;
    std::uint32_t misc_select_mask = 0;
    FixedBytes<16> attributes;
    FixedBytes<16> attributes_mask;
    Hash256 mr_signer;
    std::uint16_t isv_prod_id = 0;
    std::vector<SvnLevel> levels;  ///< newest first, all different

    /// True when MISCSELECT and ATTRIBUTES under their masks, MRSIGNER and ISVPRODID are this enclave's.
    [[nodiscard]] bool matches(const SgxClaims& report) const;
};

/// @param text at most kJsonBytesMax, exactly one JSON object
/// @errors kLimitExceeded, kJsonMalformed, kJsonDuplicateMember, kCollateralMalformed
[[nodiscard]] Result<EnclaveIdentity> parse_enclave_identity(std::string_view text);

}  // namespace redoubt::attestation::dcap
