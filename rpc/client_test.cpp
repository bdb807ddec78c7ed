#include <rpc/client.hpp>

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <rpc/deadline.hpp>
#include <rpc/task_group.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/run_task.hpp>
#include <tests/support/scripted_rpc_server.hpp>
#include <variant>
#include <vector>

namespace redoubt::rpc {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using tests::run_task;
using tests::run_until;
using tests::ScriptedError;
using tests::ScriptedRpcServer;

ClientOptions options_for(const ScriptedRpcServer& server) {
    ClientOptions options;
    options.url = server.url();
    options.backoff_min = 5ms;
    options.backoff_max = 40ms;
    return options;
}

class ClientTest : public ::testing::Test {
  protected:
    ~ClientTest() override {
        client_.reset();
        static_cast<void>(run_until(
            context_, [this] { return context_.stopped(); }, 5s));
    }
    Reply<void> connect(ClientOptions options, std::optional<ConnectionCheck> check = std::nullopt) {
        auto connected =
            run_task(context_, Client::connect(context_.get_executor(), std::move(options), check));
        if (!connected) {
            return connected.error();
        }
        client_ = std::move(connected).value();
        return success();
    }
    Reply<json> call(const std::string& method, json params = json::array()) {
        return run_task(context_, client_->call(method, std::move(params)));
    }
    Reply<json> call(const std::string& method, json params, std::chrono::milliseconds limit) {
        return run_task(context_, client_->call(method, std::move(params), limit));
    }
    Reply<SubscriptionEvent> next(Subscription& subscription, std::chrono::milliseconds limit = 10s) {
        return run_task(context_, subscription.next(limit));
    }
    Subscription subscribe(SubscribeOptions options) {
        auto made = run_task(context_, client_->subscribe(std::move(options)));
        EXPECT_TRUE(tests::is_ok(made));
        return made ? std::move(made).value() : Subscription{};
    }

