#include <rpc/server.hpp>

#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <rpc/client.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/run_task.hpp>
#include <thread>
#include <variant>
#include <vector>

namespace redoubt::rpc {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using tests::run_task;
using tests::run_until;

Task<bool> stop_server(Server& server) {
    co_await server.stop();
    co_return true;
}

class ServerTest : public ::testing::Test {
  protected:
    ServerTest() {
        auto table = std::make_shared<MethodTable>();
        table->add("echo", {}, [](const json& params, CallContext&) -> Answer { return params; });
        table->add_subscription(
            "ticks_subscribe", "ticks_unsubscribe", "tick", {"first"},
            [this](const json& params,
                   const ServerSubscriptionPtr& subscription) -> Expected<std::monostate> {
                if (!params.empty() && params[0].is_string()) {
                    return invalid_params("first is no number");
                }
                if (!params.empty()) {
                    subscription->notify(params[0]);
                }
                subscription->on_end([this] { ++ended_; });
                subscriptions_.push_back(subscription);
                return std::monostate{};
            });
        methods_ = std::move(table);
    }
    ~ServerTest() override {
        client_.reset();
        server_.reset();
        static_cast<void>(run_until(
            context_, [this] { return context_.stopped(); }, 5s));
    }

    void listen(ServerOptions options = {}) {
        auto made = Server::listen(context_.get_executor(), std::move(options), methods_);
        ASSERT_TRUE(tests::is_ok(made));
        server_ = std::move(made).value();
    }
    void connect() {
        ClientOptions options;
        options.url = server_->url();
        options.reconnect = false;
        auto connected = run_task(context_, Client::connect(context_.get_executor(), options));
        ASSERT_TRUE(tests::is_ok(connected));
        client_ = std::move(connected).value();
    }
    Reply<json> call(const std::string& method, json params = json::array()) {
        return run_task(context_, client_->call(method, std::move(params)));
    }
    Subscription subscribe(json params = json::array()) {
        SubscribeOptions options;
        options.subscribe = "ticks_subscribe";
        options.unsubscribe = "ticks_unsubscribe";
        options.params = std::move(params);
        auto made = run_task(context_, client_->subscribe(std::move(options)));
        EXPECT_TRUE(tests::is_ok(made));
        return made ? std::move(made).value() : Subscription{};
    }
    json next(Subscription& subscription) {
        auto event = run_task(context_, subscription.next(10s));
        EXPECT_TRUE(tests::is_ok(event));
        const auto* notification = event ? std::get_if<Notification>(&event.value()) : nullptr;
        return notification == nullptr ? json("no notification") : notification->result;
    }
    /// Sends bytes over a plain connection and returns what comes until the server closes it or `until`.
    std::string exchange(const std::string& text, const std::string& until) {
        std::string received;
        bool done = false;
        std::thread peer{[&, port = server_->port()] {
            boost::asio::io_context own;
            boost::asio::ip::tcp::socket socket{own};
            socket.connect({boost::asio::ip::address_v4::loopback(), port});
            boost::system::error_code error;
            boost::asio::write(socket, boost::asio::buffer(text), error);
            boost::asio::read_until(socket, boost::asio::dynamic_buffer(received), until, error);
            boost::asio::post(context_, [&done] { done = true; });
        }};
        EXPECT_TRUE(run_until(context_, [&] { return done; }));
        peer.join();
        return received;
    }
    std::string post(const std::string& body, const std::string& type = "application/json") {
        return exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: " + type +
                            "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
                        "}");
    }

    boost::asio::io_context context_;
    std::shared_ptr<const MethodTable> methods_;
    std::unique_ptr<Server> server_;
    std::shared_ptr<Client> client_;
    std::vector<ServerSubscriptionPtr> subscriptions_;
    int ended_ = 0;
};

TEST_F(ServerTest, answers_calls_over_a_web_socket) {
    listen();
    connect();
    EXPECT_EQ(call("echo", {1, "two"}).value(), (json{1, "two"}));
    const auto unknown = call("none");
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().remote->code, code::kMethodNotFound);
}

TEST_F(ServerTest, sends_the_reply_before_the_first_notification) {
    listen();
    connect();
    auto subscription = subscribe({5});
    EXPECT_EQ(next(subscription), 5);
    subscriptions_.at(0)->notify("later");
    EXPECT_EQ(next(subscription), "later");
}

TEST_F(ServerTest, ends_a_subscription_when_the_client_unsubscribes) {
    listen();
    connect();
    auto subscription = subscribe();
    EXPECT_EQ(call("ticks_unsubscribe", {subscriptions_.at(0)->id()}).value(), true);
    EXPECT_EQ(ended_, 1);
    EXPECT_FALSE(subscriptions_.at(0)->is_open());
    subscriptions_.at(0)->notify("unheard");
    EXPECT_EQ(call("ticks_unsubscribe", {subscriptions_.at(0)->id()}).value(), false);
    EXPECT_EQ(call("ticks_unsubscribe", {7}).value(), false);
}

TEST_F(ServerTest, leaves_no_subscription_when_the_start_fails) {
    listen();
    connect();
    EXPECT_EQ(call("ticks_subscribe", {"text"}).error().remote->code, code::kInvalidParams);
    EXPECT_TRUE(subscriptions_.empty());
}

TEST_F(ServerTest, ends_subscriptions_with_their_connection) {
    listen();
    connect();
    auto subscription = subscribe();
    server_->drop_connections();
    EXPECT_EQ(ended_, 1);
    EXPECT_TRUE(run_until(context_, [this] { return server_->connections() == 0; }));
}

