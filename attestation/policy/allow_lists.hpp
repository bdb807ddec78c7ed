/// Lists of what a TEE may consist of besides one measurement: registers of a TD, a realm or a Nitro enclave,
/// the pieces of a platform's firmware, who made a guest. Each list is one of alternatives; what an entry
/// does not set is not compared.
///
/// @source attestation.md, sections 9.4, 11.1 and 14.4
#pragma once

#include <attestation/claims/cca_claims.hpp>
#include <attestation/claims/nitro_claims.hpp>
#include <attestation/claims/snp_claims.hpp>
#include <attestation/claims/tdx_claims.hpp>
#include <primitives/bytes.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace redoubt::attestation {

struct AllowedTd {
    TdRegister mr_td;
    std::array<std::optional<TdRegister>, 4> rtmr{};
};
[[nodiscard]] bool is_allowed(const TdxClaims& claims, const std::vector<AllowedTd>& list);

struct AllowedRealm {
    Bytes initial_measurement;
    std::array<std::optional<Bytes>, kCcaExtensibleMeasurements> extensible_measurements{};
    std::optional<FixedBytes<64>> personalization{};
};
[[nodiscard]] bool is_allowed(const CcaRealmClaims& claims, const std::vector<AllowedRealm>& list);

/// A piece of firmware of an Arm CCA platform.
struct AllowedComponent {
    Bytes measurement;
    std::optional<Bytes> signer_id{};
    std::optional<std::string> type{};
    std::optional<std::string> version{};
};
/// Whether each piece is on the list. One that the platform does not report is not missed: the piece that
/// started it is on the list, and known to measure what it starts.
[[nodiscard]] bool is_allowed(const CcaPlatformClaims& claims, const std::vector<AllowedComponent>& list);

/// A register of a Nitro enclave with the values that it may have.
struct AllowedNitroPcr {
    std::uint8_t index = 0;  ///< below kNitroPcrs
    std::vector<NitroPcr> values;
};
/// A register that the document does not have has none of its values.
[[nodiscard]] bool has_allowed_value(const NitroClaims& claims, const AllowedNitroPcr& allowed);

/// What an SEV-SNP guest has to show beside its measurement; nullopt takes any.
struct SnpGuestRules {
    /// The launch policy of the guest, bit by bit.
    std::optional<std::uint64_t> guest_policy{};
    /// SHA-384 of the keys that may have signed the guest's ID block.
    std::optional<std::vector<FixedBytes<48>>> id_keys{};
    /// The same for the keys that signed those; a guest without such a key has none of them.
    std::optional<std::vector<FixedBytes<48>>> author_keys{};
    /// Bits of PLATFORM_INFO that have to be set.
    std::uint64_t platform_info = 0;
    /// Providers whose VLEK is taken. A VCEK belongs to the chip and names no provider.
    std::optional<std::vector<std::string>> csp_ids{};
};

}  // namespace redoubt::attestation
