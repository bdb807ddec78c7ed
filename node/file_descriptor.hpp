/// An open file, and writing so that a power cut takes nothing back.
#pragma once

#include <fcntl.h>
#include <unistd.h>
#include <primitives/bytes.hpp>

#include <filesystem>
#include <utility>

namespace redoubt::node {

/// A file descriptor that is closed when it goes; negative: none.
class FileDescriptor {
  public:
    explicit FileDescriptor(int value) noexcept : value_(value) {}
    FileDescriptor(FileDescriptor&& other) noexcept : value_(other.release()) {}
    FileDescriptor& operator=(FileDescriptor&&) = delete;
    ~FileDescriptor() {
        if (value_ >= 0) {
            ::close(value_);
        }
    }
    [[nodiscard]] int get() const noexcept { return value_; }
    [[nodiscard]] int release() noexcept { return std::exchange(value_, -1); }

  private:
    int value_;
};

/// Writes everything; false when the system takes no more (errno says why).
[[nodiscard]] inline bool write_all(int file, ByteView bytes) {
    while (!bytes.empty()) {
        const auto size = ::write(file, bytes.data(), bytes.size());
        if (size <= 0) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(size));
    }
    return true;
}

/// Makes the names in a folder survive a power cut.
[[nodiscard]] inline bool sync_folder(const std::filesystem::path& path) {
    const FileDescriptor folder{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return folder.get() >= 0 && ::fsync(folder.get()) == 0;
}

}  // namespace redoubt::node
