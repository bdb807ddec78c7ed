#include <enclave/endpoint/certificate.hpp>

#include <gmock/gmock.h>
#include <enclave/endpoint/fake_backend_test.hpp>
#include <enclave/endpoint/limits.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

#include <openssl/x509_vfy.h>

namespace redoubt::enclave::endpoint::tests {
namespace {

Result<X509Handle> certificate_for(EVP_PKEY* key, const std::vector<std::string>& names) {
    return make_certificate(key, {.common_name = std::string(64, 'a'), .names = names});
}

std::string printed(X509* certificate) {
    const BioHandle out{BIO_new(BIO_s_mem())};
    X509_print_ex(out.get(), certificate, XN_FLAG_ONELINE, 0);
    std::string text(BIO_ctrl_pending(out.get()), '\0');
    BIO_read(out.get(), text.data(), static_cast<int>(text.size()));
    return text;
}

class Certificate : public ::testing::Test {
  protected:
    const TlsKeys keys = fixed_keys();
    const PrivateKey ed25519 = std::move(make_ed25519_key(keys.ed25519_seed).value());
    const PrivateKey p256 = std::move(make_p256_key(keys.p256_scalar).value());
};

// RFC 8032, section 7.1, test 1.
TEST_F(Certificate, makes_the_ed25519_key_of_a_seed) {
    const auto seed = parse_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").value();
    const auto key = make_ed25519_key(crypto::SecretBytes<32>::copy_of(std::span{seed}.first<32>()));
    ASSERT_OK(key);
    Bytes public_key(32);
    std::size_t size = public_key.size();
    ASSERT_EQ(EVP_PKEY_get_raw_public_key(key.value().get(), public_key.data(), &size), 1);
    EXPECT_EQ(to_hex(public_key), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
}

// RFC 6979, appendix A.2.5.
TEST_F(Certificate, makes_the_p256_key_of_a_scalar) {
    const auto scalar = parse_hex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721").value();
    const auto key = make_p256_key(crypto::SecretBytes<32>::copy_of(std::span{scalar}.first<32>()));
    ASSERT_OK(key);
    Bytes encoded(65);
    std::size_t size = 0;
    ASSERT_EQ(
        EVP_PKEY_get_octet_string_param(key.value().get(), "pub", encoded.data(), encoded.size(), &size), 1);
    EXPECT_EQ(to_hex(ByteView{encoded}.first(size)),
              "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
              "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
}

TEST_F(Certificate, rejects_scalars_outside_of_the_group) {
    const auto order = parse_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").value();
    auto scalar = crypto::SecretBytes<32>::copy_of(std::span{order}.first<32>());
    EXPECT_ERROR(make_p256_key(scalar), EndpointError::kBadKey);
    scalar.expose_mut()[31] -= 1;
    EXPECT_OK(make_p256_key(scalar));
    EXPECT_ERROR(make_p256_key(crypto::SecretBytes<32>{}), EndpointError::kBadKey);
    EXPECT_OK(make_p256_key(make_p256_scalar()));
}

TEST_F(Certificate, names_what_the_host_gave_and_the_enclave) {
    for (auto* key : {ed25519.get(), p256.get()}) {
        const auto certificate = certificate_for(key, {"localhost", "127.0.0.1", "::1", "worker.example"});
        ASSERT_OK(certificate);
        const auto text = printed(certificate.value().get());
        EXPECT_THAT(text, ::testing::HasSubstr("DNS:Enclave, DNS:localhost, IP Address:127.0.0.1, "
                                               "IP Address:0:0:0:0:0:0:0:1, DNS:worker.example"));
        EXPECT_THAT(text, ::testing::HasSubstr("Subject: O = Redoubt, CN = " + std::string(64, 'a')));
        EXPECT_THAT(text, ::testing::HasSubstr("Not Before: Jan  1 00:00:00 2020 GMT"));
        EXPECT_THAT(text, ::testing::HasSubstr("Not After : Jan  1 00:00:00 4096 GMT"));
        EXPECT_THAT(text, ::testing::HasSubstr("CA:FALSE"));
        EXPECT_THAT(text, ::testing::HasSubstr("Version: 3 (0x2)"));
    }
}

TEST_F(Certificate, verifies_against_itself_for_a_server) {
    for (auto* key : {ed25519.get(), p256.get()}) {
        const auto certificate = certificate_for(key, {"localhost"});
        ASSERT_OK(certificate);
        const std::unique_ptr<X509_STORE, OpensslDeleter<X509_STORE_free>> store{X509_STORE_new()};
        X509_STORE_add_cert(store.get(), certificate.value().get());
        const std::unique_ptr<X509_STORE_CTX, OpensslDeleter<X509_STORE_CTX_free>> context{
            X509_STORE_CTX_new()};
        X509_STORE_CTX_init(context.get(), store.get(), certificate.value().get(), nullptr);
        X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
        X509_VERIFY_PARAM_set1_host(X509_STORE_CTX_get0_param(context.get()), "localhost", 0);
        EXPECT_EQ(X509_verify_cert(context.get()), 1)
            << X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
    }
}

TEST_F(Certificate, is_the_same_bytes_for_the_same_ed25519_key) {
    const auto first = encode_certificate(certificate_for(ed25519.get(), {"a"}).value().get());
    const auto second = encode_certificate(certificate_for(ed25519.get(), {"a"}).value().get());
    EXPECT_EQ(first.value(), second.value());
}

TEST_F(Certificate, returns_the_hash_of_the_public_key_info) {
    const auto certificate = certificate_for(ed25519.get(), {});
    Bytes raw(32);
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_public_key(ed25519.get(), raw.data(), &size);
    const auto prefix = parse_hex("302a300506032b6570032100").value();
    EXPECT_EQ(spki_sha256(certificate.value().get()).value(), crypto::sha2_256(concat(prefix, raw)));
}

TEST_F(Certificate, rejects_names_that_are_none) {
    for (const std::string name : {"", "a b", "host:2000", ".example", "a..b", "ä.example", "a,DNS:b"}) {
        EXPECT_ERROR(certificate_for(ed25519.get(), {name}), EndpointError::kBadName) << name;
    }
    EXPECT_ERROR(certificate_for(ed25519.get(), {std::string("a\0b", 3)}), EndpointError::kBadName);
    EXPECT_OK(certificate_for(ed25519.get(), {std::string(kTlsNameBytesMax, 'a')}));
    EXPECT_ERROR(certificate_for(ed25519.get(), {std::string(kTlsNameBytesMax + 1, 'a')}),
                 EndpointError::kBadName);
}

TEST_F(Certificate, bounds_the_number_of_names) {
    EXPECT_OK(certificate_for(ed25519.get(), std::vector<std::string>(kTlsNamesMax, "a")));
    EXPECT_ERROR(certificate_for(ed25519.get(), std::vector<std::string>(kTlsNamesMax + 1, "a")),
                 EndpointError::kTooManyNames);
}

}  // namespace
}  // namespace redoubt::enclave::endpoint::tests
