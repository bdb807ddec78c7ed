#include <tools/evidence-text/text_form.hpp>

#include <attestation/limits.hpp>
#include <attestation/x509/pem.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace redoubt::evidence_text {
namespace {

constexpr std::string_view kPemBegin = "-----BEGIN ";

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string without_spaces(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return !is_space(c); });
    return out;
}

/// Base64 of either alphabet in the ordinary one, padded.
std::string ordinary_base64(std::string text) {
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    while (text.size() % 4 != 0) {
        text.push_back('=');
    }
    return text;
}

std::optional<Bytes> decode_pem(std::string_view text) {
    const auto begin = text.find(kPemBegin);
    if (begin == std::string_view::npos) {
        return std::nullopt;
    }
    const auto label_begin = begin + kPemBegin.size();
    const auto label = text.substr(label_begin, text.find("-----", label_begin) - label_begin);
    auto block = attestation::x509::read_pem_block(text, label, kTextFactor * attestation::kEvidenceBytesMax);
    return block ? std::optional{std::move(block).value()} : std::nullopt;
}

}  // namespace

Bytes decode_text_form(Bytes file) {
    const auto text = text_of(file);
    const bool is_ascii = std::ranges::all_of(
        text, [](char c) { return is_space(c) || (c > ' ' && static_cast<unsigned char>(c) < 0x7f); });
    if (!is_ascii) {
        return file;
    }
    if (auto block = decode_pem(text)) {
        return *std::move(block);
    }
    auto digits = without_spaces(text);
    if (digits.empty()) {
        return file;
    }
    if (auto bytes = parse_hex(digits)) {
        return std::move(bytes).value();
    }
    if (auto bytes = attestation::x509::decode_base64(ordinary_base64(std::move(digits)))) {
        return std::move(bytes).value();
    }
    return file;
}

}  // namespace redoubt::evidence_text
