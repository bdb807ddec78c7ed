#include <enclave/endpoint/tls_session.hpp>

#include <enclave/endpoint/fake_backend_test.hpp>
#include <enclave/endpoint/memory_client_test.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave::endpoint::tests {
namespace {

struct Offer {
    int version;
    const char* signature_algorithms;
    int expected_key;
};

class TlsOffer : public ::testing::TestWithParam<Offer> {
  protected:
    FakeBackend backend;
    std::unique_ptr<Endpoint> endpoint = Endpoint::create(fixed_keys(), {}, backend).value();
};

TEST_P(TlsOffer, is_answered_with_the_certificate_the_client_can_verify) {
    MemoryClient client{
        *endpoint,
        1,
        {.version = GetParam().version, .signature_algorithms = GetParam().signature_algorithms}};
    ASSERT_TRUE(client.handshake());
    EXPECT_EQ(client.peer_key_kind(), GetParam().expected_key);
    EXPECT_EQ(SSL_version(client.ssl()), GetParam().version);
    EXPECT_TRUE(client.upgrade());
    EXPECT_TRUE(client.is_established());
    EXPECT_EQ(client.ask(R"({"jsonrpc":"2.0","method":"system_name","id":1})"),
              R"({"jsonrpc":"2.0","result":"Redoubt","id":1})");
}

INSTANTIATE_TEST_SUITE_P(Tls,
                         TlsOffer,
                         ::testing::Values(Offer{TLS1_3_VERSION, "ed25519", EVP_PKEY_ED25519},
                                           Offer{TLS1_3_VERSION, "ECDSA+SHA256", EVP_PKEY_EC},
                                           Offer{TLS1_3_VERSION, "ECDSA+SHA256:ed25519", EVP_PKEY_ED25519},
                                           // What browsers offer: no Ed25519.
                                           Offer{TLS1_3_VERSION, "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256",
                                                 EVP_PKEY_EC},
                                           Offer{TLS1_2_VERSION, "ed25519", EVP_PKEY_ED25519},
                                           Offer{TLS1_2_VERSION, "ECDSA+SHA256", EVP_PKEY_EC},
                                           Offer{TLS1_2_VERSION, "ECDSA+SHA256:ed25519", EVP_PKEY_ED25519}));

class TlsSessions : public ::testing::Test {
  protected:
    FakeBackend backend;
    std::unique_ptr<Endpoint> endpoint = Endpoint::create(fixed_keys(), {}, backend).value();
};

TEST_F(TlsSessions, prove_the_key_of_the_enclaves_account) {
    MemoryClient client{*endpoint, 1};
    ASSERT_TRUE(client.handshake());
    const auto certificate = client.peer_certificate();
    Bytes raw(32);
    std::size_t size = raw.size();
    ASSERT_EQ(EVP_PKEY_get_raw_public_key(X509_get0_pubkey(certificate.get()), raw.data(), &size), 1);
    const auto key = make_ed25519_key(backend.seed);
    Bytes expected(32);
    EVP_PKEY_get_raw_public_key(key.value().get(), expected.data(), &size);
    EXPECT_EQ(raw, expected);
}

TEST_F(TlsSessions, give_no_tickets) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        MemoryClient client{*endpoint, static_cast<std::uint64_t>(version), {.version = version}};
        ASSERT_TRUE(client.connect());
        EXPECT_EQ(SSL_SESSION_has_ticket(SSL_get0_session(client.ssl())), 0);
        EXPECT_EQ(SSL_session_reused(client.ssl()), 0);
    }
}

TEST_F(TlsSessions, refuse_older_versions_of_tls) {
    MemoryClient client{*endpoint, 1, {.version = TLS1_1_VERSION}};
    EXPECT_FALSE(client.handshake());
}

TEST_F(TlsSessions, refuse_clients_that_can_verify_neither_certificate) {
    MemoryClient client{*endpoint, 1, {.signature_algorithms = "RSA-PSS+SHA256"}};
    EXPECT_FALSE(client.handshake());
    EXPECT_TRUE(client.is_closed());
}

TEST_F(TlsSessions, answer_garbage_with_an_alert_and_close) {
    MemoryClient client{*endpoint, 1};
    client.send_raw(bytes_of("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_TRUE(client.is_closed());
    EXPECT_EQ(endpoint->clients(), 0U);
}

TEST_F(TlsSessions, close_on_records_that_were_tampered_with) {
    MemoryClient client{*endpoint, 1};
    ASSERT_TRUE(client.connect());
    Bytes record{0x17, 0x03, 0x03, 0x00, 0x20};
    record.resize(5 + 0x20, 0xee);
    client.send_raw(record);
    EXPECT_TRUE(client.is_closed());
}

// A ClientHello announces 16 MiB of handshake and never ends.
TEST_F(TlsSessions, bound_the_bytes_of_a_handshake) {
    MemoryClient client{*endpoint, 1};
    Bytes record{0x16, 0x03, 0x01, 0x40, 0x00, 0x01, 0x00, 0xff, 0xff};
    record.resize(5 + 0x4000, 0x00);
    for (int i = 0; i < 8 && !client.is_closed(); ++i) {
        client.send_raw(record);
    }
    EXPECT_TRUE(client.is_closed());
}

TEST_F(TlsSessions, work_byte_by_byte) {
    MemoryClient client{*endpoint, 1, {.chunk_bytes = 1}};
    ASSERT_TRUE(client.connect());
    EXPECT_EQ(client.ask(R"({"jsonrpc":"2.0","method":"system_name","id":"drip"})"),
              R"({"jsonrpc":"2.0","result":"Redoubt","id":"drip"})");
}

TEST_F(TlsSessions, end_when_the_client_says_goodbye) {
    MemoryClient client{*endpoint, 1};
    ASSERT_TRUE(client.connect());
    SSL_shutdown(client.ssl());
    client.send(Bytes{});
    EXPECT_TRUE(client.is_closed());
    EXPECT_EQ(endpoint->clients(), 0U);
}

}  // namespace
}  // namespace redoubt::enclave::endpoint::tests
