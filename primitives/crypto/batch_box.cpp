#include <primitives/crypto/batch_box.hpp>

#include <primitives/crypto/initialise.hpp>
#include <primitives/crypto/openssl.hpp>

#include <sodium.h>

#include <limits>

namespace redoubt::crypto {
namespace {

constexpr std::size_t kRandomBytes = 16;
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kTagBytes = 16;
static_assert(kRandomBytes + kNumberBytes + kTagBytes == kBatchBoxOverheadBytes);

using Nonce = std::array<std::uint8_t, 12>;

SecretBytes<32> batch_key(const SecretBytes<32>& key, std::span<const std::uint8_t, kRandomBytes> random) {
    static_assert(crypto_generichash_blake2b_SALTBYTES == kRandomBytes);
    constexpr std::string_view kPersonal = "redoubt/batch/v1";
    static_assert(kPersonal.size() == crypto_generichash_blake2b_PERSONALBYTES);
    SecretBytes<32> out;
    const int done = crypto_generichash_blake2b_salt_personal(
        out.expose_mut().data(), SecretBytes<32>::kSize, nullptr, 0, key.expose().data(),
        SecretBytes<32>::kSize, random.data(), bytes_of(kPersonal).data());
    REDOUBT_ASSERT(done == 0);
    return out;
}

int size_of(ByteView bytes) {
    REDOUBT_ASSERT(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
    return static_cast<int>(bytes.size());
}

detail::OpensslPtr<EVP_CIPHER_CTX> new_context() {
    detail::OpensslPtr<EVP_CIPHER_CTX> context{EVP_CIPHER_CTX_new()};
    REDOUBT_ASSERT(context != nullptr);
    return context;
}

}  // namespace

struct BatchSealer::Cipher {
    detail::OpensslPtr<EVP_CIPHER_CTX> context = new_context();
};

BatchSealer::BatchSealer(const SecretBytes<32>& key) : cipher_(std::make_unique<Cipher>()) {
    initialise();
    fill_random(random_);
    const auto own_key = batch_key(key, random_);
    const int done = EVP_EncryptInit_ex2(cipher_->context.get(), detail::aes_256_gcm(),
                                         own_key.expose().data(), nullptr, nullptr);
    REDOUBT_ASSERT(done == 1);
}

BatchSealer::~BatchSealer() = default;

void BatchSealer::append_box(Bytes& out, ByteView associated_data, ByteView plaintext) {
    // A key is good for 2^32 boxes.
    REDOUBT_ASSERT(count_ < std::numeric_limits<std::uint32_t>::max());
    Nonce nonce{};
    for (std::size_t i = 0; i < kNumberBytes; ++i) {
        nonce[i] = static_cast<std::uint8_t>(count_ >> (8 * i));
    }
    ++count_;
    const auto at = out.size();
    out.resize(at + kBatchBoxOverheadBytes + plaintext.size());
    auto* const number = std::ranges::copy(random_, out.data() + at).out;
    auto* const sealed = std::ranges::copy(std::span{nonce}.first<kNumberBytes>(), number).out;
    auto* const context = cipher_->context.get();
    int written = 0;
    const bool is_done =
        EVP_EncryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1 &&
        EVP_EncryptUpdate(context, nullptr, &written, associated_data.data(), size_of(associated_data)) ==
            1 &&
        EVP_EncryptUpdate(context, sealed, &written, plaintext.data(), size_of(plaintext)) == 1 &&
        EVP_EncryptFinal_ex(context, sealed + plaintext.size(), &written) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagBytes, sealed + plaintext.size()) == 1;
    REDOUBT_ASSERT(is_done);
}

Result<SecretBuffer> open_batch_box(const SecretBytes<32>& key, ByteView associated_data, ByteView box) {
    initialise();
    if (box.size() < kBatchBoxOverheadBytes) {
        return AeadError::kTooShort;
    }
    Nonce nonce{};
    std::ranges::copy(box.subspan(kRandomBytes, kNumberBytes), nonce.begin());
    const auto own_key = batch_key(key, box.first<kRandomBytes>());
    const auto sealed = box.subspan(kRandomBytes + kNumberBytes, box.size() - kBatchBoxOverheadBytes);
    // OpenSSL takes the tag through a pointer to what may change.
    std::array<std::uint8_t, kTagBytes> tag{};
    std::ranges::copy(box.last<kTagBytes>(), tag.begin());
    SecretBuffer out{sealed.size()};
    const auto context = new_context();
    int written = 0;
    const bool is_done =
        EVP_DecryptInit_ex2(context.get(), detail::aes_256_gcm(), own_key.expose().data(), nonce.data(),
                            nullptr) == 1 &&
        EVP_DecryptUpdate(context.get(), nullptr, &written, associated_data.data(),
                          size_of(associated_data)) == 1 &&
        EVP_DecryptUpdate(context.get(), out.expose_mut().data(), &written, sealed.data(), size_of(sealed)) ==
            1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1;
    REDOUBT_ASSERT(is_done);
    std::uint8_t nothing = 0;
    if (EVP_DecryptFinal_ex(context.get(), &nothing, &written) != 1) {
        return AeadError::kNotAuthentic;
    }
    return out;
}

}  // namespace redoubt::crypto
