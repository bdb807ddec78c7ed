/// Public keys of evidence and certificates, and the signatures they verify. Keys are built from their raw
/// numbers; nothing here reads a file, a store or a configuration.
///
/// @source attestation.md, section 19
#pragma once

#include <attestation/digest.hpp>
#include <attestation/openssl_handles.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>

namespace redoubt::attestation {

enum class Curve : std::uint8_t { kP256, kP384, kP521 };

/// What a signature is made with. MD5 and SHA-1 do not exist here.
enum class SignatureScheme : std::uint8_t {
    kEcdsaSha256,
    kEcdsaSha384,
    kEcdsaSha512,
    kRsaPkcs1Sha256,
    kRsaPkcs1Sha384,
    kRsaPkcs1Sha512,
    kRsaPssSha256,  ///< MGF1 with the same digest, salt as long as the digest
    kRsaPssSha384,
    kRsaPssSha512,
};
[[nodiscard]] HashAlgorithm hash_of(SignatureScheme scheme);
[[nodiscard]] bool is_ecdsa(SignatureScheme scheme);

/// Bytes of one coordinate, and of r and s: 32, 48, 66.
[[nodiscard]] std::size_t coordinate_bytes(Curve curve);

/// A verification key of which OpenSSL has checked that it is one. Move-only.
class PublicKey {
  public:
    /// @param point x ++ y, big-endian, without the leading 04
    /// @errors Reason::kAttKeyInvalid: not a point of the curve, or infinity
    [[nodiscard]] static Result<PublicKey> from_point(Curve curve, ByteView point);
    /// @param modulus big-endian, 2048 to 4096 bits  @param exponent big-endian, odd, at most 32 bits
    /// @errors Reason::kMalformed
    [[nodiscard]] static Result<PublicKey> from_rsa(ByteView modulus, ByteView exponent);

    /// Verifies r ++ s, each big-endian and as long as a coordinate; 0 < r, s < order.
    [[nodiscard]] bool verify_ecdsa_raw(HashAlgorithm hash, ByteView message, ByteView signature) const;
    /// The same over a digest that the caller made.
    [[nodiscard]] bool verify_ecdsa_digest(ByteView digest, ByteView signature) const;
    /// Verifies a signature in the form that X.509 uses: DER for ECDSA, one number for RSA. False as well
    /// when the scheme is none of this key's.
    [[nodiscard]] bool verify(SignatureScheme scheme, ByteView message, ByteView signature) const;

    [[nodiscard]] bool is_ec(Curve curve) const { return is_ec_ && curve_ == curve; }
    [[nodiscard]] bool is_rsa() const { return !is_ec_; }

  private:
    PublicKey() = default;
    [[nodiscard]] bool verify_ecdsa_der(ByteView digest, ByteView signature) const;
    [[nodiscard]] bool verify_rsa(SignatureScheme scheme, ByteView message, ByteView signature) const;

    KeyHandle key_;
    bool is_ec_ = false;
    Curve curve_ = Curve::kP256;
};

}  // namespace redoubt::attestation