TEST_F(ServerTest, rejects_subscriptions_above_the_limit) {
    ServerOptions options;
    options.subscriptions_max = 1;
    listen(std::move(options));
    connect();
    auto kept = subscribe();
    EXPECT_EQ(call("ticks_subscribe").error().remote->code, code::kTooManySubscriptions);
}

TEST_F(ServerTest, rejects_connections_above_the_limit) {
    ServerOptions options;
    options.connections_max = 1;
    listen(std::move(options));
    connect();
    ClientOptions second;
    second.url = server_->url();
    EXPECT_TRUE(tests::is_error(run_task(context_, Client::connect(context_.get_executor(), second)),
                                RpcError::kConnectFailed));
}

TEST_F(ServerTest, breaks_a_connection_that_sends_too_much) {
    ServerOptions options;
    options.message_bytes_max = 1000;
    listen(std::move(options));
    connect();
    EXPECT_EQ(call("echo", {std::string(900, 'x')}).value().at(0).get<std::string>().size(), 900U);
    EXPECT_FALSE(call("echo", {std::string(1000, 'x')}).has_value());
    EXPECT_TRUE(run_until(context_, [this] { return server_->connections() == 0; }));
}

TEST_F(ServerTest, breaks_a_connection_whose_reader_is_too_slow) {
    ServerOptions options;
    options.queued_messages_max = 8;
    listen(std::move(options));
    connect();
    auto subscription = subscribe();
    // The client runs on this thread: it reads nothing meanwhile.
    for (int i = 0; i < 8; ++i) {
        subscriptions_.at(0)->notify(i);
    }
    EXPECT_TRUE(subscriptions_.at(0)->is_open());
    subscriptions_.at(0)->notify(8);
    EXPECT_FALSE(subscriptions_.at(0)->is_open());
    EXPECT_EQ(ended_, 1);
}

TEST_F(ServerTest, tells_a_stream_when_its_reader_caught_up) {
    listen();
    connect();
    auto subscription = subscribe();
    bool is_drained = false;
    subscriptions_.at(0)->notify("first");
    subscriptions_.at(0)->when_drained([&] { is_drained = true; });
    EXPECT_FALSE(is_drained);
    EXPECT_TRUE(run_until(context_, [&] { return is_drained; }));
}

TEST_F(ServerTest, reads_on_when_a_peer_took_its_answers) {
    ServerOptions options;
    options.unread_bytes_max = 10;
    listen(std::move(options));
    connect();
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(tests::is_ok(call("echo", {std::string(1000, 'x')})));
    }
}

TEST_F(ServerTest, names_the_port_that_is_in_use) {
    listen();
    ServerOptions options;
    options.port = server_->port();
    const auto second = Server::listen(context_.get_executor(), options, methods_);
    EXPECT_TRUE(tests::is_error(second, ServerError::kPortInUse));
    EXPECT_EQ(second.error().detail, "127.0.0.1:" + std::to_string(server_->port()));
}

TEST_F(ServerTest, rejects_an_address_that_is_none) {
    ServerOptions options;
    options.address = "somewhere";
    EXPECT_TRUE(tests::is_error(Server::listen(context_.get_executor(), options, methods_),
                                ServerError::kBadAddress));
}

TEST_F(ServerTest, says_goodbye_when_it_stops) {
    listen();
    connect();
    auto subscription = subscribe();
    EXPECT_TRUE(run_task(context_, stop_server(*server_)));
    EXPECT_EQ(server_->connections(), 0U);
    EXPECT_EQ(ended_, 1);
}

TEST_F(ServerTest, answers_http_posts_without_subscriptions) {
    listen();
    const auto answered = post(R"({"jsonrpc":"2.0","id":1,"method":"echo","params":[3]})");
    EXPECT_TRUE(answered.starts_with("HTTP/1.1 200")) << answered;
    EXPECT_NE(answered.find(R"("result":[3])"), std::string::npos);
    EXPECT_NE(post(R"({"jsonrpc":"2.0","id":1,"method":"ticks_subscribe"})").find("-32601"),
              std::string::npos);
    EXPECT_TRUE(post("{}", "text/plain").starts_with("HTTP/1.1 415"));
    EXPECT_TRUE(exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "WebSocket").starts_with("HTTP/1.1 405"));
}

TEST_F(ServerTest, closes_a_connection_that_speaks_no_http) {
    listen();
    EXPECT_EQ(exchange("\x16\x03\x01 hello\r\n\r\n", "never"), "");
}

TEST_F(ServerTest, lets_somebody_interfere_with_each_message) {
    ServerOptions options;
    int messages = 0;
    options.interfere = [&messages](std::string& message) -> Delivery {
        ++messages;
        if (messages == 1) {
            return {.delay = 20ms};
        }
        if (messages == 2) {
            message = R"({"jsonrpc":"2.0","id":2,"result":"changed, and longer than it was"})";
            return {};
        }
        return {.drop_connection = true};
    };
    listen(std::move(options));
    connect();
    EXPECT_EQ(call("echo", {1}).value(), json{1});
    EXPECT_EQ(call("echo", {2}).value(), "changed, and longer than it was");
    EXPECT_TRUE(tests::is_error(call("echo", {3}), RpcError::kConnectionLost));
}

}  // namespace
}  // namespace redoubt::rpc
