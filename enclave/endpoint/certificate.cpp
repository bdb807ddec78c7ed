#include <enclave/endpoint/certificate.hpp>

#include <enclave/endpoint/limits.hpp>
#include <enclave/endpoint/tls_keys.hpp>
#include <primitives/crypto/hashing.hpp>

#include <openssl/core_names.h>

#include <algorithm>
#include <string_view>

namespace redoubt::enclave::endpoint {
namespace {

using BignumHandle = std::unique_ptr<BIGNUM, OpensslDeleter<BN_clear_free>>;
using GroupHandle = std::unique_ptr<EC_GROUP, OpensslDeleter<EC_GROUP_free>>;
using PointHandle = std::unique_ptr<EC_POINT, OpensslDeleter<EC_POINT_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, OpensslDeleter<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, OpensslDeleter<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, OpensslDeleter<EVP_PKEY_CTX_free>>;
using GeneralNames = std::unique_ptr<GENERAL_NAMES, OpensslDeleter<GENERAL_NAMES_free>>;
using GeneralName = std::unique_ptr<GENERAL_NAME, OpensslDeleter<GENERAL_NAME_free>>;
using Ia5String = std::unique_ptr<ASN1_IA5STRING, OpensslDeleter<ASN1_IA5STRING_free>>;
using OctetString = std::unique_ptr<ASN1_OCTET_STRING, OpensslDeleter<ASN1_OCTET_STRING_free>>;
using BasicConstraints = std::unique_ptr<BASIC_CONSTRAINTS, OpensslDeleter<BASIC_CONSTRAINTS_free>>;
using BitString = std::unique_ptr<ASN1_BIT_STRING, OpensslDeleter<ASN1_BIT_STRING_free>>;

constexpr int kX509Version3 = 2;
constexpr int kSerialBytes = 16;
constexpr int kKeyUsageDigitalSignatureBit = 0;
constexpr int kReplaceNothing = 0;

void free_extended_key_usage(EXTENDED_KEY_USAGE* usage) {
    sk_ASN1_OBJECT_pop_free(usage, ASN1_OBJECT_free);
}
using ExtendedKeyUsage = std::unique_ptr<EXTENDED_KEY_USAGE, OpensslDeleter<free_extended_key_usage>>;

bool is_dns_name(std::string_view name) {
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.' || c == '*';
    };
    return !name.empty() && name.size() <= kTlsNameBytesMax && std::ranges::all_of(name, is_allowed) &&
           name.front() != '.' && name.find("..") == std::string_view::npos;
}

Result<GeneralName> dns_name(std::string_view name) {
    Ia5String text{ASN1_IA5STRING_new()};
    GeneralName entry{GENERAL_NAME_new()};
    if (!text || !entry || ASN1_STRING_set(text.get(), name.data(), static_cast<int>(name.size())) != 1) {
        return EndpointError::kCryptoLibrary;
    }
    GENERAL_NAME_set0_value(entry.get(), GEN_DNS, text.release());
    return entry;
}

Result<GeneralName> alternative_name(const std::string& name) {
    if (name.size() > kTlsNameBytesMax || name.find('\0') != std::string::npos) {
        return EndpointError::kBadName;
    }
    if (OctetString address{a2i_IPADDRESS(name.c_str())}; address) {
        GeneralName entry{GENERAL_NAME_new()};
        if (!entry) {
            return EndpointError::kCryptoLibrary;
        }
        GENERAL_NAME_set0_value(entry.get(), GEN_IPADD, address.release());
        return entry;
    }
    if (!is_dns_name(name)) {
        return EndpointError::kBadName;
    }
    return dns_name(name);
}

Result<GeneralNames> alternative_names(std::span<const std::string> names) {
    if (names.size() > kTlsNamesMax) {
        return EndpointError::kTooManyNames;
    }
    GeneralNames out{sk_GENERAL_NAME_new_null()};
    if (!out) {
        return EndpointError::kCryptoLibrary;
    }
    const auto push = [&out](GeneralName entry) {
        return sk_GENERAL_NAME_push(out.get(), entry.get()) > 0 ? (entry.release(), true) : false;
    };
    BOOST_OUTCOME_TRY(auto enclave, dns_name("Enclave"));
    if (!push(std::move(enclave))) {
        return EndpointError::kCryptoLibrary;
    }
    for (const auto& name : names) {
        BOOST_OUTCOME_TRY(auto entry, alternative_name(name));
        if (!push(std::move(entry))) {
            return EndpointError::kCryptoLibrary;
        }
    }
    return out;
}

bool add_name_entry(X509_NAME* name, const char* field, std::string_view text) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()), -1, 0) == 1;
}

