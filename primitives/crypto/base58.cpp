#include <primitives/crypto/base58.hpp>

namespace redoubt::crypto {
namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The digits of a number in another base, least significant first.
void multiply_add(Bytes& digits, unsigned base, unsigned factor, unsigned summand) {
    unsigned carry = summand;
    for (auto& digit : digits) {
        carry += digit * factor;
        digit = static_cast<std::uint8_t>(carry % base);
        carry /= base;
    }
    while (carry > 0) {
        digits.push_back(static_cast<std::uint8_t>(carry % base));
        carry /= base;
    }
}

}  // namespace

std::string_view error_domain(Base58Error) {
    return "base58";
}

std::string_view error_message(Base58Error error) {
    switch (error) {
        case Base58Error::kBadCharacter:
            return "base58 text holds a character outside the alphabet";
        case Base58Error::kTooLong:
            return "base58 text is too long";
    }
    return "unknown base58 error";
}

std::string encode_base58(ByteView bytes) {
    const auto zeros =
        static_cast<std::size_t>(std::ranges::find_if(bytes, [](auto b) { return b != 0; }) - bytes.begin());
    Bytes digits;
    for (const auto byte : bytes.subspan(zeros)) {
        multiply_add(digits, 58, 256, byte);
    }
    std::string out(zeros, kAlphabet[0]);
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
        out.push_back(kAlphabet[*digit]);
    }
    return out;
}

Result<Bytes> decode_base58(std::string_view text) {
    if (text.size() > kBase58CharactersMax) {
        return Base58Error::kTooLong;
    }
    const std::size_t zeros = std::min(text.find_first_not_of(kAlphabet[0]), text.size());
    Bytes digits;
    for (const char character : text.substr(zeros)) {
        const auto value = kAlphabet.find(character);
        if (value == std::string_view::npos) {
            return Base58Error::kBadCharacter;
        }
        multiply_add(digits, 256, 58, static_cast<unsigned>(value));
    }
    Bytes out(zeros);
    out.insert(out.end(), digits.rbegin(), digits.rend());
    return out;
}

}  // namespace redoubt::crypto
