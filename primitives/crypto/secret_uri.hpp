/// Secret URIs: `phrase-or-0xseed ( "/" soft | "//" hard )* ( "///" password )?`.
///
/// This file takes the text apart; KeyPair::from_secret_uri walks the path.
///
/// @source light-client.md, section 5.5
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/crypto/secret.hpp>
#include <primitives/result.hpp>

#include <string_view>
#include <vector>

namespace redoubt::crypto {

enum class SecretUriError : int {
    kTooLong = 1,       ///< more than kSecretUriBytesMax bytes
    kTooManyJunctions,  ///< more than kJunctionsMax junctions
    kEmptyJunction,     ///< a slash with nothing behind it
    kBadSeed,           ///< 0x is not followed by 64 hex digits
    kBadUtf8,           ///< the text is not UTF-8
};
[[nodiscard]] std::string_view error_domain(SecretUriError);
[[nodiscard]] std::string_view error_message(SecretUriError);
REDOUBT_ERROR_DOMAIN(SecretUriError)

inline constexpr std::size_t kSecretUriBytesMax = 4'096;
inline constexpr std::size_t kJunctionsMax = 64;

/// The phrase behind an empty one: "//Alice" means this phrase with the hard junction Alice.
inline constexpr std::string_view kDevelopmentPhrase =
    "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

/// One step of a derivation path.
struct Junction {
    bool hard = false;
    FixedBytes<32> chain_code;
    bool operator==(const Junction&) const = default;
};

/// A URI taken apart, as views of the text given; the text is a secret and has to outlive this.
struct SecretUri {
    /// The phrase, or `0x` and 64 hex digits; the development phrase when the text has none.
    std::string_view phrase;
    std::vector<Junction> path;
    std::string_view password;
};

/// The chain code of a junction: a decimal u64 as 8 bytes, other text as a SCALE string, padded with zeros to
/// 32 bytes, or hashed when longer.
[[nodiscard]] FixedBytes<32> junction_chain_code(std::string_view junction);

/// @errors kTooLong, kBadUtf8, kEmptyJunction, kTooManyJunctions
[[nodiscard]] Result<SecretUri> parse_secret_uri(std::string_view uri);

/// The seed that the phrase and password of a URI stand for, before the path.
/// @errors kBadSeed; those of mnemonic_to_mini_secret
[[nodiscard]] Result<SecretBytes<32>> root_seed(const SecretUri& uri);

}  // namespace redoubt::crypto

template <>
struct std::is_error_code_enum<redoubt::crypto::SecretUriError> : std::true_type {};
