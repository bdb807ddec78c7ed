#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <node/client_server.hpp>
#include <node/signal.hpp>
#include <node/test_support.hpp>

#include <boost/asio/as_tuple.hpp>

#include <algorithm>
#include <set>
#include <string>

namespace redoubt::node {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
using tests::FakeLink;
using tests::run_task;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

/// An enclave that upper-cases nothing and echoes everything; "bye" closes, "big N" answers N bytes.
class EchoEnclave {
  public:
    EnclaveLinkPtr link() {
        return std::make_shared<FakeLink>(
            [this](const boundary::ToEnclave& message) { return answer(message); });
    }
    std::set<std::uint64_t> open;
    std::uint64_t opened = 0;
    std::size_t most_open = 0;
    bool establish = true;
    /// What came to be handed out with evidence.
    std::vector<Bytes> endorsements;
    /// Who waits for evidence, and after how many more questions the TEE has made it.
    std::optional<std::uint64_t> evidence_for;
    int takes_needed = 0;
    int takes = 0;
    bool tee_answers = true;

  private:
    Result<boundary::FromEnclave> answer(const boundary::ToEnclave& message) {
        boundary::ClientEffects effects;
        if (const auto* client = std::get_if<boundary::ClientOpened>(&message)) {
            open.insert(client->connection);
            most_open = std::max(most_open, open.size());
            ++opened;
        } else if (const auto* bytes = std::get_if<boundary::ClientBytes>(&message)) {
            const auto text = std::string{text_of(bytes->bytes)};
            boundary::ClientEffect effect{bytes->connection, bytes->bytes, text == "bye", establish};
            if (text.starts_with("state")) {
                effect.bytes.clear();
                effects.needed = boundary::StateNeeded{};
                effects.needed->block.number = 1;
                effects.needed->keys.push_back(Bytes{1});
            }
            if (text == "evidence") {
                effect.bytes.clear();
                evidence_for = bytes->connection;
                takes_needed = 3;
            }
            if (text.starts_with("big ")) {
                effect.bytes.assign(std::stoul(text.substr(4)), 'x');
            }
            effects.effects.push_back(std::move(effect));
        } else if (const auto* state = std::get_if<boundary::ClientState>(&message)) {
            boundary::ClientEffect effect{state->connection, state->header, false, establish};
            if (state->header.empty()) {
                effect.bytes = to_bytes(bytes_of("none"));
            } else if (state->header[0] < '3') {
                effects.needed = boundary::StateNeeded{};
                effects.needed->block.number = static_cast<std::uint32_t>(state->header[0] - '0' + 1);
            }
            effects.effects.push_back(std::move(effect));
        } else if (const auto* closed = std::get_if<boundary::ClientClosed>(&message)) {
            open.erase(closed->connection);
        } else if (const auto* take = std::get_if<boundary::TakeEvidence>(&message)) {
            EXPECT_GT(take->host_time_ms, 1'700'000'000'000U);
            ++takes;
            if (take->endorsements) {
                endorsements.push_back(*take->endorsements);
                if (text_of(*take->endorsements) == "unreadable") {
                    return boundary::FromEnclave{
                        boundary::refused(make_error_code(boundary::Refusal::kEndorsementsMalformed))};
                }
            }
            if (evidence_for && (take->give_up || (tee_answers && --takes_needed == 0))) {
                const auto* const text = take->give_up ? "given up" : "made";
                effects.effects.push_back({*evidence_for, to_bytes(bytes_of(text)), false, establish});
                evidence_for.reset();
            }
        }
        effects.evidence_waits = evidence_for.has_value();
        return boundary::FromEnclave{effects};
    }
};

/// The chain node's answer: the block's number as header.
Task<rpc::Reply<boundary::ClientState>> state_of(boundary::StateNeeded needed) {
    boundary::ClientState out;
    out.header = Bytes{static_cast<std::uint8_t>('0' + needed.block.number)};
    co_return out;
}

class Clients : public ::testing::Test {
  protected:
    void serve(ClientLimits limits) {
        auto bound = ClientListener::bind(io_.get_executor(), {"127.0.0.1", 0});
        ASSERT_TRUE(bound.has_value());
        listener_ = bound.value();
        server_ =
            std::make_unique<ClientServer>(io_.get_executor(), listener_, enclave_.link(), source_, limits);
        server_->refuse_while([this] { return closed_; }, "the test says so");
        server_->hand_out([this] { return std::exchange(changed_endorsements_, std::nullopt); });
        server_->start();
    }
    tcp::endpoint endpoint() const {
        return {asio::ip::make_address("127.0.0.1"), listener_->address().port};
    }
    void TearDown() override {
        if (server_) {
            run_task(io_, server_->stop());
        }
    }

