#include <attestation/public_key.hpp>

#include <attestation/digest_algorithms.hpp>
#include <attestation/reason.hpp>
#include <primitives/crypto/initialise.hpp>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <array>
#include <optional>
#include <string>

namespace redoubt::attestation {
namespace {

constexpr std::size_t kCoordinateBytesMax = 66;
constexpr std::size_t kRsaBitsMin = 2048;
constexpr std::size_t kRsaBitsMax = 4096;

using ParamBuilderHandle = std::unique_ptr<OSSL_PARAM_BLD, OpensslDeleter<OSSL_PARAM_BLD_free>>;
using ParamsHandle = std::unique_ptr<OSSL_PARAM, OpensslDeleter<OSSL_PARAM_free>>;
using NumberHandle = std::unique_ptr<BIGNUM, OpensslDeleter<BN_free>>;

constexpr std::array<std::uint8_t, 32> kOrderP256{
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
constexpr std::array<std::uint8_t, 48> kOrderP384{
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73};
constexpr std::array<std::uint8_t, 66> kOrderP521{
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa,
    0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b,
    0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09};

ByteView order_of(Curve curve) {
    switch (curve) {
        case Curve::kP256:
            return kOrderP256;
        case Curve::kP384:
            return kOrderP384;
        case Curve::kP521:
            return kOrderP521;
    }
    return kOrderP256;
}

const char* group_name(Curve curve) {
    switch (curve) {
        case Curve::kP256:
            return "P-256";
        case Curve::kP384:
            return "P-384";
        case Curve::kP521:
            return "P-521";
    }
    return "P-256";
}

/// 0 < number < order, both big-endian and of the same length.
bool is_scalar(ByteView number, ByteView order) {
    return std::ranges::any_of(number, [](std::uint8_t byte) { return byte != 0; }) &&
           std::ranges::lexicographical_compare(number, order);
}

/// An ASN.1 INTEGER of a positive number, appended to `out`.
void append_der_integer(Bytes& out, ByteView number) {
    while (number.size() > 1 && number.front() == 0) {
        number = number.subspan(1);
    }
    const bool needs_zero = (number.front() & 0x80U) != 0;
    out.push_back(0x02);
    out.push_back(static_cast<std::uint8_t>(number.size() + (needs_zero ? 1 : 0)));
    if (needs_zero) {
        out.push_back(0);
    }
    append(out, number);
}

/// r ++ s as the DER that OpenSSL reads.
Bytes to_der_signature(ByteView raw) {
    Bytes numbers;
    numbers.reserve(raw.size() + 8);
    append_der_integer(numbers, raw.first(raw.size() / 2));
    append_der_integer(numbers, raw.subspan(raw.size() / 2));
    Bytes out;
    out.reserve(numbers.size() + 3);
    out.push_back(0x30);
    if (numbers.size() >= 0x80) {
        out.push_back(0x81);
    }
    out.push_back(static_cast<std::uint8_t>(numbers.size()));
    append(out, numbers);
    return out;
}

KeyHandle key_of_params(const char* algorithm, OSSL_PARAM* params) {
    crypto::initialise();
    const KeyContextHandle context{EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr)};
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        ERR_clear_error();
        return nullptr;
    }
    return KeyHandle{key};
}

bool is_valid_key(EVP_PKEY* key) {
    const KeyContextHandle context{EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)};
    const bool is_valid = context && EVP_PKEY_public_check_quick(context.get()) == 1;
    ERR_clear_error();
    return is_valid;
}

NumberHandle number_of(ByteView big_endian) {
    return NumberHandle{BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr)};
}

bool is_pss(SignatureScheme scheme) {
    return scheme == SignatureScheme::kRsaPssSha256 || scheme == SignatureScheme::kRsaPssSha384 ||
           scheme == SignatureScheme::kRsaPssSha512;
}

}  // namespace

HashAlgorithm hash_of(SignatureScheme scheme) {
    switch (scheme) {
        case SignatureScheme::kEcdsaSha256:
        case SignatureScheme::kRsaPkcs1Sha256:
        case SignatureScheme::kRsaPssSha256:
            return HashAlgorithm::kSha256;
        case SignatureScheme::kEcdsaSha384:
        case SignatureScheme::kRsaPkcs1Sha384:
        case SignatureScheme::kRsaPssSha384:
            return HashAlgorithm::kSha384;
        case SignatureScheme::kEcdsaSha512:
        case SignatureScheme::kRsaPkcs1Sha512:
        case SignatureScheme::kRsaPssSha512:
            return HashAlgorithm::kSha512;
    }
    return HashAlgorithm::kSha256;
}

bool is_ecdsa(SignatureScheme scheme) {
    return scheme == SignatureScheme::kEcdsaSha256 || scheme == SignatureScheme::kEcdsaSha384 ||
           scheme == SignatureScheme::kEcdsaSha512;
}

std::size_t coordinate_bytes(Curve curve) {
    return order_of(curve).size();
}

