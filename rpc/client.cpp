#include <rpc/client.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/strand.hpp>
#include <rpc/client_impl.hpp>
#include <rpc/run_on.hpp>

namespace redoubt::rpc {

namespace asio = boost::asio;

namespace {

using Impl = Client::Impl;

Task<Reply<void>> start(std::shared_ptr<Impl> impl) {
    co_return co_await impl->start();
}

Task<Reply<nlohmann::json>> call_on(std::shared_ptr<Impl> impl,
                                    std::string method,
                                    nlohmann::json params,
                                    std::chrono::milliseconds timeout) {
    co_return co_await impl->call(std::move(method), std::move(params), timeout, nullptr);
}

Task<Reply<Subscription>> subscribe_on(std::shared_ptr<Impl> impl, SubscribeOptions options) {
    auto state = std::make_shared<Subscription::State>(impl, impl->strand(), options);
    const auto answer = co_await impl->call(std::move(options.subscribe), std::move(options.params),
                                            impl->options().call_timeout, state);
    if (!answer) {
        co_return answer.error();
    }
    co_return Subscription{std::move(state)};
}

}  // namespace

Task<Reply<std::shared_ptr<Client>>> Client::connect(Executor executor,
                                                     ClientOptions options,
                                                     std::optional<ConnectionCheck> check) {
    BOOST_OUTCOME_CO_TRY(auto endpoint, parse_endpoint(options.url));
    auto impl = std::make_shared<Impl>(asio::make_strand(executor), std::move(options), std::move(endpoint),
                                       std::move(check));
    // Made before the first wait: when the caller is cancelled, its destructor ends the attempt.
    auto client = std::make_shared<Client>(impl);
    auto work = start(impl);
    BOOST_OUTCOME_CO_TRY(co_await run_on(impl->strand(), std::move(work)));
    co_return client;
}

Client::~Client() {
    close();
}

Task<Reply<nlohmann::json>> Client::call(std::string method, nlohmann::json params) {
    return call(std::move(method), std::move(params), impl_->options().call_timeout);
}

Task<Reply<nlohmann::json>> Client::call(std::string method,
                                         nlohmann::json params,
                                         std::chrono::milliseconds timeout) {
    auto work = call_on(impl_, std::move(method), std::move(params), timeout);
    return run_on(impl_->strand(), std::move(work));
}

Task<Reply<Subscription>> Client::subscribe(SubscribeOptions options) {
    auto work = subscribe_on(impl_, std::move(options));
    return run_on(impl_->strand(), std::move(work));
}

ConnectionStatus Client::status() const {
    return impl_->status();
}

const ClientOptions& Client::options() const {
    return impl_->options();
}

void Client::close() {
    asio::dispatch(impl_->strand(), [impl = impl_] { impl->shut_down(RpcError::kClosed); });
}

}  // namespace redoubt::rpc
