#include <sys/prctl.h>
#include <sys/resource.h>
#include <command-line/standard_output.hpp>
#include <csignal>
#include <exception>
#include <iostream>
#include <tools/wallet/command_line.hpp>

namespace {

/// Passwords, phrases and keys pass through its memory: no core file, and no other process of the user looks
/// in.
void forbid_dumps() {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    redoubt::command_line::hold_standard_streams();
    forbid_dumps();
    try {
        return redoubt::wallet::run_program({argv + 1, argv + argc}, std::cout, std::cerr);
    } catch (const std::exception& error) {
        std::cerr << "error: the wallet failed in an unexpected way: " << error.what() << '\n';
        return static_cast<int>(redoubt::wallet::ExitCode::kRefused);
    }
}
