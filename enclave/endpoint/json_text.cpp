#include <enclave/endpoint/json_text.hpp>

#include <algorithm>

namespace redoubt::enclave::endpoint {

JsonExtent measure_json(std::string_view text) {
    JsonExtent out;
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') {
                ++i;
            } else if (c == '"') {
                in_string = false;
            }
            continue;
        }
        switch (c) {
            case '"':
                in_string = true;
                break;
            case '[':
            case '{':
                ++out.tokens;
                out.depth = std::max(out.depth, ++depth);
                break;
            case ']':
            case '}':
                depth -= depth > 0 ? 1 : 0;
                break;
            case ',':
            case ':':
                ++out.tokens;
                break;
            default:
                break;
        }
    }
    return out;
}

std::string_view truncate_utf8(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) {
        return text;
    }
    const auto is_continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
    while (bytes_max > 0 && is_continuation(text[bytes_max])) {
        --bytes_max;
    }
    return text.substr(0, bytes_max);
}

}  // namespace redoubt::enclave::endpoint
