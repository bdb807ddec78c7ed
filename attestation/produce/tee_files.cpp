#include <attestation/produce/tee_files.hpp>

#include <algorithm>
#include <cerrno>

namespace redoubt::attestation::produce {

namespace {

/// A file that nothing is said about how it ends is not read for ever.
constexpr std::size_t kReadStepBytes = 16 * 1024;
/// How often one call may be interrupted before somebody is playing games.
constexpr int kInterruptionsMax = 1'000;

std::error_code system_error(long negative) {
    return {static_cast<int>(-negative), std::generic_category()};
}

/// Repeats a call that was interrupted.
template <class Call>
long uninterrupted(Call call) {
    long result = -EINTR;
    for (int i = 0; i < kInterruptionsMax && result == -EINTR; ++i) {
        result = call();
    }
    return result;
}

}  // namespace

OpenFile::~OpenFile() {
    if (descriptor_ >= 0) {
        system_.close(descriptor_);
    }
}

Result<OpenFile> OpenFile::open(TeeSystem& system, const std::string& path, TeeSystem::Access access) {
    const auto descriptor = uninterrupted([&] { return system.open(path, access); });
    if (descriptor < 0) {
        return system_error(descriptor);
    }
    return OpenFile{system, descriptor};
}

Result<OpenFile> OpenFile::connect(TeeSystem& system, std::uint32_t port) {
    const auto descriptor = uninterrupted([&] { return system.connect_host(port); });
    if (descriptor < 0) {
        return system_error(descriptor);
    }
    return OpenFile{system, descriptor};
}

Result<Bytes> OpenFile::read_all(std::size_t bytes_max) {
    Bytes out;
    for (;;) {
        const auto before = out.size();
        out.resize(before + std::min(kReadStepBytes, bytes_max + 1 - before));
        const auto count =
            uninterrupted([&] { return system_.read(descriptor_, std::span{out}.subspan(before)); });
        if (count < 0) {
            return system_error(count);
        }
        out.resize(before + static_cast<std::size_t>(count));
        if (count == 0) {
            return out;
        }
        if (out.size() > bytes_max) {
            return ProduceError::kTooLarge;
        }
    }
}

Result<void> OpenFile::read_exactly(std::span<std::uint8_t> out) {
    while (!out.empty()) {
        const auto count = uninterrupted([&] { return system_.read(descriptor_, out); });
        if (count < 0) {
            return system_error(count);
        }
        if (count == 0) {
            return ProduceError::kShortAnswer;
        }
        out = out.subspan(static_cast<std::size_t>(count));
    }
    return success();
}

Result<void> OpenFile::write_all(ByteView bytes) {
    while (!bytes.empty()) {
        const auto count = uninterrupted([&] { return system_.write(descriptor_, bytes); });
        if (count < 0) {
            return system_error(count);
        }
        if (count == 0) {
            return std::make_error_code(std::errc::io_error);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return success();
}

Result<void> OpenFile::control(std::uint32_t request, std::span<std::uint8_t> argument) {
    const auto result = system_.control(descriptor_, request, argument);
    if (result < 0) {
        return system_error(result);
    }
    return success();
}

Result<Bytes> read_file(TeeSystem& system, const std::string& path, std::size_t bytes_max) {
    BOOST_OUTCOME_TRY(auto file, OpenFile::open(system, path, TeeSystem::Access::kRead));
    return file.read_all(bytes_max);
}

Result<void> write_file(TeeSystem& system, const std::string& path, ByteView bytes) {
    BOOST_OUTCOME_TRY(auto file, OpenFile::open(system, path, TeeSystem::Access::kWrite));
    return file.write_all(bytes);
}

bool is_busy(const std::error_code& error) {
    return error == std::errc::device_or_resource_busy ||
           error == std::errc::resource_unavailable_try_again || error == std::errc::interrupted;
}

bool BackOff::wait() {
    const auto waited = system_.now_ms() - began_ms_;
    if (waited >= kTotalMsMax) {
        return false;
    }
    system_.wait_ms(std::min(next_ms_, kTotalMsMax - waited));
    next_ms_ = std::min(2 * next_ms_, kStepMsMax);
    return true;
}

}  // namespace redoubt::attestation::produce
