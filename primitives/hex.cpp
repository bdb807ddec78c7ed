#include <primitives/hex.hpp>

namespace redoubt {
namespace {

int digit_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

void append_hex(std::string& out, ByteView bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (const auto byte : bytes) {
        out.push_back(kDigits[byte >> 4]);
        out.push_back(kDigits[byte & 0x0f]);
    }
}

}  // namespace

std::string_view error_domain(HexError) {
    return "hex";
}

std::string_view error_message(HexError error) {
    switch (error) {
        case HexError::kOddLength:
            return "hex text has an odd number of digits";
        case HexError::kBadDigit:
            return "hex text holds a character that is no hex digit";
        case HexError::kWrongSize:
            return "hex text has the wrong number of bytes";
    }
    return "unknown hex error";
}

std::string to_hex(ByteView bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    append_hex(out, bytes);
    return out;
}

std::string to_hex_0x(ByteView bytes) {
    std::string out = "0x";
    out.reserve(2 + bytes.size() * 2);
    append_hex(out, bytes);
    return out;
}

Result<Bytes> parse_hex(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X")) {
        text.remove_prefix(2);
    }
    if (text.size() % 2 != 0) {
        return HexError::kOddLength;
    }
    Bytes out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit_value(text[i]);
        const int low = digit_value(text[i + 1]);
        if (high < 0 || low < 0) {
            return HexError::kBadDigit;
        }
        out.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return out;
}

}  // namespace redoubt
