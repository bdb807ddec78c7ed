#include <primitives/crypto/ed25519.hpp>

#include <primitives/crypto/edwards25519.hpp>
#include <primitives/crypto/initialise.hpp>

#include <sodium.h>

namespace redoubt::crypto::ed25519 {

std::array<std::uint8_t, 32> challenge(ByteView commitment, ByteView public_key, ByteView message) {
    initialise();
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    for (const auto part : {commitment, public_key, message}) {
        crypto_hash_sha512_update(&state, part.data(), part.size());
    }
    std::array<std::uint8_t, 64> wide{};
    crypto_hash_sha512_final(&state, wide.data());
    std::array<std::uint8_t, 32> out{};
    crypto_core_ed25519_scalar_reduce(out.data(), wide.data());
    return out;
}

SecretKey SecretKey::from_seed(const SecretBytes<32>& seed) {
    initialise();
    SecretKey out;
    crypto_sign_seed_keypair(out.public_key_.data(), out.seed_and_public_.expose_mut().data(),
                             seed.expose().data());
    return out;
}

Ed25519Signature SecretKey::sign(ByteView message) const {
    Ed25519Signature out;
    crypto_sign_detached(out.data(), nullptr, message.data(), message.size(),
                         seed_and_public_.expose().data());
    return out;
}

bool verify(ByteView public_key, ByteView message, ByteView signature) {
    if (public_key.size() != 32 || signature.size() != 64) {
        return false;
    }
    const auto commitment = signature.first<32>();
    const auto s = signature.last<32>();
    if (!detail::is_canonical_scalar(s)) {
        return false;
    }
    const auto key_point = detail::decode_edwards_zip215(public_key.first<32>());
    const auto commitment_point = detail::decode_edwards_zip215(commitment);
    if (!key_point || !commitment_point) {
        return false;
    }
    // 8 * (s B - c A - R) is the identity.
    const auto c = challenge(commitment, public_key, message);
    return detail::is_small_order(detail::signature_residue(s, c, *key_point, *commitment_point));
}

}  // namespace redoubt::crypto::ed25519