    ScriptedRpcServer server_;
    boost::asio::io_context context_;
    std::shared_ptr<Client> client_;
};

SubscribeOptions ticks() {
    SubscribeOptions options;
    options.subscribe = "tick_subscribe";
    options.unsubscribe = "tick_unsubscribe";
    return options;
}

// A parser keeps one of two members of the same name, and who reads on cannot tell which.
TEST_F(ClientTest, rejects_answers_that_name_a_member_twice) {
    server_.on_exchange("say", [](const json& params, ScriptedRpcServer::ExchangePtr exchange) {
        exchange->send_text(R"({"jsonrpc":"2.0","id":)" + exchange->id().dump() +
                            params.at(0).get<std::string>());
    });
    ASSERT_TRUE(tests::is_ok(connect(options_for(server_))));
    const auto say = [&](const std::string& rest) { return call("say", json::array({rest})); };
    const auto apart = say(R"(,"result":[{"a":1},{"a":2,"b":{"a":3}}]})");
    ASSERT_TRUE(tests::is_ok(apart));
    EXPECT_EQ(apart.value().at(1).at("b").at("a"), 3);
    for (const auto* answer :
         {R"(,"result":1,"result":2})", R"(,"result":{"a":1,"a":2}})", R"(,"result":{"a":1,"\u0061":2}})",
          R"(,"result":[{"b":{"a":{},"c":[],"a":{}}}]})"}) {
        EXPECT_ERROR(say(answer), RpcError::kBadAnswer) << answer;
    }
}

TEST_F(ClientTest, returns_the_result_of_a_call_with_positional_parameters) {
    server_.on("add", [](const json& params) { return params.at(0).get<int>() + params.at(1).get<int>(); });
    ASSERT_OK(connect(options_for(server_)));
    const auto sum = call("add", json::array({2, 3}));
    ASSERT_OK(sum);
    EXPECT_EQ(sum.value(), 5);
    EXPECT_EQ(client_->status().state, ConnectionState::kConnected);
}

TEST_F(ClientTest, keeps_the_words_of_the_peers_error) {
    server_.on("author_submitExtrinsic", [](const json&) -> json {
        throw ScriptedError{1010, "Invalid Transaction", "Inability to pay some fees"};
    });
    ASSERT_OK(connect(options_for(server_)));
    const auto failed = call("author_submitExtrinsic");
    EXPECT_ERROR(failed, RpcError::kRemoteError);
    ASSERT_TRUE(failed.error().remote.has_value());
    EXPECT_EQ(failed.error().remote->code, 1010);
    EXPECT_EQ(failed.error().describe(),
              "1010: Invalid Transaction: Inability to pay some fees (author_submitExtrinsic)");
}

TEST_F(ClientTest, matches_answers_that_come_in_another_order) {
    ScriptedRpcServer::ExchangePtr first;
    server_.on_exchange("slow",
                        [&](const json&, ScriptedRpcServer::ExchangePtr exchange) { first = exchange; });
    server_.on_exchange("fast", [&](const json&, ScriptedRpcServer::ExchangePtr exchange) {
        exchange->reply("fast");
        first->reply("slow");
    });
    ASSERT_OK(connect(options_for(server_)));
    Reply<json> slow = Failure{RpcError::kClosed};
    TaskGroup group{context_.get_executor()};
    group.spawn([](std::shared_ptr<Client> client, Reply<json>* out) -> Task<void> {
        *out = co_await client->call("slow", json::array());
    }(client_, &slow));
    ASSERT_TRUE(run_until(context_, [&] { return server_.calls("slow") == 1; }));
    EXPECT_EQ(call("fast").value(), "fast");
    ASSERT_TRUE(run_until(context_, [&] { return slow.has_value(); }));
    EXPECT_EQ(slow.value(), "slow");
}

TEST_F(ClientTest, ignores_answers_with_unknown_ids) {
    server_.on_exchange("f", [](const json&, ScriptedRpcServer::ExchangePtr exchange) {
        exchange->send_text(R"({"jsonrpc":"2.0","id":777,"result":"0x00"})");
        exchange->send_text(R"({"jsonrpc":"2.0","id":"1","result":"0x00"})");
        exchange->send_text(R"({"jsonrpc":"2.0","id":-1,"result":"0x00"})");
        exchange->reply("right");
    });
    ASSERT_OK(connect(options_for(server_)));
    EXPECT_EQ(call("f").value(), "right");
}

TEST_F(ClientTest, rejects_answers_that_break_json_rpc) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"both", R"("jsonrpc":"2.0","result":1,"error":{"code":1,"message":"x"})"},
        {"neither", R"("jsonrpc":"2.0")"},
        {"version", R"("jsonrpc":"1.0","result":1)"},
        {"no version", R"("result":1)"},
        {"error is no object", R"("jsonrpc":"2.0","error":"bad")"},
    };
    for (const auto& [name, members] : cases) {
        server_.on_exchange(name, [members](const json&, ScriptedRpcServer::ExchangePtr exchange) {
            exchange->send_text("{\"id\":" + exchange->id().dump() + "," + members + "}");
        });
    }
    ASSERT_OK(connect(options_for(server_)));
    for (const auto& entry : cases) {
        EXPECT_ERROR(call(entry.first), RpcError::kBadAnswer) << entry.first;
    }
    EXPECT_EQ(server_.connections(), 1U);
}

TEST_F(ClientTest, gives_an_error_without_id_to_the_only_call_under_way) {
    server_.on_exchange("f", [](const json&, ScriptedRpcServer::ExchangePtr exchange) {
        exchange->send_text(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}})");
    });
    ASSERT_OK(connect(options_for(server_)));
    EXPECT_ERROR(call("f"), RpcError::kRemoteError);
}

TEST_F(ClientTest, fails_with_a_deadline_when_no_answer_comes) {
    server_.on_exchange("silent", [](const json&, const ScriptedRpcServer::ExchangePtr&) {});
    server_.on("f", [](const json&) { return 1; });
    ASSERT_OK(connect(options_for(server_)));
    EXPECT_ERROR(call("silent", json::array(), 50ms), RpcError::kDeadline);
    EXPECT_OK(call("f"));
}

TEST_F(ClientTest, drops_a_peer_that_sends_garbage_and_comes_back) {
    for (const std::string text : {"this is no JSON", "[1,2]", "{\"a\":", "]]]"}) {
        server_.on_exchange(text, [text](const json&, ScriptedRpcServer::ExchangePtr exchange) {
            exchange->send_text(text);
        });
    }
    server_.on("f", [](const json&) { return 1; });
    ASSERT_OK(connect(options_for(server_)));
    for (const std::string text : {"this is no JSON", "[1,2]", "{\"a\":", "]]]"}) {
        EXPECT_ERROR(call(text), RpcError::kBadAnswer) << text;
        EXPECT_OK(call("f"));
    }
}

