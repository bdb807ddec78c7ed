/// MultiSignature: a signature of one of Substrate's three account schemes, and its check.
///
/// @source light-client.md, sections 5.3, 5.8, 5.9, 5.10
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <variant>

namespace redoubt::crypto {

/// The schemes in the order of MultiSignature's variants.
enum class Scheme : std::uint8_t {
    kEd25519 = 0,
    kSr25519 = 1,
    kEcdsa = 2,
};

/// "ed25519", "sr25519" or "ecdsa".
[[nodiscard]] std::string_view scheme_name(Scheme scheme) noexcept;

struct Ed25519SignatureTag;
struct Sr25519SignatureTag;
struct EcdsaSignatureTag;
using Ed25519Signature = FixedBytes<64, Ed25519SignatureTag>;
using Sr25519Signature = FixedBytes<64, Sr25519SignatureTag>;
/// r (32, big-endian) ++ s (32, big-endian) ++ v.
using EcdsaSignature = FixedBytes<65, EcdsaSignatureTag>;

/// SCALE: 00 ++ 64 bytes | 01 ++ 64 bytes | 02 ++ 65 bytes.
struct MultiSignature {
    std::variant<Ed25519Signature, Sr25519Signature, EcdsaSignature> signature;

    [[nodiscard]] Scheme scheme() const noexcept { return static_cast<Scheme>(signature.index()); }
    /// The signature without the variant byte.
    [[nodiscard]] ByteView bytes() const noexcept {
        return std::visit([](const auto& fixed) { return fixed.view(); }, signature);
    }
    bool operator==(const MultiSignature&) const = default;

    static constexpr auto kScaleFields = std::tuple{&MultiSignature::signature};
};

/// True when `account` signed exactly `message`. sr25519 uses the context "substrate"; ECDSA signs the
/// BLAKE2b-256 of the message and, as on chain, accepts v of 27 and 28 and a high s.
[[nodiscard]] bool verify(const MultiSignature& signature, const AccountId& account, ByteView message);

/// The account of a public key: the key itself for ed25519 and sr25519 (32 bytes), BLAKE2b-256 of the
/// compressed key for ECDSA (33 bytes). Nothing else about the key is checked.
/// @pre the length fits the scheme
[[nodiscard]] AccountId account_id_of(Scheme scheme, ByteView public_key);

}  // namespace redoubt::crypto
