// redoubt-enclave as a program: its flags, its file, and how it ends.
#include <gtest/gtest.h>

#include <elf.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <attestation/sim/verifier.hpp>
#include <boundary/frame.hpp>
#include <cstring>
#include <enclave/sim_tee.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <primitives/crypto/base58.hpp>
#include <primitives/hex.hpp>
#include <string>
#include <vector>

namespace redoubt::tests {
namespace {

constexpr const char* kProgram = REDOUBT_ENCLAVE_PROGRAM;
/// What a build with the verifier of simulated evidence says of itself when it starts.
constexpr const char* kDevelopmentLine =
    "redoubt-enclave: a build for development: it can verify simulated evidence\n";

const bool kSimulates = attestation::sim::is_built_in();

#define REDOUBT_NEEDS_SIMULATION()                                                  \
    if (!kSimulates) {                                                              \
        GTEST_SKIP() << "this build simulates no TEE (REDOUBT_SIMULATED_EVIDENCE)"; \
    }                                                                               \
    static_assert(true)

std::string contents_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string rest_of(int descriptor) {
    std::string text;
    std::array<char, 4096> piece{};
    for (ssize_t count = 0; (count = read(descriptor, piece.data(), piece.size())) > 0;) {
        text.append(piece.data(), static_cast<std::size_t>(count));
    }
    return text;
}

struct Ended {
    int exit_code = -1;
    std::string out;
    std::string err;
};

/// Runs the program; `input` is sent over its channel, which is then closed. What it prints goes into pipes,
/// as with redoubtd: the program may not write to files.
Ended run(std::vector<std::string> arguments, ByteView input = {}) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    EXPECT_EQ(pipe2(out.data(), O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(err.data(), O_CLOEXEC), 0);
    std::array<int, 2> pair{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    const auto child = fork();
    if (child == 0) {
        dup2(out[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        const int channel = dup(pair[1]);
        for (auto& argument : arguments) {
            if (argument == "CHANNEL") {
                argument = std::to_string(channel);
            }
        }
        std::vector<char*> argv{const_cast<char*>(kProgram)};
        for (auto& argument : arguments) {
            argv.push_back(argument.data());
        }
        argv.push_back(nullptr);
        execv(kProgram, argv.data());
        _exit(127);
    }
    close(pair[1]);
    close(out[1]);
    close(err[1]);
    if (!input.empty()) {
        EXPECT_EQ(send(pair[0], input.data(), input.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(input.size()));
    }
    shutdown(pair[0], SHUT_WR);
    int status = 0;
    waitpid(child, &status, 0);
    close(pair[0]);
    Ended ended{.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
                .out = rest_of(out[0]),
                .err = rest_of(err[0])};
    close(out[0]);
    close(err[0]);
    return ended;
}

class EnclaveProgram : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string file = std::filesystem::temp_directory_path() / "redoubt-platform-XXXXXX";
        close(mkstemp(file.data()));
        platform_ = file;
        std::ofstream{platform_, std::ios::binary} << std::string(32, 'k');
    }
    void TearDown() override { std::filesystem::remove(platform_); }

    Ended serve(ByteView input) {
        return run({"--channel-fd", "CHANNEL", "--tee", "sim", "--sim-platform", platform_}, input);
    }
    std::string platform_;
};

TEST_F(EnclaveProgram, prints_its_version) {
    EXPECT_EQ(run({"--version"}).out.substr(0, 16), "redoubt-enclave ");
}

// A production build neither derives the simulation's keys nor has what it would derive them with.
TEST_F(EnclaveProgram, simulates_a_tee_in_builds_for_development_alone) {
    EXPECT_EQ(contents_of(kProgram).find("sim/seal/v1") != std::string::npos, kSimulates);
    if (kSimulates) {
        return;  // the other tests show that it does
    }
    for (const auto& ended : {run({"--measurement"}), serve({})}) {
        EXPECT_EQ(ended.exit_code, 1);
        EXPECT_EQ(ended.out, "");
        EXPECT_NE(ended.err.find("this is a production build, which simulates no TEE"), std::string::npos)
            << ended.err;
    }
}

TEST_F(EnclaveProgram, prints_its_measurement) {
    REDOUBT_NEEDS_SIMULATION();
    const auto program = contents_of(kProgram);
    const auto expected = enclave::sim_measurement(bytes_of(program));
    EXPECT_EQ(run({"--measurement"}).out,
              to_hex(expected.view()) + " " + crypto::encode_base58(expected.view()) + "\n");
}

TEST_F(EnclaveProgram, rejects_flags_it_does_not_know) {
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {},
             {"--help"},
             {"--channel-fd", "3"},
             {"--channel-fd", "x", "--tee", "sim", "--sim-platform", platform_},
             {"--channel-fd", "3", "--sim-platform", platform_},
             {"--channel-fd", "3", "--tee", "sim"},
             {"--channel-fd", "3", "--tee", "none", "--sim-platform", platform_},
             {"--channel-fd", "3", "--tee", "tsm", "--sim-platform", platform_},
             {"--channel-fd", "3", "--tee", "sim", "--sim-platform", platform_, "--provided-key", platform_},
             {"--channel-fd", "3", "--tee", "tsm", "--sim-evidence-ms", "5"},
             {"--channel-fd", "3", "--tee", "gramine-sgx"},
             {"--channel-stdio", "--tee", "tsm"},
             {"--channel-stdio", "--tee", "gramine-sgx", "--provided-key", platform_},
             {"--channel-fd", "3", "--tee", "sim", "--sim-platform", platform_, "--sim-evidence-ms", "60001"},
             {"--channel-fd", "3", "--tee", "sim", "--sim-platform", platform_, "--pages-after-changes", "0"},
             {"--channel-fd", "3", "--tee", "sim", "--sim-platform", platform_, "--pages-after-changes",
              "65537"},
             {"--channel-fd", "3", "--tee", "sim", "--sim-platform", platform_, "--more"}}) {
        const auto ended = run(arguments);
        EXPECT_EQ(ended.exit_code, 2);
        EXPECT_NE(ended.err.find("usage:"), std::string::npos);
    }
}

// This machine is no TEE, or one whose interface the test may not use: nothing else is used in its place.
TEST_F(EnclaveProgram, ends_without_the_tee_that_it_is_started_for) {
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {"--channel-fd", "CHANNEL", "--tee", "tsm"},
             {"--channel-fd", "CHANNEL", "--tee", "tsm", "--provided-key", platform_},
             {"--channel-stdio", "--tee", "gramine-sgx"}}) {
        const auto ended = run(arguments, {});
        EXPECT_EQ(ended.exit_code, 1);
        EXPECT_NE(ended.err.find("cannot use its TEE"), std::string::npos) << ended.err;
    }
}

