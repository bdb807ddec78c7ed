#include <enclave/endpoint/endpoint_error.hpp>

namespace redoubt::enclave::endpoint {

std::string_view error_domain(EndpointError) {
    return "endpoint";
}

std::string_view error_message(EndpointError error) {
    switch (error) {
        case EndpointError::kBadKey:
            return "the endpoint's Ed25519 seed or P-256 scalar is no private key";
        case EndpointError::kTooManyNames:
            return "more names for the endpoint's certificates than allowed";
        case EndpointError::kBadName:
            return "a name for the endpoint's certificates is neither a DNS name nor an IP address";
        case EndpointError::kBadIdentity:
            return "the endpoint's part of the sealed identity cannot be read: it is of another release";
        case EndpointError::kCryptoLibrary:
            return "OpenSSL could not set the endpoint up";
        case EndpointError::kTooMuchEvidence:
            return "this connection has had enough of it: connect anew";
    }
    return "unknown endpoint error";
}

}  // namespace redoubt::enclave::endpoint
