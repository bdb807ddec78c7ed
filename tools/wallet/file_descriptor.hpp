/// An open file of the wallet, and writing all of a text to one.
#pragma once

#include <unistd.h>
#include <cerrno>
#include <string_view>

namespace redoubt::wallet {

/// A file descriptor that is closed when it goes; negative: none.
class FileDescriptor {
  public:
    explicit FileDescriptor(int value) noexcept : value_(value) {}
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor() {
        if (value_ >= 0) {
            ::close(value_);
        }
    }
    [[nodiscard]] int get() const noexcept { return value_; }
    [[nodiscard]] bool is_open() const noexcept { return value_ >= 0; }

  private:
    int value_;
};

/// Writes everything and waits until the disk has it; false when the system does not (errno says why).
[[nodiscard]] inline bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto size = ::write(file, text.data(), text.size());
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size <= 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(size));
    }
    return ::fsync(file) == 0;
}

}  // namespace redoubt::wallet
