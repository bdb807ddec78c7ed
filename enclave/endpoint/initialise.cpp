#include <enclave/endpoint/endpoint.hpp>
#include <enclave/endpoint/openssl_handles.hpp>
#include <enclave/endpoint/tls_session.hpp>
#include <primitives/crypto/initialise.hpp>

#include <openssl/err.h>

namespace redoubt::enclave::endpoint {
namespace {

/// A full handshake has three flights; a client that has not finished by then never will.
constexpr int kFlightsMax = 8;

/// One handshake in memory against `context`. @return whether both sides finished
bool complete_handshake(const TlsContext& context, int version, const char* signature_algorithms) {
    const SslContextHandle client_context{SSL_CTX_new(TLS_client_method())};
    if (!client_context || SSL_CTX_set_min_proto_version(client_context.get(), version) != 1 ||
        SSL_CTX_set_max_proto_version(client_context.get(), version) != 1 ||
        SSL_CTX_set1_sigalgs_list(client_context.get(), signature_algorithms) != 1) {
        return false;
    }
    const SslHandle client{SSL_new(client_context.get())};
    BIO* incoming = BIO_new(BIO_s_mem());
    BIO* outgoing = BIO_new(BIO_s_mem());
    if (!client || incoming == nullptr || outgoing == nullptr) {
        return false;
    }
    BIO_set_mem_eof_return(incoming, -1);
    SSL_set_bio(client.get(), incoming, outgoing);
    SSL_set_connect_state(client.get());
    TlsSession server{context};
    for (int flight = 0; flight < kFlightsMax; ++flight) {
        static_cast<void>(SSL_do_handshake(client.get()));
        ERR_clear_error();
        Bytes wire(BIO_ctrl_pending(outgoing));
        Bytes plaintext;
        if (!wire.empty() && BIO_read(outgoing, wire.data(), static_cast<int>(wire.size())) <= 0) {
            return false;
        }
        if (server.receive(wire, plaintext) == TlsSession::Status::kFailed) {
            return false;
        }
        const auto answer = server.take_outgoing();
        if (!answer.empty() && BIO_write(incoming, answer.data(), static_cast<int>(answer.size())) <= 0) {
            return false;
        }
        if (server.is_ready() && SSL_is_init_finished(client.get()) == 1) {
            return true;
        }
    }
    return false;
}

}  // namespace

void initialise() {
    crypto::initialise();
    REDOUBT_ASSERT(OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1);
    const TlsKeys keys{.ed25519_seed = crypto::SecretBytes<32>::random(), .p256_scalar = make_p256_scalar()};
    const auto context = TlsContext::create(keys, {.common_name = "warm-up", .names = {}});
    REDOUBT_ASSERT(context.has_value());
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        REDOUBT_ASSERT(complete_handshake(context.value(), version, "ed25519"));
        REDOUBT_ASSERT(complete_handshake(context.value(), version, "ECDSA+SHA256"));
    }
}

}  // namespace redoubt::enclave::endpoint
