/// The folder that holds a person's accounts, one key file each. Names are file names: `NAME.key`.
///
/// The folder is made with mode 0700, files with 0600. A file is never overwritten and appears whole or not
/// at all.
#pragma once

#include <filesystem>
#include <optional>
#include <primitives/bytes.hpp>
#include <string>
#include <string_view>
#include <tools/wallet/failure.hpp>
#include <tools/wallet/key_file.hpp>
#include <vector>

namespace redoubt::wallet {

/// An account as the keystore knows it without a password.
struct StoredAccount {
    std::string name;
    crypto::Scheme scheme = crypto::Scheme::kSr25519;
    Bytes public_key;
    AccountId account;
    bool has_password = true;
};

/// A file of the folder that cannot be used, and why.
struct DamagedFile {
    std::string path;
    std::string reason;
};

struct KeystoreListing {
    std::vector<StoredAccount> accounts;  ///< by name
    std::vector<DamagedFile> damaged;
};

/// `$XDG_DATA_HOME/redoubt-wallet`, by default `~/.local/share/redoubt-wallet`.
[[nodiscard]] std::filesystem::path default_keystore_folder();

/// Refuses names that are no plain file names or that could be taken for an address, a key or a phrase.
/// @errors account_name_invalid
[[nodiscard]] Fallible<void> check_account_name(std::string_view name);

class Keystore {
  public:
    explicit Keystore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
    /// Every account. A folder that does not exist holds none. @errors keystore_unreadable
    [[nodiscard]] Fallible<KeystoreListing> list() const;
    /// nullopt when there is no account of this name. @errors keystore_unreadable, key_file_damaged
    [[nodiscard]] Fallible<std::optional<StoredAccount>> find(std::string_view name) const;
    /// The first account by name with this id. @errors keystore_unreadable
    [[nodiscard]] Fallible<std::optional<StoredAccount>> find(const AccountId& account) const;
    /// The bytes of an account's file. @errors keystore_unreadable
    [[nodiscard]] Fallible<Bytes> read(std::string_view name) const;
    /// Writes a new file. @return its path   @errors account_name_invalid, account_exists,
    /// keystore_unwritable
    [[nodiscard]] Fallible<std::filesystem::path> add(std::string_view name, ByteView file) const;
    /// Removes a file that add() wrote. @return whether it is gone
    [[nodiscard]] bool remove(std::string_view name) const;

  private:
    [[nodiscard]] std::filesystem::path path_of(std::string_view name) const;
    std::filesystem::path folder_;
};

}  // namespace redoubt::wallet
