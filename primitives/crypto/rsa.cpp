#include <primitives/crypto/rsa.hpp>

#include <primitives/crypto/initialise.hpp>
#include <primitives/crypto/openssl.hpp>

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace redoubt::crypto {
namespace {

using detail::OpensslPtr;

constexpr int kRsaBits = 3072;
constexpr std::size_t kDerBytesMax = 4'096;

/// A failed call leaves entries in OpenSSL's error queue, which nobody reads.
std::error_code failed(RsaError error) {
    ERR_clear_error();
    return error;
}

bool is_shielding_key(const EVP_PKEY* key) {
    return EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) == kRsaBits;
}

/// A number of the public half, little-endian in exactly `bytes` bytes; empty when it is longer.
Bytes public_number(const EVP_PKEY* key, const char* name, std::size_t bytes) {
    BIGNUM* raw = nullptr;
    Bytes out(bytes);
    const int found = EVP_PKEY_get_bn_param(key, name, &raw);
    const OpensslPtr<BIGNUM> number{raw};
    if (found != 1 || BN_bn2lebinpad(number.get(), out.data(), static_cast<int>(bytes)) < 0) {
        return {};
    }
    return out;
}

/// A context for OAEP with SHA-256; nullptr when OpenSSL refuses the key.
OpensslPtr<EVP_PKEY_CTX> oaep_context(EVP_PKEY* key, int (*start)(EVP_PKEY_CTX*)) {
    OpensslPtr<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)};
    if (!context || start(context.get()) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), detail::sha2_256_algorithm()) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), detail::sha2_256_algorithm()) != 1) {
        return nullptr;
    }
    return context;
}

/// Reads the JSON of a key, and nothing else that is JSON.
class KeyJsonScanner {
  public:
    explicit KeyJsonScanner(std::string_view text) : rest_(text) {}

    /// Skips spaces, then the character; false when another one stands there.
    bool take(char expected) {
        skip_spaces();
        if (rest_.empty() || rest_.front() != expected) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    /// `"name":[…count numbers…]`
    bool take_member(char name, std::size_t count, Bytes& out) {
        if (!take('"') || !rest_.starts_with(name)) {
            return false;
        }
        rest_.remove_prefix(1);
        if (!rest_.starts_with('"')) {
            return false;
        }
        rest_.remove_prefix(1);
        if (!take(':') || !take('[')) {
            return false;
        }
        for (std::size_t i = 0; i < count; ++i) {
            if ((i > 0 && !take(',')) || !take_byte(out)) {
                return false;
            }
        }
        return take(']');
    }

    bool at_end() {
        skip_spaces();
        return rest_.empty();
    }

  private:
    void skip_spaces() {
        while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n' || rest_.front() == '\t' ||
                                  rest_.front() == '\r')) {
            rest_.remove_prefix(1);
        }
    }

    bool take_byte(Bytes& out) {
        skip_spaces();
        unsigned value = 0;
        std::size_t digits = 0;
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && digits < 4) {
            value = value * 10 + static_cast<unsigned>(rest_.front() - '0');
            rest_.remove_prefix(1);
            ++digits;
        }
        if (digits == 0 || value > 255) {
            return false;
        }
        out.push_back(static_cast<std::uint8_t>(value));
        return true;
    }

    std::string_view rest_;
};

void append_numbers(std::string& out, ByteView bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        out += i > 0 ? "," : "";
        out += std::to_string(bytes[i]);
    }
}

}  // namespace

std::string_view error_domain(RsaError) {
    return "shielding key";
}

std::string_view error_message(RsaError error) {
    switch (error) {
        case RsaError::kBadKey:
            return "this is no RSA-3072 key with an odd exponent of at most four bytes";
        case RsaError::kBadJson:
            return "this is no JSON of a shielding key";
        case RsaError::kBadLength:
            return "the ciphertext is no whole number of blocks";
        case RsaError::kTooManyBlocks:
            return "the ciphertext has too many blocks";
        case RsaError::kNotDecryptable:
            return "the ciphertext was not made for this key";
        case RsaError::kGenerationFailed:
            return "no RSA key could be made";
    }
    return "unknown shielding key error";
}

