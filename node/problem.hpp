/// Why the daemon cannot go on, told to its operator: a cause, a remedy and the exit code.
///
/// Library errors are codes (`Result`); a Problem is made where one of them ends a run and a person has to
/// act. It never holds secrets. Nothing here ends the process.
#pragma once

#include <primitives/result.hpp>

#include <string>

namespace redoubt::node {

/// What `redoubtd` returns to its caller. Documented by `redoubtd --help`.
enum class ExitCode : int {
    kOk = 0,
    kOutputLost = 1,     ///< standard output cannot be written
    kUsage = 2,          ///< command line, environment, configuration file, or an address that is in use
    kChain = 3,          ///< the chain is unreachable, another chain, or refuses this worker
    kDataDirectory = 4,  ///< the data directory is locked, damaged, foreign or lacks the shard's state
    kEnclave = 5,        ///< the enclave cannot be started or keeps ending
};

/// A reason to stop, in two sentences.
struct Problem {
    ExitCode exit_code = ExitCode::kUsage;
    std::string cause;   ///< what is wrong, naming the file, key, address or account
    std::string remedy;  ///< what the operator can do about it
};

/// A value, or the reason why the daemon cannot go on.
template <class T = void>
using Outcome = outcome::basic_result<T, Problem, outcome::policy::terminate>;

}  // namespace redoubt::node
