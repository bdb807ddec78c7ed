#include <enclave/endpoint/tls_session.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <array>

namespace redoubt::enclave::endpoint {
namespace {

constexpr std::size_t kRecordBytesMax = 16 * 1024;
/// BIO and SSL take int lengths; parts of this size also keep each write one record.
constexpr std::size_t kWriteBytesMax = kRecordBytesMax;

bool configure(SSL_CTX* context) {
    // The server's order decides, so that Ed25519 is chosen whenever the client can verify it.
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET |
                                     SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_security_level(context, 2);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_num_tickets(context, 0) == 1 && SSL_CTX_set_max_early_data(context, 0) == 1 &&
           SSL_CTX_set1_sigalgs_list(context, "ed25519:ECDSA+SHA256") == 1 &&
           SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1 &&
           SSL_CTX_set_cipher_list(context,
                                   "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
                                   "ECDHE-ECDSA-AES256-GCM-SHA384") == 1;
}

bool use(SSL_CTX* context, X509* certificate, EVP_PKEY* key) {
    return SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1 &&
           SSL_CTX_check_private_key(context) == 1;
}

}  // namespace

Result<TlsContext> TlsContext::create(const TlsKeys& keys, const CertificateSubject& subject) {
    TlsContext out;
    BOOST_OUTCOME_TRY(const auto ed25519_key, make_ed25519_key(keys.ed25519_seed));
    BOOST_OUTCOME_TRY(const auto p256_key, make_p256_key(keys.p256_scalar));
    BOOST_OUTCOME_TRY(out.ed25519_certificate_, make_certificate(ed25519_key.get(), subject));
    BOOST_OUTCOME_TRY(out.p256_certificate_, make_certificate(p256_key.get(), subject));
    out.context_.reset(SSL_CTX_new(TLS_server_method()));
    if (!out.context_ || !configure(out.context_.get()) ||
        !use(out.context_.get(), out.p256_certificate_.get(), p256_key.get()) ||
        !use(out.context_.get(), out.ed25519_certificate_.get(), ed25519_key.get())) {
        ERR_clear_error();
        return EndpointError::kCryptoLibrary;
    }
    return out;
}

TlsSession::TlsSession(const TlsContext& context) : ssl_(SSL_new(context.get())) {
    REDOUBT_ASSERT(ssl_ != nullptr);
    incoming_ = BIO_new(BIO_s_mem());
    outgoing_ = BIO_new(BIO_s_mem());
    REDOUBT_ASSERT(incoming_ != nullptr && outgoing_ != nullptr);
    // An empty incoming buffer means "later", not the end of the stream.
    BIO_set_mem_eof_return(incoming_, -1);
    SSL_set_bio(ssl_.get(), incoming_, outgoing_);
    SSL_set_accept_state(ssl_.get());
}

TlsSession::Status TlsSession::receive(ByteView wire, Bytes& plaintext) {
    ERR_clear_error();
    while (!wire.empty()) {
        const auto part = wire.first(std::min(wire.size(), std::size_t{1} << 20));
        const int written = BIO_write(incoming_, part.data(), static_cast<int>(part.size()));
        REDOUBT_ASSERT(written == static_cast<int>(part.size()));
        wire = wire.subspan(part.size());
    }
    std::array<std::uint8_t, kRecordBytesMax> record;
    for (;;) {
        std::size_t size = 0;
        // SSL_read also drives the handshake.
        if (SSL_read_ex(ssl_.get(), record.data(), record.size(), &size) == 1) {
            plaintext.insert(plaintext.end(), record.begin(), record.begin() + static_cast<long>(size));
            continue;
        }
        const int error = SSL_get_error(ssl_.get(), 0);
        ERR_clear_error();
        if (error == SSL_ERROR_WANT_READ) {
            return Status::kOpen;
        }
        return error == SSL_ERROR_ZERO_RETURN ? Status::kClosed : Status::kFailed;
    }
}

void TlsSession::send(ByteView plaintext) {
    REDOUBT_ASSERT(is_ready());
    ERR_clear_error();
    while (!plaintext.empty()) {
        const auto part = plaintext.first(std::min(plaintext.size(), kWriteBytesMax));
        std::size_t written = 0;
        // A write into memory always completes; it fails only when the session is broken already, and then
        // nobody could read the bytes.
        if (SSL_write_ex(ssl_.get(), part.data(), part.size(), &written) != 1) {
            ERR_clear_error();
            return;
        }
        plaintext = plaintext.subspan(written);
    }
}

void TlsSession::shut_down() {
    ERR_clear_error();
    // 0 says that the client's goodbye has not come; nobody waits for it.
    static_cast<void>(SSL_shutdown(ssl_.get()));
    ERR_clear_error();
}

bool TlsSession::is_ready() const noexcept {
    return SSL_is_init_finished(ssl_.get()) == 1;
}

Bytes TlsSession::take_outgoing() {
    Bytes out(BIO_ctrl_pending(outgoing_));
    std::size_t size = 0;
    if (!out.empty() && BIO_read_ex(outgoing_, out.data(), out.size(), &size) != 1) {
        size = 0;
    }
    out.resize(size);
    return out;
}

}  // namespace redoubt::enclave::endpoint
