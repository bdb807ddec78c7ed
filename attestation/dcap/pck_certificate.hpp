/// A platform's PCK certificate, verified up to the root. It is independent of any collateral and can be
/// kept: only its times and its revocation are checked again.
///
/// @source attestation.md, sections 5.2 to 5.5
#pragma once

#include <attestation/dcap/pck_extension.hpp>
#include <attestation/dcap/quote.hpp>
#include <attestation/dcap/verified_collateral.hpp>
#include <attestation/public_key.hpp>
#include <attestation/trust_roots.hpp>
#include <attestation/x509/certificate.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace redoubt::attestation::dcap {

/// Immutable; move-only.
class PckCertificate {
  public:
    /// Verifies the path leaf, PCK CA, root and its times.
    /// @param chain    leaf first; the root may be left out
    /// @param known_ca a CA verified under the same root, so that it need not be verified again; may be null
    /// @errors those of path_to_root and verify_path
    [[nodiscard]] static Result<PckCertificate> verify_chain(std::vector<x509::Certificate> chain,
                                                             const TrustRoots& roots,
                                                             const KnownCa* known_ca,
                                                             VerificationTime time);

    /// @errors kCertNotValidAtTime
    [[nodiscard]] Result<void> check_time(VerificationTime time) const;
    /// Neither the leaf nor its CA is on its issuer's list; the lists hold at `time`, the PCK list is this
    /// CA's.
    /// @errors kCrlMissing, kCrlSignatureInvalid, kCrlNotValidAtTime, kCertNotValidAtTime, kCertRevoked
    [[nodiscard]] Result<void> check_revocation(const VerifiedCollateral& collateral,
                                                VerificationTime time) const;
    /// The leaf is a PCK certificate; reads its extension and key.
    /// @errors kPckProfileInvalid, kPckExtensionInvalid
    [[nodiscard]] Result<void> check_profile();

    /// @pre check_profile succeeded
    [[nodiscard]] const PckExtension& extension() const { return extension_; }
    /// @pre check_profile succeeded
    [[nodiscard]] const PublicKey& key() const { return *key_; }
    /// When the first certificate of the path expires.
    [[nodiscard]] VerificationTime expiry() const;

  private:
    PckCertificate() = default;

    [[nodiscard]] const x509::Certificate& leaf() const { return chain_.front(); }
    [[nodiscard]] const x509::Certificate& ca() const { return chain_[1]; }

    std::vector<x509::Certificate> chain_;  ///< leaf and CA
    Validity root_validity_;
    PckExtension extension_;
    std::optional<PublicKey> key_;
};

/// Where the chain of a quote's PCK certificate comes from: the quote itself, or the collateral.
/// @param external PEM of the collateral; may be empty
/// @errors kPckChainMissing, kMalformed, kLimitExceeded
[[nodiscard]] Result<std::vector<x509::Certificate>> find_pck_chain(const Quote& quote,
                                                                    std::string_view external);

/// With a chain from outside of the quote: the certificate is the one that the quote's data names.
/// @errors kPckCertDataMismatch
[[nodiscard]] Result<void> check_certification_data(const Quote& quote, const PckExtension& extension);

/// Verified PCK certificates by the SHA-256 of what they were verified from, a bounded number. Not
/// thread-safe.
class PckCache {
  public:
    explicit PckCache(std::size_t entries_max) : entries_max_(entries_max) {}

    /// @param key hash over root, type and length of the quote's data, this data, and the chain from outside
    [[nodiscard]] std::shared_ptr<const PckCertificate> find(const Hash256& key) const;
    /// Takes the place of the oldest entry when the cache is full.
    void insert(const Hash256& key, std::shared_ptr<const PckCertificate> certificate);

  private:
    struct Entry {
        Hash256 key;
        std::shared_ptr<const PckCertificate> certificate;
    };
    std::size_t entries_max_;
    std::size_t next_ = 0;
    std::vector<Entry> entries_;
};

}  // namespace redoubt::attestation::dcap
