// redoubt-enclave: reads its own program and the simulated platform's secret, locks itself down, and then
// answers the host's messages until the channel closes.
#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <enclave/channel.hpp>
#include <enclave/enclave.hpp>
#include <enclave/endpoint/endpoint.hpp>
#include <enclave/sandbox.hpp>
#include <enclave/sim_tee.hpp>
#include <optional>
#include <primitives/crypto/base58.hpp>
#include <primitives/crypto/initialise.hpp>
#include <primitives/hex.hpp>
#include <span>
#include <string_view>

namespace {

using namespace redoubt;

constexpr int kExitOk = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr const char* kOwnProgram = "/proc/self/exe";
constexpr std::size_t kProgramBytesMax = 512 * 1024 * 1024;
constexpr std::uint64_t kMebibyte = 1024 * 1024;
constexpr std::uint64_t kMemoryMibMax = 1024 * 1024;

constexpr const char* kUsage =
    "usage: redoubt-enclave --channel-fd NUMBER --sim-platform FILE [--memory-max-mib NUMBER]\n"
    "                       [--state-cache-mib NUMBER] [--pages-after-changes NUMBER]\n"
    "       redoubt-enclave --measurement\n"
    "       redoubt-enclave --version\n"
    "Started by redoubtd. FILE holds the 32 secret bytes of the simulated platform.\n";

/// A whole file of at most `bytes_max`; nullopt when it cannot be read or is longer.
std::optional<Bytes> read_whole(const char* path, std::size_t bytes_max) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return std::nullopt;
    }
    Bytes out;
    bool complete = false;
    while (out.size() <= bytes_max) {
        const auto before = out.size();
        out.resize(before + std::min<std::size_t>(bytes_max + 1 - before, 1024 * 1024));
        const auto count = read(fd, out.data() + before, out.size() - before);
        out.resize(before + static_cast<std::size_t>(count > 0 ? count : 0));
        if (count == 0) {
            complete = true;
            break;
        }
        if (count < 0 && errno != EINTR) {
            break;
        }
    }
    close(fd);
    return complete ? std::optional{std::move(out)} : std::nullopt;
}

std::optional<Hash256> own_measurement() {
    const auto program = read_whole(kOwnProgram, kProgramBytesMax);
    if (!program) {
        std::fprintf(stderr, "redoubt-enclave: cannot read its own program: %s\n", std::strerror(errno));
        return std::nullopt;
    }
    return enclave::sim_measurement(*program);
}

int print_measurement() {
    const auto measurement = own_measurement();
    if (!measurement) {
        return kExitFailed;
    }
    std::printf("%s %s\n", to_hex(measurement->view()).c_str(),
                crypto::encode_base58(measurement->view()).c_str());
    return kExitOk;
}

struct Options {
    int channel_fd = -1;
    const char* sim_platform = nullptr;
    std::optional<std::uint64_t> memory_mib_max;
    enclave::StateLimits state;
};

/// A whole decimal number; nullopt for anything else.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional{number} : std::nullopt;
}

std::optional<Options> parse_options(std::span<char* const> arguments) {
    Options options;
    for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
        const std::string_view name = arguments[i];
        const std::string_view value = arguments[i + 1];
        if (name == "--channel-fd") {
            options.channel_fd = parse_number<int>(value).value_or(-1);
        } else if (name == "--sim-platform") {
            options.sim_platform = arguments[i + 1];
        } else if (name == "--memory-max-mib") {
            options.memory_mib_max = parse_number<std::uint64_t>(value);
            if (!options.memory_mib_max || *options.memory_mib_max > kMemoryMibMax) {
                return std::nullopt;
            }
        } else if (name == "--state-cache-mib") {
            const auto mebibytes = parse_number<std::uint64_t>(value);
            if (!mebibytes || *mebibytes == 0 || *mebibytes > kMemoryMibMax) {
                return std::nullopt;
            }
            options.state.memory_bytes_max = *mebibytes * kMebibyte;
        } else if (name == "--pages-after-changes") {
            const auto changes = parse_number<std::uint64_t>(value);
            if (!changes || *changes == 0 || *changes > enclave::kChangesPerBaseLimit) {
                return std::nullopt;
            }
            options.state.changes_per_base_max = *changes;
        } else {
            return std::nullopt;
        }
    }
    if (arguments.size() % 2 != 0 || options.channel_fd < 0 || options.sim_platform == nullptr) {
        return std::nullopt;
    }
    return options;
}

int fail(const char* what, const std::error_code& error) {
    std::fprintf(stderr, "redoubt-enclave: %s: %s: %s\n", what, error.category().name(),
                 error.message().c_str());
    return kExitFailed;
}

/// The enclave's life inside the sandbox.
int serve(const enclave::Tee& tee, int channel_fd, const enclave::StateLimits& state) {
    enclave::endpoint::TlsEndpointFactory endpoints;
    enclave::Channel channel{channel_fd};
    enclave::Enclave core{tee, endpoints, REDOUBT_VERSION, channel, state};
    for (;;) {
        const auto message = channel.read();
        if (!message) {
            return fail("refused what came from the host", message.error());
        }
        if (!message.value()) {
            return kExitOk;
        }
        const auto reply = core.handle(*message.value());
        if (channel.failure()) {
            return fail("refused what came from the host", *channel.failure());
        }
        const auto written = channel.write(reply);
        if (!written) {
            return fail("cannot answer the host", written.error());
        }
    }
}

int run(const Options& options) {
    if (const auto closed = enclave::forbid_dumps(); !closed) {
        return fail("cannot forbid dumps of its memory", closed.error());
    }
    const auto measurement = own_measurement();
    if (!measurement) {
        return kExitFailed;
    }
    auto platform = read_whole(options.sim_platform, enclave::kSimPlatformSecretBytes);
    if (!platform || platform->size() != enclave::kSimPlatformSecretBytes) {
        std::fprintf(stderr, "redoubt-enclave: the platform file is not readable or not 32 bytes long\n");
        return kExitFailed;
    }
    auto secret = crypto::SecretBytes<enclave::kSimPlatformSecretBytes>::copy_of(
        std::span<const std::uint8_t, enclave::kSimPlatformSecretBytes>{*platform});
    crypto::wipe(*platform);
    const enclave::SimTee tee{std::move(secret), *measurement};
    crypto::initialise();
    enclave::endpoint::initialise();
    const auto memory_max = options.memory_mib_max && *options.memory_mib_max > 0
                                ? std::optional{*options.memory_mib_max * kMebibyte}
                                : std::nullopt;
    if (const auto locked = enclave::enter_sandbox(options.channel_fd, memory_max); !locked) {
        return fail("cannot lock itself down", locked.error());
    }
    return serve(tee, options.channel_fd, options.state);
}

}  // namespace

int main(int argc, char** argv) {
    const std::span<char* const> arguments{argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)};
    if (arguments.size() == 1 && std::string_view{arguments[0]} == "--version") {
        std::printf("redoubt-enclave %s\n", REDOUBT_VERSION);
        return kExitOk;
    }
    if (arguments.size() == 1 && std::string_view{arguments[0]} == "--measurement") {
        return print_measurement();
    }
    const auto options = parse_options(arguments);
    if (!options) {
        std::fputs(kUsage, stderr);
        return kExitUsage;
    }
    // Exit handlers of tools (leak checks, coverage) would need system calls that are gone by now.
    _exit(run(*options));
}
