#include <node/log_scope.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <node/blocking.hpp>
#include <node/signal.hpp>
#include <node/test_support.hpp>
#include <rpc/run_on.hpp>
#include <rpc/task_group.hpp>

namespace redoubt::node {
namespace {

namespace asio = boost::asio;
using Names = std::vector<std::string>;

std::shared_ptr<LogScope> scope_of(std::uint8_t byte) {
    auto scope = std::make_shared<LogScope>();
    scope->shard.emplace();
    scope->shard->bytes.fill(byte);
    scope->is_one_of_several = true;
    return scope;
}

std::string name_now() {
    const auto* scope = current_log_scope();
    return scope == nullptr ? "none" : scope->label();
}

Task<std::string> name_there() {
    co_return name_now();
}

/// Notes the name it runs under after each kind of wait.
Task<void> note_names(std::shared_ptr<asio::thread_pool> pool, std::shared_ptr<Names> names, Executor other) {
    names->push_back(name_now());
    co_await pause_for(std::chrono::milliseconds{1});
    names->push_back(name_now());
    auto elsewhere = [] { return name_now(); };
    names->push_back(co_await run_blocking(*pool, std::move(elsewhere)));
    names->push_back(name_now());
    auto there = name_there();
    names->push_back(co_await rpc::run_on(other, std::move(there)));
    names->push_back(name_now());
    asio::ip::tcp::acceptor acceptor{co_await asio::this_coro::executor, {asio::ip::tcp::v4(), 0}};
    asio::ip::tcp::socket client{other};
    client.async_connect(acceptor.local_endpoint(),
                         [names](const boost::system::error_code&) { names->push_back(name_now()); });
    const auto accepted = co_await acceptor.async_accept(asio::use_awaitable);
    names->push_back(name_now());
}

TEST(LogScope, names_what_runs_on_its_executor_and_nothing_else) {
    asio::io_context io{1};
    const auto pool = std::make_shared<asio::thread_pool>(1);
    const auto first = scoped_executor(io.get_executor(), scope_of(0x11));
    const auto second = scoped_executor(io.get_executor(), scope_of(0x22));
    const auto of_first = std::make_shared<Names>();
    const auto of_second = std::make_shared<Names>();
    rpc::TaskGroup a{first};
    rpc::TaskGroup b{second};
    a.spawn(note_names(pool, of_first, second));
    b.spawn(note_names(pool, of_second, first));
    io.run_for(std::chrono::seconds{30});
    const auto count = [](const Names& names, const std::string& name) {
        return std::ranges::count(names, name);
    };
    ASSERT_EQ(of_first->size(), 8U);
    EXPECT_EQ(Names(of_first->begin(), of_first->begin() + 6),
              (Names{"11111111", "11111111", "none", "11111111", "22222222", "11111111"}));
    EXPECT_EQ(count(*of_first, "11111111"), 5) << "and once after accepting";
    EXPECT_EQ(count(*of_first, "22222222"), 2) << "and once after connecting";
    ASSERT_EQ(of_second->size(), 8U);
    EXPECT_EQ(count(*of_second, "22222222"), 5);
    EXPECT_EQ(count(*of_second, "11111111"), 2);
    EXPECT_EQ(name_now(), "none");
}

TEST(LogScope, names_no_line_of_a_single_shard) {
    auto scope = *scope_of(0x33);
    EXPECT_EQ(scope.label(), "33333333");
    scope.is_one_of_several = false;
    EXPECT_EQ(scope.label(), "");
}

}  // namespace
}  // namespace redoubt::node
