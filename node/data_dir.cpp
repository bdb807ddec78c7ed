#include <node/data_dir.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <node/file_descriptor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/crypto/random.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace redoubt::node {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLayout = "redoubt data directory, layout 1\n";
constexpr std::string_view kLayoutOfSeveral = "redoubt data directory, layout 2\n";
constexpr std::string_view kLayoutStart = "redoubt data directory, layout ";
constexpr std::size_t kSimPlatformBytes = 32;

Problem problem(std::string cause, std::string remedy) {
    return Problem{ExitCode::kDataDirectory, std::move(cause), std::move(remedy)};
}

/// What can be done about an error of the system, beside naming another folder.
std::string_view system_remedy(int error) {
    switch (error) {
        case ENOSPC:
        case EDQUOT:
            return "Free space on its file system";
        case EROFS:
            return "Mount its file system writable (dmesg may say why it is not)";
        case EIO:
            return "Check the health of the disk";
        default:
            return "Check the owner and the permissions";
    }
}

Problem system_problem(const fs::path& path, std::string_view action) {
    const int error = errno;
    return problem(fmt::format("cannot {} {}: {}", action, path.string(), std::strerror(error)),
                   fmt::format("{}, or name another folder with --data-dir.", system_remedy(error)));
}

/// At most `size_max` bytes of a file; nullopt when it cannot be read.
std::optional<std::string> read_start(const fs::path& path, std::size_t size_max) {
    const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.get() < 0) {
        return std::nullopt;
    }
    std::string text(size_max, '\0');
    const auto size = ::read(file.get(), text.data(), text.size());
    if (size < 0) {
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(size));
    return text;
}

/// Writes a new private file so that after a power cut it exists whole or not at all.
bool write_durably(const fs::path& path, ByteView bytes) {
    const auto fresh = fs::path{path.string() + ".new"};
    ::unlink(fresh.c_str());
    const FileDescriptor file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (file.get() < 0 || !write_all(file.get(), bytes) || ::fsync(file.get()) != 0 ||
        ::rename(fresh.c_str(), path.c_str()) != 0) {
        return false;
    }
    return sync_folder(path.parent_path());
}

/// Creates the folder, or checks that an existing one is ours or empty.
Outcome<> prepare_folder(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error)) {
        if (path.has_parent_path()) {
            fs::create_directories(path.parent_path(), error);
        }
        if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
            return system_problem(path, "create the data directory");
        }
    }
    if (!fs::is_directory(path, error)) {
        return problem(fmt::format("{} is not a folder", path.string()), "Name a folder with --data-dir.");
    }
    if (!fs::exists(path / "LAYOUT", error)) {
        for (fs::directory_iterator entry{path, error}, end; !error && entry != end; entry.increment(error)) {
            const auto name = entry->path().filename();
            if (name != "lock" && name != "LAYOUT.new") {
                return problem(
                    fmt::format("{} is no data directory of redoubt: it holds {} and no LAYOUT file",
                                path.string(), name.string()),
                    "Name an empty or new folder with --data-dir.");
            }
        }
    }
    if (error) {
        errno = error.value();
        return system_problem(path, "read");
    }
    if (::chmod(path.c_str(), 0700) != 0) {
        return system_problem(path, "make private");
    }
    return success();
}

/// Takes from others what they may do with everything below `path`. Links are not followed.
Outcome<> make_private(const fs::path& path) {
    std::error_code error;
    std::size_t changed = 0;
    fs::recursive_directory_iterator entry{path, error};
    for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
        struct stat status {};
        const auto name = entry->path();
        if (::lstat(name.c_str(), &status) != 0) {
            return system_problem(name, "look at");
        }
        constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
        if (S_ISLNK(status.st_mode) || (status.st_mode & kOthers) == 0) {
            continue;
        }
        if (::chmod(name.c_str(), status.st_mode & S_IRWXU) != 0) {
            return system_problem(name, "take from other users their access to");
        }
        changed += 1;
    }
    if (error) {
        errno = error.value();
        return system_problem(path, "read");
    }
    if (changed > 0) {
        spdlog::warn(
            "{} files of the data directory {} could be reached by other users: they are private now",
            changed, path.string());
    }
    return success();
}

