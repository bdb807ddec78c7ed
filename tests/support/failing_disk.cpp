/// A disk that fails on demand, to be preloaded (LD_PRELOAD) into a program under test.
///
/// FAILING_DISK_FOLDER names the folder that lies on this disk, as an absolute path, and FAILING_DISK_CONTROL
/// a file outside of it that says how the disk fails now; without the file all is well:
///   full       what is written arrives by half, then there is no space
///   read-only  nothing is written, made, renamed or removed
///   sync       what is written arrives, and no fdatasync or fsync succeeds
///   io         nothing that is written arrives
/// Streams of the C library (fopen) are not intercepted.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

enum class Fault { kNone, kFull, kReadOnly, kSync, kIo };

Fault fault_now() {
    const char* const control = std::getenv("FAILING_DISK_CONTROL");
    if (control == nullptr) {
        return Fault::kNone;
    }
    const auto file = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC, 0));
    if (file < 0) {
        return Fault::kNone;
    }
    char text[32];
    const auto size = ::syscall(SYS_read, file, text, sizeof text);
    ::syscall(SYS_close, file);
    const std::string_view word{text, size > 0 ? static_cast<std::size_t>(size) : 0};
    return word == "full"        ? Fault::kFull
           : word == "read-only" ? Fault::kReadOnly
           : word == "sync"      ? Fault::kSync
           : word == "io"        ? Fault::kIo
                                 : Fault::kNone;
}

bool lies_on_disk(const char* path) {
    const char* const folder = std::getenv("FAILING_DISK_FOLDER");
    return folder != nullptr && std::string_view{path}.starts_with(folder);
}

/// How an operation on this path fails.
Fault fault_at(const char* path) {
    return lies_on_disk(path) ? fault_now() : Fault::kNone;
}

/// How an operation on this open file fails.
Fault fault_at(int file) {
    const auto fault = fault_now();
    if (fault == Fault::kNone) {
        return fault;
    }
    char link[64];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    char path[4096];
    const auto size = ::readlink(link, path, sizeof path - 1);
    if (size < 0) {
        return Fault::kNone;
    }
    path[size] = '\0';
    return lies_on_disk(path) ? fault : Fault::kNone;
}

int fail(int error) {
    errno = error;
    return -1;
}

/// How many bytes of a write arrive; -1 with errno set when none do.
ssize_t arriving(int file, std::size_t size) {
    thread_local int cut_short = -1;  // the file whose last write arrived by half
    switch (fault_at(file)) {
        case Fault::kReadOnly:
            return fail(EROFS);
        case Fault::kIo:
            return fail(EIO);
        case Fault::kFull:
            if (size < 2 || cut_short == file) {
                cut_short = -1;
                return fail(ENOSPC);
            }
            cut_short = file;
            return static_cast<ssize_t>(size / 2);
        default:
            return static_cast<ssize_t>(size);
    }
}

int change_size(int file, int number, long first, long second, long third) {
    const auto fault = fault_at(file);
    if (fault == Fault::kReadOnly) {
        return fail(EROFS);
    }
    if (fault == Fault::kFull && number == SYS_fallocate) {
        return fail(ENOSPC);
    }
    return static_cast<int>(::syscall(number, file, first, second, third));
}

int open_at(int folder, const char* path, int flags, mode_t mode) {
    const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0;
    if (writes && fault_at(path) == Fault::kReadOnly) {
        return fail(EROFS);
    }
    return static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode));
}

int sync_file(int file, int number) {
    return fault_at(file) == Fault::kSync ? fail(EIO) : static_cast<int>(::syscall(number, file));
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
    const auto arrive = arriving(file, size);
    return arrive < 0 ? -1 : ::syscall(SYS_write, file, bytes, arrive);
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
    const auto arrive = arriving(file, size);
    return arrive < 0 ? -1 : ::syscall(SYS_pwrite64, file, bytes, arrive, offset);
}

int fdatasync(int file) {
    return sync_file(file, SYS_fdatasync);
}

int fsync(int file) {
    return sync_file(file, SYS_fsync);
}

int ftruncate(int file, off_t size) noexcept {
    return change_size(file, SYS_ftruncate, size, 0, 0);
}

int fallocate(int file, int mode, off_t offset, off_t size) {
    return change_size(file, SYS_fallocate, mode, offset, size);
}

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_at(AT_FDCWD, path, flags, mode);
}

int rename(const char* from, const char* to) noexcept {
    return fault_at(to) == Fault::kReadOnly
               ? fail(EROFS)
               : static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int unlink(const char* path) noexcept {
    return fault_at(path) == Fault::kReadOnly ? fail(EROFS)
                                              : static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

int mkdir(const char* path, mode_t mode) noexcept {
    return fault_at(path) == Fault::kReadOnly
               ? fail(EROFS)
               : static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

}  // extern "C"