TEST_F(ClientTest, accepts_json_of_depth_64_and_rejects_65) {
    // The message itself is one level, so a result of 63 lists is 64 deep.
    const auto nested = [](std::size_t lists) {
        return [lists](const json&, ScriptedRpcServer::ExchangePtr exchange) {
            exchange->send_text("{\"jsonrpc\":\"2.0\",\"id\":" + exchange->id().dump() +
                                ",\"result\":" + std::string(lists, '[') + std::string(lists, ']') + "}");
        };
    };
    server_.on_exchange("deepest", nested(63));
    server_.on_exchange("too deep", nested(64));
    server_.on_exchange("bomb", nested(1'000'000));
    ASSERT_OK(connect(options_for(server_)));
    EXPECT_OK(call("deepest"));
    EXPECT_ERROR(call("too deep"), RpcError::kBadAnswer);
    EXPECT_ERROR(call("bomb"), RpcError::kBadAnswer);
    EXPECT_OK(call("deepest"));
}

TEST_F(ClientTest, accepts_a_message_of_5_megabytes) {
    server_.on("big", [](const json&) { return std::string(5'000'000, 'x'); });
    server_.on("size", [](const json& params) { return params.at(0).get<std::string>().size(); });
    ASSERT_OK(connect(options_for(server_)));
    const auto big = call("big");
    ASSERT_OK(big);
    EXPECT_EQ(big.value().get<std::string>().size(), 5'000'000U);
    EXPECT_EQ(call("size", json::array({std::string(5'000'000, 'y')})).value(), 5'000'000);
}

TEST_F(ClientTest, rejects_a_message_of_65_mebibytes_and_comes_back) {
    server_.on("huge", [](const json&) { return std::string(std::size_t{65} << 20, 'x'); });
    server_.on("f", [](const json&) { return 1; });
    ASSERT_OK(connect(options_for(server_)));
    EXPECT_ERROR(call("huge"), RpcError::kMessageTooLarge);
    EXPECT_OK(call("f"));
}

TEST_F(ClientTest, rejects_an_outgoing_message_above_the_limit) {
    auto options = options_for(server_);
    options.outgoing_bytes_max = 1000;
    server_.on("f", [](const json&) { return 1; });
    ASSERT_OK(connect(options));
    EXPECT_ERROR(call("f", json::array({std::string(1000, 'x')})), RpcError::kMessageTooLarge);
    EXPECT_OK(call("f", json::array({std::string(900, 'x')})));
}

TEST_F(ClientTest, rejects_more_calls_in_flight_than_the_limit) {
    auto options = options_for(server_);
    options.calls_in_flight_max = 1;
    server_.on_exchange("silent", [](const json&, const ScriptedRpcServer::ExchangePtr&) {});
    ASSERT_OK(connect(options));
    TaskGroup group{context_.get_executor()};
    group.spawn([](std::shared_ptr<Client> client) -> Task<void> {
        static_cast<void>(co_await client->call("silent", json::array()));
    }(client_));
    ASSERT_TRUE(run_until(context_, [&] { return server_.calls("silent") == 1; }));
    EXPECT_ERROR(call("f"), RpcError::kTooManyCalls);
}

TEST_F(ClientTest, fails_calls_in_flight_when_the_connection_breaks_and_reconnects) {
    server_.on_exchange(
        "drop", [](const json&, ScriptedRpcServer::ExchangePtr exchange) { exchange->drop_connection(); });
    server_.on("f", [](const json&) { return 1; });
    ASSERT_OK(connect(options_for(server_)));
    EXPECT_ERROR(call("drop"), RpcError::kConnectionLost);
    EXPECT_OK(call("f"));
    EXPECT_EQ(client_->status().connections, 2U);
}

