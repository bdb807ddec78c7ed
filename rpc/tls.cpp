#include <rpc/tls.hpp>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <boost/asio/ip/address.hpp>

namespace redoubt::rpc {
namespace {

namespace ssl = boost::asio::ssl;

bool is_address(const std::string& host) {
    boost::system::error_code error;
    boost::asio::ip::make_address(host, error);
    return !error;
}

int context_index() {
    static const int index = SSL_CTX_get_ex_new_index(
        0, nullptr, nullptr, nullptr, [](void*, void* key, CRYPTO_EX_DATA*, int, long, void*) {
            delete static_cast<FixedBytes<32>*>(key);
        });
    return index;
}

/// Replaces chain verification: the leaf's public key has to be the pinned one. That the peer holds the
/// private key is shown by the handshake's own signature.
int verify_pinned(X509_STORE_CTX* store, void* argument) {
    const auto* pinned = static_cast<const FixedBytes<32>*>(argument);
    const auto* leaf = X509_STORE_CTX_get0_cert(store);
    auto* key = leaf == nullptr ? nullptr : X509_get0_pubkey(leaf);
    FixedBytes<32> raw;
    std::size_t size = raw.bytes.size();
    const bool same = key != nullptr && EVP_PKEY_base_id(key) == EVP_PKEY_ED25519 &&
                      EVP_PKEY_get_raw_public_key(key, raw.bytes.data(), &size) == 1 &&
                      size == raw.bytes.size() && raw == *pinned;
    X509_STORE_CTX_set_error(store, same ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
    return same ? 1 : 0;
}

}  // namespace

Reply<std::shared_ptr<ssl::context>> make_tls_context(const TlsOptions& options) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    auto* native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
    if (options.pinned_ed25519_public_key) {
        auto* pinned = new FixedBytes<32>{*options.pinned_ed25519_public_key};  // owned by the context
        SSL_CTX_set_ex_data(native, context_index(), pinned);
        SSL_CTX_set_cert_verify_callback(native, &verify_pinned, pinned);
        SSL_CTX_set1_sigalgs_list(native, "ed25519");
        return context;
    }
    boost::system::error_code error;
    context->set_default_verify_paths(error);
    if (!options.extra_ca_file.empty()) {
        context->load_verify_file(options.extra_ca_file, error);
        if (error) {
            return Failure{make_error_code(RpcError::kCertificateRejected),
                           "cannot read authorities from " + options.extra_ca_file + ": " + error.message()};
        }
    }
    return context;
}

void prepare_tls(SSL* connection, const TlsOptions& options, const std::string& host) {
    if (!is_address(host)) {
        // The macro SSL_set_tlsext_host_name without its C cast.
        SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(host.c_str()));
    }
    if (options.pinned_ed25519_public_key) {
        return;
    }
    auto* parameters = SSL_get0_param(connection);
    if (is_address(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str());
    } else {
        X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size());
    }
}

Failure tls_failure(SSL* connection,
                    const TlsOptions& options,
                    const std::string& host,
                    const std::string& error) {
    const auto verdict = SSL_get_verify_result(connection);
    if (verdict == X509_V_OK) {
        return {make_error_code(RpcError::kConnectFailed), host + ": TLS: " + error};
    }
    if (options.pinned_ed25519_public_key) {
        return {make_error_code(RpcError::kPeerKeyMismatch), host};
    }
    return {make_error_code(RpcError::kCertificateRejected),
            host + ": " + X509_verify_cert_error_string(verdict)};
}

}  // namespace redoubt::rpc
