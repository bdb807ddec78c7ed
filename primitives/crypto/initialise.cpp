#include <primitives/crypto/initialise.hpp>

#include <primitives/crypto/openssl.hpp>
#include <primitives/result.hpp>

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sodium.h>

namespace redoubt::crypto {
namespace {

bool initialise_once() {
    REDOUBT_ASSERT(sodium_init() >= 0);
    REDOUBT_ASSERT(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1);
    // The first use seeds OpenSSL's generators, the public one and the one for secrets.
    unsigned char byte = 0;
    REDOUBT_ASSERT(RAND_bytes(&byte, 1) == 1);
    REDOUBT_ASSERT(RAND_priv_bytes(&byte, 1) == 1);
    detail::fetch_openssl_algorithms();
    return true;
}

}  // namespace

void initialise() {
    static const bool done = initialise_once();
    static_cast<void>(done);
}

}  // namespace redoubt::crypto
