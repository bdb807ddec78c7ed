#include <tools/wallet/keystore.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <primitives/crypto/random.hpp>
#include <primitives/crypto/ss58.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>
#include <tools/wallet/file_descriptor.hpp>

namespace redoubt::wallet {
namespace {

constexpr std::string_view kExtension = ".key";
constexpr std::size_t kNameBytesMax = 64;

Failure unwritable(const std::filesystem::path& path, int error) {
    return refused("keystore_unwritable", path.string() + " cannot be written: " + std::strerror(error),
                   "Check the owner and the free space of the folder, or choose another with --keystore.");
}

Failure unreadable(const std::filesystem::path& path, const std::string& reason) {
    return refused("keystore_unreadable", path.string() + " cannot be read: " + reason,
                   "Check the owner of the folder, or choose another with --keystore.");
}

Result<StoredAccount> describe_file(std::string name, ByteView file) {
    BOOST_OUTCOME_TRY(auto header, read_key_file_header(file));
    StoredAccount out;
    out.name = std::move(name);
    out.scheme = header.scheme;
    out.account = crypto::account_id_of(header.scheme, header.public_key);
    out.public_key = std::move(header.public_key);
    out.has_password = header.has_password;
    return out;
}

Fallible<Bytes> read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    Bytes out(kKeyFileBytesMax + 1);
    in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
    if (in.bad() || (in.fail() && !in.eof())) {
        return unreadable(path, "the file cannot be opened");
    }
    out.resize(static_cast<std::size_t>(in.gcount()));
    return out;
}

}  // namespace

std::filesystem::path default_keystore_folder() {
    if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0') {
        return std::filesystem::path{data} / "redoubt-wallet";
    }
    const char* home = std::getenv("HOME");
    return std::filesystem::path{home != nullptr ? home : "."} / ".local/share/redoubt-wallet";
}

Fallible<void> check_account_name(std::string_view name) {
    const bool characters_ok = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    });
    if (name.empty() || name.size() > kNameBytesMax || !characters_ok || name.front() == '.' ||
        name.front() == '-') {
        return usage_failure("account_name_invalid",
                             "'" + std::string{name} + "' cannot be the name of an account",
                             "Use 1 to 64 letters, digits, '-', '_' and '.'; the first is no '.' or '-'.");
    }
    if (name.starts_with("0x") || crypto::parse_account_id(name, std::nullopt)) {
        return usage_failure("account_name_invalid",
                             "'" + std::string{name} + "' could be taken for an address or a key",
                             "Choose a name that is neither.");
    }
    return success();
}

std::filesystem::path Keystore::path_of(std::string_view name) const {
    return folder_ / (std::string{name} + std::string{kExtension});
}

Fallible<KeystoreListing> Keystore::list() const {
    KeystoreListing out;
    std::error_code error;
    if (!std::filesystem::exists(folder_, error)) {
        return out;
    }
    std::filesystem::directory_iterator entries{folder_, error};
    if (error) {
        return unreadable(folder_, error.message());
    }
    for (const auto& entry : entries) {
        const auto& path = entry.path();
        if (path.extension() != kExtension || !check_account_name(path.stem().string())) {
            continue;
        }
        auto file = read_file(path);
        if (!file) {
            out.damaged.push_back({path.string(), file.error().message});
            continue;
        }
        auto account = describe_file(path.stem().string(), file.value());
        if (account) {
            out.accounts.push_back(std::move(account).value());
        } else {
            out.damaged.push_back({path.string(), account.error().message()});
        }
    }
    std::ranges::sort(out.accounts, {}, &StoredAccount::name);
    return out;
}

Fallible<std::optional<StoredAccount>> Keystore::find(std::string_view name) const {
    std::error_code error;
    if (!check_account_name(name) || !std::filesystem::exists(path_of(name), error)) {
        return std::optional<StoredAccount>{};
    }
    BOOST_OUTCOME_TRY(const auto file, read(name));
    auto account = describe_file(std::string{name}, file);
    if (!account) {
        return refused("key_file_damaged", path_of(name).string() + ": " + account.error().message(),
                       "Restore the file from a backup, or import the account again from its phrase.");
    }
    return std::optional{std::move(account).value()};
}

Fallible<std::optional<StoredAccount>> Keystore::find(const AccountId& account) const {
    BOOST_OUTCOME_TRY(auto listing, list());
    const auto found = std::ranges::find(listing.accounts, account, &StoredAccount::account);
    if (found == listing.accounts.end()) {
        return std::optional<StoredAccount>{};
    }
    return std::optional{std::move(*found)};
}

Fallible<Bytes> Keystore::read(std::string_view name) const {
    return read_file(path_of(name));
}

bool Keystore::remove(std::string_view name) const {
    return unlink(path_of(name).c_str()) == 0 || errno == ENOENT;
}

Fallible<std::filesystem::path> Keystore::add(std::string_view name, ByteView file) const {
    BOOST_OUTCOME_TRY(check_account_name(name));
    std::error_code error;
    if (!std::filesystem::exists(folder_, error)) {
        std::filesystem::create_directories(folder_.parent_path(), error);
        if (mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) {
            return unwritable(folder_, errno);
        }
    }
    FixedBytes<8> suffix;
    crypto::fill_random(suffix.bytes);
    const auto path = path_of(name);
    const auto scratch = folder_ / ("." + to_hex(suffix.view()) + ".new");
    const int descriptor = open(scratch.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return unwritable(scratch, errno);
    }
    const bool written = write_all(descriptor, text_of(file));
    const int write_error = errno;
    close(descriptor);
    // link() refuses an existing name, which rename() would replace.
    const bool linked = written && link(scratch.c_str(), path.c_str()) == 0;
    const int link_error = errno;
    unlink(scratch.c_str());
    if (!written) {
        return unwritable(scratch, write_error);
    }
    if (!linked && link_error == EEXIST) {
        return refused("account_exists", "the keystore already has an account named " + std::string{name},
                       "Choose another name; a key file is never overwritten.");
    }
    if (!linked) {
        return unwritable(path, link_error);
    }
    return path;
}

}  // namespace redoubt::wallet
