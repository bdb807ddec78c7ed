#include <enclave/endpoint/json_rpc.hpp>

#include <enclave/endpoint/json_text.hpp>
#include <enclave/endpoint/limits.hpp>
#include <enclave/endpoint/methods.hpp>

#include <nlohmann/json.hpp>
#include <primitives/json_string.hpp>

namespace redoubt::enclave::endpoint {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kNullId = "null";

std::string response(std::string_view body, std::string_view id) {
    std::string out = R"({"jsonrpc":"2.0",)";
    out += body;
    out += R"(,"id":)";
    out += id;
    out += "}";
    return out;
}

std::string error_response(const RpcError& error, std::string_view id) {
    return response(R"("error":{"code":)" + std::to_string(error.code) + R"(,"message":)" +
                        json_string(error.message) + "}",
                    id);
}

/// The id as it goes back: nullopt when it is none that JSON-RPC allows.
std::optional<std::string> id_text(const Json& id) {
    if (const auto* text = id.get_ptr<const Json::string_t*>(); text != nullptr) {
        return text->size() <= kIdBytesMax ? std::optional{json_string(*text)} : std::nullopt;
    }
    if (id.is_number() || id.is_null()) {
        return id.dump();
    }
    return std::nullopt;
}

/// The member of an object, or nullptr.
const Json* member(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}

std::string invalid_request(std::string message, std::string_view id = kNullId) {
    return error_response({.code = kInvalidRequest, .message = std::move(message)}, id);
}

std::string call(const EndpointBackend& backend,
                 const std::string& method,
                 const Json* params,
                 std::string_view id,
                 ChainReads& reads) {
    std::vector<std::optional<std::string_view>> texts;
    if (params != nullptr) {
        if (!params->is_array()) {
            return error_response(
                {.code = kInvalidParams, .message = "params have to be an array: they go by position"}, id);
        }
        if (params->size() > kParamsMax) {
            return error_response({.code = kInvalidParams, .message = "more than 16 params"}, id);
        }
        for (const auto& param : *params) {
            const auto* text = param.get_ptr<const Json::string_t*>();
            texts.push_back(text != nullptr ? std::optional<std::string_view>{*text} : std::nullopt);
        }
    }
    const auto reply = call_method(backend, method, texts, reads);
    if (const auto* error = std::get_if<RpcError>(&reply)) {
        return error_response(*error, id);
    }
    return response(R"("result":)" + *std::get_if<std::string>(&reply), id);
}

/// One request of a message; nullopt for a notification.
std::optional<std::string> answer_one(const EndpointBackend& backend,
                                      const Json& request,
                                      ChainReads& reads) {
    if (!request.is_object()) {
        return invalid_request("a request is a JSON object");
    }
    std::string id{kNullId};
    const auto* id_member = member(request, "id");
    if (id_member != nullptr) {
        auto text = id_text(*id_member);
        if (!text) {
            return invalid_request("id has to be a number or a string of at most 256 bytes");
        }
        id = std::move(*text);
    }
    const auto* version = member(request, "jsonrpc");
    if (version == nullptr || *version != "2.0") {
        return invalid_request("jsonrpc has to be \"2.0\"", id);
    }
    const auto* method_member = member(request, "method");
    const auto* method = method_member == nullptr ? nullptr : method_member->get_ptr<const Json::string_t*>();
    if (method == nullptr) {
        return invalid_request("method has to be a string", id);
    }
    if (id_member == nullptr) {
        // A notification: no method here has an effect, so there is nothing to do.
        return std::nullopt;
    }
    return call(backend, *method, member(request, "params"), id, reads);
}

std::optional<std::string> answer_batch(const EndpointBackend& backend,
                                        const Json& requests,
                                        ChainReads& reads) {
    if (requests.empty()) {
        return invalid_request("a batch holds at least one request");
    }
    if (requests.size() > kBatchRequestsMax) {
        return invalid_request("a batch holds at most 64 requests");
    }
    std::string out = "[";
    for (const auto& request : requests) {
        const auto answer = answer_one(backend, request, reads);
        if (!answer) {
            continue;
        }
        if (out.size() + answer->size() > kReplyBytesMax) {
            return error_response(
                {.code = kInternalError, .message = "the answers are too large: send smaller batches"},
                kNullId);
        }
        out += out.size() > 1 ? "," : "";
        out += *answer;
    }
    if (out.size() == 1) {
        return std::nullopt;
    }
    return out + "]";
}

}  // namespace

std::optional<std::string> answer_json_rpc(const EndpointBackend& backend,
                                           std::string_view text,
                                           ChainReads& reads) {
    const auto extent = measure_json(text);
    if (extent.depth > kJsonDepthMax) {
        return invalid_request("the message is nested deeper than 16 levels");
    }
    if (extent.tokens > kJsonTokensMax) {
        return invalid_request("the message has too many values: send smaller batches");
    }
    const auto message = Json::parse(text, nullptr, false);
    if (message.is_discarded()) {
        return error_response({.code = kParseError, .message = "the message is not JSON"}, kNullId);
    }
    if (message.is_array()) {
        return answer_batch(backend, message, reads);
    }
    auto answer = answer_one(backend, message, reads);
    if (answer && answer->size() > kReplyBytesMax) {
        return error_response({.code = kInternalError, .message = "the answer is too large"}, kNullId);
    }
    return answer;
}

}  // namespace redoubt::enclave::endpoint
