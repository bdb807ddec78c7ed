#include <fmt/format.h>
#include <node/enclave_channel.hpp>
#include <node/enclave_start.hpp>
#include <node/import_end.hpp>

namespace redoubt::node {

ImportEnd end_of(std::error_code error, std::uint32_t number) {
    if (error == ChannelError::kTooLarge) {
        return ImportEnd{false,
                         Problem{ExitCode::kChain, fmt::format("block {}: {}", number, error.message()),
                                 "Connect to a chain whose blocks are smaller."}};
    }
    if (!is_refusal(error)) {
        return ImportEnd{true, Problem{ExitCode::kEnclave, error.message(), {}}};
    }
    auto problem = problem_of_refusal(error);
    problem.cause = fmt::format("block {}: {}", number, problem.cause);
    return ImportEnd{false, std::move(problem)};
}

}  // namespace redoubt::node