TEST_F(EnclaveProgram, rejects_a_platform_file_of_another_length) {
    REDOUBT_NEEDS_SIMULATION();
    for (const std::size_t size : {std::size_t{0}, std::size_t{31}, std::size_t{33}}) {
        std::ofstream{platform_, std::ios::binary | std::ios::trunc} << std::string(size, 'k');
        const auto ended = serve({});
        EXPECT_EQ(ended.exit_code, 1);
        EXPECT_NE(ended.err.find("platform file"), std::string::npos);
    }
}

TEST_F(EnclaveProgram, ends_quietly_when_the_host_closes_the_channel) {
    REDOUBT_NEEDS_SIMULATION();
    const auto ended = serve(boundary::encode_frame(boundary::ToEnclave{boundary::Hello{}}));
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_EQ(ended.err, kDevelopmentLine);
}

TEST_F(EnclaveProgram, says_why_it_ends_after_a_malformed_frame) {
    REDOUBT_NEEDS_SIMULATION();
    const auto truncated = serve(Bytes{5, 0, 0, 0, 0, 1});
    EXPECT_EQ(truncated.exit_code, 1);
    EXPECT_NE(truncated.err.find("ended inside a frame"), std::string::npos) << truncated.err;
    const auto unknown = serve(Bytes{1, 0, 0, 0, 200});
    EXPECT_EQ(unknown.exit_code, 1);
    EXPECT_NE(unknown.err.find("another protocol version"), std::string::npos) << unknown.err;
    const auto too_large = serve(Bytes{0xff, 0xff, 0xff, 0xff, 0});
    EXPECT_EQ(too_large.exit_code, 1);
    const auto trailing = serve(Bytes{6, 0, 0, 0, 0, 1, 0, 0, 0, 0});
    EXPECT_EQ(trailing.exit_code, 1);
}

#ifdef REDOUBT_STATIC_ENCLAVE
// The measurement covers what runs: no interpreter and no shared library is loaded from outside the file.
TEST_F(EnclaveProgram, is_one_file_without_an_interpreter_or_shared_libraries) {
    const auto file = contents_of(kProgram);
    Elf64_Ehdr header{};
    ASSERT_GE(file.size(), sizeof header);
    std::memcpy(&header, file.data(), sizeof header);
    EXPECT_EQ(header.e_type, ET_DYN) << "a position independent executable";
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        Elf64_Phdr segment{};
        std::memcpy(&segment, file.data() + header.e_phoff + std::size_t{i} * sizeof segment, sizeof segment);
        EXPECT_NE(segment.p_type, static_cast<Elf64_Word>(PT_INTERP));
        if (segment.p_type != PT_DYNAMIC) {
            continue;
        }
        for (std::size_t offset = 0; offset < segment.p_filesz; offset += sizeof(Elf64_Dyn)) {
            Elf64_Dyn entry{};
            std::memcpy(&entry, file.data() + segment.p_offset + offset, sizeof entry);
            EXPECT_NE(entry.d_tag, DT_NEEDED);
        }
    }
}
#endif

}  // namespace
}  // namespace redoubt::tests
