/// What simulated evidence (SIMATT) says about an enclave, and how it is laid out: for those who make it and
/// those who verify it. Plain data: nothing here was checked, and no hardware vouches for any of it.
///
/// @source attestation.md, section 15.1
#pragma once

#include <primitives/bytes.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace redoubt::attestation {

/// The whole of it, and the part that is signed.
inline constexpr std::size_t kSimEvidenceBytes = 252;
inline constexpr std::size_t kSimSignedBytes = 188;
inline constexpr std::array<std::uint8_t, 8> kSimMagic{'S', 'I', 'M', 'A', 'T', 'T', 0, 1};
inline constexpr std::uint16_t kSimType = 1;
inline constexpr std::uint16_t kSimDebug = 1;
/// What stands before the signed part when it is signed, with its zero byte.
inline constexpr std::string_view kSimSignatureDomain{"offchain-tee/sim-attestation/v1\0", 32};

/// The status of verified simulated evidence wherever one is told. It is none of TcbStatus.
inline constexpr std::string_view kSimStatus = "Simulated";

struct SimClaims {
    std::uint16_t flags = 0;
    Hash256 mr_enclave;
    Hash256 mr_signer;
    std::uint16_t isv_prod_id = 0;
    std::uint16_t isv_svn = 0;
    FixedBytes<64> report_data;
    std::uint64_t made_at_s = 0;  ///< Unix seconds, as its maker says
    FixedBytes<32> key;           ///< Ed25519

    [[nodiscard]] bool is_debug() const { return (flags & kSimDebug) != 0; }
};

}  // namespace redoubt::attestation
