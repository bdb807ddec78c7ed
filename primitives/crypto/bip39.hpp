/// Mnemonic phrases (BIP39, English) and Substrate's own way from phrase to seed.
///
/// The seed is not the BIP39 seed: the password of PBKDF2 is the entropy, not the phrase.
///
/// @source light-client.md, section 5.6; BIP 39
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>

#include <string>
#include <string_view>

namespace redoubt::crypto {

enum class MnemonicError : int {
    kBadWordCount = 1,  ///< not 12, 15, 18, 21 or 24 words
    kUnknownWord,       ///< a word is not in the English list
    kBadChecksum,       ///< all words are known but do not belong together
};
[[nodiscard]] std::string_view error_domain(MnemonicError);
[[nodiscard]] std::string_view error_message(MnemonicError);
REDOUBT_ERROR_DOMAIN(MnemonicError)

/// The English word list, in order, each word followed by a line feed.
[[nodiscard]] std::string bip39_word_list();

/// A fresh phrase. The text is a secret: show it once, then wipe it.
/// @pre `words` is 12, 15, 18, 21 or 24
[[nodiscard]] std::string generate_mnemonic(unsigned words);

/// The 16 to 32 bytes of entropy behind a phrase; words are separated by spaces.
/// @errors kBadWordCount, kUnknownWord, kBadChecksum
[[nodiscard]] Result<SecretBuffer> mnemonic_to_entropy(std::string_view phrase);

/// PBKDF2-HMAC-SHA512(entropy, "mnemonic" ++ password, 2048 rounds), first 32 bytes.
/// @errors those of mnemonic_to_entropy
[[nodiscard]] Result<SecretBytes<32>> mnemonic_to_mini_secret(std::string_view phrase,
                                                              std::string_view password);

}  // namespace redoubt::crypto

template <>
struct std::is_error_code_enum<redoubt::crypto::MnemonicError> : std::true_type {};
