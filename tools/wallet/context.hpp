/// What every command works with: settings, console, accounts, and the connection to the chain.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <registry-client/chain_client.hpp>
#include <rpc/failure.hpp>
#include <rpc/task.hpp>
#include <string>
#include <tools/wallet/accounts.hpp>
#include <tools/wallet/amount.hpp>
#include <tools/wallet/console.hpp>
#include <utility>

namespace redoubt::wallet {

using registry_client::ChainClientPtr;
using registry_client::Runtime;

/// The global options.
struct Settings {
    std::string chain_url = "ws://127.0.0.1:9944";
    bool json = false;
    bool planck = false;
    bool verbose = false;
    std::filesystem::path keystore;
    /// Where the wallet keeps what accepted evidence rested upon.
    std::filesystem::path state;
    /// Which evidence of workers is accepted; empty: as the built-in policy says.
    std::filesystem::path policy_file;
    /// The fingerprint of the only program that a worker may run, as the user wrote it.
    std::optional<std::string> fingerprint;
    /// What workers' evidence is verified with when it comes without; empty: with nothing.
    std::filesystem::path worker_collateral;
    /// Workers are taken for what the registry says of them, without evidence.
    bool trusts_registry = false;
    std::chrono::seconds timeout{300};
    PasswordSource password;
};

/// A Failure made of what the RPC layer reports, with the exit code that fits it.
/// @param doing  what was tried, as the start of a sentence: "the finalized head cannot be read"
[[nodiscard]] Failure chain_failure(const rpc::Failure& failure, const std::string& doing);

/// The value of a Reply, or chain_failure().
template <class T>
[[nodiscard]] Fallible<T> lift(rpc::Reply<T> reply, const std::string& doing) {
    if (!reply) {
        return chain_failure(reply.error(), doing);
    }
    if constexpr (std::is_void_v<T>) {
        return success();
    } else {
        return std::move(reply).value();
    }
}

/// The time between two questions to a chain that does not answer.
[[nodiscard]] Task<void> pause_before_asking_again(Executor executor);

/// Lives as long as the command that uses it. One thread.
class Context {
  public:
    Context(Executor executor, Settings settings, Console& console);

    [[nodiscard]] const Executor& executor() const noexcept { return executor_; }
    [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
    [[nodiscard]] Console& console() noexcept { return console_; }
    [[nodiscard]] const Accounts& accounts() const noexcept { return accounts_; }

    /// Names what is waited for now: a timeout tells it, and the progress shows it.
    void stage(std::string what);
    /// The same without showing it, for what lasts a moment.
    void name_stage(std::string what) { stage_ = std::move(what); }
    [[nodiscard]] const std::string& stage() const noexcept { return stage_; }
    /// Facts that a failure must not swallow, for example the hash of a submitted extrinsic.
    void remember(const std::string& name, Json value);
    /// Whether something is out that may take effect, or has.
    void set_submitted(bool submitted) noexcept { submitted_ = submitted; }
    /// The remembered facts as an object; null while nothing is submitted.
    [[nodiscard]] Json facts() const { return submitted_ ? remembered_ : Json(nullptr); }

    /// Connects to the node on the first use. @errors chain_url_invalid, chain_unreachable, …
    [[nodiscard]] Task<Fallible<ChainClientPtr>> chain();

  private:
    Executor executor_;
    Settings settings_;
    Console& console_;
    Accounts accounts_;
    std::string stage_ = "starting";
    Json remembered_ = Json::object();
    bool submitted_ = false;
    ChainClientPtr chain_;
};

/// Asks the chain until it answers, for what waits on something submitted: a lost connection comes back by
/// itself, and the command's own timeout ends the waiting. The context outlives the task.
/// @errors chain_failure() of a failure that does not pass
template <class T>
[[nodiscard]] Task<Fallible<T>> until_answered(Context& context,
                                               std::function<Task<rpc::Reply<T>>()> ask,
                                               std::string doing) {
    for (bool told = false;; told = true) {
        auto reply = co_await ask();
        if (reply || !registry_client::is_passing(reply.error())) {
            co_return lift(std::move(reply), doing);
        }
        if (!told) {
            context.console().progress("the chain does not answer (" + printable(reply.error().describe()) +
                                       "); asking it again …");
        }
        co_await pause_before_asking_again(context.executor());
    }
}

/// How the chain's amounts are written, under the user's choice.
[[nodiscard]] AmountFormat amount_format(const Runtime& runtime, const Settings& settings);
/// The SS58 address of an account on the chain.
[[nodiscard]] std::string address_of(const AccountId& account, const Runtime& runtime);
/// Fails when the runtime has no such pallet, saying what that means. @errors pallet_missing
[[nodiscard]] Fallible<void> require_pallet(const Runtime& runtime, std::string_view pallet);

}  // namespace redoubt::wallet