namespace {

/// A key of the curve without a point: copying it is what OpenSSL does fastest to make another.
KeyHandle make_template_key(Curve curve) {
    std::string group = group_name(curve);
    std::string form = "uncompressed";
    std::array params{
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, form.data(),
                                         form.size()),
        OSSL_PARAM_construct_end()};
    crypto::initialise();
    const KeyContextHandle context{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
    EVP_PKEY* key = nullptr;
    REDOUBT_ASSERT(context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                   EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEY_PARAMETERS, params.data()) == 1);
    return KeyHandle{key};
}

const EVP_PKEY* template_key(Curve curve) {
    static const auto p256 = make_template_key(Curve::kP256);
    static const auto p384 = make_template_key(Curve::kP384);
    static const auto p521 = make_template_key(Curve::kP521);
    switch (curve) {
        case Curve::kP256:
            return p256.get();
        case Curve::kP384:
            return p384.get();
        case Curve::kP521:
            return p521.get();
    }
    return p256.get();
}

}  // namespace

Result<PublicKey> PublicKey::from_point(Curve curve, ByteView point) {
    if (point.size() != 2 * coordinate_bytes(curve)) {
        return Reason::kAttKeyInvalid;
    }
    std::array<std::uint8_t, 1 + 2 * kCoordinateBytesMax> encoded{0x04};
    std::ranges::copy(point, encoded.begin() + 1);
    PublicKey out;
    // OpenSSL declares the parameter without const and does not change it.
    out.key_ = KeyHandle{EVP_PKEY_dup(
        const_cast<EVP_PKEY*>(template_key(curve)))};  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    const bool is_set =
        out.key_ && EVP_PKEY_set1_encoded_public_key(out.key_.get(), encoded.data(), 1 + point.size()) == 1;
    if (!is_set || !is_valid_key(out.key_.get())) {
        ERR_clear_error();
        return Reason::kAttKeyInvalid;
    }
    out.is_ec_ = true;
    out.curve_ = curve;
    return out;
}

Result<PublicKey> PublicKey::from_rsa(ByteView modulus, ByteView exponent) {
    while (!modulus.empty() && modulus.front() == 0) {
        modulus = modulus.subspan(1);
    }
    if (modulus.size() * 8 < kRsaBitsMin || modulus.size() * 8 > kRsaBitsMax || (modulus.back() & 1U) == 0 ||
        exponent.empty() || exponent.size() > 4 || (exponent.back() & 1U) == 0) {
        return Reason::kMalformed;
    }
    const auto n = number_of(modulus);
    const auto e = number_of(exponent);
    const ParamBuilderHandle builder{OSSL_PARAM_BLD_new()};
    if (!n || !e || !builder || BN_is_one(e.get()) == 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
        ERR_clear_error();
        return Reason::kMalformed;
    }
    const ParamsHandle params{OSSL_PARAM_BLD_to_param(builder.get())};
    PublicKey out;
    out.key_ = params ? key_of_params("RSA", params.get()) : nullptr;
    if (!out.key_) {
        return Reason::kMalformed;
    }
    return out;
}

bool PublicKey::verify_ecdsa_raw(HashAlgorithm hash, ByteView message, ByteView signature) const {
    return verify_ecdsa_digest(digest(hash, {message}).view(), signature);
}

bool PublicKey::verify_ecdsa_digest(ByteView digest, ByteView signature) const {
    if (!is_ec_) {
        return false;
    }
    const auto order = order_of(curve_);
    if (signature.size() != 2 * order.size() || !is_scalar(signature.first(order.size()), order) ||
        !is_scalar(signature.subspan(order.size()), order)) {
        return false;
    }
    return verify_ecdsa_der(digest, to_der_signature(signature));
}

bool PublicKey::verify_ecdsa_der(ByteView digest, ByteView signature) const {
    const KeyContextHandle context{EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr)};
    const bool is_valid =
        context && EVP_PKEY_verify_init(context.get()) == 1 &&
        EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) == 1;
    ERR_clear_error();
    return is_valid;
}

bool PublicKey::verify_rsa(SignatureScheme scheme, ByteView message, ByteView signature) const {
    const auto* algorithm = digest_algorithm(hash_of(scheme));
    const auto hashed = digest(hash_of(scheme), {message});
    const KeyContextHandle context{EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr)};
    const int padding = is_pss(scheme) ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
    bool is_valid = context && EVP_PKEY_verify_init(context.get()) == 1 &&
                    EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) == 1 &&
                    EVP_PKEY_CTX_set_signature_md(context.get(), algorithm) == 1;
    if (is_valid && is_pss(scheme)) {
        is_valid = EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), algorithm) == 1 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    is_valid = is_valid && EVP_PKEY_verify(context.get(), signature.data(), signature.size(),
                                           hashed.view().data(), hashed.view().size()) == 1;
    ERR_clear_error();
    return is_valid;
}

bool PublicKey::verify(SignatureScheme scheme, ByteView message, ByteView signature) const {
    if (is_ecdsa(scheme) != is_ec_) {
        return false;
    }
    return is_ec_ ? verify_ecdsa_der(digest(hash_of(scheme), {message}).view(), signature)
                  : verify_rsa(scheme, message, signature);
}

}  // namespace redoubt::attestation
