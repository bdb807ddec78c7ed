// A client's way through the boundary into the real sandboxed program: TLS, the upgrade, requests. What TLS
// needs from the system has to be there after the sandbox has closed.
#include <gmock/gmock.h>
#include <attestation/bundle/bundle.hpp>
#include <enclave/endpoint/memory_client_test.hpp>
#include <primitives/hex.hpp>
#include <tests/integration/enclave_driver.hpp>
#include <tests/integration/remote_endpoint.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::tests {
namespace {

using enclave::endpoint::kConnectionsMax;
using enclave::endpoint::kMessageBytesMax;
using enclave::endpoint::tests::client_text;
using enclave::endpoint::tests::MemoryClient;

class SandboxedEndpoint : public ::testing::Test {
  protected:
    void SetUp() override {
        REDOUBT_NEEDS_SHARED(chainspec, "vectors/chainspec");
        const TestChain chain{paseo_metadata(chainspec)};
        driver_.emplace(EnclaveKind::kSandboxed);
        ASSERT_OK(driver_->start(chain));
        ASSERT_OK(driver_->restore());
        endpoint_.emplace(*driver_);
    }

    std::optional<EnclaveDriver> driver_;
    std::optional<RemoteEndpoint> endpoint_;
};

TEST_F(SandboxedEndpoint, answers_over_both_versions_of_tls_with_both_certificates) {
    std::uint64_t id = 0;
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const auto* algorithms : {"ed25519", "ECDSA+SHA256"}) {
            MemoryClient client{*endpoint_, ++id, {.version = version, .signature_algorithms = algorithms}};
            ASSERT_TRUE(client.connect()) << version << algorithms;
            EXPECT_EQ(client.ask(R"({"jsonrpc":"2.0","method":"system_name","id":1})"),
                      R"({"jsonrpc":"2.0","result":"Redoubt","id":1})");
        }
    }
    EXPECT_EQ(endpoint_->clients(), 4U);
}

TEST_F(SandboxedEndpoint, proves_the_account_that_the_host_registers) {
    MemoryClient client{*endpoint_, 1};
    ASSERT_TRUE(client.handshake());
    Bytes key(AccountId::kSize);
    std::size_t size = key.size();
    ASSERT_EQ(
        EVP_PKEY_get_raw_public_key(X509_get0_pubkey(client.peer_certificate().get()), key.data(), &size), 1);
    EXPECT_EQ(key, to_bytes(driver_->started().account.view()));
}

// The simulated platform takes 300 ms for a piece of evidence, as hardware does.
TEST_F(SandboxedEndpoint, serves_others_while_evidence_is_made) {
    MemoryClient one{*endpoint_, 1};
    MemoryClient two{*endpoint_, 2};
    ASSERT_TRUE(one.connect() && two.connect());
    const Bytes nonce(16, 7);
    one.send(client_text(R"({"jsonrpc":"2.0","method":"redoubt_evidence","params":[")" + to_hex_0x(nonce) +
                         R"("],"id":1})"));
    std::size_t served = 0;
    auto frames = one.take_frames();
    while (frames.empty()) {
        ASSERT_TRUE(two.ask(R"({"jsonrpc":"2.0","method":"system_name","id":1})"));
        ++served;
        one.give_evidence(nonce, std::string{});
        frames = one.take_frames();
    }
    EXPECT_GT(served, 10U);
    const std::string answer = frames.front().payload;
    const auto begin = answer.find(R"({"format")");
    ASSERT_NE(begin, std::string::npos) << answer;
    const auto bundle = attestation::parse_bundle(answer.substr(begin, answer.rfind(R"(,"id":1})") - begin));
    ASSERT_OK(bundle);
    EXPECT_EQ(bundle.value().type, attestation::EvidenceType::kSimulation);
    const auto report_data = ByteView{bundle.value().evidence}.subspan(84, 64);
    const auto block =
        attestation::open_binding(bundle.value(), attestation::BindingProfile::kDigest, report_data);
    ASSERT_OK(block);
    EXPECT_EQ(block.value().nonce, nonce);
    EXPECT_EQ(block.value().signing_key->key, to_bytes(driver_->started().account.view()));
    EXPECT_EQ(block.value().tls_key_sha256, driver_->started().tls_spki_sha256);
    EXPECT_EQ(block.value().shard, driver_->started().shard);
}

TEST_F(SandboxedEndpoint, gives_the_host_evidence_for_its_registration) {
    boundary::RegistrationEvidence question;
    question.nonce.bytes.fill(9);
    std::optional<boundary::ProducedEvidence> made;
    std::size_t asked = 0;
    while (!made) {
        const auto answer = driver_->ask<boundary::RegistrationEvidenceMade>(question);
        ASSERT_OK(answer);
        made = answer.value().evidence;
        ++asked;
    }
    EXPECT_GT(asked, 10U);
    EXPECT_EQ(made->type, 0xff51);
    const auto report_data = ByteView{made->evidence}.subspan(84, 64);
    EXPECT_TRUE(equal(report_data.first(32), driver_->started().account.view()));
    const auto block = attestation::open_binding_block(made->binding_block,
                                                       attestation::BindingProfile::kRegistry, report_data);
    ASSERT_OK(block);
    EXPECT_TRUE(equal(block.value().nonce, question.nonce.view()));
}

TEST_F(SandboxedEndpoint, says_why_a_message_is_too_large_and_serves_the_others) {
    MemoryClient patient{*endpoint_, 1};
    ASSERT_TRUE(patient.connect());
    MemoryClient large{*endpoint_, 2};
    ASSERT_TRUE(large.connect());
    large.send(client_text(std::string(kMessageBytesMax + 1, 'a')));
    EXPECT_EQ(large.last_close().close_code(), 1009U);
    EXPECT_THAT(patient.ask(R"({"jsonrpc":"2.0","method":"author_getShieldingKey","id":1})").value_or(""),
                ::testing::StartsWith(R"({"jsonrpc":"2.0","result":"0x)"));
}

TEST_F(SandboxedEndpoint, refuses_more_connections_than_it_serves) {
    for (std::uint64_t id = 0; id < kConnectionsMax; ++id) {
        ASSERT_OK(endpoint_->opened(id));
    }
    EXPECT_ERROR(endpoint_->opened(kConnectionsMax), boundary::Refusal::kTooManyClients);
    EXPECT_ERROR(endpoint_->received(kConnectionsMax, bytes_of("x")), boundary::Refusal::kUnknownConnection);
}

}  // namespace
}  // namespace redoubt::tests