struct RsaPublicKey::Handle {
    OpensslPtr<EVP_PKEY> key;
    Bytes modulus_le;
    Bytes exponent_le;
};

RsaPublicKey::RsaPublicKey(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {
}

Result<RsaPublicKey> RsaPublicKey::from_le(ByteView modulus_le, ByteView exponent_le) {
    initialise();
    if (modulus_le.size() != kRsaModulusBytes || (modulus_le.back() & 0x80) == 0 ||
        (modulus_le[0] & 1) == 0 || exponent_le.empty() || exponent_le.size() > kRsaExponentBytes ||
        (exponent_le[0] & 1) == 0) {
        return RsaError::kBadKey;
    }
    Bytes exponent = to_bytes(exponent_le);
    exponent.resize(kRsaExponentBytes);
    if (exponent == Bytes{1, 0, 0, 0}) {
        return RsaError::kBadKey;
    }
    const OpensslPtr<BIGNUM> n{BN_lebin2bn(modulus_le.data(), kRsaModulusBytes, nullptr)};
    const OpensslPtr<BIGNUM> e{BN_lebin2bn(exponent.data(), kRsaExponentBytes, nullptr)};
    const OpensslPtr<OSSL_PARAM_BLD> builder{OSSL_PARAM_BLD_new()};
    const OpensslPtr<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr)};
    if (!n || !e || !builder || !context ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
        return failed(RsaError::kBadKey);
    }
    const OpensslPtr<OSSL_PARAM> params{OSSL_PARAM_BLD_to_param(builder.get())};
    EVP_PKEY* raw = nullptr;
    if (!params || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
        return failed(RsaError::kBadKey);
    }
    OpensslPtr<EVP_PKEY> key{raw};
    if (!is_shielding_key(key.get())) {
        return RsaError::kBadKey;
    }
    return RsaPublicKey{
        std::make_shared<const Handle>(Handle{std::move(key), to_bytes(modulus_le), std::move(exponent)})};
}

Result<RsaPublicKey> RsaPublicKey::from_json(std::string_view text) {
    KeyJsonScanner scanner{text};
    Bytes modulus;
    Bytes exponent;
    if (!scanner.take('{') || !scanner.take_member('n', kRsaModulusBytes, modulus) || !scanner.take(',') ||
        !scanner.take_member('e', kRsaExponentBytes, exponent) || !scanner.take('}') || !scanner.at_end()) {
        return RsaError::kBadJson;
    }
    return from_le(modulus, exponent);
}

Bytes RsaPublicKey::modulus_le() const {
    return handle_->modulus_le;
}

Bytes RsaPublicKey::exponent_le() const {
    return handle_->exponent_le;
}

std::string RsaPublicKey::to_json() const {
    std::string out = "{\"n\":[";
    append_numbers(out, handle_->modulus_le);
    out += "],\"e\":[";
    append_numbers(out, handle_->exponent_le);
    out += "]}";
    return out;
}

Result<Bytes> RsaPublicKey::spki_der() const {
    unsigned char* written = nullptr;
    const int size = i2d_PUBKEY(handle_->key.get(), &written);
    if (size <= 0) {
        return failed(RsaError::kBadKey);
    }
    Bytes out(written, written + size);
    OPENSSL_free(written);
    return out;
}

Result<Bytes> RsaPublicKey::encrypt_oaep(ByteView plaintext) const {
    const auto context = oaep_context(handle_->key.get(), EVP_PKEY_encrypt_init);
    if (!context) {
        return failed(RsaError::kBadKey);
    }
    Bytes out;
    do {
        const auto block = plaintext.first(std::min(plaintext.size(), kRsaPlaintextBlockBytes));
        const std::size_t start = out.size();
        out.resize(start + kRsaModulusBytes);
        std::size_t written = kRsaModulusBytes;
        if (EVP_PKEY_encrypt(context.get(), out.data() + start, &written, block.data(), block.size()) != 1 ||
            written != kRsaModulusBytes) {
            return failed(RsaError::kBadKey);
        }
        plaintext = plaintext.subspan(block.size());
    } while (!plaintext.empty());
    return out;
}

