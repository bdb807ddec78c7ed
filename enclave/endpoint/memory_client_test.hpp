/// A TLS WebSocket client in memory, for tests of the endpoint: OpenSSL's client side on memory buffers, and
/// frames as a client writes them. It checks little and can be told to misbehave.
#pragma once

#include <gtest/gtest.h>

#include <enclave/endpoint/endpoint.hpp>
#include <enclave/endpoint/openssl_handles.hpp>
#include <enclave/endpoint/websocket_frame.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace redoubt::enclave::endpoint::tests {

inline constexpr std::array<std::uint8_t, 4> kMask = {0x11, 0x22, 0x33, 0x44};

/// A client's frame: masked with kMask.
[[nodiscard]] inline Bytes client_frame(Opcode opcode, ByteView payload, bool is_final = true) {
    Bytes out{static_cast<std::uint8_t>((is_final ? 0x80 : 0) | static_cast<std::uint8_t>(opcode))};
    if (payload.size() < 126) {
        out.push_back(static_cast<std::uint8_t>(0x80 | payload.size()));
    } else if (payload.size() <= 0xffff) {
        out.push_back(0x80 | 126);
        out.push_back(static_cast<std::uint8_t>(payload.size() >> 8));
        out.push_back(static_cast<std::uint8_t>(payload.size()));
    } else {
        out.push_back(0x80 | 127);
        for (int shift = 56; shift >= 0; shift -= 8) {
            out.push_back(static_cast<std::uint8_t>(std::uint64_t{payload.size()} >> shift));
        }
    }
    append(out, kMask);
    const auto start = out.size();
    append(out, payload);
    apply_mask(std::span{out}.subspan(start), kMask, 0);
    return out;
}
[[nodiscard]] inline Bytes client_text(std::string_view text) {
    return client_frame(Opcode::kText, bytes_of(text));
}

/// An upgrade request that is answered with 101.
inline constexpr std::string_view kUpgradeRequest =
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// A server's frame as the client read it.
struct ServerFrame {
    Opcode opcode = Opcode::kText;
    std::string payload;
    /// Of a close frame; 0 when it has none.
    [[nodiscard]] unsigned close_code() const {
        return payload.size() < 2 ? 0
                                  : static_cast<unsigned>(static_cast<std::uint8_t>(payload[0])) << 8 |
                                        static_cast<std::uint8_t>(payload[1]);
    }
};

/// How a MemoryClient behaves.
struct ClientOptions {
    int version = TLS1_3_VERSION;
    const char* signature_algorithms = "ed25519:ECDSA+SHA256";
    /// Bytes given to the endpoint at a time.
    std::size_t chunk_bytes = kReceiveBytesMax;
};

class MemoryClient {
  public:
    MemoryClient(ClientEndpoint& endpoint, std::uint64_t id, ClientOptions options = {})
        : endpoint_(endpoint), id_(id), options_(options), context_(SSL_CTX_new(TLS_client_method())) {
        SSL_CTX_set_min_proto_version(context_.get(), options.version);
        SSL_CTX_set_max_proto_version(context_.get(), options.version);
        SSL_CTX_set1_sigalgs_list(context_.get(), options.signature_algorithms);
        ssl_.reset(SSL_new(context_.get()));
        incoming_ = BIO_new(BIO_s_mem());
        outgoing_ = BIO_new(BIO_s_mem());
        BIO_set_mem_eof_return(incoming_, -1);
        SSL_set_bio(ssl_.get(), incoming_, outgoing_);
        SSL_set_connect_state(ssl_.get());
        opened_ = endpoint_.opened(id_).has_value();
    }

    [[nodiscard]] bool is_opened() const { return opened_; }
    [[nodiscard]] bool is_closed() const { return closed_; }
    [[nodiscard]] bool is_established() const { return established_; }
    /// Most bytes the endpoint gave back at once.
    [[nodiscard]] std::size_t most_outgoing() const { return most_outgoing_; }

    [[nodiscard]] bool handshake() {
        for (int flight = 0; flight < 8; ++flight) {
            SSL_do_handshake(ssl_.get());
            ERR_clear_error();
            flush();
            if (SSL_is_init_finished(ssl_.get()) == 1 && BIO_ctrl_pending(outgoing_) == 0) {
                return true;
            }
        }
        return false;
    }
    [[nodiscard]] int peer_key_kind() const {
        const X509Handle certificate{SSL_get1_peer_certificate(ssl_.get())};
        return certificate ? EVP_PKEY_get_base_id(X509_get0_pubkey(certificate.get())) : 0;
    }
    [[nodiscard]] X509Handle peer_certificate() const {
        return X509Handle{SSL_get1_peer_certificate(ssl_.get())};
    }
    [[nodiscard]] SSL* ssl() const { return ssl_.get(); }

    /// Encrypts and delivers plaintext; what comes back is kept for take_plaintext() and take_frames().
    void send(ByteView plaintext) {
        while (!plaintext.empty()) {
            const auto part = plaintext.first(std::min(plaintext.size(), std::size_t{64 * 1024}));
            std::size_t written = 0;
            if (SSL_write_ex(ssl_.get(), part.data(), part.size(), &written) != 1) {
                ERR_clear_error();
                return;
            }
            plaintext = plaintext.subspan(written);
            if (options_.chunk_bytes == kReceiveBytesMax && BIO_ctrl_pending(outgoing_) > 128 * 1024) {
                flush();
            }
        }
        flush();
    }
    void send(std::string_view text) { send(bytes_of(text)); }
    /// Delivers bytes as they are, without TLS.
    void send_raw(ByteView wire) { deliver(wire); }

