/// What the rest of the daemon sees of the enclave: one request, one reply. How it travels is in
/// enclave_channel.hpp; what starts the process is in enclave_process.hpp.
#pragma once

#include <boundary/messages.hpp>
#include <boundary/refusal.hpp>
#include <primitives/result.hpp>
#include <rpc/task.hpp>

#include <memory>
#include <string_view>
#include <utility>

namespace redoubt::node {

/// Why a request got no usable reply. After each of these but kTooLarge the enclave has to be restarted.
enum class ChannelError : int {
    kClosed = 1,       ///< the enclave ended, or the channel was closed
    kDeadline,         ///< no reply in time
    kBadFrame,         ///< the reply is too large, or does not decode
    kUnexpectedReply,  ///< a reply of another kind than the request has
    kTooLarge,         ///< the request is above the limit of its tag and was not sent
};
[[nodiscard]] std::string_view error_domain(ChannelError);
[[nodiscard]] std::string_view error_message(ChannelError);
REDOUBT_ERROR_DOMAIN(ChannelError)

}  // namespace redoubt::node

template <>
struct std::is_error_code_enum<redoubt::node::ChannelError> : std::true_type {};

namespace redoubt::node {

class EnclaveLink {
  public:
    virtual ~EnclaveLink() = default;
    /// Sends a message when its turn comes and gives the reply, which may be Refused. Requests are served in
    /// the order in which they were made, one at a time. A caller that is cancelled only gives up the reply.
    /// @errors those of ChannelError
    [[nodiscard]] virtual Task<Result<boundary::FromEnclave>> request(boundary::ToEnclave message) = 0;
};
using EnclaveLinkPtr = std::shared_ptr<EnclaveLink>;

/// True for an error that the enclave answered with; false when the channel itself failed.
[[nodiscard]] inline bool is_refusal(std::error_code error) {
    return error.category() == error_category<boundary::Refusal>() ||
           error.category() == error_category<DecodeError>();
}

/// A reply that has to be an `Expected`.
/// @errors those of ChannelError; the error that a Refused stands for
template <class Expected>
[[nodiscard]] Result<Expected> reply_as(Result<boundary::FromEnclave> reply) {
    if (!reply.has_value()) {
        return reply.error();
    }
    if (auto* expected = std::get_if<Expected>(&reply.value())) {
        return std::move(*expected);
    }
    if (const auto* refused = std::get_if<boundary::Refused>(&reply.value())) {
        return boundary::error_of(*refused);
    }
    return ChannelError::kUnexpectedReply;
}

/// request() for a message whose reply is an `Expected`. @errors as reply_as
template <class Expected>
[[nodiscard]] Task<Result<Expected>> ask(EnclaveLinkPtr link, boundary::ToEnclave message) {
    auto reply = co_await link->request(std::move(message));
    co_return reply_as<Expected>(std::move(reply));
}

}  // namespace redoubt::node
