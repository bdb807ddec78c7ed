#include <attestation/x509/pem.hpp>

#include <attestation/limits.hpp>

#include <algorithm>
#include <string>

namespace redoubt::attestation::x509 {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kLabelBytesMax = 64;
constexpr int kNoDigit = -1;

int digit_value(char c) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    if (c == '+') {
        return 62;
    }
    return c == '/' ? 63 : kNoDigit;
}

bool is_space(char c) {
    return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

struct Block {
    std::string_view label;
    std::string_view text;
};

/// Takes the next block off `rest`. @return nullopt when there is none
Result<std::optional<Block>> take_block(std::string_view& rest) {
    const auto begin = rest.find(kBegin);
    if (begin == std::string_view::npos) {
        return std::optional<Block>{};
    }
    rest.remove_prefix(begin + kBegin.size());
    const auto label_end = rest.find(kDashes);
    if (label_end > kLabelBytesMax) {  // also when there are no dashes at all
        return Reason::kMalformed;
    }
    const auto label = rest.substr(0, label_end);
    rest.remove_prefix(label_end + kDashes.size());
    const auto end_line = "-----END " + std::string{label} + "-----";
    const auto end = rest.find(end_line);
    if (end == std::string_view::npos) {
        return Reason::kMalformed;
    }
    const Block out{label, rest.substr(0, end)};
    rest.remove_prefix(end + end_line.size());
    return std::optional{out};
}

Result<Bytes> decode_block(std::string_view text, std::size_t bytes_max) {
    std::string digits;
    digits.reserve(text.size());
    for (const char c : text) {
        if (!is_space(c)) {
            digits.push_back(c);
        }
    }
    if (digits.size() / 4 * 3 > bytes_max + 2) {
        return Reason::kLimitExceeded;
    }
    return decode_base64(digits);
}

}  // namespace

Result<Bytes> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) {
        return Reason::kMalformed;
    }
    Bytes out;
    out.reserve(text.size() / 4 * 3);
    for (std::size_t at = 0; at < text.size(); at += 4) {
        const auto group = text.substr(at, 4);
        const bool is_last = at + 4 == text.size();
        const std::size_t padding = !is_last || group[3] != '=' ? 0 : (group[2] == '=' ? 2 : 1);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const int value = i >= 4 - padding ? 0 : digit_value(group[i]);
            if (value == kNoDigit) {
                return Reason::kMalformed;
            }
            bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        }
        // Bits that padding leaves over are zero, so that each byte sequence has one text.
        if ((padding == 1 && (bits & 0xffU) != 0) || (padding == 2 && (bits & 0xffffU) != 0)) {
            return Reason::kMalformed;
        }
        for (std::size_t i = 0; i < 3 - padding; ++i) {
            out.push_back(static_cast<std::uint8_t>(bits >> (16 - 8 * i)));
        }
    }
    return out;
}

std::string encode_base64(ByteView bytes) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const auto group = bytes.subspan(at, std::min<std::size_t>(3, bytes.size() - at));
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            bits = (bits << 8U) | (i < group.size() ? group[i] : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            out.push_back(i <= group.size() ? kDigits[(bits >> (18 - 6 * i)) & 0x3fU] : '=');
        }
    }
    return out;
}

Result<std::vector<Certificate>> read_pem_chain(std::string_view text) {
    if (text.size() > kPemBytesMax) {
        return Reason::kLimitExceeded;
    }
    std::vector<Certificate> out;
    out.reserve(kChainCertificatesMax);
    for (;;) {
        BOOST_OUTCOME_TRY(const auto block, take_block(text));
        if (!block) {
            break;
        }
        if (block->label != "CERTIFICATE" || out.size() == kChainCertificatesMax) {
            return Reason::kMalformed;
        }
        BOOST_OUTCOME_TRY(auto bytes, decode_block(block->text, kCertificateBytesMax));
        BOOST_OUTCOME_TRY(auto certificate, Certificate::decode(std::move(bytes)));
        out.push_back(std::move(certificate));
    }
    if (out.empty()) {
        return Reason::kMalformed;
    }
    return out;
}

Result<Bytes> read_pem_block(std::string_view text, std::string_view label, std::size_t bytes_max) {
    BOOST_OUTCOME_TRY(const auto block, take_block(text));
    if (!block || block->label != label) {
        return Reason::kMalformed;
    }
    BOOST_OUTCOME_TRY(const auto another, take_block(text));
    if (another) {
        return Reason::kMalformed;
    }
    return decode_block(block->text, bytes_max);
}

}  // namespace redoubt::attestation::x509
