#include <enclave/endpoint/websocket_session.hpp>

#include <primitives/scale.hpp>

#include <algorithm>

namespace redoubt::enclave::endpoint {
namespace {

constexpr std::size_t kCloseCodeBytes = 2;
/// Idle sessions keep no more than this for their next message.
constexpr std::size_t kIdleMessageBytes = 16 * 1024;

/// Codes that a peer may send. @source RFC 6455, section 7.4; the IANA registry for 1012 to 1014
bool is_sendable(unsigned code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

Bytes close_payload(unsigned code, std::string_view reason) {
    Bytes out{static_cast<std::uint8_t>(code >> 8), static_cast<std::uint8_t>(code & 0xff)};
    append(out, bytes_of(reason.substr(0, kControlBytesMax - kCloseCodeBytes)));
    return out;
}

}  // namespace

WebSocketSession::Step WebSocketSession::receive(ByteView& in, Bytes& out) {
    if (is_message_taken_) {
        is_message_taken_ = false;
        message_.clear();
        if (message_.capacity() > kIdleMessageBytes) {
            message_ = Bytes{};
        }
    }
    while (!is_closed_) {
        if (!in_payload_) {
            while (!in.empty() && !in_payload_) {
                head_bytes_.push_back(in.front());
                in = in.subspan(1);
                const auto head = decode_frame_head(head_bytes_);
                if (!head) {
                    return fail(CloseCode::kProtocolError, head.error().message(), out);
                }
                if (head.value()) {
                    if (!begin_frame(*head.value(), out)) {
                        return Step::kClosed;
                    }
                }
            }
            if (!in_payload_) {
                return Step::kNeedMore;
            }
        }
        const auto missing = frame_.payload_bytes - payload_read_;
        const auto part = in.first(static_cast<std::size_t>(std::min<std::uint64_t>(missing, in.size())));
        auto& target = is_control(frame_.opcode) ? control_ : message_;
        const auto before = target.size();
        append(target, part);
        apply_mask(std::span{target}.subspan(before), frame_.mask, payload_read_);
        payload_read_ += part.size();
        in = in.subspan(part.size());
        if (payload_read_ < frame_.payload_bytes) {
            return Step::kNeedMore;
        }
        const auto step = end_frame(out);
        if (step != Step::kNeedMore) {
            return step;
        }
    }
    return Step::kClosed;
}

bool WebSocketSession::begin_frame(const FrameHead& head, Bytes& out) {
    head_bytes_.clear();
    if (!is_control(head.opcode)) {
        if (head.opcode == Opcode::kBinary) {
            fail(CloseCode::kUnsupportedData, "binary messages are not served; send JSON-RPC as text", out);
            return false;
        }
        const bool is_continuation = head.opcode == Opcode::kContinuation;
        if (is_continuation != is_message_open_) {
            fail(CloseCode::kProtocolError,
                 is_continuation ? "a continuation without a message to continue"
                                 : "a new message before the last one ended",
                 out);
            return false;
        }
        if (head.payload_bytes > kMessageBytesMax - message_.size()) {
            fail(CloseCode::kMessageTooBig, "a message has at most 5 MiB; send smaller requests", out);
            return false;
        }
        is_message_open_ = true;
    }
    frame_ = head;
    payload_read_ = 0;
    in_payload_ = true;
    return true;
}

WebSocketSession::Step WebSocketSession::end_frame(Bytes& out) {
    in_payload_ = false;
    switch (frame_.opcode) {
        case Opcode::kPing:
            append_frame(out, Opcode::kPong, control_);
            control_.clear();
            return Step::kNeedMore;
        case Opcode::kPong:
            control_.clear();
            return Step::kNeedMore;
        case Opcode::kClose:
            return handle_close(out);
        case Opcode::kText:
        case Opcode::kContinuation:
        case Opcode::kBinary:
            break;
    }
    if (!frame_.is_final) {
        return Step::kNeedMore;
    }
    is_message_open_ = false;
    if (!scale::is_utf8(text_of(message_))) {
        return fail(CloseCode::kInvalidText, "a text message has to be UTF-8", out);
    }
    is_message_taken_ = true;
    return Step::kMessage;
}

WebSocketSession::Step WebSocketSession::handle_close(Bytes& out) {
    if (control_.empty()) {
        is_closed_ = true;
        append_frame(out, Opcode::kClose, {});
        return Step::kClosed;
    }
    if (control_.size() < kCloseCodeBytes) {
        return fail(CloseCode::kProtocolError, "a close frame with half a status code", out);
    }
    const unsigned code = static_cast<unsigned>(control_[0]) << 8 | control_[1];
    if (!is_sendable(code)) {
        return fail(CloseCode::kProtocolError, "a close code that must not be sent", out);
    }
    if (!scale::is_utf8(text_of(ByteView{control_}.subspan(kCloseCodeBytes)))) {
        return fail(CloseCode::kInvalidText, "a close reason has to be UTF-8", out);
    }
    is_closed_ = true;
    append_frame(out, Opcode::kClose, close_payload(code, ""));
    return Step::kClosed;
}

void WebSocketSession::append_text(Bytes& out, std::string_view text) {
    append_frame(out, Opcode::kText, bytes_of(text));
}

void WebSocketSession::close(CloseCode code, std::string_view reason, Bytes& out) {
    if (!is_closed_) {
        is_closed_ = true;
        append_frame(out, Opcode::kClose, close_payload(static_cast<unsigned>(code), reason));
        message_ = Bytes{};
    }
}

WebSocketSession::Step WebSocketSession::fail(CloseCode code, std::string_view reason, Bytes& out) {
    close(code, reason, out);
    return Step::kClosed;
}

}  // namespace redoubt::enclave::endpoint
