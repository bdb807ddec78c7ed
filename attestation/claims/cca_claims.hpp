/// What an Arm CCA token says about a realm and its platform. Plain data: nothing here was checked.
///
/// @source attestation.md, section 11.1
#pragma once

#include <primitives/bytes.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace redoubt::attestation {

inline constexpr std::size_t kCcaExtensibleMeasurements = 4;

/// A piece of the platform's firmware.
struct CcaComponent {
    std::string type;  ///< empty where the token does not say
    std::string version;
    Bytes measurement;
    Bytes signer_id;
};

struct CcaPlatformClaims {
    std::string profile;
    Bytes challenge;  ///< the hash of the realm's key
    FixedBytes<32> implementation_id;
    FixedBytes<33> instance_id;  ///< identifies hardware: never logged
    Bytes configuration;
    std::uint16_t lifecycle = 0;
    std::vector<CcaComponent> components;
    std::string hash_algorithm;

    /// The only state in which a platform keeps what realms entrust to it.
    [[nodiscard]] bool is_secured() const { return (lifecycle & 0xff00U) == 0x3000; }
    [[nodiscard]] bool is_debug() const {
        const auto state = lifecycle & 0xff00U;
        return state == 0x4000 || state == 0x5000;
    }
};

struct CcaRealmClaims {
    std::optional<std::string> profile;  ///< older tokens state none
    FixedBytes<64> challenge;            ///< the report data
    FixedBytes<64> personalization;
    Bytes initial_measurement;
    /// Each as long as the initial one.
    std::array<Bytes, kCcaExtensibleMeasurements> extensible_measurements;
    std::string hash_algorithm;  ///< of the measurements
    Bytes key;                   ///< as the token carries it
    std::string key_hash_algorithm;
};

struct CcaClaims {
    CcaPlatformClaims platform;
    CcaRealmClaims realm;

    [[nodiscard]] bool is_debug() const { return platform.is_debug(); }
    /// SHA-384 over the initial measurement and the four extensible ones.
    [[nodiscard]] FixedBytes<48> realm_digest() const;
};

}  // namespace redoubt::attestation
