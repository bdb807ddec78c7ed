/// The SGX extension of a PCK certificate: the platform's identity and the security versions of its parts.
///
/// Interpret it inside a PCK leaf that chains to Intel's root only: the same OID carries other things
/// elsewhere.
///
/// @source attestation.md, section 5.4
#pragma once

#include <attestation/reason.hpp>
#include <attestation/verdict.hpp>
#include <attestation/x509/certificate.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace redoubt::attestation::dcap {

struct PckExtension {
    FixedBytes<16> ppid;  ///< identifies the hardware: never log or publish it
    std::array<std::uint8_t, 16> sgx_components{};
    std::uint16_t pce_svn = 0;
    FixedBytes<16> cpu_svn;
    FixedBytes<2> pce_id;
    FixedBytes<6> fmspc;
    SgxType sgx_type = SgxType::kStandard;
    // Leaves of the Platform CA only.
    std::optional<bool> is_dynamic;
    std::optional<bool> has_cached_keys;
    std::optional<bool> has_smt;
};

/// @errors kPckExtensionInvalid: none or several, a member missing, doubled or of a wrong kind
[[nodiscard]] Result<PckExtension> read_pck_extension(const x509::Certificate& leaf);
/// The same from the extension's value. @errors kPckExtensionInvalid
[[nodiscard]] Result<PckExtension> parse_pck_extension(ByteView value);

}  // namespace redoubt::attestation::dcap