Outcome<int> take_lock(const fs::path& path) {
    FileDescriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    if (file.get() < 0) {
        return system_problem(path, "open");
    }
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) {
            return system_problem(path, "lock");
        }
        auto holder = read_start(path, 20).value_or("");
        holder = holder.substr(0, holder.find('\n'));
        return problem(fmt::format("the data directory {} is in use by process {}",
                                   path.parent_path().string(), holder.empty() ? "(unknown)" : holder),
                       "Stop that process first, or start this one with another --data-dir.");
    }
    const auto text = fmt::format("{}\n", ::getpid());
    if (::ftruncate(file.get(), 0) != 0 || !write_all(file.get(), bytes_of(text))) {
        return system_problem(path, "write");
    }
    return file.release();
}

Outcome<> check_layout(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error)) {
        if (!write_durably(path, bytes_of(kLayout))) {
            return system_problem(path, "write");
        }
        return success();
    }
    const auto text = read_start(path, 128);
    if (!text) {
        return system_problem(path, "read");
    }
    if (*text == kLayout || *text == kLayoutOfSeveral) {
        return success();
    }
    if (text->starts_with(kLayoutStart)) {
        return problem(fmt::format("{} was written by another version of redoubtd: \"{}\"", path.string(),
                                   text->substr(0, text->find('\n'))),
                       "Use the version that wrote it, or another --data-dir.");
    }
    return problem(fmt::format("{} is damaged: its first line is not known", path.string()),
                   "Restore the whole data directory from a backup, or move it away and start anew.");
}

}  // namespace

Outcome<DataDir> DataDir::open(const fs::path& path) {
    std::error_code error;
    const auto absolute = fs::absolute(path, error);
    BOOST_OUTCOME_TRY(prepare_folder(absolute));
    BOOST_OUTCOME_TRY(const auto lock, take_lock(absolute / "lock"));
    DataDir out{absolute, lock};
    BOOST_OUTCOME_TRY(check_layout(absolute / "LAYOUT"));
    BOOST_OUTCOME_TRY(make_private(absolute));
    return out;
}

DataDir::DataDir(DataDir&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {
}

DataDir::~DataDir() {
    if (lock_ >= 0) {
        ::close(lock_);  // the file stays: removing it would let two daemons lock two files of one name
    }
}

Outcome<> DataDir::provide_shard_folder(const fs::path& folder) const {
    std::error_code error;
    if (fs::is_directory(folder, error)) {
        return success();
    }
    const auto layout = path_ / "LAYOUT";
    if (read_start(layout, 128) != kLayoutOfSeveral && !write_durably(layout, bytes_of(kLayoutOfSeveral))) {
        return system_problem(layout, "write");
    }
    for (const auto& path : {folder.parent_path(), folder}) {
        if ((::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) || !sync_folder(path.parent_path())) {
            return system_problem(path, "create");
        }
    }
    return success();
}

Outcome<> DataDir::settle_shard_folder(const fs::path& built, const fs::path& folder) const {
    if (::rename(built.c_str(), folder.c_str()) != 0 || !sync_folder(folder.parent_path())) {
        return system_problem(built, fmt::format("give the name {} to", folder.filename().string()));
    }
    return success();
}

Outcome<> DataDir::provide_sim_platform(bool identity_exists) const {
    const auto file = sim_platform();
    std::error_code error;
    if (!fs::exists(file, error)) {
        if (identity_exists) {
            return problem(
                fmt::format("{} is missing, but the enclave's identity was sealed with it", file.string()),
                "Restore it from a backup. Without it the identity and the state cannot be opened; "
                "to start anew with another identity, move the whole data directory away.");
        }
        std::array<std::uint8_t, kSimPlatformBytes> secret{};
        crypto::fill_random(secret);
        const bool written = write_durably(file, secret);
        ::explicit_bzero(secret.data(), secret.size());
        if (!written) {
            return system_problem(file, "write");
        }
        return success();
    }
    const auto size = fs::file_size(file, error);
    if (error) {
        errno = error.value();
        return system_problem(file, "read");
    }
    if (size != kSimPlatformBytes) {
        return problem(fmt::format("{} is damaged: it holds {} bytes instead of {}", file.string(), size,
                                   kSimPlatformBytes),
                       "Restore it from a backup, or move the whole data directory away to start anew.");
    }
    if (::chmod(file.c_str(), 0600) != 0) {
        return system_problem(file, "make private");
    }
    return success();
}

}  // namespace redoubt::node
