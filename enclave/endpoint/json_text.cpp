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

std::string json_string(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out = "\"";
    out.reserve(text.size() + 2);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (byte < 0x20) {
            out += "\\u00";
            out.push_back(kDigits[byte >> 4]);
            out.push_back(kDigits[byte & 0x0f]);
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
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
