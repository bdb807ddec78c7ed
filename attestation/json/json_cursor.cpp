#include <attestation/json/json_cursor.hpp>

#include <algorithm>

namespace redoubt::attestation {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void append_utf8(std::string& out, std::uint32_t code_point) {
    const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xc0U | (code_point >> 6U));
        put(0x80U | (code_point & 0x3fU));
    } else if (code_point < 0x10000) {
        put(0xe0U | (code_point >> 12U));
        put(0x80U | ((code_point >> 6U) & 0x3fU));
        put(0x80U | (code_point & 0x3fU));
    } else {
        put(0xf0U | (code_point >> 18U));
        put(0x80U | ((code_point >> 12U) & 0x3fU));
        put(0x80U | ((code_point >> 6U) & 0x3fU));
        put(0x80U | (code_point & 0x3fU));
    }
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t size = lead < 0x80   ? 1
                                 : lead < 0xc2 ? 0
                                 : lead < 0xe0 ? 2
                                 : lead < 0xf0 ? 3
                                 : lead < 0xf5 ? 4
                                               : 0;
        if (size == 0 || size > text.size() - i) {
            return false;
        }
        std::uint32_t code_point = size == 1 ? lead : lead & (0x7fU >> size);
        for (std::size_t k = 1; k < size; ++k) {
            const auto byte = static_cast<unsigned char>(text[i + k]);
            if ((byte & 0xc0U) != 0x80U) {
                return false;
            }
            code_point = (code_point << 6U) | (byte & 0x3fU);
        }
        const bool is_overlong = (size == 3 && code_point < 0x800) || (size == 4 && code_point < 0x10000);
        if (is_overlong || (code_point >= 0xd800 && code_point < 0xe000) || code_point > 0x10ffff) {
            return false;
        }
        i += size;
    }
    return true;
}

void JsonCursor::skip_space() noexcept {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
        ++at_;
    }
}

Result<void> JsonCursor::open(char bracket) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != bracket) {
        return Reason::kJsonMalformed;
    }
    if (depth_ == kJsonDepthMax) {
        return Reason::kLimitExceeded;
    }
    ++at_;
    ++depth_;
    return success();
}

Result<bool> JsonCursor::next_item(char closing, bool is_first) {
    skip_space();
    if (at_ == text_.size()) {
        return Reason::kJsonMalformed;
    }
    if (text_[at_] == closing) {
        ++at_;
        return false;
    }
    if (is_first) {
        return true;
    }
    if (text_[at_] != ',') {
        return Reason::kJsonMalformed;
    }
    ++at_;
    return true;
}

Result<std::string> JsonCursor::read_member_name(const std::vector<std::string>& names) {
    if (names.size() == kJsonMembersMax) {
        return Reason::kLimitExceeded;
    }
    BOOST_OUTCOME_TRY(auto name, read_string());
    if (std::ranges::find(names, name) != names.end()) {
        return Reason::kJsonDuplicateMember;
    }
    skip_space();
    if (at_ == text_.size() || text_[at_] != ':') {
        return Reason::kJsonMalformed;
    }
    ++at_;
    return name;
}

Result<std::uint32_t> JsonCursor::read_hex4() {
    std::uint32_t out = 0;
    if (text_.size() - at_ < 4) {
        return Reason::kJsonMalformed;
    }
    for (const char c : text_.substr(at_, 4)) {
        std::uint32_t digit = 0;
        if (is_digit(c)) {
            digit = static_cast<std::uint32_t>(c - '0');
        } else if (c >= 'a' && c <= 'f') {
            digit = static_cast<std::uint32_t>(c - 'a') + 10;
        } else if (c >= 'A' && c <= 'F') {
            digit = static_cast<std::uint32_t>(c - 'A') + 10;
        } else {
            return Reason::kJsonMalformed;
        }
        out = (out << 4U) | digit;
    }
    at_ += 4;
    return out;
}

Result<void> JsonCursor::read_escape(std::string& out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (at_ == text_.size()) {
        return Reason::kJsonMalformed;
    }
    const char letter = text_[at_++];
    if (const auto which = kLetters.find(letter); which != std::string_view::npos) {
        out.push_back(kMeanings[which]);
        return success();
    }
    if (letter != 'u') {
        return Reason::kJsonMalformed;
    }
    BOOST_OUTCOME_TRY(auto code_point, read_hex4());
    if (code_point >= 0xd800 && code_point < 0xdc00) {
        if (!text_.substr(at_).starts_with("\\u")) {
            return Reason::kJsonMalformed;
        }
        at_ += 2;
        BOOST_OUTCOME_TRY(const auto low, read_hex4());
        if (low < 0xdc00 || low >= 0xe000) {
            return Reason::kJsonMalformed;
        }
        code_point = 0x10000 + ((code_point - 0xd800) << 10U) + (low - 0xdc00);
    } else if (code_point >= 0xdc00 && code_point < 0xe000) {
        return Reason::kJsonMalformed;
    }
    append_utf8(out, code_point);
    return success();
}

