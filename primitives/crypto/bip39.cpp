#include <primitives/crypto/bip39.hpp>

#include <primitives/crypto/bip39_words.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/initialise.hpp>
#include <primitives/crypto/openssl.hpp>

#include <optional>
#include <vector>

namespace redoubt::crypto {
namespace {

using detail::kBip39Words;

constexpr std::size_t kWordBits = 11;
constexpr std::size_t kEntropyBytesMax = 32;
constexpr int kPbkdf2Rounds = 2048;

constexpr bool is_word_count(std::size_t words) {
    return words >= 12 && words <= 24 && words % 3 == 0;
}

/// 12 words hold 128 bits of entropy and 4 of checksum; every three words more hold 32 and 1 more.
constexpr std::size_t entropy_bytes_of(std::size_t words) {
    return words / 3 * 4;
}

std::optional<std::size_t> word_index(std::string_view word) {
    const auto found = std::ranges::lower_bound(kBip39Words, word);
    if (found == kBip39Words.end() || *found != word) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - kBip39Words.begin());
}

/// At most 25 words; an empty list for more.
std::vector<std::string_view> split_words(std::string_view phrase) {
    std::vector<std::string_view> out;
    while (out.size() <= 24) {
        const auto start = phrase.find_first_not_of(' ');
        if (start == std::string_view::npos) {
            return out;
        }
        phrase.remove_prefix(start);
        const auto end = std::min(phrase.find(' '), phrase.size());
        out.push_back(phrase.substr(0, end));
        phrase.remove_prefix(end);
    }
    return {};
}

}  // namespace

std::string_view error_domain(MnemonicError) {
    return "mnemonic";
}

std::string_view error_message(MnemonicError error) {
    switch (error) {
        case MnemonicError::kBadWordCount:
            return "a phrase has 12, 15, 18, 21 or 24 words";
        case MnemonicError::kUnknownWord:
            return "a word of the phrase is not in the English word list";
        case MnemonicError::kBadChecksum:
            return "the words of the phrase do not belong together";
    }
    return "unknown mnemonic error";
}

std::string bip39_word_list() {
    std::string out;
    for (const auto word : kBip39Words) {
        out += word;
        out += '\n';
    }
    return out;
}

std::string generate_mnemonic(unsigned words) {
    REDOUBT_ASSERT(is_word_count(words));
    const auto entropy_bytes = entropy_bytes_of(words);
    SecretBuffer bits{kEntropyBytesMax + 1};
    fill_random(bits.expose_mut().first(entropy_bytes));
    bits.expose_mut()[entropy_bytes] = sha2_256(bits.expose().first(entropy_bytes)).bytes[0];

    std::string out;
    out.reserve(words * std::size_t{9});
    for (std::size_t word = 0; word < words; ++word) {
        std::size_t index = 0;
        for (std::size_t bit = word * kWordBits; bit < (word + 1) * kWordBits; ++bit) {
            const std::size_t byte = bits.expose()[bit / 8];
            index = (index << 1) | ((byte >> (7 - bit % 8)) & 1);
        }
        out += word > 0 ? " " : "";
        out += kBip39Words[index];
    }
    return out;
}

Result<SecretBuffer> mnemonic_to_entropy(std::string_view phrase) {
    const auto words = split_words(phrase);
    if (!is_word_count(words.size())) {
        return MnemonicError::kBadWordCount;
    }
    const auto entropy_bytes = entropy_bytes_of(words.size());
    SecretBuffer bits{kEntropyBytesMax + 1};
    for (std::size_t word = 0; word < words.size(); ++word) {
        const auto index = word_index(words[word]);
        if (!index) {
            return MnemonicError::kUnknownWord;
        }
        for (std::size_t i = 0; i < kWordBits; ++i) {
            const std::size_t bit = word * kWordBits + i;
            const auto value = (*index >> (kWordBits - 1 - i)) & 1U;
            auto& byte = bits.expose_mut()[bit / 8];
            byte = static_cast<std::uint8_t>(byte | (value << (7 - bit % 8)));
        }
    }
    const std::size_t checksum_bits = words.size() / 3;
    const auto mask = static_cast<std::uint8_t>(0xff00U >> checksum_bits);
    const auto expected = sha2_256(bits.expose().first(entropy_bytes)).bytes[0] & mask;
    if ((bits.expose()[entropy_bytes] & mask) != expected) {
        return MnemonicError::kBadChecksum;
    }
    bits.truncate(entropy_bytes);
    return bits;
}

Result<SecretBytes<32>> mnemonic_to_mini_secret(std::string_view phrase, std::string_view password) {
    initialise();
    BOOST_OUTCOME_TRY(const auto entropy, mnemonic_to_entropy(phrase));
    const auto prefix = bytes_of("mnemonic");
    SecretBuffer salt{prefix.size() + password.size()};
    std::ranges::copy(prefix, salt.expose_mut().begin());
    std::ranges::copy(bytes_of(password),
                      salt.expose_mut().begin() + static_cast<std::ptrdiff_t>(prefix.size()));
    SecretBytes<64> seed;
    const int done = PKCS5_PBKDF2_HMAC(text_of(entropy.expose()).data(), static_cast<int>(entropy.size()),
                                       salt.expose().data(), static_cast<int>(salt.size()), kPbkdf2Rounds,
                                       detail::sha2_512_algorithm(), static_cast<int>(seed.kSize),
                                       seed.expose_mut().data());
    REDOUBT_ASSERT(done == 1);
    return SecretBytes<32>::copy_of(seed.expose().first<32>());
}

}  // namespace redoubt::crypto
