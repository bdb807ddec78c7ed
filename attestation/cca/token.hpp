/// Arm CCA tokens: two signed sets of claims, the platform's and the realm's. No signature is verified here.
///
/// @source attestation.md, section 11.1
#pragma once

#include <attestation/cbor/cose_sign1.hpp>
#include <attestation/claims/cca_claims.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::attestation::cca {

/// A decoded token. The views point into the input.
struct Token {
    CcaClaims claims;
    cose::Sign1 platform;
    cose::Sign1 realm;
};

/// Claims that have no meaning here are passed over, as everywhere with CBOR web tokens.
/// @param bytes exactly one token, in the older collection (tag 399) or the newer one (tag 907)
/// @errors kCcaMalformed, kCcaAlgUnsupported
[[nodiscard]] Result<Token> parse_token(ByteView bytes);

/// The realm's attestation key: a point of P-384, uncompressed or as a COSE_Key.
/// @param carried as the claim holds it
/// @errors kCcaRakInvalid
[[nodiscard]] Result<PublicKey> read_realm_key(ByteView carried);

/// The algorithm with this name in a token. @return nullopt for a name of none
[[nodiscard]] std::optional<HashAlgorithm> hash_named(std::string_view name);

}  // namespace redoubt::attestation::cca
