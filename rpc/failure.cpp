#include <rpc/failure.hpp>

namespace redoubt::rpc {

std::string_view error_domain(RpcError) {
    return "rpc";
}

std::string_view error_message(RpcError error) {
    switch (error) {
        case RpcError::kBadUrl:
            return "the address is not of the form ws://host:port/path or wss://host:port/path";
        case RpcError::kConnectFailed:
            return "cannot connect";
        case RpcError::kCertificateRejected:
            return "the peer's TLS certificate does not verify";
        case RpcError::kPeerKeyMismatch:
            return "the peer's TLS key is not the expected one";
        case RpcError::kNotConnected:
            return "no connection within the time allowed";
        case RpcError::kConnectionLost:
            return "the connection broke before the answer came";
        case RpcError::kDeadline:
            return "nothing came within the time allowed";
        case RpcError::kRemoteError:
            return "the peer answered with an error";
        case RpcError::kBadAnswer:
            return "the peer's answer is malformed";
        case RpcError::kMessageTooLarge:
            return "the message is above the size limit";
        case RpcError::kTooManyCalls:
            return "too many calls are in flight";
        case RpcError::kClosed:
            return "the client is closed";
    }
    return "unknown error";
}

Failure::Failure(RemoteError error)
    : code(make_error_code(RpcError::kRemoteError)), remote(std::move(error)) {
}

std::string Failure::describe() const {
    std::string text;
    if (remote) {
        text = std::to_string(remote->code) + ": " + remote->message;
        if (!remote->data.empty()) {
            text += ": " + remote->data;
        }
        if (!detail.empty()) {
            text += " (" + detail + ")";
        }
        return text;
    }
    text = code.message();
    if (!detail.empty()) {
        text += ": " + detail;
    }
    return text;
}

}  // namespace redoubt::rpc