struct RsaKeyPair::Secret {
    OpensslPtr<EVP_PKEY> key;
};

RsaKeyPair::RsaKeyPair(std::unique_ptr<Secret> secret, RsaPublicKey public_key)
    : secret_(std::move(secret)), public_key_(std::move(public_key)) {
}
RsaKeyPair::RsaKeyPair(RsaKeyPair&&) noexcept = default;
RsaKeyPair& RsaKeyPair::operator=(RsaKeyPair&&) noexcept = default;
RsaKeyPair::~RsaKeyPair() = default;

Result<RsaKeyPair> RsaKeyPair::generate() {
    initialise();
    OpensslPtr<EVP_PKEY> key{EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(kRsaBits))};
    if (!key) {
        return failed(RsaError::kGenerationFailed);
    }
    BOOST_OUTCOME_TRY(
        auto public_key,
        RsaPublicKey::from_le(public_number(key.get(), OSSL_PKEY_PARAM_RSA_N, kRsaModulusBytes),
                              public_number(key.get(), OSSL_PKEY_PARAM_RSA_E, kRsaExponentBytes)));
    return RsaKeyPair{std::make_unique<Secret>(Secret{std::move(key)}), std::move(public_key)};
}

Result<RsaKeyPair> RsaKeyPair::from_private_der(ByteView der) {
    initialise();
    if (der.empty() || der.size() > kDerBytesMax) {
        return RsaError::kBadKey;
    }
    const unsigned char* position = der.data();
    OpensslPtr<EVP_PKEY> key{
        d2i_AutoPrivateKey_ex(nullptr, &position, static_cast<long>(der.size()), nullptr, nullptr)};
    if (!key || position != der.data() + der.size() || !is_shielding_key(key.get())) {
        return failed(RsaError::kBadKey);
    }
    BOOST_OUTCOME_TRY(
        auto public_key,
        RsaPublicKey::from_le(public_number(key.get(), OSSL_PKEY_PARAM_RSA_N, kRsaModulusBytes),
                              public_number(key.get(), OSSL_PKEY_PARAM_RSA_E, kRsaExponentBytes)));
    return RsaKeyPair{std::make_unique<Secret>(Secret{std::move(key)}), std::move(public_key)};
}

Result<SecretBuffer> RsaKeyPair::private_der() const {
    const int size = i2d_PrivateKey(secret_->key.get(), nullptr);
    if (size <= 0) {
        return failed(RsaError::kBadKey);
    }
    SecretBuffer out{static_cast<std::size_t>(size)};
    unsigned char* position = out.expose_mut().data();
    if (i2d_PrivateKey(secret_->key.get(), &position) != size) {
        return failed(RsaError::kBadKey);
    }
    return out;
}

Result<SecretBuffer> RsaKeyPair::decrypt_oaep(ByteView ciphertext, std::size_t blocks_max) const {
    Bytes padded;
    if (!ciphertext.empty() && ciphertext.size() < kRsaModulusBytes) {
        padded.resize(kRsaModulusBytes - ciphertext.size());
        append(padded, ciphertext);
        ciphertext = padded;
    }
    if (ciphertext.empty() || ciphertext.size() % kRsaModulusBytes != 0) {
        return RsaError::kBadLength;
    }
    const std::size_t blocks = ciphertext.size() / kRsaModulusBytes;
    if (blocks > blocks_max) {
        return RsaError::kTooManyBlocks;
    }
    const auto context = oaep_context(secret_->key.get(), EVP_PKEY_decrypt_init);
    if (!context) {
        return failed(RsaError::kNotDecryptable);
    }
    SecretBuffer out{blocks * kRsaModulusBytes};
    std::size_t out_bytes = 0;
    for (std::size_t i = 0; i < blocks; ++i) {
        std::size_t written = out.size() - out_bytes;
        if (EVP_PKEY_decrypt(context.get(), out.expose_mut().data() + out_bytes, &written,
                             ciphertext.data() + i * kRsaModulusBytes, kRsaModulusBytes) != 1) {
            return failed(RsaError::kNotDecryptable);
        }
        out_bytes += written;
    }
    out.truncate(out_bytes);
    return out;
}

}  // namespace redoubt::crypto
