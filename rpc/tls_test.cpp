#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <rpc/client.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/run_task.hpp>
#include <tests/support/scripted_rpc_server.hpp>

namespace redoubt::rpc {
namespace {

using nlohmann::json;
using tests::run_task;
using tests::ScriptedRpcServer;
using tests::ScriptedTls;

struct Identity {
    std::string certificate;
    std::string key;
    FixedBytes<32> ed25519;  ///< zeros for other kinds of keys
};

std::string drained(BIO* bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    std::string text{data, static_cast<std::size_t>(size)};
    BIO_free(bio);
    return text;
}

/// A fresh self-signed certificate for 127.0.0.1.
Identity make_identity(const char* kind) {
    EVP_PKEY* key = std::string_view{kind} == "ED25519" ? EVP_PKEY_Q_keygen(nullptr, nullptr, kind)
                                                        : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kind);
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    auto* name = X509_get_subject_name(certificate);
    const auto* common_name = reinterpret_cast<const unsigned char*>("redoubt test");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    auto* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate, key, std::string_view{kind} == "ED25519" ? nullptr : EVP_sha256());
    Identity out;
    auto* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    out.certificate = drained(bio);
    bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    out.key = drained(bio);
    std::size_t size = out.ed25519.bytes.size();
    if (std::string_view{kind} == "ED25519") {
        EVP_PKEY_get_raw_public_key(key, out.ed25519.bytes.data(), &size);
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
    return out;
}

class TlsTest : public ::testing::Test {
  protected:
    TlsTest() : server_(ScriptedTls{other_.certificate, other_.key, ed25519_.certificate, ed25519_.key}) {
        server_.on("f", [](const json&) { return 1; });
    }
    Reply<json> call_with(TlsOptions tls) {
        ClientOptions options;
        options.url = server_.url();
        options.tls = std::move(tls);
        auto client = run_task(context_, Client::connect(context_.get_executor(), std::move(options)));
        if (!client) {
            return client.error();
        }
        return run_task(context_, client.value()->call("f", json::array()));
    }

    const Identity ed25519_ = make_identity("ED25519");
    const Identity other_ = make_identity("P-256");
    ScriptedRpcServer server_;
    boost::asio::io_context context_;
};

TEST_F(TlsTest, rejects_a_certificate_that_no_authority_signed) {
    EXPECT_ERROR(call_with({}), RpcError::kCertificateRejected);
}

TEST_F(TlsTest, accepts_a_certificate_of_a_named_authority) {
    const auto file =
        std::filesystem::temp_directory_path() / ("redoubt_ca_" + std::to_string(::getpid()) + ".pem");
    std::ofstream{file} << other_.certificate << ed25519_.certificate;
    TlsOptions tls;
    tls.extra_ca_file = file.string();
    EXPECT_OK(call_with(tls));
    std::filesystem::remove(file);
    EXPECT_ERROR(call_with(tls), RpcError::kCertificateRejected);
}

TEST_F(TlsTest, accepts_the_pinned_key_among_several_certificates) {
    TlsOptions tls;
    tls.pinned_ed25519_public_key = ed25519_.ed25519;
    EXPECT_OK(call_with(tls));
}

TEST_F(TlsTest, rejects_a_key_other_than_the_pinned_one) {
    TlsOptions tls;
    tls.pinned_ed25519_public_key = ed25519_.ed25519;
    tls.pinned_ed25519_public_key->bytes[31] ^= 1;
    EXPECT_ERROR(call_with(tls), RpcError::kPeerKeyMismatch);
}

TEST_F(TlsTest, rejects_a_server_without_an_ed25519_key_when_one_is_pinned) {
    ScriptedRpcServer server{ScriptedTls{other_.certificate, other_.key}};
    ClientOptions options;
    options.url = server.url();
    options.tls.pinned_ed25519_public_key = ed25519_.ed25519;
    const auto client = run_task(context_, Client::connect(context_.get_executor(), std::move(options)));
    ASSERT_FALSE(client.has_value());
}

}  // namespace
}  // namespace redoubt::rpc
