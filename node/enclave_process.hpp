/// The enclave's process: started with one descriptor, watched, ended. It does not speak to it.
#pragma once

#include <node/problem.hpp>
#include <rpc/task.hpp>
#include <rpc/task_group.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace redoubt::node {

/// What is started, and how.
struct EnclaveLaunch {
    enum class Channel {
        kDescriptor,  ///< descriptor 3; standard input and output are /dev/null
        kStandard,    ///< standard input and output: Gramine passes nothing else on
    };
    std::filesystem::path program;
    std::vector<std::string> arguments;  ///< without the program's name
    Channel channel = Channel::kDescriptor;
};

/// A running child. It inherits its end of the socket pair and a pipe as stderr; the environment is empty,
/// and it has a process group of its own.
class EnclaveProcess {
  public:
    /// @errors kEnclave when the program cannot be started
    [[nodiscard]] static Outcome<std::unique_ptr<EnclaveProcess>> start(Executor executor,
                                                                        const EnclaveLaunch& launch);
    EnclaveProcess(const EnclaveProcess&) = delete;
    EnclaveProcess& operator=(const EnclaveProcess&) = delete;
    /// Kills the process when it still runs, and collects it.
    ~EnclaveProcess();

    [[nodiscard]] int pid() const;
    /// The host's end of the socket pair; the caller owns it from now on. Once.
    [[nodiscard]] int take_channel();
    /// Waits until the process has ended, and says how: "exit code 1", "signal 9 (Killed)", with the last
    /// line that it wrote on its stderr.
    [[nodiscard]] Task<std::string> wait_exit();
    /// Waits at most `limit`; true when it has ended.
    [[nodiscard]] Task<bool> wait_exit_for(std::chrono::milliseconds limit);
    void kill();

  private:
    struct State;
    EnclaveProcess(Executor executor, std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
    rpc::TaskGroup tasks_;
};

/// `redoubt-enclave` in the folder of the running program.
[[nodiscard]] std::filesystem::path enclave_beside_this_program();

}  // namespace redoubt::node