TEST_F(ClientTest, holds_a_call_until_the_peer_is_back) {
    server_.on("f", [](const json&) { return 1; });
    ASSERT_OK(connect(options_for(server_)));
    server_.stop_listening();
    ASSERT_TRUE(
        run_until(context_, [&] { return client_->status().state == ConnectionState::kReconnecting; }));
    EXPECT_FALSE(client_->status().reason.empty());
    EXPECT_ERROR(call("f", json::array(), 100ms), RpcError::kNotConnected);
    server_.listen();
    EXPECT_OK(call("f"));
}

// With a pause that doubles at every break the last of these connections would take more than a minute.
TEST_F(ClientTest, does_not_wait_longer_after_connections_that_held) {
    constexpr std::uint64_t kBreaks = 17;
    auto options = options_for(server_);
    options.backoff_min = 1ms;
    options.backoff_max = 10min;
    ASSERT_OK(connect(options));
    for (std::uint64_t number = 1; number <= kBreaks; ++number) {
        // The connection holds for longer than the pause before it, which is at most the shortest.
        const auto held_until = std::chrono::steady_clock::now() + 4 * options.backoff_min;
        ASSERT_TRUE(run_until(context_, [&] { return std::chrono::steady_clock::now() >= held_until; }));
        server_.drop_connections();
        ASSERT_TRUE(run_until(
            context_, [&] { return client_->status().connections > number; }, 20s));
    }
}

TEST_F(ClientTest, closes_when_reconnecting_is_not_wanted) {
    auto options = options_for(server_);
    options.reconnect = false;
    ASSERT_OK(connect(options));
    server_.drop_connections();
    ASSERT_TRUE(run_until(context_, [&] { return client_->status().state == ConnectionState::kClosed; }));
    EXPECT_ERROR(call("f"), RpcError::kConnectionLost);
}

TEST_F(ClientTest, detects_a_half_open_peer) {
    auto options = options_for(server_);
    options.idle_timeout = 300ms;
    options.connect_timeout = 300ms;
    server_.on("f", [](const json&) { return 1; });
    ASSERT_OK(connect(options));
    EXPECT_OK(call("f"));
    server_.freeze();
    // The frozen server still reads one message; then nothing, not even pings, is answered.
    EXPECT_OK(call("f"));
    EXPECT_ERROR(call("f", json::array(), 10s), RpcError::kConnectionLost);
}

TEST_F(ClientTest, gives_up_a_peer_that_never_completes_the_upgrade) {
    boost::asio::ip::tcp::acceptor silent{context_, {boost::asio::ip::address_v4::loopback(), 0}};
    ClientOptions options;
    options.url = "ws://127.0.0.1:" + std::to_string(silent.local_endpoint().port());
    options.connect_timeout = 100ms;
    EXPECT_ERROR(connect(options), RpcError::kConnectFailed);
}

TEST_F(ClientTest, fails_to_connect_where_nobody_listens) {
    auto options = options_for(server_);
    server_.stop_listening();
    EXPECT_ERROR(connect(options), RpcError::kConnectFailed);
    options.url = "http://127.0.0.1:9944";
    EXPECT_ERROR(connect(options), RpcError::kBadUrl);
}

TEST_F(ClientTest, checks_every_connection_before_use_and_refuses_a_changed_peer) {
    int genesis = 1;
    server_.on("genesis", [&](const json&) { return genesis; });
    server_.on("f", [](const json&) { return 1; });
    ConnectionCheck check;
    check.method = "genesis";
    check.judge = [](const json& result) -> Reply<void> {
        if (result == 1) {
            return success();
        }
        return Failure{make_error_code(RpcError::kBadAnswer), "another genesis"};
    };
    ASSERT_OK(connect(options_for(server_), check));
    server_.drop_connections();
    EXPECT_OK(call("f"));
    EXPECT_EQ(server_.calls("genesis"), 2U);
    genesis = 2;
    server_.drop_connections();
    ASSERT_TRUE(run_until(context_, [&] { return client_->status().state == ConnectionState::kClosed; }));
    const auto refused = call("f");
    EXPECT_ERROR(refused, RpcError::kBadAnswer);
    EXPECT_EQ(refused.error().detail, "another genesis");
}

