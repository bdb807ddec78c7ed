#include <rpc/json_text.hpp>

namespace redoubt::rpc {
namespace {

/// nullptr when the text is within the limits, else which one it breaks.
const char* broken_limit(std::string_view text, JsonLimits limits) {
    unsigned depth = 0;
    std::size_t separators = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        switch (text[i]) {
            case '"':
                for (++i; i < text.size() && text[i] != '"'; ++i) {
                    if (text[i] == '\\') {
                        ++i;
                    }
                }
                break;
            case '[':
            case '{':
                if (++depth > limits.depth_max) {
                    return "the message is nested too deeply";
                }
                break;
            case ']':
            case '}':
                if (depth == 0) {
                    return "the message is not JSON";
                }
                --depth;
                break;
            case ',':
                if (++separators > limits.values_max) {
                    return "the message holds too many values";
                }
                break;
            default:
                break;
        }
    }
    return nullptr;
}

}  // namespace

Reply<nlohmann::json> parse_json(std::string_view text, JsonLimits limits) {
    if (const auto* broken = broken_limit(text, limits)) {
        return Failure{make_error_code(RpcError::kBadAnswer), broken};
    }
    auto parsed = nlohmann::json::parse(text, nullptr, false);
    if (parsed.is_discarded()) {
        return Failure{make_error_code(RpcError::kBadAnswer), "the message is not JSON"};
    }
    return parsed;
}

}  // namespace redoubt::rpc
