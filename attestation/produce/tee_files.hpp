/// Whole files over single system calls, and waiting in growing steps.
#pragma once

#include <attestation/produce/produce_error.hpp>
#include <attestation/produce/tee_system.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <string>

namespace redoubt::attestation::produce {

/// A descriptor that closes itself.
class OpenFile {
  public:
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    OpenFile(OpenFile&& other) noexcept : system_(other.system_), descriptor_(other.descriptor_) {
        other.descriptor_ = -1;
    }
    OpenFile& operator=(OpenFile&&) = delete;
    ~OpenFile();

    /// @errors std::errc
    [[nodiscard]] static Result<OpenFile> open(TeeSystem& system,
                                               const std::string& path,
                                               TeeSystem::Access access);
    /// @errors std::errc
    [[nodiscard]] static Result<OpenFile> connect(TeeSystem& system, std::uint32_t port);

    /// Reads to the end. @errors std::errc; kTooLarge
    [[nodiscard]] Result<Bytes> read_all(std::size_t bytes_max);
    /// @errors std::errc; kShortAnswer
    [[nodiscard]] Result<void> read_exactly(std::span<std::uint8_t> out);
    /// @errors std::errc
    [[nodiscard]] Result<void> write_all(ByteView bytes);
    /// One ioctl. @errors std::errc, also `interrupted`: whether to repeat it depends on the request
    [[nodiscard]] Result<void> control(std::uint32_t request, std::span<std::uint8_t> argument);

  private:
    OpenFile(TeeSystem& system, long descriptor) : system_(system), descriptor_(descriptor) {}
    TeeSystem& system_;
    long descriptor_;
};

/// @errors std::errc; kTooLarge
[[nodiscard]] Result<Bytes> read_file(TeeSystem& system, const std::string& path, std::size_t bytes_max);
/// Opens, writes and closes: what takes effect at the close has taken effect.
/// @errors std::errc
[[nodiscard]] Result<void> write_file(TeeSystem& system, const std::string& path, ByteView bytes);

/// The error of a system call that may succeed when it is repeated.
[[nodiscard]] bool is_busy(const std::error_code& error);

/// Waits 10 ms, then twice as long each time, up to a second, and half a minute in all.
class BackOff {
  public:
    static constexpr std::uint64_t kFirstMs = 10;
    static constexpr std::uint64_t kStepMsMax = 1'000;
    static constexpr std::uint64_t kTotalMsMax = 30'000;

    explicit BackOff(TeeSystem& system) : system_(system), began_ms_(system.now_ms()) {}
    /// False, at once, when the time is over.
    [[nodiscard]] bool wait();

  private:
    TeeSystem& system_;
    std::uint64_t began_ms_;
    std::uint64_t next_ms_ = kFirstMs;
};

}  // namespace redoubt::attestation::produce