TEST_F(ClientTest, delivers_notifications_in_order_and_unsubscribes) {
    server_.on_subscription("tick_subscribe", "tick_unsubscribe", "tick");
    ASSERT_OK(connect(options_for(server_)));
    {
        auto subscription = subscribe(ticks());
        for (int i = 0; i < 5; ++i) {
            server_.notify_all("tick", i);
        }
        for (int i = 0; i < 5; ++i) {
            const auto event = next(subscription);
            ASSERT_OK(event);
            EXPECT_EQ(std::get<Notification>(event.value()).result, i);
        }
        EXPECT_ERROR(next(subscription, 20ms), RpcError::kDeadline);
    }
    ASSERT_TRUE(run_until(context_, [&] { return server_.calls("tick_unsubscribe") == 1; }));
    EXPECT_EQ(server_.subscribers("tick"), 0U);
}

TEST_F(ClientTest, keeps_notifications_that_overtake_the_answer) {
    server_.on_exchange("tick_subscribe", [](const json&, ScriptedRpcServer::ExchangePtr exchange) {
        exchange->notify("tick", 17, "early");
        exchange->notify("tick", 18, "of another");
        exchange->reply(17);
        exchange->notify("tick", 17, "late");
    });
    ASSERT_OK(connect(options_for(server_)));
    auto subscription = subscribe(ticks());
    EXPECT_EQ(std::get<Notification>(next(subscription).value()).result, "early");
    EXPECT_EQ(std::get<Notification>(next(subscription).value()).result, "late");
}

TEST_F(ClientTest, marks_where_a_slow_reader_lost_notifications) {
    server_.on_subscription("tick_subscribe", "tick_unsubscribe", "tick");
    server_.on("f", [](const json&) { return 1; });
    ASSERT_OK(connect(options_for(server_)));
    auto options = ticks();
    options.queue_max = 3;
    auto subscription = subscribe(options);
    for (int i = 0; i < 10; ++i) {
        server_.notify_all("tick", i);
    }
    ASSERT_OK(call("f"));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(std::get<Notification>(next(subscription).value()).result, i);
    }
    EXPECT_EQ(std::get<Lagged>(next(subscription).value()).dropped, 7U);
    server_.notify_all("tick", "after");
    EXPECT_EQ(std::get<Notification>(next(subscription).value()).result, "after");
}

TEST_F(ClientTest, subscribes_again_after_a_reconnect) {
    server_.on_subscription("tick_subscribe", "tick_unsubscribe", "tick");
    ASSERT_OK(connect(options_for(server_)));
    auto subscription = subscribe(ticks());
    server_.drop_connections();
    const auto event = next(subscription);
    ASSERT_OK(event);
    EXPECT_TRUE(std::holds_alternative<Resubscribed>(event.value()));
    server_.notify_all("tick", "again");
    EXPECT_EQ(std::get<Notification>(next(subscription).value()).result, "again");
}

TEST_F(ClientTest, does_not_repeat_a_subscription_that_must_not_be_repeated) {
    server_.on_subscription("tick_subscribe", "tick_unsubscribe", "tick");
    ASSERT_OK(connect(options_for(server_)));
    auto options = ticks();
    options.resubscribe = false;
    auto subscription = subscribe(options);
    server_.drop_connections();
    EXPECT_ERROR(next(subscription), RpcError::kConnectionLost);
    EXPECT_EQ(server_.calls("tick_subscribe"), 1U);
}

TEST_F(ClientTest, ends_everything_when_the_owner_closes_it) {
    server_.on_subscription("tick_subscribe", "tick_unsubscribe", "tick");
    ASSERT_OK(connect(options_for(server_)));
    auto subscription = subscribe(ticks());
    client_->close();
    EXPECT_ERROR(next(subscription), RpcError::kClosed);
    EXPECT_ERROR(call("f"), RpcError::kClosed);
}

TEST_F(ClientTest, ends_a_cancelled_call_and_stays_usable) {
    server_.on_exchange("silent", [](const json&, const ScriptedRpcServer::ExchangePtr&) {});
    server_.on("f", [](const json&) { return 1; });
    ASSERT_OK(connect(options_for(server_)));
    auto silent = client_->call("silent", json::array());
    EXPECT_ERROR(run_task(context_, with_deadline(std::move(silent), 50ms)), RpcError::kDeadline);
    EXPECT_OK(call("f"));
}

}  // namespace
}  // namespace redoubt::rpc
