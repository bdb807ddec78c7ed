#include <primitives/crypto/keyed_hash.hpp>

#include <primitives/crypto/initialise.hpp>
#include <primitives/result.hpp>

#include <sodium.h>

namespace redoubt::crypto {

FixedBytes<16> keyed_blake2b_128(const SecretBytes<32>& key, ByteView input) {
    initialise();
    FixedBytes<16> out;
    const auto secret = key.expose();
    const int done = crypto_generichash_blake2b(out.data(), FixedBytes<16>::kSize, input.data(), input.size(),
                                                secret.data(), secret.size());
    REDOUBT_ASSERT(done == 0);
    return out;
}

}  // namespace redoubt::crypto
