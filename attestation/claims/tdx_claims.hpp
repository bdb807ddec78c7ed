/// What a TDX quote says about a trust domain (TD). Plain data: nothing here was checked.
///
/// @source attestation.md, section 4.1
#pragma once

#include <primitives/byte_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace redoubt::attestation {

inline constexpr std::size_t kTdReport10Bytes = 584;
inline constexpr std::size_t kTdReport15Bytes = 648;

/// Bits of TDATTRIBUTES.
inline constexpr std::uint64_t kTdDebug = 1;
inline constexpr std::uint64_t kTdSeptVeDisable = 1ULL << 28U;
inline constexpr std::uint64_t kTdMigratable = 1ULL << 29U;

/// A SHA-384 register of a TD.
struct TdRegisterTag;
using TdRegister = FixedBytes<48, TdRegisterTag>;

/// Fields that reports of version 1.5 add: the module that runs now, and what is bound to the TD.
struct TdServiceClaims {
    FixedBytes<16> tee_tcb_svn2;
    TdRegister mr_service_td;
};

struct TdxClaims {
    FixedBytes<16> tee_tcb_svn;
    TdRegister mr_seam;
    TdRegister mr_signer_seam;
    std::uint64_t seam_attributes = 0;
    std::uint64_t td_attributes = 0;
    std::uint64_t xfam = 0;
    TdRegister mr_td;
    TdRegister mr_config_id;
    TdRegister mr_owner;
    TdRegister mr_owner_config;
    std::array<TdRegister, 4> rtmr;
    FixedBytes<64> report_data;
    std::optional<TdServiceClaims> service;  ///< version 1.5 only

    [[nodiscard]] bool is_debug() const { return (td_attributes & kTdDebug) != 0; }
};

/// Parts that a quote's body and a TD's own report share: of the module TEE_TCB_SVN to SEAMATTRIBUTES, of the
/// TD TDATTRIBUTES to RTMR3. @errors DecodeError::kUnexpectedEnd
[[nodiscard]] Result<void> read_td_module(ByteCursor& in, TdxClaims& out);
[[nodiscard]] Result<void> read_td_registers(ByteCursor& in, TdxClaims& out);
/// Reads 584 bytes. @errors DecodeError::kUnexpectedEnd
[[nodiscard]] Result<TdxClaims> read_td_report_10(ByteCursor& in);
/// Reads 648 bytes. @errors DecodeError::kUnexpectedEnd
[[nodiscard]] Result<TdxClaims> read_td_report_15(ByteCursor& in);

}  // namespace redoubt::attestation
