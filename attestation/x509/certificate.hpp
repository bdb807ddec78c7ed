/// X.509 certificates, decoded strictly and without OpenSSL's parser: every byte is accounted for, and a
/// certificate is judged by its own rules only, never by a store.
///
/// @source RFC 5280, attestation.md section 5
#pragma once

#include <attestation/public_key.hpp>
#include <attestation/reason.hpp>
#include <attestation/verification_time.hpp>
#include <attestation/x509/algorithm.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <optional>
#include <vector>

namespace redoubt::attestation::x509 {

/// Bits of keyUsage, the first bit being the highest of the first byte.
inline constexpr std::uint16_t kDigitalSignature = 0x8000;
inline constexpr std::uint16_t kKeyCertSign = 0x0400;
inline constexpr std::uint16_t kCrlSign = 0x0200;

struct Extension {
    ByteView oid;
    bool is_critical = false;
    ByteView value;  ///< content of the OCTET STRING
};

/// Owns its bytes; all views point into them and stay valid when the object is moved. Move-only.
class Certificate {
  public:
    /// @param bytes exactly one certificate, at most kCertificateBytesMax
    /// @errors kMalformed, kLimitExceeded
    [[nodiscard]] static Result<Certificate> decode(Bytes bytes);
    /// A certificate that a peer made for itself, around its evidence.
    /// @param bytes exactly one certificate, at most kRaTlsCertificateBytesMax
    /// @errors kMalformed, kLimitExceeded
    [[nodiscard]] static Result<Certificate> decode_of_peer(Bytes bytes);

    Certificate(Certificate&&) noexcept = default;
    Certificate& operator=(Certificate&&) noexcept = default;
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;
    ~Certificate() = default;

    [[nodiscard]] ByteView bytes() const { return bytes_; }
    /// The serial number as in the INTEGER: compared within one issuer only.
    [[nodiscard]] ByteView serial() const { return serial_; }
    [[nodiscard]] ByteView issuer() const { return issuer_; }
    [[nodiscard]] ByteView subject() const { return subject_; }
    [[nodiscard]] const Validity& validity() const { return validity_; }
    /// The SubjectPublicKeyInfo, tag included.
    [[nodiscard]] ByteView public_key_info() const { return public_key_info_; }
    /// Builds the key. @errors kMalformed
    [[nodiscard]] Result<PublicKey> public_key() const;
    [[nodiscard]] SignatureScheme signature_scheme() const { return scheme_; }
    /// True when `issuer_key` made the signature of this certificate.
    [[nodiscard]] bool is_signed_by(const PublicKey& issuer_key) const;

    [[nodiscard]] bool is_ca() const { return is_ca_; }
    /// How many CAs may stand between this one and the leaf. @return nullopt without a limit
    [[nodiscard]] std::optional<std::uint64_t> path_length() const { return path_length_; }
    /// True when keyUsage is present and has all of these bits.
    [[nodiscard]] bool has_key_usage(std::uint16_t bits) const;
    [[nodiscard]] bool states_key_usage() const { return key_usage_.has_value(); }
    /// True when an extension is critical and is neither basicConstraints nor keyUsage.
    [[nodiscard]] bool has_unknown_critical_extension() const;
    [[nodiscard]] const std::vector<Extension>& extensions() const { return extensions_; }
    /// The value of the extension with these OID octets; nullopt when there is none.
    /// @errors kMalformed: there are several
    [[nodiscard]] Result<std::optional<ByteView>> find_extension(ByteView oid) const;

  private:
    Certificate() = default;
    [[nodiscard]] Result<void> decode_body(Origin origin);
    [[nodiscard]] Result<void> decode_extensions(ByteView list);

    Bytes bytes_;
    ByteView body_;
    ByteView signature_;
    SignatureScheme scheme_ = SignatureScheme::kEcdsaSha256;
    ByteView serial_;
    ByteView issuer_;
    ByteView subject_;
    Validity validity_;
    ByteView public_key_info_;
    std::vector<Extension> extensions_;
    bool is_ca_ = false;
    std::optional<std::uint64_t> path_length_;
    std::optional<std::uint16_t> key_usage_;
};

/// Reads a list of extensions, the content of the SEQUENCE, which is not empty.
/// @errors kMalformed, kLimitExceeded
[[nodiscard]] Result<std::vector<Extension>> read_extensions(ByteView list);

}  // namespace redoubt::attestation::x509
