#include <enclave/endpoint/connection.hpp>

#include <enclave/endpoint/json_rpc.hpp>

namespace redoubt::enclave::endpoint {

Connection::Connection(const TlsContext& context, const EndpointBackend& backend)
    : backend_(backend), tls_(context) {
}

Effects Connection::receive(ByteView bytes) {
    if (phase_ == Phase::kOver || bytes.size() > kReceiveBytesMax) {
        phase_ = Phase::kOver;
        return {.close = true};
    }
    Effects effects;
    Bytes plaintext;
    const auto status = tls_.receive(bytes, plaintext);
    if (phase_ == Phase::kHandshake) {
        handshake_bytes_ += bytes.size();
        if (tls_.is_ready()) {
            phase_ = Phase::kUpgrade;
        } else if (handshake_bytes_ > kHandshakeBytesMax) {
            phase_ = Phase::kOver;
        }
    }
    handle_plaintext(plaintext, effects);
    if (status == TlsSession::Status::kFailed) {
        phase_ = Phase::kOver;
    } else if (status == TlsSession::Status::kClosed) {
        tls_.shut_down();
        phase_ = Phase::kOver;
    }
    return finish(std::move(effects));
}

Effects Connection::end_for_lack_of_memory() {
    Bytes out;
    websocket_.close(CloseCode::kTryAgainLater, "the worker holds too many unfinished messages", out);
    tls_.send(out);
    tls_.shut_down();
    phase_ = Phase::kOver;
    return finish({});
}

void Connection::handle_plaintext(ByteView bytes, Effects& effects) {
    if (phase_ == Phase::kUpgrade && !bytes.empty()) {
        bytes = handle_upgrade(bytes, effects);
    }
    if (phase_ == Phase::kMessages && !bytes.empty()) {
        handle_messages(bytes);
    }
}

ByteView Connection::handle_upgrade(ByteView bytes, Effects& effects) {
    const auto [status, consumed] = upgrade_.receive(bytes);
    if (status == HttpUpgrade::Status::kNeedMore) {
        return {};
    }
    tls_.send(bytes_of(upgrade_.response()));
    if (status == HttpUpgrade::Status::kRefused) {
        tls_.shut_down();
        phase_ = Phase::kOver;
        return {};
    }
    phase_ = Phase::kMessages;
    effects.established = true;
    return bytes.subspan(consumed);
}

void Connection::handle_messages(ByteView bytes) {
    Bytes out;
    for (;;) {
        const auto step = websocket_.receive(bytes, out);
        if (step == WebSocketSession::Step::kNeedMore) {
            break;
        }
        if (step == WebSocketSession::Step::kMessage) {
            if (const auto answer = answer_json_rpc(backend_, websocket_.message())) {
                WebSocketSession::append_text(out, *answer);
            }
            if (out.size() <= kOutgoingBytesMax) {
                continue;
            }
            websocket_.close(CloseCode::kPolicyViolation, "read the answers before you send more requests",
                             out);
        }
        phase_ = Phase::kOver;
        break;
    }
    tls_.send(out);
    if (phase_ == Phase::kOver) {
        tls_.shut_down();
    }
}

Effects Connection::finish(Effects effects) {
    effects.bytes = tls_.take_outgoing();
    effects.close = phase_ == Phase::kOver;
    return effects;
}

}  // namespace redoubt::enclave::endpoint
