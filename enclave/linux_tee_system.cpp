#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
// After sys/socket.h, which it needs.
#include <linux/vm_sockets.h>
#include <cerrno>
#include <ctime>
#include <enclave/linux_tee_system.hpp>
#include <primitives/crypto/random.hpp>

namespace redoubt::enclave {

namespace {

constexpr std::uint64_t kMsPerSecond = 1'000;
constexpr std::uint64_t kNsPerMs = 1'000'000;
constexpr mode_t kFolderMode = 0700;

/// How long the quoting service may take for one step.
constexpr timeval kServiceTimeout = {.tv_sec = 30, .tv_usec = 0};

long result_of(long result) {
    return result < 0 ? -errno : result;
}

}  // namespace

long LinuxTeeSystem::open(const std::string& path, Access access) {
    const int flags = access == Access::kRead ? O_RDONLY : access == Access::kWrite ? O_WRONLY : O_RDWR;
    return result_of(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW));
}

long LinuxTeeSystem::read(long descriptor, std::span<std::uint8_t> out) {
    return result_of(::read(static_cast<int>(descriptor), out.data(), out.size()));
}

long LinuxTeeSystem::write(long descriptor, ByteView bytes) {
    return result_of(::write(static_cast<int>(descriptor), bytes.data(), bytes.size()));
}

void LinuxTeeSystem::close(long descriptor) {
    ::close(static_cast<int>(descriptor));
}

long LinuxTeeSystem::make_folder(const std::string& path) {
    return result_of(::mkdir(path.c_str(), kFolderMode));
}

long LinuxTeeSystem::remove_folder(const std::string& path) {
    return result_of(::rmdir(path.c_str()));
}

long LinuxTeeSystem::control(long descriptor, std::uint32_t request, std::span<std::uint8_t> argument) {
    return result_of(::ioctl(static_cast<int>(descriptor), request, argument.data()));
}

long LinuxTeeSystem::connect_host(std::uint32_t port) {
    const int descriptor = ::socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return -errno;
    }
    sockaddr_vm address{};
    address.svm_family = AF_VSOCK;
    address.svm_cid = VMADDR_CID_HOST;
    address.svm_port = port;
    if (::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &kServiceTimeout, sizeof(kServiceTimeout)) != 0 ||
        ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &kServiceTimeout, sizeof(kServiceTimeout)) != 0 ||
        ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        const long error = -errno;
        ::close(descriptor);
        return error;
    }
    return descriptor;
}

std::uint64_t LinuxTeeSystem::now_ms() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * kMsPerSecond +
           static_cast<std::uint64_t>(now.tv_nsec) / kNsPerMs;
}

std::uint64_t LinuxTeeSystem::unix_time_s() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec);
}

void LinuxTeeSystem::wait_ms(std::uint64_t duration_ms) {
    timespec rest{};
    rest.tv_sec = static_cast<time_t>(duration_ms / kMsPerSecond);
    rest.tv_nsec = static_cast<long>(duration_ms % kMsPerSecond * kNsPerMs);
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, &rest) == EINTR) {
    }
}

void LinuxTeeSystem::fill_random(std::span<std::uint8_t> out) {
    crypto::fill_random(out);
}

}  // namespace redoubt::enclave
