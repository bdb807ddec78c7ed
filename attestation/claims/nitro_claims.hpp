/// What an AWS Nitro attestation document says about an enclave. Plain data: nothing here was checked.
///
/// @source attestation.md, section 10
#pragma once

#include <attestation/verification_time.hpp>
#include <primitives/bytes.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace redoubt::attestation {

inline constexpr std::size_t kNitroPcrs = 32;
/// Registers of the image: the file, kernel and boot ramdisk, the application.
inline constexpr std::size_t kNitroImagePcrs = 3;
/// The register of the certificate that signed the image; zero when nobody did.
inline constexpr std::size_t kNitroSignerPcr = 8;

/// A platform configuration register, SHA-384.
using NitroPcr = FixedBytes<48>;

struct NitroClaims {
    std::string module_id;  ///< names instance and enclave
    std::uint64_t timestamp_ms = 0;
    /// By index; 0, 1 and 2 are the image, 3 the parent's role, 4 the parent instance, 8 the image's signer.
    std::array<std::optional<NitroPcr>, kNitroPcrs> pcrs;
    // What the enclave handed to the security module; nullopt where it handed nothing.
    std::optional<Bytes> public_key;
    std::optional<Bytes> user_data;
    std::optional<Bytes> nonce;

    /// An enclave in debug mode measures nothing: a register of the image is zero. One that is not in the
    /// document counts as such.
    [[nodiscard]] bool is_debug() const;
    /// SHA-384 over the three registers of the image. @return nullopt when one is not in the document
    [[nodiscard]] std::optional<FixedBytes<48>> image_digest() const;
    [[nodiscard]] VerificationTime made_at() const;
};

}  // namespace redoubt::attestation