    asio::io_context io_{1};
    EchoEnclave enclave_;
    bool closed_ = false;
    std::optional<Bytes> changed_endorsements_;
    ClientStateSource source_ = [](boundary::StateNeeded needed) { return state_of(std::move(needed)); };
    std::shared_ptr<ClientListener> listener_;
    std::unique_ptr<ClientServer> server_;
};

Task<tcp::socket> connect(tcp::endpoint endpoint) {
    tcp::socket socket{co_await asio::this_coro::executor};
    co_await socket.async_connect(endpoint, asio::use_awaitable);
    co_return socket;
}

/// Sends `text` and reads until the peer closes or `size` bytes came.
Task<std::string> talk(tcp::endpoint endpoint, std::string text, std::size_t size) {
    auto socket = co_await connect(endpoint);
    co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
    std::string answer(size, '\0');
    const auto [error, count] = co_await asio::async_read(socket, asio::buffer(answer), kTuple);
    answer.resize(count);
    co_return answer;
}

/// Waits until the peer closes; gives how long that took.
Task<milliseconds> time_until_closed(tcp::endpoint endpoint, std::string text) {
    auto socket = co_await connect(endpoint);
    const auto start = std::chrono::steady_clock::now();
    co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
    std::string sink(1 << 16, '\0');
    for (;;) {
        const auto [error, count] = co_await socket.async_read_some(asio::buffer(sink), kTuple);
        if (error) {
            co_return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
        }
    }
}

Task<std::size_t> read_some(tcp::socket& socket, std::string& into) {
    const auto [error, count] = co_await socket.async_read_some(asio::buffer(into), kTuple);
    co_return count;
}

Task<bool> wait_for(std::function<bool()> condition) {
    for (int i = 0; i < 2000 && !condition(); ++i) {
        co_await pause_for(milliseconds{5});
    }
    co_return condition();
}

TEST_F(Clients, wait_for_the_chain_state_that_their_questions_need) {
    serve({});
    EXPECT_EQ(run_task(io_, talk(endpoint(), "state", 3)), "123");
}

TEST_F(Clients, are_answered_when_the_chain_node_fails_or_is_silent) {
    ClientLimits limits;
    limits.state_timeout = milliseconds{20};
    source_ = [](boundary::StateNeeded) -> Task<rpc::Reply<boundary::ClientState>> {
        co_return rpc::Failure{make_error_code(rpc::RpcError::kDeadline), "no answer"};
    };
    serve(limits);
    EXPECT_EQ(run_task(io_, talk(endpoint(), "state", 4)), "none");
    run_task(io_, server_->stop());
    source_ = [](boundary::StateNeeded) -> Task<rpc::Reply<boundary::ClientState>> {
        co_await pause_for(std::chrono::hours{1});
        co_return boundary::ClientState{};
    };
    serve(limits);
    EXPECT_EQ(run_task(io_, talk(endpoint(), "state", 4)), "none");
}

TEST_F(Clients, get_the_evidence_that_the_tee_makes_meanwhile) {
    serve({});
    EXPECT_EQ(run_task(io_, talk(endpoint(), "evidence", 4)), "made");
    EXPECT_EQ(enclave_.takes, 3);
}

TEST_F(Clients, get_evidence_with_what_shall_be_handed_out) {
    serve({});
    for (const auto* const text : {"collateral", "unreadable", "newer collateral"}) {
        changed_endorsements_ = to_bytes(bytes_of(text));
        EXPECT_EQ(run_task(io_, talk(endpoint(), "evidence", 4)), "made");
        EXPECT_EQ(run_task(io_, talk(endpoint(), "evidence", 4)), "made");
        ASSERT_FALSE(enclave_.endorsements.empty());
        EXPECT_EQ(text_of(enclave_.endorsements.back()), text);
    }
    EXPECT_EQ(enclave_.endorsements.size(), 3U) << "each once";
}

TEST_F(Clients, are_told_when_the_tee_does_not_answer) {
    ClientLimits limits;
    limits.evidence_timeout = milliseconds{30};
    enclave_.tee_answers = false;
    serve(limits);
    EXPECT_EQ(run_task(io_, talk(endpoint(), "evidence", 8)), "given up");
}

TEST_F(Clients, are_told_to_ask_again_when_too_many_questions_wait) {
    ClientLimits limits;
    limits.state_fetches_max = 0;
    serve(limits);
    EXPECT_EQ(run_task(io_, talk(endpoint(), "state", 4)), "none");
}

TEST_F(Clients, get_the_bytes_that_the_enclave_answers) {
    serve({});
    EXPECT_EQ(run_task(io_, talk(endpoint(), "hello", 5)), "hello");
}

Task<std::string> ask_again(tcp::socket& socket, std::string text) {
    co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
    std::string answer(text.size(), '\0');
    co_await asio::async_read(socket, asio::buffer(answer), asio::use_awaitable);
    co_return answer;
}

TEST_F(Clients, that_come_while_the_server_refuses_are_sent_away_and_the_others_stay) {
    serve({});
    auto early = *run_task(io_, connect(endpoint()));
    EXPECT_EQ(run_task(io_, ask_again(early, "before")), "before");
    closed_ = true;
    EXPECT_TRUE(run_task(io_, time_until_closed(endpoint(), "")).has_value());
    EXPECT_EQ(run_task(io_, ask_again(early, "meanwhile")), "meanwhile");
    EXPECT_EQ(enclave_.opened, 1U);
    closed_ = false;
    EXPECT_EQ(run_task(io_, talk(endpoint(), "after", 5)), "after");
}

TEST_F(Clients, get_the_last_bytes_before_the_enclave_closes) {
    serve({});
    EXPECT_EQ(run_task(io_, talk(endpoint(), "bye", 100)), "bye");
    EXPECT_EQ(run_task(io_, wait_for([this] { return server_->connections() == 0; })), true);
    EXPECT_TRUE(enclave_.open.empty());
}

TEST_F(Clients, are_reported_when_they_leave) {
    serve({});
    EXPECT_EQ(run_task(io_, talk(endpoint(), "a", 1)), "a");
    EXPECT_EQ(run_task(io_, wait_for([this] { return enclave_.open.empty(); })), true);
    EXPECT_EQ(enclave_.opened, 1U);
}

TEST_F(Clients, receive_answers_larger_than_any_socket_buffer) {
    serve({});
    const auto answer = run_task(io_, talk(endpoint(), "big 12000000", 12'000'000));
    EXPECT_EQ(answer->size(), 12'000'000U);
}

TEST_F(Clients, that_never_finish_the_handshake_are_disconnected) {
    enclave_.establish = false;
    ClientLimits limits;
    limits.handshake_timeout = milliseconds{200};
    serve(limits);
    const auto silent = run_task(io_, time_until_closed(endpoint(), ""));
    EXPECT_GE(*silent, milliseconds{200});
    EXPECT_LT(*silent, milliseconds{5000});
    const auto talking = run_task(io_, time_until_closed(endpoint(), "half a handshake"));
    EXPECT_LT(*talking, milliseconds{5000});
}

TEST_F(Clients, that_fall_silent_are_disconnected) {
    ClientLimits limits;
    limits.idle_timeout = milliseconds{200};
    serve(limits);
    EXPECT_LT(*run_task(io_, time_until_closed(endpoint(), "hello")), milliseconds{5000});
}

TEST_F(Clients, that_do_not_read_are_disconnected_and_hold_nobody) {
    ClientLimits limits;
    limits.write_timeout = milliseconds{300};
    serve(limits);
    auto lazy = run_task(io_, connect(endpoint()));
    asio::write(*lazy, asio::buffer(std::string{"big 15000000"}));
    EXPECT_EQ(run_task(io_, wait_for([this] { return server_->connections() == 1; })), true);
    EXPECT_EQ(run_task(io_, talk(endpoint(), "hello", 5)), "hello");
    EXPECT_EQ(run_task(io_, wait_for([this] { return server_->connections() == 0; })), true);
}

TEST_F(Clients, for_whom_too_much_waits_are_disconnected) {
    ClientLimits limits;
    limits.waiting_bytes_max = 1000;
    serve(limits);
    EXPECT_EQ(run_task(io_, talk(endpoint(), "big 1000", 1000))->size(), 1000U);
    EXPECT_EQ(run_task(io_, talk(endpoint(), "big 1001", 1001))->size(), 0U);
}

TEST_F(Clients, above_the_limit_are_refused_and_served_when_a_place_is_free) {
    ClientLimits limits;
    limits.admission.connections_max = 2;
    serve(limits);
    {
        auto first = run_task(io_, connect(endpoint()));
        auto second = run_task(io_, connect(endpoint()));
        asio::write(*first, asio::buffer(std::string{"hello"}));
        asio::write(*second, asio::buffer(std::string{"hello"}));
        std::string answer(5, ' ');
        EXPECT_EQ(*run_task(io_, read_some(*first, answer)), 5U);
        EXPECT_EQ(*run_task(io_, read_some(*second, answer)), 5U);
        EXPECT_EQ(run_task(io_, talk(endpoint(), "hello", 5)), "");
    }
    EXPECT_EQ(run_task(io_, wait_for([this] { return server_->connections() == 0; })), true);
    EXPECT_EQ(run_task(io_, talk(endpoint(), "hello", 5)), "hello");
}

TEST_F(Clients, that_say_nothing_give_way_to_newcomers_and_never_reach_the_enclave) {
    ClientLimits limits;
    limits.admission.half_open_max = 8;
    serve(limits);
    std::vector<tcp::socket> silent;
    for (int i = 0; i < 100; ++i) {
        silent.push_back(*run_task(io_, connect(endpoint())));
    }
    EXPECT_EQ(run_task(io_, talk(endpoint(), "hello", 5)), "hello");
    EXPECT_EQ(enclave_.opened, 1U);
    EXPECT_EQ(run_task(io_, wait_for([this] { return server_->connections() <= 8; })), true);
}

TEST_F(Clients, that_come_in_a_burst_never_exceed_what_the_enclave_takes) {
    enclave_.establish = false;
    ClientLimits limits;
    limits.admission.half_open_max = 8;
    limits.inside_max = 10;
    serve(limits);
    std::vector<tcp::socket> burst;
    for (int i = 0; i < 200; ++i) {  // all of them wait in the listener's queue before the first is accepted
        burst.emplace_back(io_);
        burst.back().connect(endpoint());
        asio::write(burst.back(), asio::buffer(std::string{"half a handshake"}));
    }
    EXPECT_EQ(run_task(io_, talk(endpoint(), "hello", 5)), "hello");
    EXPECT_LE(enclave_.most_open, limits.inside_max);
}

TEST_F(Clients, that_are_silent_for_long_give_way_while_places_are_scarce) {
    ClientLimits limits;
    limits.admission.connections_max = 4;
    limits.admission.idle_timeout_pressed = milliseconds{300};
    serve(limits);
    EXPECT_LT(*run_task(io_, time_until_closed(endpoint(), "bye")), milliseconds{5000});
    std::vector<tcp::socket> idle;
    std::string answer(5, ' ');
    for (int i = 0; i < 3; ++i) {
        idle.push_back(*run_task(io_, connect(endpoint())));
        asio::write(idle.back(), asio::buffer(std::string{"hello"}));
        EXPECT_EQ(*run_task(io_, read_some(idle.back(), answer)), 5U);
    }
    EXPECT_EQ(run_task(io_, wait_for([this] { return server_->connections() == 0; })), true);
}

TEST_F(Clients, end_when_the_enclave_is_gone) {
    auto bound = ClientListener::bind(io_.get_executor(), {"127.0.0.1", 0});
    ASSERT_TRUE(bound.has_value());
    listener_ = bound.value();
    const auto gone = std::make_shared<FakeLink>(
        [](const boundary::ToEnclave&) -> Result<boundary::FromEnclave> { return ChannelError::kClosed; });
    server_ = std::make_unique<ClientServer>(io_.get_executor(), listener_, gone, source_, ClientLimits{});
    server_->start();
    EXPECT_EQ(run_task(io_, talk(endpoint(), "hello", 5)), "");
}

TEST(ClientListener, rejects_a_port_in_use_with_a_remedy) {
    asio::io_context io{1};
    const auto first = ClientListener::bind(io.get_executor(), {"127.0.0.1", 0});
    ASSERT_TRUE(first.has_value());
    EXPECT_NE(first.value()->address().port, 0);
    const auto second = ClientListener::bind(io.get_executor(), first.value()->address());
    EXPECT_TRUE(tests::is_problem(second, ExitCode::kUsage, "--listen"));
    EXPECT_TRUE(tests::is_problem(second, ExitCode::kUsage, std::to_string(first.value()->address().port)));
}

TEST(ClientListener, rejects_an_address_of_another_machine) {
    asio::io_context io{1};
    EXPECT_TRUE(tests::is_problem(ClientListener::bind(io.get_executor(), {"192.0.2.1", 0}), ExitCode::kUsage,
                                  "192.0.2.1"));
}

}  // namespace
}  // namespace redoubt::node
