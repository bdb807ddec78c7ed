#include <primitives/crypto/secret.hpp>

#include <primitives/crypto/constant_time.hpp>
#include <primitives/crypto/initialise.hpp>
#include <primitives/crypto/random.hpp>

#include <sodium.h>

namespace redoubt::crypto {

void wipe(std::span<std::uint8_t> memory) noexcept {
    sodium_memzero(memory.data(), memory.size());
}

void fill_random(std::span<std::uint8_t> out) {
    initialise();
    randombytes_buf(out.data(), out.size());
}

bool constant_time_equal(ByteView a, ByteView b) noexcept {
    return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace redoubt::crypto
