#include <tools/wallet/failure.hpp>

namespace redoubt::wallet {
namespace {

Failure make_failure(ExitCode exit, std::string code, std::string message, std::string remedy) {
    Failure failure;
    failure.exit = exit;
    failure.code = std::move(code);
    failure.message = std::move(message);
    failure.remedy = std::move(remedy);
    return failure;
}

}  // namespace

Failure usage_failure(std::string code, std::string message, std::string remedy) {
    return make_failure(ExitCode::kUsage, std::move(code), std::move(message), std::move(remedy));
}

Failure refused(std::string code, std::string message, std::string remedy) {
    return make_failure(ExitCode::kRefused, std::move(code), std::move(message), std::move(remedy));
}

Failure unreachable(std::string code, std::string message, std::string remedy) {
    return make_failure(ExitCode::kUnreachable, std::move(code), std::move(message), std::move(remedy));
}

Failure timed_out(std::string code, std::string message, std::string remedy) {
    return make_failure(ExitCode::kTimedOut, std::move(code), std::move(message), std::move(remedy));
}

Failure untrusted(std::string code, std::string message, std::string remedy) {
    return make_failure(ExitCode::kUntrusted, std::move(code), std::move(message), std::move(remedy));
}

Failure interrupted(std::string code, std::string message, std::string remedy) {
    return make_failure(ExitCode::kInterrupted, std::move(code), std::move(message), std::move(remedy));
}

std::string describe(const std::error_code& error) {
    return std::string{error.category().name()} + ": " + error.message();
}

}  // namespace redoubt::wallet
