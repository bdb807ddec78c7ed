/// What an SEV-SNP report says about a guest and its platform. Plain data: nothing here was checked.
///
/// @source attestation.md, sections 9.1 and 9.3
#pragma once

#include <primitives/byte_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace redoubt::attestation {

/// What the signature covers.
inline constexpr std::size_t kSnpSignedBytes = 0x2a0;

/// Bits of the guest policy.
inline constexpr std::uint64_t kSnpPolicyReservedOne = 1ULL << 17U;
inline constexpr std::uint64_t kSnpMigrateMa = 1ULL << 18U;
inline constexpr std::uint64_t kSnpDebug = 1ULL << 19U;
inline constexpr std::uint64_t kSnpPolicyReservedZero = ~((1ULL << 26U) - 1);
/// Bits of PLATFORM_INFO.
inline constexpr std::uint64_t kSnpPlatformSmt = 1;
inline constexpr std::uint64_t kSnpPlatformTsme = 1U << 1U;
inline constexpr std::uint64_t kSnpPlatformEcc = 1U << 2U;
inline constexpr std::uint64_t kSnpPlatformRaplDisabled = 1U << 3U;
inline constexpr std::uint64_t kSnpPlatformCiphertextHiding = 1U << 4U;
inline constexpr std::uint64_t kSnpPlatformAliasCheck = 1U << 5U;
inline constexpr std::uint64_t kSnpPlatformTio = 1U << 7U;
/// A bit of the key information: the key of the ID block was itself signed.
inline constexpr std::uint32_t kSnpAuthorKeyEnabled = 1;
/// The highest privilege level of a guest; a report that the host asked for has 0xffffffff.
inline constexpr std::uint32_t kSnpVmplMax = 3;

/// Product lines with a root of their own. The Genoa line has Bergamo and Siena.
enum class SnpProduct : std::uint8_t { kMilan, kGenoa, kTurin };
[[nodiscard]] std::string_view product_name(SnpProduct product);
/// @return nullopt for a name of none
[[nodiscard]] std::optional<SnpProduct> snp_product_named(std::string_view name);

/// Family, model and stepping of the processor, each with its extended part added.
struct SnpCpuid {
    std::uint8_t family = 0;
    std::uint8_t model = 0;
    std::uint8_t stepping = 0;
};
/// @return nullopt for a processor whose product line has no known root
[[nodiscard]] std::optional<SnpProduct> product_of(const SnpCpuid& cpuid);

/// A TCB_VERSION as the report holds it; what its bytes mean depends on the product.
using SnpTcb = FixedBytes<8>;

/// The security version numbers of a platform's firmware.
struct SnpSvns {
    std::uint8_t fmc = 0;  ///< Turin only
    std::uint8_t boot_loader = 0;
    std::uint8_t tee = 0;
    std::uint8_t snp = 0;
    std::uint8_t microcode = 0;

    bool operator==(const SnpSvns&) const = default;
    /// True when no component is lower. Two may each be lower than the other.
    [[nodiscard]] bool is_at_least(const SnpSvns& floor) const {
        return fmc >= floor.fmc && boot_loader >= floor.boot_loader && tee >= floor.tee && snp >= floor.snp &&
               microcode >= floor.microcode;
    }
};
[[nodiscard]] SnpSvns svns_of(const SnpTcb& tcb, SnpProduct product);

/// Which key signed: of the chip and its TCB, or one that AMD issued to a cloud provider.
enum class SnpSigningKey : std::uint8_t { kVcek = 0, kVlek = 1 };

/// The version of the interface is major and minor.
struct SnpFirmwareVersion {
    std::uint8_t build = 0;
    std::uint8_t minor = 0;
    std::uint8_t major = 0;

    bool operator==(const SnpFirmwareVersion&) const = default;
    [[nodiscard]] bool is_at_least(const SnpFirmwareVersion& floor) const {
        return std::tuple{major, minor, build} >= std::tuple{floor.major, floor.minor, floor.build};
    }
};

struct SnpClaims {
    std::uint32_t version = 0;
    std::uint32_t guest_svn = 0;
    std::uint64_t policy = 0;
    FixedBytes<16> family_id;
    FixedBytes<16> image_id;
    std::uint32_t vmpl = 0;
    SnpTcb current_tcb;
    std::uint64_t platform_info = 0;
    std::uint32_t key_info = 0;
    FixedBytes<64> report_data;
    FixedBytes<48> measurement;
    FixedBytes<32> host_data;
    FixedBytes<48> id_key_digest;
    FixedBytes<48> author_key_digest;
    FixedBytes<32> report_id;
    FixedBytes<32> report_id_ma;
    SnpTcb reported_tcb;            ///< the one that the signing key is derived from
    std::optional<SnpCpuid> cpuid;  ///< from version 3
    FixedBytes<64> chip_id;         ///< identifies hardware: never logged
    SnpTcb committed_tcb;
    SnpFirmwareVersion current_version;
    SnpFirmwareVersion committed_version;
    SnpTcb launch_tcb;
    std::optional<std::uint64_t> launch_mitigations;   ///< from version 5
    std::optional<std::uint64_t> current_mitigations;  ///< from version 5

    /// From the certificates; set when they are verified.
    SnpProduct product = SnpProduct::kMilan;
    std::string csp_id;  ///< whom the VLEK was issued to; empty for a VCEK

    [[nodiscard]] bool is_debug() const { return (policy & kSnpDebug) != 0; }
    [[nodiscard]] bool is_chip_key_masked() const { return (key_info & 2U) != 0; }
    /// The number of the key that signed; SnpSigningKey has those that exist.
    [[nodiscard]] std::uint32_t signing_key_number() const { return (key_info >> 2U) & 7U; }
    [[nodiscard]] SnpSigningKey signing_key() const {
        return signing_key_number() == 1 ? SnpSigningKey::kVlek : SnpSigningKey::kVcek;
    }
    [[nodiscard]] SnpSvns reported() const { return svns_of(reported_tcb, product); }
};

/// Reads the kSnpSignedBytes of a report. @errors DecodeError::kUnexpectedEnd
[[nodiscard]] Result<SnpClaims> read_snp_report_body(ByteCursor& in);

}  // namespace redoubt::attestation
