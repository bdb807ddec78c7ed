// Each test locks down a forked child, because a sandbox cannot be left again.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <enclave/sandbox.hpp>
#include <fstream>
#include <functional>
#include <primitives/crypto/initialise.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/crypto/rsa.hpp>
#include <string>
#include <tests/support/result_matchers.hpp>
#include <tests/support/sanitizers.hpp>

namespace redoubt::enclave {
namespace {

constexpr int kNotLocked = 99;

/// Runs `action` in a sandboxed child and returns its wait status; the action's result is the exit code.
int status_inside(const std::function<int()>& action) {
    std::array<int, 2> pair{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
    const auto child = fork();
    if (child == 0) {
        crypto::initialise();
        _exit(enter_sandbox(pair[1]) ? action() : kNotLocked);
    }
    close(pair[0]);
    close(pair[1]);
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

testing::AssertionResult is_killed(const std::function<int()>& action) {
    const auto status = status_inside(action);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << "not killed by the filter, status " << status;
}

testing::AssertionResult works(const std::function<int()>& action) {
    const auto status = status_inside(action);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << "did not work, status " << status;
}

TEST(Sandbox, kills_what_opens_files) {
    EXPECT_TRUE(is_killed([] { return static_cast<int>(syscall(SYS_open, "/dev/null", O_RDONLY)); }));
    EXPECT_TRUE(is_killed([] { return open("/dev/null", O_RDONLY); }));
    EXPECT_TRUE(is_killed([] { return unlink("/nowhere"); }));
    EXPECT_TRUE(is_killed([] { return dup(STDERR_FILENO); }));
}

TEST(Sandbox, kills_what_opens_sockets) {
    EXPECT_TRUE(is_killed([] { return socket(AF_INET, SOCK_STREAM, 0); }));
    EXPECT_TRUE(is_killed([] { return connect(STDERR_FILENO, nullptr, 0); }));
    EXPECT_TRUE(is_killed([] {
        std::array<int, 2> pair{};
        return socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data());
    }));
}

TEST(Sandbox, kills_what_starts_or_inspects_processes) {
    EXPECT_TRUE(is_killed([] {
        char* const none[] = {nullptr};
        return execve("/bin/true", none, none);
    }));
    EXPECT_TRUE(is_killed([] { return static_cast<int>(fork()); }));
    EXPECT_TRUE(is_killed([] { return static_cast<int>(ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); }));
    EXPECT_TRUE(is_killed([] { return kill(getppid(), 0); }));
    EXPECT_TRUE(is_killed([] { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }));
}

TEST(Sandbox, kills_what_makes_executable_memory) {
    EXPECT_TRUE(is_killed([] {
        return mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                       MAP_FAILED
                   ? 1
                   : 0;
    }));
    EXPECT_TRUE(is_killed([] {
        static std::array<std::uint8_t, 8192> page;
        return mprotect(page.data(), 4096, PROT_READ | PROT_EXEC);
    }));
}

TEST(Sandbox, kills_reading_and_writing_other_descriptors) {
    EXPECT_TRUE(is_killed([] {
        std::uint8_t byte = 0;
        return static_cast<int>(read(STDIN_FILENO, &byte, 1));
    }));
    EXPECT_TRUE(is_killed([] { return static_cast<int>(write(STDOUT_FILENO, "x", 1)); }));
}

TEST(Sandbox, closes_inherited_descriptors) {
    const int inherited = open("/dev/null", O_RDONLY);
    ASSERT_GT(inherited, STDERR_FILENO);
    EXPECT_TRUE(works([inherited] { return close(inherited) == -1 && errno == EBADF ? 0 : 1; }));
    close(inherited);
}

TEST(Sandbox, lets_the_enclave_compute) {
    EXPECT_TRUE(works([] {
        const auto key = crypto::RsaKeyPair::generate();
        const auto box = key.value().public_key().encrypt_oaep(bytes_of("text"));
        return key.value().decrypt_oaep(box.value(), 1) ? 0 : 1;
    }));
    EXPECT_TRUE(works([] {
        const auto seed = crypto::SecretBytes<32>::random();
        for (const auto scheme :
             {crypto::Scheme::kEd25519, crypto::Scheme::kSr25519, crypto::Scheme::kEcdsa}) {
            const auto key = crypto::KeyPair::from_seed(scheme, seed);
            if (!crypto::verify(key.value().sign(bytes_of("text")), key.value().account_id(),
                                bytes_of("text"))) {
                return 1;
            }
        }
        return 0;
    }));
    EXPECT_TRUE(works([] {
        Bytes large(100 * 1024 * 1024, 1);
        return large.back() == 1 ? 0 : 1;
    }));
    EXPECT_TRUE(works([] { return fputs("", stderr) < 0 ? 1 : 0; }));
}

TEST(Sandbox, lets_the_enclave_abort) {
    const auto status = status_inside([]() -> int { std::abort(); });
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) << status;
}

/// What follows `start` in the line of a file that begins with it.
std::string line_of(const std::string& path, const std::string& start) {
    std::ifstream in{path};
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(start)) {
            return line.substr(start.size());
        }
    }
    return "no such line";
}

