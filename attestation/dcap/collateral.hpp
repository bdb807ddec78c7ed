/// The documents that a DCAP verification needs besides the quote, as they were fetched. Nothing is verified.
///
/// @source attestation.md, section 6.1
#pragma once

#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <string>
#include <string_view>

namespace redoubt::attestation::dcap {

/// A document with what it takes to check it. The text is exactly what was signed.
struct SignedText {
    std::string text;
    FixedBytes<64> signature;
    std::string issuer_chain;  ///< PEM: signer, and the root when the service sends it
};

struct Collateral {
    SignedText tcb_info;
    SignedText qe_identity;
    Bytes root_ca_crl;                  ///< DER, hexadecimal DER or PEM
    Bytes pck_crl;                      ///< the same, of the CA that issued the platform's certificate
    std::string pck_crl_issuer_chain;   ///< PEM; may be empty
    std::string pck_certificate_chain;  ///< PEM, for quotes that hold no chain; may be empty
};

/// Reads the container: a JSON object with these names; the signatures and lists as hexadecimal digits.
/// @errors kLimitExceeded, kJsonMalformed, kJsonDuplicateMember, kCollateralMalformed; kCollateralMissing:
/// TCB
///   info, identity or a part of them is not there. A revocation list may be missing: its check fails then.
[[nodiscard]] Result<Collateral> parse_collateral(std::string_view json);

}  // namespace redoubt::attestation::dcap
