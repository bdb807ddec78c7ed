#include <fmt/format.h>
#include <node/attestation_file.hpp>
#include <node/file_descriptor.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

namespace redoubt::node {

namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

}  // namespace

Problem attestation_file_problem(const std::filesystem::path& path, std::string_view what) {
    return Problem{ExitCode::kUsage, fmt::format("{} {}", path.string(), what),
                   "Name another file, or make this one as docs/DAEMON.md says (section Attestation)."};
}

Outcome<std::string> read_attestation_file(const std::filesystem::path& path, std::size_t bytes_max) {
    const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        return attestation_file_problem(path, fmt::format("cannot be read: {}", std::strerror(errno)));
    }
    if (!S_ISREG(status.st_mode)) {
        return attestation_file_problem(path, S_ISDIR(status.st_mode) ? "is a folder" : "is no regular file");
    }
    std::string text;
    while (text.size() <= bytes_max) {
        const auto before = text.size();
        text.resize(before + std::min(bytes_max + 1 - before, kPieceBytes));
        const auto count = ::read(file.get(), text.data() + before, text.size() - before);
        const auto error = errno;
        text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count == 0) {
            return text;
        }
        if (count < 0 && error != EINTR) {
            return attestation_file_problem(path, fmt::format("cannot be read: {}", std::strerror(error)));
        }
    }
    return attestation_file_problem(path, fmt::format("is longer than {} bytes", bytes_max));
}

}  // namespace redoubt::node
