#include <primitives/crypto/hashing.hpp>

#include <primitives/crypto/initialise.hpp>
#include <primitives/crypto/openssl.hpp>
#include <primitives/result.hpp>

#include <sodium.h>
#include <xxhash.h>

namespace redoubt::crypto {
namespace {

template <std::size_t N>
FixedBytes<N> blake2b(ByteView input) {
    initialise();
    FixedBytes<N> out;
    // libsodium recommends digests of 16 bytes or more; its code takes any length from one byte on.
    const int done = crypto_generichash_blake2b(out.data(), N, input.data(), input.size(), nullptr, 0);
    REDOUBT_ASSERT(done == 0);
    return out;
}

template <std::size_t N>
FixedBytes<N> digest(const EVP_MD* algorithm, ByteView input) {
    FixedBytes<N> out;
    unsigned int size = 0;
    const int done = EVP_Digest(input.data(), input.size(), out.data(), &size, algorithm, nullptr);
    REDOUBT_ASSERT(done == 1 && size == N);
    return out;
}

template <std::size_t N>
FixedBytes<N> twox(ByteView input) {
    FixedBytes<N> out;
    for (std::size_t seed = 0; seed < N / 8; ++seed) {
        const std::uint64_t hash = XXH64(input.data(), input.size(), seed);
        for (std::size_t i = 0; i < 8; ++i) {
            out.bytes[8 * seed + i] = static_cast<std::uint8_t>(hash >> (8 * i));
        }
    }
    return out;
}

}  // namespace

FixedBytes<8> blake2b_64(ByteView input) {
    return blake2b<8>(input);
}

FixedBytes<16> blake2b_128(ByteView input) {
    return blake2b<16>(input);
}

Hash256 blake2b_256(ByteView input) {
    return blake2b<32>(input);
}

FixedBytes<64> blake2b_512(ByteView input) {
    return blake2b<64>(input);
}

FixedBytes<8> twox_64(ByteView input) {
    return twox<8>(input);
}

FixedBytes<16> twox_128(ByteView input) {
    return twox<16>(input);
}

FixedBytes<32> twox_256(ByteView input) {
    return twox<32>(input);
}

Hash256 sha2_256(ByteView input) {
    return digest<32>(detail::sha2_256_algorithm(), input);
}

FixedBytes<64> sha2_512(ByteView input) {
    return digest<64>(detail::sha2_512_algorithm(), input);
}

}  // namespace redoubt::crypto
