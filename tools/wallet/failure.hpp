/// Why a wallet command did not do what it was asked: what a person and a program each need to know.
///
/// Library errors are std::error_code; here they gain the cause in the user's words, a remedy and the exit
/// code.
#pragma once

#include <nlohmann/json.hpp>
#include <primitives/result.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace redoubt::wallet {

using Json = nlohmann::ordered_json;

/// What the program's exit status says.
enum class ExitCode : int {
    kSuccess = 0,
    kRefused = 1,        ///< refused or failed on chain, in the enclave or on this machine
    kUsage = 2,          ///< the command line does not make sense
    kUnreachable = 3,    ///< chain or worker cannot be reached
    kTimedOut = 4,       ///< the answer did not come in time; the operation may still happen
    kUntrusted = 5,      ///< the worker is not who the registry says
    kInterrupted = 130,  ///< stopped by Ctrl-C, SIGINT or SIGTERM; what was submitted may still happen
};

/// A failed command. `code` is a stable word for programs; `message` names the cause and `remedy` what to do.
struct Failure {
    ExitCode exit = ExitCode::kRefused;
    std::string code;
    std::string message;
    std::string remedy;
    /// Facts about the operation that stay true although it failed, for example a transaction hash.
    Json details = nullptr;
};

/// A value or a Failure.
template <class T = void>
using Fallible = outcome::basic_result<T, Failure, outcome::policy::terminate>;

// Each code has one exit code, the one of the function that makes it; docs/WALLET.md lists them all.

/// The command line is wrong: exit code 2.
[[nodiscard]] Failure usage_failure(std::string code, std::string message, std::string remedy);
/// The operation failed: exit code 1.
[[nodiscard]] Failure refused(std::string code, std::string message, std::string remedy);
/// A chain or worker does not answer: exit code 3.
[[nodiscard]] Failure unreachable(std::string code, std::string message, std::string remedy);
/// An answer did not come in time: exit code 4.
[[nodiscard]] Failure timed_out(std::string code, std::string message, std::string remedy);
/// A worker cannot be trusted: exit code 5.
[[nodiscard]] Failure untrusted(std::string code, std::string message, std::string remedy);
/// The user stopped the command: exit code 130.
[[nodiscard]] Failure interrupted(std::string code, std::string message, std::string remedy);

/// "domain: message" of a library error, for the end of a sentence.
[[nodiscard]] std::string describe(const std::error_code& error);

/// The value of a library result, or a Failure made of `failure` with the library's reason at the end of its
/// message.
template <class T>
[[nodiscard]] Fallible<T> or_fail(Result<T> result, Failure failure) {
    if (!result) {
        failure.message += ": " + describe(result.error());
        return failure;
    }
    if constexpr (std::is_void_v<T>) {
        return success();
    } else {
        return std::move(result).value();
    }
}

}  // namespace redoubt::wallet
