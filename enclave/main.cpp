// redoubt-enclave: shows its verifiers evidence that they must refuse, asks its TEE who it is and for its
// sealing key, leaves a process behind that makes evidence, locks itself down, and then answers the host's
// messages until the channel closes.
#include <fcntl.h>
#include <unistd.h>
#include <attestation/self_test/self_test.hpp>
#include <attestation/sim/verifier.hpp>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <enclave/channel.hpp>
#include <enclave/enclave.hpp>
#include <enclave/endpoint/endpoint.hpp>
#include <enclave/evidence_process.hpp>
#include <enclave/hardware_tee.hpp>
#include <enclave/linux_tee_system.hpp>
#include <enclave/sandbox.hpp>
#include <enclave/simulation.hpp>
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
    "usage: redoubt-enclave (--channel-fd NUMBER | --channel-stdio)\n"
    "                       --tee sim --sim-platform FILE [--sim-evidence-ms NUMBER]\n"
    "                       | --tee gramine-sgx\n"
    "                       | --tee tsm [--provided-key FILE]\n"
    "                       [--memory-max-mib NUMBER] [--state-cache-mib NUMBER]\n"
    "                       [--pages-after-changes NUMBER]\n"
    "       redoubt-enclave --measurement\n"
    "       redoubt-enclave --version\n"
    "Started by redoubtd. The platform's FILE holds the 32 secret bytes of the simulated platform, the "
    "key's\n"
    "the 32 bytes that a key service released to this image, where the TEE derives no key of its own.\n"
    "--channel-stdio reads standard input and writes standard output, as Gramine passes nothing else on.\n"
    "--measurement prints that of the simulation. Production builds have none, and do not take --tee sim.\n";

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

int fail(const char* what, const std::error_code& error) {
    std::fprintf(stderr, "redoubt-enclave: %s: %s: %s\n", what, error.category().name(),
                 error.message().c_str());
    return kExitFailed;
}

