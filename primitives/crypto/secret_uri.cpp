#include <primitives/crypto/secret_uri.hpp>

#include <primitives/crypto/bip39.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>

#include <charconv>
#include <optional>

namespace redoubt::crypto {
namespace {

/// As Rust's u64 parser, which takes a plus sign in front.
std::optional<std::uint64_t> parse_u64(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    std::uint64_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, value);
    if (text.empty() || failure != std::errc{} || stopped != end) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

std::string_view error_domain(SecretUriError) {
    return "secret URI";
}

std::string_view error_message(SecretUriError error) {
    switch (error) {
        case SecretUriError::kTooLong:
            return "the secret URI is too long";
        case SecretUriError::kTooManyJunctions:
            return "the secret URI has too many junctions";
        case SecretUriError::kEmptyJunction:
            return "a junction of the secret URI is empty";
        case SecretUriError::kBadSeed:
            return "the seed of the secret URI is not 0x and 64 hex digits";
        case SecretUriError::kBadUtf8:
            return "the secret URI is not UTF-8";
    }
    return "unknown secret URI error";
}

FixedBytes<32> junction_chain_code(std::string_view junction) {
    Bytes encoded;
    if (const auto number = parse_u64(junction)) {
        scale::encode_scale(encoded, *number);
    } else {
        scale::append_compact(encoded, junction.size());
        append(encoded, bytes_of(junction));
    }
    FixedBytes<32> out;
    if (encoded.size() > out.size()) {
        return blake2b_256(encoded);
    }
    std::ranges::copy(encoded, out.bytes.begin());
    return out;
}

Result<SecretUri> parse_secret_uri(std::string_view uri) {
    if (uri.size() > kSecretUriBytesMax) {
        return SecretUriError::kTooLong;
    }
    if (!scale::is_utf8(uri)) {
        return SecretUriError::kBadUtf8;
    }
    SecretUri out;
    const auto path_start = std::min(uri.find('/'), uri.size());
    out.phrase = path_start == 0 ? kDevelopmentPhrase : uri.substr(0, path_start);
    auto rest = uri.substr(path_start);
    while (!rest.empty()) {
        if (rest.starts_with("///")) {
            out.password = rest.substr(3);
            break;
        }
        const bool hard = rest.starts_with("//");
        rest.remove_prefix(hard ? 2 : 1);
        const auto end = std::min(rest.find('/'), rest.size());
        if (end == 0) {
            return SecretUriError::kEmptyJunction;
        }
        if (out.path.size() == kJunctionsMax) {
            return SecretUriError::kTooManyJunctions;
        }
        out.path.push_back({.hard = hard, .chain_code = junction_chain_code(rest.substr(0, end))});
        rest.remove_prefix(end);
    }
    return out;
}

Result<SecretBytes<32>> root_seed(const SecretUri& uri) {
    if (!uri.phrase.starts_with("0x")) {
        return mnemonic_to_mini_secret(uri.phrase, uri.password);
    }
    const auto digits = uri.phrase.substr(2);
    SecretBytes<32> out;
    if (digits.size() != 2 * out.kSize) {
        return SecretUriError::kBadSeed;
    }
    for (std::size_t i = 0; i < out.kSize; ++i) {
        const auto* const begin = digits.data() + 2 * i;
        const auto [stopped, failure] = std::from_chars(begin, begin + 2, out.expose_mut()[i], 16);
        if (failure != std::errc{} || stopped != begin + 2) {
            return SecretUriError::kBadSeed;
        }
    }
    return out;
}

}  // namespace redoubt::crypto