/// The lines of a file in /proc of a locked-down child, which waits meanwhile.
class LockedChild {
  public:
    explicit LockedChild(std::optional<std::uint64_t> memory_bytes_max) {
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair_.data()), 0);
        child_ = fork();
        if (child_ == 0) {
            crypto::initialise();
            std::uint8_t byte = enter_sandbox(pair_[1], memory_bytes_max) ? 1 : 0;
            static_cast<void>(write(pair_[1], &byte, 1));
            static_cast<void>(read(pair_[1], &byte, 1));
            _exit(0);
        }
        close(pair_[1]);
        std::uint8_t locked = 0;
        EXPECT_EQ(read(pair_[0], &locked, 1), 1);
        EXPECT_EQ(locked, 1);
    }
    LockedChild(const LockedChild&) = delete;
    LockedChild& operator=(const LockedChild&) = delete;
    ~LockedChild() {
        close(pair_[0]);
        waitpid(child_, nullptr, 0);
    }

    [[nodiscard]] std::string line(const std::string& file, const std::string& start) const {
        return line_of("/proc/" + std::to_string(child_) + "/" + file, start);
    }

  private:
    std::array<int, 2> pair_{};
    pid_t child_ = -1;
};

TEST(Sandbox, keeps_no_capability) {
    const LockedChild child{std::nullopt};
    for (const auto* set : {"CapInh:", "CapPrm:", "CapEff:", "CapAmb:"}) {
        EXPECT_EQ(child.line("status", set), "\t0000000000000000") << set;
    }
    const auto own = std::stoull(line_of("/proc/self/status", "CapEff:"), nullptr, 16);
    if (((own >> CAP_SETPCAP) & 1) != 0) {
        EXPECT_EQ(child.line("status", "CapBnd:"), "\t0000000000000000");
    }
    EXPECT_EQ(child.line("status", "NoNewPrivs:"), "\t1");
    EXPECT_EQ(child.line("status", "Seccomp:"), "\t2");
}

TEST(Sandbox, limits_what_it_can_take) {
    const LockedChild child{std::uint64_t{3} << 30};
    const auto limit = [&](const std::string& name) {
        auto words = child.line("limits", name);
        words.erase(0, words.find_first_not_of(' '));
        return words.substr(0, words.find(' '));
    };
    EXPECT_EQ(limit("Max core file size"), "0");
    EXPECT_EQ(limit("Max open files"), "0");
    EXPECT_EQ(limit("Max processes"), "0");
    EXPECT_EQ(limit("Max file size"), "0");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    EXPECT_EQ(limit("Max address space"), std::to_string(std::uint64_t{3} << 30));
#endif
}

