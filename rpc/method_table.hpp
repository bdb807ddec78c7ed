/// The methods that a JSON-RPC server knows, and the answer to one message.
///
/// Parsing, batches, ids and error objects are dealt with here, without a socket.
/// @source JSON-RPC 2.0 specification
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <rpc/json_text.hpp>
#include <rpc/method.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace redoubt::rpc {

struct AnswerLimits {
    JsonLimits json = {.depth_max = 64, .values_max = std::size_t{1} << 20};
    std::size_t batch_max = 1024;                         ///< requests in one message
    std::size_t reply_bytes_max = std::size_t{64} << 20;  ///< one message, a batch's answers together
};

class MethodTable {
  public:
    /// @param parameter_names  in order of position, for callers that name their parameters; names that are
    ///                         not listed here are refused
    /// @pre `name` is new
    void add(std::string name, std::vector<std::string> parameter_names, Method method);
    /// A second name for a method. @pre `method` is known and `name` is new
    void add_alias(std::string name, std::string_view method);
    /// A pair of methods: `subscribe` runs `start` on a new subscription and answers with its id;
    /// `unsubscribe` answers true when it ended one.
    void add_subscription(
        std::string subscribe,
        std::string unsubscribe,
        std::string notification,
        std::vector<std::string> parameter_names,
        std::function<Expected<std::monostate>(const nlohmann::json& params,
                                               const ServerSubscriptionPtr& subscription)> start);

    /// All names, in order.
    [[nodiscard]] std::vector<std::string> names() const;

    /// The reply to one message; nullopt when it holds notifications only, which get none.
    [[nodiscard]] std::optional<std::string> answer(std::string_view message,
                                                    const AnswerLimits& limits,
                                                    CallContext& context) const;

  private:
    struct Entry {
        std::vector<std::string> parameter_names;
        Method method;
    };

    [[nodiscard]] std::optional<std::string> answer_one(const nlohmann::json& request,
                                                        CallContext& context) const;
    [[nodiscard]] Answer call(const nlohmann::json& request, CallContext& context) const;

    std::map<std::string, Entry, std::less<>> methods_;
};

}  // namespace redoubt::rpc
