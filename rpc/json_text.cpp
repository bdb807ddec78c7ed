#include <rpc/json_text.hpp>

#include <functional>
#include <set>
#include <string>
#include <vector>

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

/// Parses, noting whether an object has a name twice.
class UniqueNames {
  public:
    /// @source nlohmann::json::parser_callback_t
    bool operator()(int /*depth*/, nlohmann::json::parse_event_t event, const nlohmann::json& value) {
        using Event = nlohmann::json::parse_event_t;
        if (event == Event::object_start) {
            names_.emplace_back();
        } else if (event == Event::object_end) {
            names_.pop_back();
        } else if (event == Event::key && !names_.back().insert(value.get<std::string>()).second) {
            is_broken_ = true;
        }
        return true;
    }
    [[nodiscard]] bool is_broken() const { return is_broken_; }

  private:
    std::vector<std::set<std::string>> names_;  ///< of each open object
    bool is_broken_ = false;
};

}  // namespace

Reply<nlohmann::json> parse_json(std::string_view text, JsonLimits limits) {
    if (const auto* broken = broken_limit(text, limits)) {
        return Failure{make_error_code(RpcError::kBadAnswer), broken};
    }
    UniqueNames names;
    nlohmann::json::parser_callback_t watch;
    if (limits.unique_names) {
        watch = std::ref(names);
    }
    auto parsed = nlohmann::json::parse(text, watch, false);
    if (parsed.is_discarded()) {
        return Failure{make_error_code(RpcError::kBadAnswer), "the message is not JSON"};
    }
    if (names.is_broken()) {
        return Failure{make_error_code(RpcError::kBadAnswer), "the message names a member twice"};
    }
    return parsed;
}

}  // namespace redoubt::rpc
