/// The system calls that evidence is produced with, and a clock to wait by. The enclave's process implements
/// them on Linux; tests implement trees and devices that behave as the kernel documents.
#pragma once

#include <primitives/bytes.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace redoubt::attestation::produce {

/// Each call gives what its namesake of Linux gives, or the negative number of its error. Any of them may be
/// interrupted (EINTR) and may move fewer bytes than asked.
class TeeSystem {
  public:
    enum class Access : std::uint8_t { kRead, kWrite, kReadWrite };

    virtual ~TeeSystem() = default;

    /// @return a descriptor
    [[nodiscard]] virtual long open(const std::string& path, Access access) = 0;
    /// @return bytes read; 0 at the end
    [[nodiscard]] virtual long read(long descriptor, std::span<std::uint8_t> out) = 0;
    /// @return bytes written
    [[nodiscard]] virtual long write(long descriptor, ByteView bytes) = 0;
    virtual void close(long descriptor) = 0;
    [[nodiscard]] virtual long make_folder(const std::string& path) = 0;
    [[nodiscard]] virtual long remove_folder(const std::string& path) = 0;
    /// ioctl. @param argument  its structure, changed in place
    [[nodiscard]] virtual long control(long descriptor,
                                       std::uint32_t request,
                                       std::span<std::uint8_t> argument) = 0;
    /// A connection to a service of the host over vsock. @return a descriptor
    [[nodiscard]] virtual long connect_host(std::uint32_t port) = 0;

    /// Milliseconds of a clock that only goes forward.
    [[nodiscard]] virtual std::uint64_t now_ms() = 0;
    /// Seconds since 1970, for what says when it was made.
    [[nodiscard]] virtual std::uint64_t unix_time_s() = 0;
    virtual void wait_ms(std::uint64_t duration_ms) = 0;
    virtual void fill_random(std::span<std::uint8_t> out) = 0;
};

}  // namespace redoubt::attestation::produce
