/// What a person may write where a command takes an account: a keystore name, an SS58 address, `0x` with 64
/// hex digits (an account id), or a secret URI such as //Alice.
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <string>
#include <string_view>
#include <tools/wallet/keystore.hpp>
#include <tools/wallet/password.hpp>

namespace redoubt::wallet {

class Accounts {
  public:
    Accounts(Keystore keystore, PasswordSource password)
        : keystore_(std::move(keystore)), password_(std::move(password)) {}

    [[nodiscard]] const Keystore& keystore() const noexcept { return keystore_; }
    [[nodiscard]] const PasswordSource& password() const noexcept { return password_; }

    /// The account that `text` names. No password is asked for.
    /// @param chain_prefix  addresses must have this network prefix or the generic 42; nullopt takes any
    /// @errors account_unknown, address_wrong_network, address_mistyped, secret_uri_invalid; those of
    /// Keystore
    [[nodiscard]] Fallible<AccountId> resolve(std::string_view text,
                                              std::optional<std::uint16_t> chain_prefix) const;

    /// The key that signs for the account that `text` names. An address is looked up in the keystore.
    /// @errors as resolve; account_not_in_keystore, password_wrong, key_file_damaged; those of get_password
    [[nodiscard]] Fallible<crypto::KeyPair> unlock(std::string_view text,
                                                   std::optional<std::uint16_t> chain_prefix) const;

  private:
    Keystore keystore_;
    PasswordSource password_;
};

/// True for what can only be a secret URI: a phrase of words, a path, or both.
[[nodiscard]] bool looks_like_secret_uri(std::string_view text);

/// The key of a secret URI. @errors secret_uri_invalid
[[nodiscard]] Fallible<crypto::KeyPair> key_of_secret_uri(std::string_view uri, crypto::Scheme scheme);

}  // namespace redoubt::wallet
