/// What an SGX report says about an enclave. The same structure stands in quotes, in reports of quoting
/// enclaves and in those of the attestation service. Plain data: nothing here was checked.
///
/// @source attestation.md, sections 2.1 and 2.2
#pragma once

#include <primitives/byte_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>

namespace redoubt::attestation {

inline constexpr std::size_t kSgxReportBodyBytes = 384;

inline constexpr std::uint64_t kSgxDebug = 1U << 1U;
inline constexpr std::uint64_t kSgxProvisionKey = 1U << 4U;

struct SgxClaims {
    FixedBytes<16> cpu_svn;
    std::uint32_t misc_select = 0;
    FixedBytes<16> isv_ext_prod_id;
    std::uint64_t flags = 0;  ///< first half of ATTRIBUTES
    std::uint64_t xfrm = 0;   ///< second half of ATTRIBUTES
    Hash256 mr_enclave;
    Hash256 mr_signer;
    FixedBytes<64> config_id;
    std::uint16_t isv_prod_id = 0;
    std::uint16_t isv_svn = 0;
    std::uint16_t config_svn = 0;
    FixedBytes<16> isv_family_id;
    FixedBytes<64> report_data;
    /// True when reserved bytes are set: fields of a later kind, covered by the signature.
    bool has_unknown_fields = false;

    [[nodiscard]] bool is_debug() const { return (flags & kSgxDebug) != 0; }
    /// ATTRIBUTES as its 16 bytes.
    [[nodiscard]] FixedBytes<16> attributes() const;
};

/// Reads 384 bytes. @errors DecodeError::kUnexpectedEnd
[[nodiscard]] Result<SgxClaims> read_sgx_report_body(ByteCursor& in);

}  // namespace redoubt::attestation
