/// Certificate revocation lists. A list is decoded in one pass and searched without an index: it may hold
/// 100,000 entries, and a verification asks for a few serial numbers.
///
/// @source RFC 5280 section 5, attestation.md section 5.3
#pragma once

#include <attestation/public_key.hpp>
#include <attestation/reason.hpp>
#include <attestation/verification_time.hpp>
#include <attestation/x509/certificate.hpp>
#include <attestation/x509/list_number.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation::x509 {

/// Owns its bytes; move-only. Only complete lists of one issuer exist here: delta lists, indirect lists and
/// unknown critical extensions are refused.
class RevocationList {
  public:
    /// @param bytes DER
    /// @errors kCrlMalformed, kLimitExceeded
    [[nodiscard]] static Result<RevocationList> decode(Bytes bytes);
    /// Takes DER, DER as hexadecimal digits, or PEM. An empty input is no list.
    /// @errors those of decode
    [[nodiscard]] static Result<RevocationList> decode_any(ByteView input);

    RevocationList(RevocationList&&) noexcept = default;
    RevocationList& operator=(RevocationList&&) noexcept = default;
    RevocationList(const RevocationList&) = delete;
    RevocationList& operator=(const RevocationList&) = delete;
    ~RevocationList() = default;

    [[nodiscard]] ByteView bytes() const { return bytes_; }
    [[nodiscard]] ByteView issuer() const { return issuer_; }
    /// thisUpdate and nextUpdate.
    [[nodiscard]] const Validity& validity() const { return validity_; }
    /// The CRL number as in the INTEGER.
    [[nodiscard]] ByteView number() const { return number_; }
    [[nodiscard]] ListNumber list_number() const;
    [[nodiscard]] std::size_t entry_count() const { return entry_count_; }
    [[nodiscard]] bool is_signed_by(const PublicKey& issuer_key) const;
    /// True when the serial number, as in the certificate's INTEGER, is on the list.
    [[nodiscard]] bool lists(ByteView serial) const;

  private:
    RevocationList() = default;
    [[nodiscard]] Result<void> decode_body();
    [[nodiscard]] Result<void> check_entries();
    [[nodiscard]] Result<void> decode_extensions(ByteView list);

    Bytes bytes_;
    ByteView body_;
    ByteView signature_;
    SignatureScheme scheme_ = SignatureScheme::kEcdsaSha256;
    ByteView issuer_;
    Validity validity_;
    ByteView entries_;
    std::size_t entry_count_ = 0;
    ByteView number_;
};

}  // namespace redoubt::attestation::x509