TEST(Sandbox, ends_with_the_host_also_while_it_computes) {
    std::array<int, 2> pair{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
    const auto host = fork();
    if (host == 0) {
        if (fork() == 0) {
            crypto::initialise();
            const std::uint8_t locked = enter_sandbox(pair[1]) ? 1 : 0;
            static_cast<void>(write(pair[1], &locked, 1));
            for (volatile std::uint64_t sum = 0;;) {
                sum = sum + 1;
            }
        }
        close(pair[0]);
        close(pair[1]);
        for (;;) {
            pause();
        }
    }
    close(pair[1]);
    std::uint8_t byte = 0;
    ASSERT_EQ(read(pair[0], &byte, 1), 1);
    ASSERT_EQ(byte, 1);
    kill(host, SIGKILL);
    waitpid(host, nullptr, 0);
    pollfd ended{pair[0], POLLIN, 0};
    ASSERT_EQ(poll(&ended, 1, 60'000), 1) << "the enclave goes on without its host";
    EXPECT_EQ(read(pair[0], &byte, 1), 0);
    close(pair[0]);
}

/// As status_inside(), beside a process that the sandboxed one is the parent of and may ask for.
int status_beside(const std::function<int(pid_t)>& action) {
    std::array<int, 2> pair{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
    const auto child = fork();
    if (child == 0) {
        const auto beside = fork();
        if (beside == 0) {
            _exit(7);
        }
        _exit(enter_sandbox(pair[1], std::nullopt, EvidenceLink{.fd = pair[0], .process = beside})
                  ? action(beside)
                  : kNotLocked);
    }
    close(pair[0]);
    close(pair[1]);
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

TEST(Sandbox, lets_the_enclave_ask_how_one_process_ended_and_not_wait_for_it) {
    const auto asked = status_beside([](pid_t beside) {
        int ended = 0;
        while (waitpid(beside, &ended, WNOHANG) == 0) {
        }
        return WIFEXITED(ended) && WEXITSTATUS(ended) == 7 ? 0 : 1;
    });
    EXPECT_TRUE(WIFEXITED(asked) && WEXITSTATUS(asked) == 0) << asked;
    const auto expect_killed = [](const std::function<int(pid_t)>& action) {
        const auto ended = status_beside(action);
        EXPECT_TRUE(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGSYS) << ended;
    };
    expect_killed([](pid_t beside) { return waitpid(beside, nullptr, 0); });
    expect_killed([](pid_t) { return waitpid(-1, nullptr, WNOHANG); });
    EXPECT_TRUE(is_killed([] { return waitpid(1, nullptr, WNOHANG); })) << "without a process beside it";
}

TEST(Sandbox, rejects_a_channel_that_is_none) {
    EXPECT_ERROR(enter_sandbox(-1), SandboxError::kBadDescriptor);
    EXPECT_ERROR(enter_sandbox(STDERR_FILENO), SandboxError::kBadDescriptor);
    EXPECT_ERROR(enter_sandbox(5, std::nullopt, EvidenceLink{.fd = 6, .process = 0}),
                 SandboxError::kBadDescriptor);
}

/// The wait status of a process in the keeper's sandbox.
int status_of_keeper(const std::function<int()>& action) {
    std::array<int, 2> pair{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
    const auto child = fork();
    if (child == 0) {
        _exit(enter_keeper_sandbox(pair[1], ProducerNeeds::kNothing) ? action() : kNotLocked);
    }
    close(pair[0]);
    close(pair[1]);
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

TEST(KeeperSandbox, lets_it_start_processes_and_nothing_else) {
    REDOUBT_NEEDS_FORKS_IN_THE_SANDBOX();
    const auto status = status_of_keeper([] {
        const auto child = fork();
        if (child == 0) {
            _exit(5);
        }
        int ended = 0;
        return waitpid(child, &ended, 0) == child && WEXITSTATUS(ended) == 5 ? 0 : 1;
    });
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    const auto expect_killed = [](const std::function<int()>& action) {
        const auto ended = status_of_keeper(action);
        EXPECT_TRUE(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGSYS) << ended;
    };
    expect_killed([] { return execl("/bin/true", "true", nullptr); });
    expect_killed([] { return open("/dev/null", O_RDONLY); });
    expect_killed([] { return socket(AF_INET, SOCK_STREAM, 0); });
    expect_killed([] { return kill(getppid(), SIGKILL); });
    expect_killed([] { return static_cast<int>(syscall(SYS_unshare, CLONE_NEWUSER)); });
    expect_killed([] {
        return static_cast<int>(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, 0));
    });
}

}  // namespace
}  // namespace redoubt::enclave