    /// The plaintext received so far.
    [[nodiscard]] std::string take_plaintext() { return std::exchange(plaintext_, {}); }

    [[nodiscard]] bool upgrade() {
        send(kUpgradeRequest);
        const auto end = plaintext_.find("\r\n\r\n");
        if (!plaintext_.starts_with("HTTP/1.1 101 ") || end == std::string::npos) {
            return false;
        }
        plaintext_.erase(0, end + 4);
        return true;
    }
    [[nodiscard]] bool connect() { return is_opened() && handshake() && upgrade(); }

    /// The complete frames received so far.
    [[nodiscard]] std::vector<ServerFrame> take_frames() {
        std::vector<ServerFrame> out;
        std::size_t at = 0;
        const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(plaintext_[i]); };
        while (plaintext_.size() >= at + 2) {
            std::size_t size = byte(at + 1);
            std::size_t head = 2;
            if (size >= 126) {
                const std::size_t length_bytes = size == 126 ? 2 : 8;
                if (plaintext_.size() < at + 2 + length_bytes) {
                    break;
                }
                size = 0;
                for (std::size_t i = 0; i < length_bytes; ++i) {
                    size = size << 8 | byte(at + 2 + i);
                }
                head += length_bytes;
            }
            if (plaintext_.size() < at + head + size) {
                break;
            }
            out.push_back({static_cast<Opcode>(byte(at) & 0x0f), plaintext_.substr(at + head, size)});
            at += head + size;
        }
        plaintext_.erase(0, at);
        return out;
    }
    /// Sends a text message and returns the one text that answers it.
    [[nodiscard]] std::optional<std::string> ask(std::string_view text) {
        send(client_text(text));
        const auto frames = take_frames();
        if (frames.size() != 1 || frames[0].opcode != Opcode::kText) {
            return std::nullopt;
        }
        return frames[0].payload;
    }
    /// The chain state that a question waits for, and an answer to that.
    [[nodiscard]] const std::optional<boundary::StateNeeded>& needed() const { return needed_; }
    void give_state(const Bytes& header, const std::vector<Bytes>& proof) {
        take(endpoint_.state_given({.connection = id_, .header = header, .proof = proof}));
    }
    /// The answer to the question for evidence that waits.
    void give_evidence(Bytes nonce, Result<std::string> bundle, bool may_ask_again = false) {
        take(endpoint_.evidence_given({.connection = id_,
                                       .nonce = std::move(nonce),
                                       .bundle = std::move(bundle),
                                       .may_ask_again = may_ask_again}));
    }
    /// The close frame that ended the session; fails the test when there is none.
    [[nodiscard]] ServerFrame last_close() {
        auto frames = take_frames();
        EXPECT_TRUE(!frames.empty() && frames.back().opcode == Opcode::kClose);
        EXPECT_TRUE(is_closed());
        return frames.empty() ? ServerFrame{} : frames.back();
    }

  private:
    void flush() {
        Bytes wire(BIO_ctrl_pending(outgoing_));
        if (!wire.empty()) {
            BIO_read(outgoing_, wire.data(), static_cast<int>(wire.size()));
            deliver(wire);
        }
    }
    void deliver(ByteView wire) {
        while (!wire.empty() && !closed_) {
            const auto part = wire.first(std::min(wire.size(), options_.chunk_bytes));
            wire = wire.subspan(part.size());
            take(endpoint_.received(id_, part));
        }
    }
    void take(const Result<boundary::ClientEffects>& effects) {
        if (!effects) {
            closed_ = true;
            return;
        }
        for (const auto& effect : effects.value().effects) {
            EXPECT_EQ(effect.connection, id_);
            most_outgoing_ = std::max(most_outgoing_, effect.bytes.size());
            established_ = established_ || effect.established;
            closed_ = closed_ || effect.close;
            if (!effect.bytes.empty()) {
                BIO_write(incoming_, effect.bytes.data(), static_cast<int>(effect.bytes.size()));
            }
        }
        needed_ = effects.value().needed;
        read();
    }
    void read() {
        if (SSL_is_init_finished(ssl_.get()) != 1) {
            return;
        }
        std::array<char, 16 * 1024> buffer;
        std::size_t size = 0;
        while (SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size) == 1) {
            plaintext_.append(buffer.data(), size);
        }
        ERR_clear_error();
    }

    ClientEndpoint& endpoint_;
    std::uint64_t id_;
    ClientOptions options_;
    SslContextHandle context_;
    SslHandle ssl_;
    BIO* incoming_ = nullptr;
    BIO* outgoing_ = nullptr;
    bool opened_ = false;
    bool closed_ = false;
    bool established_ = false;
    std::size_t most_outgoing_ = 0;
    std::optional<boundary::StateNeeded> needed_;
    std::string plaintext_;
};

}  // namespace redoubt::enclave::endpoint::tests
