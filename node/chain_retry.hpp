/// Asking the chain until it answers: a node that restarts is waited for, another chain is a reason to stop.
#pragma once

#include <node/problem.hpp>
#include <node/signal.hpp>
#include <registry-client/chain_client.hpp>
#include <registry-client/transaction.hpp>
#include <rpc/failure.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>

namespace redoubt::node {

/// True when asking again cannot help: another chain, unusable metadata, a missing pallet, a closed client.
[[nodiscard]] bool is_permanent(const rpc::Failure& failure);

/// What a permanent failure of the chain means for the operator.
/// @param url of the node, as configured
[[nodiscard]] Problem chain_problem(const rpc::Failure& failure, const std::string& url);

/// Logs that `what` failed and is tried again; the same text at most once in 30 seconds.
void log_chain_trouble(const std::string& what, const std::string& reason);

/// For SubmitOptions::on_progress: logs that `what` is in trouble and tried again, as log_chain_trouble does.
[[nodiscard]] std::function<void(const registry_client::TransactionProgress&)> log_retries(std::string what);

/// Is told of each failure, and how many there were in succession.
using FailureHook = std::function<Task<void>(rpc::Failure failure, int failures)>;

/// Calls `call` until it succeeds, with pauses of 0.5 to 10 seconds.
/// @param what        for the log, for example "reading the registry"
/// @param on_failure  may be empty
/// @errors kChain for a permanent failure
template <class T>
[[nodiscard]] Task<Outcome<T>> until_answered(std::function<Task<rpc::Reply<T>>()> call,
                                              std::string what,
                                              std::string url,
                                              FailureHook on_failure = {}) {
    constexpr std::chrono::milliseconds kPauseMax{10'000};
    std::chrono::milliseconds pause{500};
    for (int failures = 1;; ++failures) {
        auto reply = co_await call();
        if (reply.has_value()) {
            co_return std::move(reply.value());
        }
        if (is_permanent(reply.error())) {
            co_return chain_problem(reply.error(), url);
        }
        log_chain_trouble(what, reply.error().describe());
        if (on_failure) {
            co_await on_failure(reply.error(), failures);
        }
        co_await pause_for(pause);
        pause = std::min(pause * 2, kPauseMax);
    }
}

}  // namespace redoubt::node
