#include <command-line/standard_output.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

namespace redoubt::command_line {
namespace {

std::string reason(int error) {
    return error != 0 ? std::strerror(error) : "it is closed or full";
}

}  // namespace

void hold_standard_streams() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF) {
            // The lowest free number is the one that is closed.
            [[maybe_unused]] const int held =
                open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
}

std::optional<std::string> flush_error(std::ostream& out) {
    errno = 0;
    out.flush();
    if (out) {
        return std::nullopt;
    }
    return reason(errno);
}

int exit_status(std::string_view program, int status) {
    auto lost = flush_error(std::cout);
    if (!lost && (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)) {
        lost = reason(errno);
    }
    if (!lost || status != 0) {
        return status;
    }
    std::cerr << program << ": standard output cannot be written: " << *lost << '\n';
    return kOutputLost;
}

}  // namespace redoubt::command_line
