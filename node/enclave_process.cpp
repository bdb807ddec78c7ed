#include <node/enclave_process.hpp>

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <node/log.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace redoubt::node {

namespace asio = boost::asio;

namespace {

constexpr int kChildChannel = 3;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

/// Attributes and actions of posix_spawn, freed when they go.
struct SpawnPlan {
    SpawnPlan() {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

std::string describe_status(int status) {
    if (WIFEXITED(status)) {
        return fmt::format("exit code {}", WEXITSTATUS(status));
    }
    if (WIFSIGNALED(status)) {
        return fmt::format("signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
    }
    return fmt::format("status {}", status);
}

}  // namespace

struct EnclaveProcess::State {
    explicit State(const Executor& executor) : exit_watch(executor), errors(executor), drained(executor) {
        drained.expires_at(asio::steady_timer::time_point::max());
    }

    pid_t pid = -1;
    int channel = -1;
    asio::posix::stream_descriptor exit_watch;
    asio::posix::stream_descriptor errors;
    asio::steady_timer drained;
    bool errors_ended = false;
    std::string last_line;
    std::string exit_text;  ///< empty while the process runs

    /// Collects the process if it has ended.
    void collect(int options) {
        int status = 0;
        if (exit_text.empty() && ::waitpid(pid, &status, options) == pid) {
            exit_text = describe_status(status);
        }
    }

    static Task<void> read_errors(std::shared_ptr<State> self) {
        constexpr std::size_t kLineBytesMax = 4096;
        std::array<char, 4096> buffer{};
        std::string line;
        for (;;) {
            const auto [error, size] = co_await self->errors.async_read_some(asio::buffer(buffer), kTuple);
            if (error) {
                break;
            }
            for (std::size_t i = 0; i < size; ++i) {
                if (buffer[i] != '\n' && line.size() < kLineBytesMax) {
                    line.push_back(buffer[i]);
                    continue;
                }
                log_enclave_line(line);
                self->last_line = std::exchange(line, {});
            }
        }
        if (!line.empty()) {
            log_enclave_line(line);
            self->last_line = line;
        }
        self->errors_ended = true;
        self->drained.cancel();
    }
};

EnclaveProcess::EnclaveProcess(Executor executor, std::shared_ptr<State> state)
    : state_(std::move(state)), tasks_(std::move(executor)) {
}

Outcome<std::unique_ptr<EnclaveProcess>> EnclaveProcess::start(Executor executor,
                                                               const EnclaveLaunch& launch) {
    const auto& program = launch.program;
    const auto failed = [&program](std::string_view what) {
        return Problem{ExitCode::kEnclave,
                       fmt::format("cannot start the enclave {}: {}", program.string(), what),
                       "Name the program with --enclave, and check that it is built and executable."};
    };
    std::array<int, 2> channel{-1, -1};
    std::array<int, 2> errors{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel.data()) != 0) {
        return failed(std::strerror(errno));
    }
    if (::pipe2(errors.data(), O_CLOEXEC) != 0) {
        const auto* const reason = std::strerror(errno);
        ::close(channel[0]);
        ::close(channel[1]);
        return failed(reason);
    }

    SpawnPlan plan;
    posix_spawn_file_actions_adddup2(&plan.actions, errors[1], STDERR_FILENO);
    if (launch.channel == EnclaveLaunch::Channel::kDescriptor) {
        posix_spawn_file_actions_adddup2(&plan.actions, channel[1], kChildChannel);
        posix_spawn_file_actions_addopen(&plan.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&plan.actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addclosefrom_np(&plan.actions, kChildChannel + 1);
    } else {
        posix_spawn_file_actions_adddup2(&plan.actions, channel[1], STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&plan.actions, channel[1], STDOUT_FILENO);
        posix_spawn_file_actions_addclosefrom_np(&plan.actions, STDERR_FILENO + 1);
    }
    sigset_t none{};
    sigset_t defaults{};
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigmask(&plan.attributes, &none);
    posix_spawnattr_setsigdefault(&plan.attributes, &defaults);
    posix_spawnattr_setpgroup(&plan.attributes, 0);
    posix_spawnattr_setflags(&plan.attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

    std::string name = program.string();
    std::vector<std::string> texts = launch.arguments;
    std::vector<char*> argv{name.data()};
    for (auto& text : texts) {
        argv.push_back(text.data());
    }
    argv.push_back(nullptr);
    std::array<char*, 1> environment{nullptr};

    pid_t pid = -1;
    const int result =
        ::posix_spawn(&pid, name.c_str(), &plan.actions, &plan.attributes, argv.data(), environment.data());
    ::close(channel[1]);
    ::close(errors[1]);
    if (result != 0) {
        ::close(channel[0]);
        ::close(errors[0]);
        return failed(std::strerror(result));
    }

    auto state = std::make_shared<State>(executor);
    state->pid = pid;
    state->channel = channel[0];
    state->errors.assign(errors[0]);
    std::unique_ptr<EnclaveProcess> process{new EnclaveProcess{executor, state}};
    const auto watch = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (watch < 0) {
        return failed(std::strerror(errno));
    }
    state->exit_watch.assign(watch);
    process->tasks_.spawn(State::read_errors(state));
    return process;
}

EnclaveProcess::~EnclaveProcess() {
    kill();
    state_->collect(0);
    if (state_->channel >= 0) {
        ::close(state_->channel);
    }
    boost::system::error_code ignored;
    state_->exit_watch.close(ignored);
    state_->errors.close(ignored);
}

int EnclaveProcess::pid() const {
    return state_->pid;
}

int EnclaveProcess::take_channel() {
    return std::exchange(state_->channel, -1);
}

void EnclaveProcess::kill() {
    state_->collect(WNOHANG);
    if (state_->exit_text.empty()) {
        ::kill(state_->pid, SIGKILL);
    }
}

Task<std::string> EnclaveProcess::wait_exit() {
    const auto state = state_;
    while (state->exit_text.empty()) {
        const auto [error] =
            co_await state->exit_watch.async_wait(asio::posix::stream_descriptor::wait_read, kTuple);
        if (error) {
            break;
        }
        state->collect(WNOHANG);
    }
    if (!state->errors_ended) {  // its last words may still be in the pipe
        state->drained.expires_after(std::chrono::seconds{1});
        const auto waited = co_await state->drained.async_wait(kTuple);
        static_cast<void>(waited);
    }
    auto text = state->exit_text.empty() ? std::string{"unknown end"} : state->exit_text;
    if (!state->last_line.empty()) {
        text += fmt::format("; its last words: \"{}\"", state->last_line);
    }
    co_return text;
}

Task<bool> EnclaveProcess::wait_exit_for(std::chrono::milliseconds limit) {
    const auto state = state_;
    asio::steady_timer timer{co_await asio::this_coro::executor};
    timer.expires_after(limit);
    timer.async_wait([weak = std::weak_ptr<State>{state}](boost::system::error_code error) {
        const auto alive = weak.lock();
        if (!error && alive) {
            boost::system::error_code ignored;
            alive->exit_watch.cancel(ignored);
        }
    });
    if (state->exit_text.empty()) {
        const auto [error] =
            co_await state->exit_watch.async_wait(asio::posix::stream_descriptor::wait_read, kTuple);
        if (!error) {
            state->collect(WNOHANG);
        }
    }
    co_return !state->exit_text.empty();
}

std::filesystem::path enclave_beside_this_program() {
    std::error_code error;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", error);
    return own.parent_path() / "redoubt-enclave";
}

}  // namespace redoubt::node
