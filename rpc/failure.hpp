/// Why a remote procedure call failed: an error code, and for people the words of the peer.
///
/// Reply<T> is Result<T> with that detail. A Failure converts to std::error_code and back, so that
/// BOOST_OUTCOME_CO_TRY passes failures between functions that return Reply and ones that return Result.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <primitives/result.hpp>
#include <string>
#include <string_view>

namespace redoubt::rpc {

/// One enumerator per distinct remedy.
enum class RpcError : int {
    kBadUrl = 1,           ///< not a ws:// or wss:// address
    kConnectFailed,        ///< name not found, connection refused, handshake declined
    kCertificateRejected,  ///< the certificate of a wss:// peer does not verify
    kPeerKeyMismatch,      ///< the peer's TLS key is not the pinned one
    kNotConnected,         ///< no connection came up within the call's time
    kConnectionLost,       ///< the connection broke while the call was in flight: its effect is unknown
    kDeadline,             ///< nothing came in time; for a call: its effect is unknown
    kRemoteError,          ///< the peer answered with an error object; see Failure::remote
    kBadAnswer,            ///< the answer breaks JSON-RPC 2.0 or has an unexpected shape
    kMessageTooLarge,      ///< a message above the limit, incoming or outgoing
    kTooManyCalls,         ///< more calls in flight than the limit
    kClosed,               ///< the client was closed by its owner
};
[[nodiscard]] std::string_view error_domain(RpcError);
[[nodiscard]] std::string_view error_message(RpcError);
REDOUBT_ERROR_DOMAIN(RpcError)

/// The error object of a JSON-RPC answer in the words of the peer: untrusted text, cut to
/// kRemoteTextMax, with control characters replaced.
inline constexpr std::size_t kRemoteTextMax = 4096;
struct RemoteError {
    std::int64_t code = 0;
    std::string message;
    std::string data;  ///< text of a string member, compact JSON of anything else, empty when absent
};

}  // namespace redoubt::rpc

template <>
struct std::is_error_code_enum<redoubt::rpc::RpcError> : std::true_type {};

namespace redoubt::rpc {

/// An error code with what a person needs to know beside it.
struct Failure {
    std::error_code code;
    std::optional<RemoteError> remote = std::nullopt;  ///< set when code is kRemoteError
    std::string detail = {};                           ///< which peer, which method, which limit

    Failure() = default;
    Failure(std::error_code failed_with) : code(failed_with) {}  // NOLINT: conversion is the point
    template <class Enum>
    requires std::is_error_code_enum<Enum>::value Failure(Enum failed_with)
        : code(make_error_code(failed_with)) {}  // NOLINT: conversion is the point
    Failure(std::error_code failed_with, std::string what) : code(failed_with), detail(std::move(what)) {}
    explicit Failure(RemoteError error);

    operator std::error_code() const noexcept { return code; }  // NOLINT: conversion is the point

    /// One line for people, for example
    /// "1010: Invalid Transaction: Inability to pay some fees (author_submitExtrinsic)".
    [[nodiscard]] std::string describe() const;
};

template <class Enum>
requires std::is_error_code_enum<Enum>::value [[nodiscard]] bool operator==(const Failure& failure,
                                                                            Enum error) {
    return failure.code == make_error_code(error);
}

/// A value, or a Failure.
template <class T = void>
using Reply = outcome::basic_result<T, Failure, outcome::policy::terminate>;

}  // namespace redoubt::rpc
