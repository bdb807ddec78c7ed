#include <tools/wallet/context.hpp>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <primitives/crypto/ss58.hpp>
#include <registry-client/transaction.hpp>

namespace redoubt::wallet {
namespace {

using registry_client::ChainError;
using registry_client::TransactionError;
using rpc::RpcError;

constexpr unsigned kDecimalsMax = 38;
constexpr std::chrono::milliseconds kPauseBeforeAskingAgain{500};

template <class Error>
bool is_one_of(const std::error_code& code, std::initializer_list<Error> errors) {
    return std::ranges::any_of(errors, [&](Error error) { return code == make_error_code(error); });
}

}  // namespace

Failure chain_failure(const rpc::Failure& failure, const std::string& doing) {
    const auto message = doing + ": " + failure.describe();
    if (is_one_of(failure.code, {RpcError::kBadUrl})) {
        return usage_failure("chain_url_invalid", message,
                             "Write ws://HOST:PORT or wss://HOST:PORT after --chain.");
    }
    if (is_one_of(failure.code, {RpcError::kConnectFailed, RpcError::kNotConnected, RpcError::kConnectionLost,
                                 RpcError::kClosed})) {
        return unreachable(
            "chain_unreachable", message,
            "Check that the node runs and that --chain (or REDOUBT_CHAIN) names its WebSocket.");
    }
    if (is_one_of(failure.code, {RpcError::kCertificateRejected, RpcError::kPeerKeyMismatch})) {
        return untrusted("certificate_rejected", message,
                         "Use the name that the node's certificate was made for, or a ws:// address on a "
                         "trusted network.");
    }
    if (is_one_of(failure.code, {RpcError::kDeadline})) {
        return timed_out("chain_timeout", message, "The node is slow or stuck; try again, or another node.");
    }
    if (is_one_of(failure.code, {ChainError::kUnknownPallet})) {
        return refused("pallet_missing", message,
                       "The node's runtime lacks what this command needs: connect to a chain that has it.");
    }
    if (is_one_of(failure.code, {ChainError::kWrongGenesis, ChainError::kFinalizedReorg})) {
        return refused("chain_changed", message,
                       "Another chain answers than before, or the node was reset: connect to the node of the "
                       "chain that you mean.");
    }
    if (is_one_of(failure.code, {ChainError::kNoSuchBlock})) {
        return refused("block_unknown", message, "The node may have pruned the block: ask an archive node.");
    }
    if (is_one_of(failure.code, {TransactionError::kFateUnknown})) {
        return timed_out("transaction_fate_unknown", message,
                         "It may still be included: look for the extrinsic before sending it again.");
    }
    if (is_one_of(failure.code, {TransactionError::kRefused, TransactionError::kTooManyAttempts})) {
        return refused(
            "transaction_refused", message,
            "Nothing happened on chain. Check the payer's balance and whether the node is synchronised.");
    }
    return refused("chain_error", message,
                   "The node answered in an unexpected way: look at its log, or use another node.");
}

Task<void> pause_before_asking_again(Executor executor) {
    boost::asio::steady_timer pause{executor, kPauseBeforeAskingAgain};
    co_await pause.async_wait(boost::asio::use_awaitable);
}

Context::Context(Executor executor, Settings settings, Console& console)
    : executor_(std::move(executor)),
      settings_(std::move(settings)),
      console_(console),
      accounts_(Keystore{settings_.keystore}, settings_.password) {
}

void Context::stage(std::string what) {
    name_stage(std::move(what));
    console_.progress(stage_ + " …");
}

void Context::remember(const std::string& name, Json value) {
    remembered_[name] = std::move(value);
}

Task<Fallible<ChainClientPtr>> Context::chain() {
    if (chain_ == nullptr) {
        stage_ = "connecting to " + settings_.chain_url;
        registry_client::ConnectOptions options;
        options.rpc.url = settings_.chain_url;
        auto connected = co_await registry_client::ChainClient::connect(executor_, std::move(options));
        const auto doing = "the chain at " + settings_.chain_url + " cannot be used";
        BOOST_OUTCOME_CO_TRY(chain_, lift(std::move(connected), doing));
        stage_ = "asking the chain at " + settings_.chain_url;
    }
    co_return chain_;
}

AmountFormat amount_format(const Runtime& runtime, const Settings& settings) {
    return {.symbol = printable(runtime.symbol),
            .decimals = std::min<unsigned>(runtime.decimals, kDecimalsMax),
            .planck = settings.planck};
}

std::string address_of(const AccountId& account, const Runtime& runtime) {
    return crypto::encode_ss58(account.view(), runtime.ss58_prefix);
}

Fallible<void> require_pallet(const Runtime& runtime, std::string_view pallet) {
    if (runtime.metadata.find_pallet(pallet) == nullptr) {
        return refused(
            "pallet_missing",
            "the runtime " + printable(runtime.version.spec_name) + " has no pallet " + std::string{pallet},
            "Connect to a chain that has it, such as an Integritee chain or redoubt's own test chain.");
    }
    return success();
}

}  // namespace redoubt::wallet
