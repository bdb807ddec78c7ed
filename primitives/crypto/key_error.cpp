#include <primitives/crypto/key_error.hpp>

namespace redoubt::crypto {

std::string_view error_domain(KeyError) {
    return "key";
}

std::string_view error_message(KeyError error) {
    switch (error) {
        case KeyError::kBadSecretKey:
            return "the secret key is malformed or out of range";
        case KeyError::kBadPublicKey:
            return "the public key encodes no usable point";
        case KeyError::kBadSignature:
            return "the signature is malformed or recovers no key";
        case KeyError::kSoftNotSupported:
            return "soft junctions exist for sr25519 only";
    }
    return "unknown key error";
}

}  // namespace redoubt::crypto
