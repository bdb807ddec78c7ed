#include <csignal>
#include <exception>
#include <iostream>
#include <tools/wallet/command_line.hpp>

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return redoubt::wallet::run_program({argv + 1, argv + argc}, std::cout, std::cerr);
    } catch (const std::exception& error) {
        std::cerr << "error: the wallet failed in an unexpected way: " << error.what() << '\n';
        return static_cast<int>(redoubt::wallet::ExitCode::kRefused);
    }
}
