/// From a program file to an enclave that stands where it stood: process, versions, identity, journal.
///
/// It starts once. Whether to try again is decided by the worker (restart_budget.hpp).
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <boundary/messages.hpp>
#include <node/enclave_channel.hpp>
#include <node/enclave_process.hpp>
#include <node/storage/journal.hpp>

#include <memory>
#include <string>
#include <vector>

namespace redoubt::node {

/// What the enclave is started with.
struct EnclaveSetup {
    EnclaveLaunch launch;
    Hash256 genesis_hash;
    std::optional<Hash256> shard;
    bool dev = false;
    bool unverified_finality = false;
    std::chrono::milliseconds stale_after{0};  ///< 0 for ever
    /// For a new identity that verifies finality; with an old one it has to be the same block.
    std::optional<boundary::TrustAnchor> anchor;
    std::optional<boundary::RelayChain> relay;  ///< present for a parachain
    std::vector<std::string> tls_names;
    std::chrono::milliseconds deadline{60'000};
};

/// An enclave that answers, and what it said of itself.
struct RunningEnclave {
    std::unique_ptr<EnclaveProcess> process;
    std::shared_ptr<EnclaveChannel> channel;
    std::string version;
    boundary::Started started;
    boundary::Position position;
};

/// Why an enclave could not be started.
struct StartFailure {
    Problem problem;
    bool try_again = false;  ///< the process ended or hung: another start may succeed
};
template <class T>
using StartOutcome = outcome::basic_result<T, StartFailure, outcome::policy::terminate>;

/// Starts the program, says Hello, gives the identity (and stores a new one, synced, before it goes on),
/// binds the data directory to the shard, and replays the journal.
/// @param journal outlives the task; `pool` runs its calls
[[nodiscard]] Task<StartOutcome<RunningEnclave>> start_enclave(
    Executor executor,
    EnclaveSetup setup,
    std::shared_ptr<Journal> journal,
    std::shared_ptr<boost::asio::thread_pool> pool);

/// Milliseconds since 1970 by this machine's clock: what host_time_ms carries.
[[nodiscard]] std::uint64_t host_time_ms();

/// What a refused start means for the operator.
[[nodiscard]] Problem problem_of_refusal(std::error_code error);

}  // namespace redoubt::node
