/// A server's side of one WebSocket after the upgrade: frames in, text messages out, and the answers that
/// the protocol itself demands (pong, close). What a message means is not looked at here.
///
/// @source RFC 6455, sections 5 to 7
#pragma once

#include <enclave/endpoint/limits.hpp>
#include <enclave/endpoint/websocket_frame.hpp>
#include <primitives/bytes.hpp>

#include <string_view>

namespace redoubt::enclave::endpoint {

/// Status codes this endpoint closes with. @source RFC 6455, section 7.4.1
enum class CloseCode : std::uint16_t {
    kNormal = 1000,
    kProtocolError = 1002,
    kUnsupportedData = 1003,
    kInvalidText = 1007,
    kPolicyViolation = 1008,
    kMessageTooBig = 1009,
    kTryAgainLater = 1013,
};

class WebSocketSession {
  public:
    enum class Step {
        kNeedMore,  ///< all bytes are consumed
        kMessage,   ///< message() holds a complete text; call again for the rest of the bytes
        kClosed,    ///< a close frame was appended to `out`; nothing more is read
    };

    /// Consumes bytes from the front of `in` until a message is complete, the session closes, or `in` is
    /// empty. Frames the protocol demands are appended to `out`.
    [[nodiscard]] Step receive(ByteView& in, Bytes& out);

    /// The message of the last kMessage, valid UTF-8; until the next call of receive().
    [[nodiscard]] std::string_view message() const noexcept { return text_of(message_); }

    /// Appends a text message.
    static void append_text(Bytes& out, std::string_view text);
    /// Appends a close frame and ends the session. @param reason  at most 123 bytes are sent
    void close(CloseCode code, std::string_view reason, Bytes& out);

    /// Bytes held for a message that is not complete.
    [[nodiscard]] std::size_t buffered_bytes() const noexcept { return message_.capacity(); }

  private:
    Step fail(CloseCode code, std::string_view reason, Bytes& out);
    [[nodiscard]] bool begin_frame(const FrameHead& head, Bytes& out);
    Step end_frame(Bytes& out);
    Step handle_close(Bytes& out);

    bool is_closed_ = false;
    bool is_message_taken_ = false;
    bool is_message_open_ = false;
    bool in_payload_ = false;
    Bytes head_bytes_;
    FrameHead frame_;
    std::uint64_t payload_read_ = 0;
    Bytes control_;
    Bytes message_;
};

}  // namespace redoubt::enclave::endpoint