Result<std::string> JsonCursor::read_string() {
    skip_space();
    if (at_ == text_.size() || text_[at_] != '"') {
        return Reason::kJsonMalformed;
    }
    ++at_;
    std::string out;
    for (;;) {
        const auto end = text_.find_first_of("\"\\", at_);
        if (end == std::string_view::npos) {
            return Reason::kJsonMalformed;
        }
        const auto plain = text_.substr(at_, end - at_);
        const bool has_control =
            std::ranges::any_of(plain, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
        if (has_control || !is_utf8(plain)) {
            return Reason::kJsonMalformed;
        }
        out.append(plain);
        at_ = end + 1;
        if (text_[end] == '"') {
            return out;
        }
        BOOST_OUTCOME_TRY(read_escape(out));
    }
}

Result<std::uint64_t> JsonCursor::read_unsigned(std::uint64_t max) {
    skip_space();
    const auto start = at_;
    std::uint64_t out = 0;
    while (at_ < text_.size() && is_digit(text_[at_])) {
        const auto digit = static_cast<std::uint64_t>(text_[at_] - '0');
        if (out > (UINT64_MAX - digit) / 10) {
            return Reason::kJsonMalformed;
        }
        out = out * 10 + digit;
        ++at_;
    }
    const auto digits = at_ - start;
    const bool goes_on = at_ < text_.size() && (text_[at_] == '.' || text_[at_] == 'e' || text_[at_] == 'E');
    if (digits == 0 || (digits > 1 && text_[start] == '0') || goes_on || out > max) {
        return Reason::kJsonMalformed;
    }
    return out;
}

Result<void> JsonCursor::expect_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) {
        return Reason::kJsonMalformed;
    }
    at_ += word.size();
    return success();
}

Result<bool> JsonCursor::read_boolean() {
    skip_space();
    if (text_.substr(at_).starts_with("true")) {
        at_ += 4;
        return true;
    }
    BOOST_OUTCOME_TRY(expect_word("false"));
    return false;
}

Result<bool> JsonCursor::skip_null() {
    skip_space();
    if (text_.substr(at_).starts_with("null")) {
        at_ += 4;
        return true;
    }
    return false;
}

Result<void> JsonCursor::skip_number() {
    const auto skip_digits = [&] {
        const auto start = at_;
        while (at_ < text_.size() && is_digit(text_[at_])) {
            ++at_;
        }
        return at_ - start;
    };
    const auto is_at = [&](std::string_view characters) {
        return at_ < text_.size() && characters.find(text_[at_]) != std::string_view::npos;
    };
    at_ += is_at("-") ? 1U : 0U;
    const auto start = at_;
    const auto digits = skip_digits();
    if (digits == 0 || (digits > 1 && text_[start] == '0')) {
        return Reason::kJsonMalformed;
    }
    if (is_at(".")) {
        ++at_;
        if (skip_digits() == 0) {
            return Reason::kJsonMalformed;
        }
    }
    if (is_at("eE")) {
        ++at_;
        at_ += is_at("+-") ? 1U : 0U;
        if (skip_digits() == 0) {
            return Reason::kJsonMalformed;
        }
    }
    return success();
}

Result<void> JsonCursor::skip_any() {
    skip_space();
    if (at_ == text_.size()) {
        return Reason::kJsonMalformed;
    }
    switch (text_[at_]) {
        case '{':
            return read_object([](std::string_view, JsonCursor& value) { return value.skip_any(); });
        case '[':
            return read_array([](JsonCursor& value) { return value.skip_any(); });
        case '"':
            return skip_string();
        case 't':
            return expect_word("true");
        case 'f':
            return expect_word("false");
        case 'n':
            return expect_word("null");
        default:
            return skip_number();
    }
}

Result<void> JsonCursor::skip_string() {
    BOOST_OUTCOME_TRY(read_string());
    return success();
}

Result<std::string_view> JsonCursor::skip_value() {
    skip_space();
    const auto start = at_;
    BOOST_OUTCOME_TRY(skip_any());
    return text_.substr(start, at_ - start);
}

Result<void> JsonCursor::expect_end() {
    skip_space();
    if (at_ != text_.size()) {
        return Reason::kJsonMalformed;
    }
    return success();
}

}  // namespace redoubt::attestation
