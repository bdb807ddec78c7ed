#include <tools/wallet/accounts.hpp>

#include <primitives/crypto/ss58.hpp>
#include <tools/wallet/console.hpp>

namespace redoubt::wallet {
namespace {

/// Text of this length that is base58 throughout was meant to be an address.
constexpr std::size_t kAddressSizeMin = 40;

bool looks_like_address(std::string_view text) {
    return text.size() >= kAddressSizeMin && text.find_first_of("0OIl") == std::string_view::npos;
}

Fallible<AccountId> parse_address(std::string_view text, std::optional<std::uint16_t> chain_prefix) {
    const auto id = crypto::parse_account_id(text, std::nullopt);
    if (!id) {
        const auto name = "'" + printable(text) + "'";
        if (text.starts_with("0x")) {
            return usage_failure("account_unknown", name + " is no account id",
                                 "Write 0x and 64 hex digits.");
        }
        if (looks_like_address(text)) {
            return usage_failure(
                "address_mistyped", name + " is no valid address: " + id.error().message(),
                "Copy the address again; an SS58 address protects itself against typing errors.");
        }
        return usage_failure(
            "account_unknown",
            name + " is neither an account of the keystore nor an address, an account id or a secret URI",
            "See `redoubt account list`, or make the account with `redoubt account new`.");
    }
    if (chain_prefix && !text.starts_with("0x")) {
        const auto address = crypto::decode_ss58(text);
        if (address && address.value().prefix != *chain_prefix &&
            address.value().prefix != crypto::kGenericSs58Prefix) {
            return usage_failure(
                "address_wrong_network",
                "'" + std::string{text} + "' is an address of the network " +
                    std::to_string(address.value().prefix) + ", and this chain has " +
                    std::to_string(*chain_prefix),
                "Ask for the address on this chain; if it is surely the same owner, use the account id "
                "that `redoubt account inspect` shows.");
        }
    }
    return id.value();
}

}  // namespace

bool looks_like_secret_uri(std::string_view text) {
    return text.find('/') != std::string_view::npos || text.find(' ') != std::string_view::npos;
}

Fallible<crypto::KeyPair> key_of_secret_uri(std::string_view uri, crypto::Scheme scheme) {
    auto key = crypto::KeyPair::from_secret_uri(uri, scheme);
    if (!key) {
        return usage_failure(
            "secret_uri_invalid", "the secret URI cannot be used: " + key.error().message(),
            "A secret URI is a phrase or 0x and 64 hex digits, then a path, for example //Alice.");
    }
    return std::move(key).value();
}

Fallible<AccountId> Accounts::resolve(std::string_view text,
                                      std::optional<std::uint16_t> chain_prefix) const {
    if (looks_like_secret_uri(text)) {
        BOOST_OUTCOME_TRY(const auto key, key_of_secret_uri(text, crypto::Scheme::kSr25519));
        return key.account_id();
    }
    BOOST_OUTCOME_TRY(const auto stored, keystore_.find(text));
    if (stored) {
        return stored->account;
    }
    return parse_address(text, chain_prefix);
}

Fallible<crypto::KeyPair> Accounts::unlock(std::string_view text,
                                           std::optional<std::uint16_t> chain_prefix) const {
    if (looks_like_secret_uri(text)) {
        return key_of_secret_uri(text, crypto::Scheme::kSr25519);
    }
    BOOST_OUTCOME_TRY(auto stored, keystore_.find(text));
    if (!stored) {
        BOOST_OUTCOME_TRY(const auto id, parse_address(text, chain_prefix));
        BOOST_OUTCOME_TRY(stored, keystore_.find(id));
        if (!stored) {
            return usage_failure(
                "account_not_in_keystore", "the keystore has no key for " + std::string{text},
                "Name an account of `redoubt account list`, or import it with `redoubt account import`.");
        }
    }
    BOOST_OUTCOME_TRY(const auto file, keystore_.read(stored->name));
    auto source = password_;
    source.none = source.none || !stored->has_password;
    BOOST_OUTCOME_TRY(const auto password, get_password(source, "Password for " + stored->name, false));
    const auto uri = open_key_file(file, password.expose());
    if (!uri) {
        if (uri.error() == make_error_code(KeyFileError::kWrongPassword)) {
            return refused("password_wrong",
                           "the account " + stored->name + " does not open: " + uri.error().message(),
                           "Try the password again; without it only the phrase brings the account back.");
        }
        return refused("key_file_damaged",
                       "the account " + stored->name + " does not open: " + uri.error().message(),
                       "Restore the file from a backup, or import the account again from its phrase.");
    }
    return key_of_secret_uri(text_of(uri.value().expose()), stored->scheme);
}

}  // namespace redoubt::wallet
