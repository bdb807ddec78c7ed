#include <primitives/crypto/kdf.hpp>

#include <primitives/crypto/initialise.hpp>

#include <sodium.h>

namespace redoubt::crypto {
namespace {

SecretBytes<32> hmac_sha256(ByteView key, ByteView first, ByteView second) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key.data(), key.size());
    crypto_auth_hmacsha256_update(&state, first.data(), first.size());
    crypto_auth_hmacsha256_update(&state, second.data(), second.size());
    SecretBytes<32> out;
    crypto_auth_hmacsha256_final(&state, out.expose_mut().data());
    sodium_memzero(&state, sizeof state);
    return out;
}

}  // namespace

SecretBytes<32> hkdf_sha256(ByteView secret, ByteView info) {
    initialise();
    constexpr std::array<std::uint8_t, 32> kNoSalt{};
    constexpr std::array<std::uint8_t, 1> kFirstBlock{1};
    const auto extracted = hmac_sha256(kNoSalt, secret, {});
    return hmac_sha256(extracted.expose(), info, kFirstBlock);
}

}  // namespace redoubt::crypto