/// Not a certificate authority, signs handshakes, authenticates a server.
bool add_usage(X509* certificate) {
    BasicConstraints constraints{BASIC_CONSTRAINTS_new()};
    BitString usage{ASN1_BIT_STRING_new()};
    ExtendedKeyUsage extended{sk_ASN1_OBJECT_new_null()};
    return constraints && usage && extended &&
           ASN1_BIT_STRING_set_bit(usage.get(), kKeyUsageDigitalSignatureBit, 1) == 1 &&
           sk_ASN1_OBJECT_push(extended.get(), OBJ_nid2obj(NID_server_auth)) > 0 &&
           X509_add1_ext_i2d(certificate, NID_basic_constraints, constraints.get(), 1, kReplaceNothing) ==
               1 &&
           X509_add1_ext_i2d(certificate, NID_key_usage, usage.get(), 1, kReplaceNothing) == 1 &&
           X509_add1_ext_i2d(certificate, NID_ext_key_usage, extended.get(), 0, kReplaceNothing) == 1;
}

bool set_validity(X509* certificate) {
    return ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), "20200101000000Z") == 1 &&
           ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), "40960101000000Z") == 1;
}

Result<Bytes> encode_spki(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (size <= 0) {
        return EndpointError::kCryptoLibrary;
    }
    Bytes out{der, der + size};
    OPENSSL_free(der);
    return out;
}

/// A serial number that is the same for the same key: the first bytes of the key's hash, made positive.
bool set_serial(X509* certificate) {
    const auto hash = spki_sha256(certificate);
    if (!hash) {
        return false;
    }
    auto bytes = hash.value().bytes;
    bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x3f) | 0x40);
    const BignumHandle number{BN_bin2bn(bytes.data(), kSerialBytes, nullptr)};
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

}  // namespace

Result<PrivateKey> make_ed25519_key(const crypto::SecretBytes<32>& seed) {
    PrivateKey key{
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.expose().data(), seed.expose().size())};
    if (!key) {
        return EndpointError::kBadKey;
    }
    return key;
}

Result<PrivateKey> make_p256_key(const crypto::SecretBytes<32>& scalar) {
    if (!is_p256_scalar(scalar.expose())) {
        return EndpointError::kBadKey;
    }
    const BignumHandle secret{BN_secure_new()};
    const GroupHandle group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
    if (!secret || !group || BN_bin2bn(scalar.expose().data(), 32, secret.get()) == nullptr) {
        return EndpointError::kCryptoLibrary;
    }
    BN_set_flags(secret.get(), BN_FLG_CONSTTIME);
    const PointHandle point{EC_POINT_new(group.get())};
    std::array<unsigned char, 65> encoded{};
    if (!point || EC_POINT_mul(group.get(), point.get(), secret.get(), nullptr, nullptr, nullptr) != 1 ||
        EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                           encoded.size(), nullptr) != encoded.size()) {
        return EndpointError::kCryptoLibrary;
    }
    const ParamBuilder builder{OSSL_PARAM_BLD_new()};
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1, 0) !=
            1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, encoded.data(),
                                         encoded.size()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get()) != 1) {
        return EndpointError::kCryptoLibrary;
    }
    const Params params{OSSL_PARAM_BLD_to_param(builder.get())};
    const KeyContext context{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.get()) != 1) {
        return EndpointError::kCryptoLibrary;
    }
    return PrivateKey{key};
}

Result<X509Handle> make_certificate(EVP_PKEY* key, const CertificateSubject& subject) {
    BOOST_OUTCOME_TRY(const auto names, alternative_names(subject.names));
    X509Handle certificate{X509_new()};
    if (!certificate || X509_set_version(certificate.get(), kX509Version3) != 1 ||
        X509_set_pubkey(certificate.get(), key) != 1 || !set_serial(certificate.get()) ||
        !set_validity(certificate.get())) {
        return EndpointError::kCryptoLibrary;
    }
    auto* name = X509_get_subject_name(certificate.get());
    if (!add_name_entry(name, "O", "Redoubt") || !add_name_entry(name, "CN", subject.common_name) ||
        X509_set_issuer_name(certificate.get(), name) != 1 || !add_usage(certificate.get()) ||
        X509_add1_ext_i2d(certificate.get(), NID_subject_alt_name, names.get(), 0, kReplaceNothing) != 1) {
        return EndpointError::kCryptoLibrary;
    }
    // Ed25519 hashes by itself and takes no digest.
    const bool is_ed25519 = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
    if (X509_sign(certificate.get(), key, is_ed25519 ? nullptr : EVP_sha256()) <= 0) {
        return EndpointError::kCryptoLibrary;
    }
    return certificate;
}

Result<Bytes> encode_certificate(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate, &der);
    if (size <= 0) {
        return EndpointError::kCryptoLibrary;
    }
    Bytes out{der, der + size};
    OPENSSL_free(der);
    return out;
}

Result<Hash256> spki_sha256(X509* certificate) {
    BOOST_OUTCOME_TRY(const auto spki, encode_spki(certificate));
    return crypto::sha2_256(spki);
}

}  // namespace redoubt::enclave::endpoint
