/// Why keys and signatures are refused, for the three signature schemes.
#pragma once

#include <primitives/result.hpp>

namespace redoubt::crypto {

enum class KeyError : int {
    kBadSecretKey = 1,  ///< zero, out of range or of the wrong length
    kBadPublicKey,      ///< no canonical encoding of a point, or the identity
    kBadSignature,      ///< the signature has the wrong length or form
    kSoftNotSupported,  ///< soft derivation exists for sr25519 only
};
[[nodiscard]] std::string_view error_domain(KeyError);
[[nodiscard]] std::string_view error_message(KeyError);
REDOUBT_ERROR_DOMAIN(KeyError)

}  // namespace redoubt::crypto

template <>
struct std::is_error_code_enum<redoubt::crypto::KeyError> : std::true_type {};
