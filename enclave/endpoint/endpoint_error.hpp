/// Why an endpoint cannot be made, and what it does not do for a client. What clients do wrong is answered to
/// them and is no error here.
#pragma once

#include <primitives/result.hpp>

#include <string_view>

namespace redoubt::enclave::endpoint {

enum class EndpointError : int {
    kBadKey = 1,       ///< the Ed25519 seed or P-256 scalar is no private key
    kTooManyNames,     ///< more than kTlsNamesMax names for the certificates
    kBadName,          ///< a name is neither a DNS name nor an IP address
    kBadIdentity,      ///< the endpoint's part of the sealed identity is of another release
    kCryptoLibrary,    ///< OpenSSL refused a step that does not depend on input
    kTooMuchEvidence,  ///< a connection has had kEvidencePerConnectionMax pieces of evidence
};
[[nodiscard]] std::string_view error_domain(EndpointError);
[[nodiscard]] std::string_view error_message(EndpointError);
REDOUBT_ERROR_DOMAIN(EndpointError)

}  // namespace redoubt::enclave::endpoint

template <>
struct std::is_error_code_enum<redoubt::enclave::endpoint::EndpointError> : std::true_type {};
