#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <tools/devchain/chain/author.hpp>
#include <tools/devchain/chain/test_support.hpp>

namespace redoubt::devchain {
namespace {

using namespace tests;
using namespace std::chrono_literals;

class AuthorTest : public ::testing::Test {
  protected:
    void open(Seal seal) {
        auto options = test_options();
        options.seal = seal;
        options.genesis.slot_duration_ms = 5;
        options.now_ms = {};
        chain = open_chain(std::move(options));
    }
    void start() {
        author = std::make_unique<Author>(context.get_executor(), *chain, [](const std::error_code& failure) {
            FAIL() << failure.message();
        });
    }

    boost::asio::io_context context;
    std::unique_ptr<Chain> chain;
    std::unique_ptr<Author> author;
};

TEST_F(AuthorTest, seals_in_every_slot) {
    open(Seal::kSlots);
    start();
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (chain->best().number < 3 && std::chrono::steady_clock::now() < deadline) {
        context.run_one_for(1s);
    }
    EXPECT_GE(chain->best().number, 3U);
    author.reset();
    context.run_for(30s);
    EXPECT_TRUE(context.stopped()) << "nothing goes on after the author is gone";
}

TEST_F(AuthorTest, seals_at_once_what_was_submitted_together) {
    open(Seal::kInstant);
    start();
    ASSERT_TRUE(chain->submit(transfer(*chain, "Alice", "Bob", kUnit, 0)).has_value());
    ASSERT_TRUE(chain->submit(transfer(*chain, "Alice", "Bob", kUnit, 1)).has_value());
    context.run();
    EXPECT_EQ(chain->best().number, 1U);
    EXPECT_EQ(chain->pool().ready_count(), 0U);
}

TEST_F(AuthorTest, seals_what_waited_in_the_pool_already) {
    open(Seal::kInstant);
    ASSERT_TRUE(chain->submit(transfer(*chain, "Alice", "Bob", kUnit, 0)).has_value());
    start();
    context.run();
    EXPECT_EQ(chain->best().number, 1U);
}

TEST_F(AuthorTest, leaves_manual_sealing_alone) {
    open(Seal::kManual);
    start();
    ASSERT_TRUE(chain->submit(transfer(*chain, "Alice", "Bob", kUnit, 0)).has_value());
    context.run();
    EXPECT_EQ(chain->best().number, 0U);
}

}  // namespace
}  // namespace redoubt::devchain
