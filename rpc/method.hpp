/// What a method of a JSON-RPC server gets and answers, and the subscriptions that it opens.
///
/// Methods run on the server's executor, one at a time, and answer at once; what takes longer is told by
/// notifications of a subscription. Nothing here knows how messages travel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <primitives/result.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace redoubt::rpc {

/// Codes that JSON-RPC 2.0 names, and those that jsonrpsee servers use for their limits.
namespace code {
inline constexpr std::int64_t kParseError = -32700;
inline constexpr std::int64_t kInvalidRequest = -32600;
inline constexpr std::int64_t kMethodNotFound = -32601;
inline constexpr std::int64_t kInvalidParams = -32602;
inline constexpr std::int64_t kInternalError = -32603;
inline constexpr std::int64_t kTooManySubscriptions = -32006;
inline constexpr std::int64_t kReplyTooLarge = -32008;
inline constexpr std::int64_t kBatchTooLarge = -32010;
inline constexpr std::int64_t kBatchReplyTooLarge = -32011;
}  // namespace code

/// The error object of an answer.
struct ErrorObject {
    ErrorObject(std::int64_t error_code, std::string text, nlohmann::json error_data = nullptr)
        : code(error_code), message(std::move(text)), data(std::move(error_data)) {}

    std::int64_t code;
    std::string message;
    nlohmann::json data;  ///< null when there is none
};
[[nodiscard]] ErrorObject invalid_params(std::string_view what);
[[nodiscard]] ErrorObject internal_error(std::string_view what);

/// A value, or the error object to answer with.
template <class T>
using Expected = outcome::basic_result<T, ErrorObject, outcome::policy::terminate>;
using Answer = Expected<nlohmann::json>;

/// A stream of notifications to one connection, from the server's side.
///
/// It ends when the client unsubscribes, when the connection goes, or by end(); afterwards notify() does
/// nothing. Notifications made before the answer to the subscribing call follow that answer.
class ServerSubscription {
  public:
    ServerSubscription() = default;
    ServerSubscription(const ServerSubscription&) = delete;
    ServerSubscription& operator=(const ServerSubscription&) = delete;
    virtual ~ServerSubscription() = default;

    /// Unlike any other of this server.
    [[nodiscard]] virtual const std::string& id() const = 0;
    [[nodiscard]] virtual bool is_open() const = 0;
    /// Sends one notification. A consumer that falls too far behind loses its connection.
    virtual void notify(nlohmann::json result) = 0;
    /// Calls `done` once, when the connection has nothing more to send; for streams that wait for their
    /// reader. Never called after the end.
    virtual void when_drained(std::function<void()> done) = 0;
    /// Ends the stream from the server's side.
    virtual void end() = 0;
    /// Calls `done` once, when the stream ends for whatever reason.
    virtual void on_end(std::function<void()> done) = 0;
};
using ServerSubscriptionPtr = std::shared_ptr<ServerSubscription>;

/// The surroundings of one call.
class CallContext {
  public:
    CallContext() = default;
    CallContext(const CallContext&) = delete;
    CallContext& operator=(const CallContext&) = delete;
    virtual ~CallContext() = default;

    /// Opens a subscription; the method answers with its id.
    /// @param notification  the method name of its notifications; it also tells kinds of subscriptions apart
    /// @errors kMethodNotFound over plain HTTP, kTooManySubscriptions
    [[nodiscard]] virtual Expected<ServerSubscriptionPtr> subscribe(std::string notification) = 0;
    /// A live subscription of this connection; nullptr when there is none of that kind and id.
    [[nodiscard]] virtual ServerSubscriptionPtr find(std::string_view notification, std::string_view id) = 0;
    /// Live subscriptions of a kind on this connection.
    [[nodiscard]] virtual std::size_t count(std::string_view notification) const = 0;
};

/// @param params  an array; parameters at the end may be missing
using Method = std::function<Answer(const nlohmann::json& params, CallContext& context)>;

}  // namespace redoubt::rpc
