#include <primitives/crypto/aead.hpp>

#include <primitives/crypto/initialise.hpp>

#include <sodium.h>

namespace redoubt::crypto {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kNonceBytes + kTagBytes == kAeadOverheadBytes);

}  // namespace

std::string_view error_domain(AeadError) {
    return "sealed box";
}

std::string_view error_message(AeadError error) {
    switch (error) {
        case AeadError::kTooShort:
            return "the sealed bytes are shorter than an empty box";
        case AeadError::kNotAuthentic:
            return "the sealed bytes were not made with this key and context";
    }
    return "unknown sealed box error";
}

Bytes aead_seal(const SecretBytes<32>& key, ByteView associated_data, ByteView plaintext) {
    initialise();
    Bytes out(kAeadOverheadBytes + plaintext.size());
    randombytes_buf(out.data(), kNonceBytes);
    unsigned long long written = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        out.data() + kNonceBytes, &written, plaintext.data(), plaintext.size(), associated_data.data(),
        associated_data.size(), nullptr, out.data(), key.expose().data());
    REDOUBT_ASSERT(written == plaintext.size() + kTagBytes);
    return out;
}

Result<SecretBuffer> aead_open(const SecretBytes<32>& key, ByteView associated_data, ByteView sealed) {
    initialise();
    if (sealed.size() < kAeadOverheadBytes) {
        return AeadError::kTooShort;
    }
    const auto box = sealed.subspan(kNonceBytes);
    SecretBuffer out{sealed.size() - kAeadOverheadBytes};
    unsigned long long written = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out.expose_mut().data(), &written, nullptr, box.data(),
                                                   box.size(), associated_data.data(), associated_data.size(),
                                                   sealed.data(), key.expose().data()) != 0) {
        return AeadError::kNotAuthentic;
    }
    return out;
}

}  // namespace redoubt::crypto
