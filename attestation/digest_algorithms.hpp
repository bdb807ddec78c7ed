/// OpenSSL's digest for each algorithm, fetched once. For the sources of this library only.
#pragma once

#include <attestation/digest.hpp>

#include <openssl/evp.h>

namespace redoubt::attestation {

[[nodiscard]] const EVP_MD* digest_algorithm(HashAlgorithm algorithm);

}  // namespace redoubt::attestation
