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

AeadSealer::AeadSealer(const SecretBytes<32>& key) {
    initialise();
    static_assert(crypto_core_hchacha20_INPUTBYTES == sizeof random_);
    randombytes_buf(random_.data(), random_.size());
    const int done =
        crypto_core_hchacha20(derived_key_.expose_mut().data(), random_.data(), key.expose().data(), nullptr);
    REDOUBT_ASSERT(done == 0);
}

void AeadSealer::append_box(Bytes& out, ByteView associated_data, ByteView plaintext) {
    // XChaCha20-Poly1305 is the IETF's construction with the derived key, four zeros and the rest of the
    // nonce.
    std::array<std::uint8_t, crypto_aead_chacha20poly1305_ietf_NPUBBYTES> nonce{};
    for (std::size_t i = 0; i < sizeof count_; ++i) {
        nonce[4 + i] = static_cast<std::uint8_t>(count_ >> (8 * i));
    }
    ++count_;
    const auto at = out.size();
    out.resize(at + kAeadOverheadBytes + plaintext.size());
    auto* const box = std::ranges::copy(random_, out.data() + at).out;
    auto* const sealed = std::ranges::copy(std::span{nonce}.subspan(4), box).out;
    unsigned long long written = 0;
    crypto_aead_chacha20poly1305_ietf_encrypt(sealed, &written, plaintext.data(), plaintext.size(),
                                              associated_data.data(), associated_data.size(), nullptr,
                                              nonce.data(), derived_key_.expose().data());
    REDOUBT_ASSERT(written == plaintext.size() + kTagBytes);
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
