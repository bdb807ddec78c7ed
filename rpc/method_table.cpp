#include <rpc/method_table.hpp>

#include <spdlog/spdlog.h>
#include <algorithm>
#include <exception>
#include <utility>

namespace redoubt::rpc {
namespace {

using nlohmann::json;

/// Bytes that are no UTF-8 are replaced: a text that a method repeats from its caller must not end the reply.
std::string to_text(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string reply_text(const json& id, const Answer& answer) {
    std::string out = R"({"jsonrpc":"2.0","id":)" + to_text(id);
    if (answer) {
        return out + R"(,"result":)" + to_text(answer.value()) + '}';
    }
    const auto& error = answer.error();
    json object{{"code", error.code}, {"message", error.message}};
    if (!error.data.is_null()) {
        object["data"] = error.data;
    }
    return out + R"(,"error":)" + to_text(object) + '}';
}

bool is_id(const json& id) {
    return id.is_string() || id.is_number() || id.is_null();
}

/// Named parameters in order of position, or the array as it is.
Expected<json> positional(json params, const std::vector<std::string>& names) {
    if (params.is_array()) {
        return params;
    }
    if (params.is_null()) {
        return json::array();
    }
    if (!params.is_object()) {
        return ErrorObject{code::kInvalidRequest, "Invalid request: params are neither a list nor an object"};
    }
    json out = json::array();
    for (const auto& [name, value] : params.items()) {
        const auto found = std::ranges::find(names, name);
        if (found == names.end()) {
            return invalid_params("there is no parameter " + name);
        }
        const auto position = static_cast<std::size_t>(found - names.begin());
        while (out.size() <= position) {
            out.push_back(nullptr);
        }
        out[position] = value;
    }
    return out;
}

}  // namespace

ErrorObject invalid_params(std::string_view what) {
    return {code::kInvalidParams, "Invalid params: " + std::string{what}};
}

ErrorObject internal_error(std::string_view what) {
    return {code::kInternalError, "Internal error: " + std::string{what}};
}

void MethodTable::add(std::string name, std::vector<std::string> parameter_names, Method method) {
    const auto added =
        methods_.try_emplace(std::move(name), Entry{std::move(parameter_names), std::move(method)});
    REDOUBT_ASSERT(added.second);
}

void MethodTable::add_alias(std::string name, std::string_view method) {
    const auto known = methods_.find(method);
    REDOUBT_ASSERT(known != methods_.end());
    auto entry = known->second;
    add(std::move(name), std::move(entry.parameter_names), std::move(entry.method));
}

void MethodTable::add_subscription(
    std::string subscribe,
    std::string unsubscribe,
    std::string notification,
    std::vector<std::string> parameter_names,
    std::function<Expected<std::monostate>(const json&, const ServerSubscriptionPtr&)> start) {
    add(std::move(subscribe), std::move(parameter_names),
        [notification, start = std::move(start)](const json& params, CallContext& context) -> Answer {
            BOOST_OUTCOME_TRY(const auto subscription, context.subscribe(notification));
            if (auto started = start(params, subscription); !started) {
                subscription->end();
                return std::move(started).error();
            }
            return json(subscription->id());
        });
    add(std::move(unsubscribe), {"subscription"},
        [notification = std::move(notification)](const json& params, CallContext& context) -> Answer {
            // An id that is no string names no subscription of this server.
            const auto* id = params.empty() ? nullptr : params[0].get_ptr<const std::string*>();
            const auto subscription = id == nullptr ? nullptr : context.find(notification, *id);
            if (subscription == nullptr) {
                return json(false);
            }
            subscription->end();
            return json(true);
        });
}

std::vector<std::string> MethodTable::names() const {
    std::vector<std::string> out;
    for (const auto& [name, entry] : methods_) {
        out.push_back(name);
    }
    return out;
}

std::optional<std::string> MethodTable::answer(std::string_view message,
                                               const AnswerLimits& limits,
                                               CallContext& context) const {
    const auto refused = [](std::int64_t error, std::string what) {
        return reply_text(nullptr, ErrorObject{error, std::move(what)});
    };
    const auto parsed = parse_json(message, limits.json);
    if (!parsed) {
        return refused(code::kParseError, "Parse error: " + parsed.error().detail);
    }
    const auto& root = parsed.value();
    if (!root.is_array()) {
        auto reply = answer_one(root, context);
        if (reply && reply->size() > limits.reply_bytes_max) {
            const auto id = root.value("id", json());
            reply = reply_text(id, ErrorObject{code::kReplyTooLarge, "Response is too big"});
        }
        return reply;
    }
    if (root.empty()) {
        return refused(code::kInvalidRequest, "Invalid request: an empty batch");
    }
    if (root.size() > limits.batch_max) {
        return refused(code::kBatchTooLarge, "The batch request was too large: at most " +
                                                 std::to_string(limits.batch_max) + " requests");
    }
    std::string replies;
    for (const auto& request : root) {
        const auto reply = answer_one(request, context);
        if (!reply) {
            continue;
        }
        if (replies.size() + reply->size() > limits.reply_bytes_max) {
            return refused(code::kBatchReplyTooLarge, "The batch response was too large");
        }
        replies += replies.empty() ? '[' : ',';
        replies += *reply;
    }
    if (replies.empty()) {
        return std::nullopt;
    }
    replies += ']';
    return replies;
}

std::optional<std::string> MethodTable::answer_one(const json& request, CallContext& context) const {
    if (!request.is_object()) {
        return reply_text(nullptr, ErrorObject{code::kInvalidRequest, "Invalid request: not an object"});
    }
    const auto id = request.find("id");
    if (id != request.end() && !is_id(*id)) {
        return reply_text(nullptr, ErrorObject{code::kInvalidRequest, "Invalid request: a bad id"});
    }
    const auto answer = call(request, context);
    if (id == request.end()) {
        // A notification has no reply, unless it is none at all.
        const bool is_request = answer || answer.error().code != code::kInvalidRequest;
        return is_request ? std::nullopt : std::optional{reply_text(nullptr, answer)};
    }
    return reply_text(*id, answer);
}

Answer MethodTable::call(const json& request, CallContext& context) const {
    const auto version = request.find("jsonrpc");
    const auto method = request.find("method");
    if (version == request.end() || *version != "2.0" || method == request.end() || !method->is_string()) {
        return ErrorObject{code::kInvalidRequest, "Invalid request"};
    }
    const auto& name = method->get_ref<const std::string&>();
    const auto entry = methods_.find(name);
    if (entry == methods_.end()) {
        return ErrorObject{code::kMethodNotFound, "Method not found"};
    }
    const auto params = request.find("params");
    BOOST_OUTCOME_TRY(const auto list,
                      positional(params == request.end() ? json() : *params, entry->second.parameter_names));
    try {
        return entry->second.method(list, context);
    } catch (const std::exception& error) {
        spdlog::error("{} ended with an exception: {}", name, error.what());
        return internal_error("the method failed");
    }
}

}  // namespace redoubt::rpc
