/// Intel's ECDSA quotes, versions 3, 4 and 5, for SGX enclaves and trust domains (TDX): what stands where.
/// Nothing is verified here.
///
/// @source attestation.md, sections 3 and 4
#pragma once

#include <attestation/claims/sgx_claims.hpp>
#include <attestation/claims/tdx_claims.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <optional>
#include <variant>

namespace redoubt::attestation::dcap {

enum class Tee : std::uint8_t { kSgx, kTdx };

/// How the quote says which PCK key vouches for the quoting enclave.
enum class CertificationType : std::uint16_t {
    kPlainPpid = 1,
    kEncryptedPpid2048 = 2,
    kEncryptedPpid3072 = 3,
    kPckLeaf = 4,
    kPckChain = 5,
};

/// A decoded quote. All views point into the input.
struct Quote {
    std::uint16_t version = 0;
    Tee tee = Tee::kSgx;
    FixedBytes<16> qe_id;  ///< identifies the platform's quoting enclave; zero on some clouds
    std::variant<SgxClaims, TdxClaims> body;

    ByteView signed_bytes;     ///< header and body: what the attestation key signs
    ByteView signature;        ///< r ++ s
    ByteView attestation_key;  ///< x ++ y
    ByteView qe_report;        ///< 384 bytes: what the PCK key signs
    SgxClaims qe_claims;
    ByteView qe_report_signature;
    ByteView qe_auth;
    CertificationType certification_type = CertificationType::kPckChain;
    ByteView certification_data;
    std::uint32_t auth_bytes = 0;    ///< the announced length of everything after the body
    std::size_t trailing_bytes = 0;  ///< zeros that a transport left behind the quote

    [[nodiscard]] const TdxClaims* td() const { return std::get_if<TdxClaims>(&body); }
};

/// Decodes a quote completely. Zeros may follow it, other bytes may not.
/// @param bytes at most kQuoteBytesMax
/// @errors kLimitExceeded, kQuoteTruncated, kQuoteVersionUnsupported, kAttKeyTypeUnsupported,
///   kQuoteBodyInvalid, kQeVendorUnknown, kQuoteMalformed, kCertDataTypeUnsupported, kQuoteTrailingData
[[nodiscard]] Result<Quote> parse_quote(ByteView bytes);

/// Certification data of the types 1 to 3: which PCK certificate to look up.
struct PlatformTcb {
    std::optional<FixedBytes<16>> ppid;  ///< type 1 only
    FixedBytes<16> cpu_svn;
    std::uint16_t pce_svn = 0;
    FixedBytes<2> pce_id;
};
/// @pre the quote's certification type is one of the first three, which parse_quote gives its exact length
[[nodiscard]] PlatformTcb read_platform_tcb(const Quote& quote);

}  // namespace redoubt::attestation::dcap