/// What the simulation measures of this program.
std::optional<Hash256> own_measurement() {
    const auto program = read_whole(kOwnProgram, kProgramBytesMax);
    if (!program) {
        std::fprintf(stderr, "redoubt-enclave: cannot read its own program: %s\n", std::strerror(errno));
        return std::nullopt;
    }
    const auto measurement = enclave::simulation_measurement(*program);
    if (!measurement) {
        fail("cannot use its TEE", measurement.error());
        return std::nullopt;
    }
    return measurement.value();
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

constexpr std::size_t kSecretFileBytes = 32;
/// Longer than any TEE takes.
constexpr std::uint64_t kSimEvidenceMsMax = 60'000;

struct Options {
    int channel_in = -1;
    int channel_out = -1;
    std::optional<enclave::TeeKind> tee;
    const char* sim_platform = nullptr;
    std::uint64_t sim_evidence_ms = 0;
    const char* provided_key = nullptr;
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

std::optional<enclave::TeeKind> parse_tee(std::string_view name) {
    if (name == "sim") {
        return enclave::TeeKind::kSimulation;
    }
    if (name == "gramine-sgx") {
        return enclave::TeeKind::kGramineSgx;
    }
    return name == "tsm" ? std::optional{enclave::TeeKind::kTsm} : std::nullopt;
}

/// That the options are of one kind of TEE, and of its kind of channel.
bool fit_together(const Options& options) {
    const bool is_sim = options.tee == enclave::TeeKind::kSimulation;
    const bool is_gramine = options.tee == enclave::TeeKind::kGramineSgx;
    return options.tee && options.channel_in >= 0 && options.channel_out >= 0 &&
           is_sim == (options.sim_platform != nullptr) && (is_sim || options.sim_evidence_ms == 0) &&
           (options.provided_key == nullptr || options.tee == enclave::TeeKind::kTsm) &&
           is_gramine == (options.channel_in != options.channel_out);
}

std::optional<Options> parse_options(std::span<char* const> arguments) {
    Options options;
    if (!arguments.empty() && std::string_view{arguments.front()} == "--channel-stdio") {
        options.channel_in = STDIN_FILENO;
        options.channel_out = STDOUT_FILENO;
        arguments = arguments.subspan(1);
    }
    for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
        const std::string_view name = arguments[i];
        const std::string_view value = arguments[i + 1];
        if (name == "--channel-fd") {
            options.channel_in = parse_number<int>(value).value_or(-1);
            options.channel_out = options.channel_in;
        } else if (name == "--tee") {
            options.tee = parse_tee(value);
            if (!options.tee) {
                return std::nullopt;
            }
        } else if (name == "--sim-platform") {
            options.sim_platform = arguments[i + 1];
        } else if (name == "--sim-evidence-ms") {
            const auto duration = parse_number<std::uint64_t>(value);
            if (!duration || *duration > kSimEvidenceMsMax) {
                return std::nullopt;
            }
            options.sim_evidence_ms = *duration;
        } else if (name == "--provided-key") {
            options.provided_key = arguments[i + 1];
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
    return arguments.size() % 2 == 0 && fit_together(options) ? std::optional{options} : std::nullopt;
}

/// The enclave's life inside the sandbox.
int serve(const enclave::Tee& tee, enclave::EvidenceProducer& producer, const Options& options) {
    enclave::endpoint::TlsEndpointFactory endpoints;
    enclave::Channel channel{options.channel_in, options.channel_out};
    enclave::Enclave core{tee, endpoints, REDOUBT_VERSION, channel, options.state, &producer};
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

/// A file of exactly 32 secret bytes.
std::optional<crypto::SecretBytes<kSecretFileBytes>> read_secret(const char* path, const char* what) {
    auto bytes = read_whole(path, kSecretFileBytes);
    if (!bytes || bytes->size() != kSecretFileBytes) {
        std::fprintf(stderr, "redoubt-enclave: the %s file is not readable or not 32 bytes long\n", what);
        return std::nullopt;
    }
    auto out = crypto::SecretBytes<kSecretFileBytes>::copy_of(
        std::span<const std::uint8_t, kSecretFileBytes>{*bytes});
    crypto::wipe(*bytes);
    return out;
}

/// Locks down, and serves the host. Inside Gramine the enclave is the sandbox: there are no system calls to
/// forbid but those that Gramine itself answers.
int lock_and_serve(const enclave::Tee& tee, enclave::EvidenceProcess& producer, const Options& options) {
    enclave::endpoint::initialise();
    const auto memory_max = options.memory_mib_max && *options.memory_mib_max > 0
                                ? std::optional{*options.memory_mib_max * kMebibyte}
                                : std::nullopt;
    if (options.tee != enclave::TeeKind::kGramineSgx) {
        const auto locked = enclave::enter_sandbox(options.channel_in, memory_max, producer.link());
        if (!locked) {
            return fail("cannot lock itself down", locked.error());
        }
    }
    return serve(tee, producer, options);
}

int run_simulation(const Options& options) {
    const auto measurement = own_measurement();
    auto secret = measurement ? read_secret(options.sim_platform, "platform") : std::nullopt;
    if (!secret) {
        return kExitFailed;
    }
    enclave::LinuxTeeSystem system;
    const auto simulation =
        enclave::open_simulation(std::move(*secret), *measurement, system, options.sim_evidence_ms);
    if (!simulation) {
        return fail("cannot start its simulated TEE", simulation.error());
    }
    return lock_and_serve(*simulation.value().tee, *simulation.value().producer, options);
}

int run_hardware(const Options& options) {
    enclave::LinuxTeeSystem system;
    const auto kind = *options.tee;
    const bool is_gramine = kind == enclave::TeeKind::kGramineSgx;
    const auto open = [&] { return enclave::open_provider(kind, system); };
    // Before any secret is read.
    const auto producer = enclave::EvidenceProcess::start(
        open, is_gramine ? std::nullopt : std::optional{enclave::ProducerNeeds::kDevices});
    if (!producer) {
        return fail("cannot start the process for evidence", producer.error());
    }
    std::optional<crypto::SecretBytes<kSecretFileBytes>> provided;
    if (options.provided_key != nullptr) {
        provided = read_secret(options.provided_key, "key");
        if (!provided) {
            return kExitFailed;
        }
    }
    const auto tee = enclave::HardwareTee::open(kind, system, provided);
    if (!tee) {
        return fail("cannot use its TEE", tee.error());
    }
    provided.reset();
    return lock_and_serve(tee.value(), *producer.value(), options);
}

int run(const Options& options) {
    if (options.tee == enclave::TeeKind::kGramineSgx) {
        // The host sees no memory of an SGX enclave, and Gramine ends the program on a broken pipe otherwise.
        if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
            return kExitFailed;
        }
    } else if (const auto closed = enclave::forbid_dumps(); !closed) {
        return fail("cannot forbid dumps of its memory", closed.error());
    }
    crypto::initialise();
    attestation::end_if_failed(attestation::self_test(), "redoubt-enclave");
    if (attestation::sim::is_built_in()) {
        std::fputs("redoubt-enclave: a build for development: it can verify simulated evidence\n", stderr);
    }
    return options.tee == enclave::TeeKind::kSimulation ? run_simulation(options) : run_hardware(options);
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
