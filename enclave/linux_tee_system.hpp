/// The system calls of Linux, for what produces evidence.
#pragma once

#include <attestation/produce/tee_system.hpp>

namespace redoubt::enclave {

class LinuxTeeSystem final : public attestation::produce::TeeSystem {
  public:
    [[nodiscard]] long open(const std::string& path, Access access) override;
    [[nodiscard]] long read(long descriptor, std::span<std::uint8_t> out) override;
    [[nodiscard]] long write(long descriptor, ByteView bytes) override;
    void close(long descriptor) override;
    [[nodiscard]] long make_folder(const std::string& path) override;
    [[nodiscard]] long remove_folder(const std::string& path) override;
    [[nodiscard]] long control(long descriptor,
                               std::uint32_t request,
                               std::span<std::uint8_t> argument) override;
    [[nodiscard]] long connect_host(std::uint32_t port) override;
    [[nodiscard]] std::uint64_t now_ms() override;
    [[nodiscard]] std::uint64_t unix_time_s() override;
    void wait_ms(std::uint64_t duration_ms) override;
    void fill_random(std::span<std::uint8_t> out) override;
};

}  // namespace redoubt::enclave
