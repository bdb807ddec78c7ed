#include <rpc/method_table.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

namespace redoubt::rpc {
namespace {

using nlohmann::json;

/// A connection without subscriptions.
class NoSubscriptions final : public CallContext {
  public:
    Expected<ServerSubscriptionPtr> subscribe(std::string) override {
        return ErrorObject{code::kMethodNotFound, "none here"};
    }
    ServerSubscriptionPtr find(std::string_view, std::string_view) override { return nullptr; }
    [[nodiscard]] std::size_t count(std::string_view) const override { return 0; }
};

class MethodTableTest : public ::testing::Test {
  protected:
    MethodTableTest() {
        table_.add("echo", {"first", "second"},
                   [](const json& params, CallContext&) -> Answer { return params; });
        table_.add("fail", {}, [](const json&, CallContext&) -> Answer {
            return ErrorObject{1010, "Invalid Transaction", "Transaction has a bad signature"};
        });
        table_.add("throw", {}, [](const json&, CallContext&) -> Answer { throw std::runtime_error("no"); });
        table_.add("long", {},
                   [](const json&, CallContext&) -> Answer { return json(std::string(900, 'x')); });
        table_.add("broken_text", {}, [](const json&, CallContext&) -> Answer { return json("\xff"); });
    }
    std::string answer_text(std::string_view message) {
        return table_.answer(message, limits_, context_).value_or("nothing");
    }
    json answer(const json& message) { return json::parse(answer_text(message.dump())); }
    static json request(const std::string& method, json params = json::array(), json id = 1) {
        return {{"jsonrpc", "2.0"}, {"id", std::move(id)}, {"method", method}, {"params", std::move(params)}};
    }
    std::int64_t error_code_of(const std::string& message) {
        return json::parse(answer_text(message)).at("error").at("code");
    }

    MethodTable table_;
    AnswerLimits limits_{.json = {.depth_max = 8, .values_max = 1000},
                         .batch_max = 3,
                         .reply_bytes_max = 1000};
    NoSubscriptions context_;
};

TEST_F(MethodTableTest, returns_the_result_under_the_request_id) {
    EXPECT_EQ(answer(request("echo", {1, "two"}, "abc")),
              (json{{"jsonrpc", "2.0"}, {"id", "abc"}, {"result", {1, "two"}}}));
    EXPECT_EQ(answer(request("echo", json::array(), nullptr)).at("id"), nullptr);
}

TEST_F(MethodTableTest, returns_an_error_object_with_its_data) {
    EXPECT_EQ(answer(request("fail")).at("error"), (json{{"code", 1010},
                                                         {"message", "Invalid Transaction"},
                                                         {"data", "Transaction has a bad signature"}}));
}

TEST_F(MethodTableTest, puts_named_parameters_into_their_positions) {
    EXPECT_EQ(answer(request("echo", {{"second", 2}})).at("result"), (json{nullptr, 2}));
    EXPECT_EQ(answer(request("echo", {{"third", 2}})).at("error").at("code"), code::kInvalidParams);
}

TEST_F(MethodTableTest, takes_a_request_without_parameters) {
    EXPECT_EQ(answer({{"jsonrpc", "2.0"}, {"id", 7}, {"method", "echo"}}).at("result"), json::array());
}

TEST_F(MethodTableTest, rejects_what_is_no_request) {
    EXPECT_EQ(error_code_of("{"), code::kParseError);
    EXPECT_EQ(error_code_of(""), code::kParseError);
    EXPECT_EQ(error_code_of("7"), code::kInvalidRequest);
    EXPECT_EQ(error_code_of("[]"), code::kInvalidRequest);
    EXPECT_EQ(error_code_of(R"({"id":1,"method":"echo"})"), code::kInvalidRequest);
    EXPECT_EQ(error_code_of(R"({"jsonrpc":"2.0","id":{},"method":"echo"})"), code::kInvalidRequest);
    EXPECT_EQ(error_code_of(R"({"jsonrpc":"2.0","id":1,"method":7})"), code::kInvalidRequest);
    EXPECT_EQ(error_code_of(R"({"jsonrpc":"2.0","id":1,"method":"echo","params":"x"})"),
              code::kInvalidRequest);
    EXPECT_EQ(error_code_of(R"({"jsonrpc":"2.0","id":1,"method":"none"})"), code::kMethodNotFound);
}

TEST_F(MethodTableTest, rejects_json_above_its_limits) {
    EXPECT_EQ(error_code_of(std::string(9, '[') + std::string(9, ']')), code::kParseError);
    EXPECT_EQ(error_code_of('[' + std::string(1001, ',') + ']'), code::kParseError);
}

TEST_F(MethodTableTest, says_nothing_to_a_notification) {
    EXPECT_EQ(answer_text(R"({"jsonrpc":"2.0","method":"echo"})"), "nothing");
    EXPECT_EQ(answer_text(R"([{"jsonrpc":"2.0","method":"echo"}])"), "nothing");
}

TEST_F(MethodTableTest, answers_a_batch_in_order) {
    const auto replies = answer({request("echo", {1}, 1), {{"jsonrpc", "2.0"}, {"method", "echo"}}, 5});
    ASSERT_EQ(replies.size(), 2U);
    EXPECT_EQ(replies[0].at("result"), json{1});
    EXPECT_EQ(replies[1].at("error").at("code"), code::kInvalidRequest);
}

TEST_F(MethodTableTest, rejects_a_batch_above_the_limit) {
    const auto one = request("echo");
    EXPECT_EQ(answer({one, one, one}).size(), 3U);
    EXPECT_EQ(answer({one, one, one, one}).at("error").at("code"), code::kBatchTooLarge);
    EXPECT_EQ(answer({request("long"), request("long")}).at("error").at("code"), code::kBatchReplyTooLarge);
}

TEST_F(MethodTableTest, replaces_a_reply_above_the_limit) {
    EXPECT_EQ(answer(request("long")).at("result").get<std::string>().size(), 900U);
    limits_.reply_bytes_max = 900;
    const auto reply = answer(request("long", json::array(), 5));
    EXPECT_EQ(reply.at("error").at("code"), code::kReplyTooLarge);
    EXPECT_EQ(reply.at("id"), 5);
}

TEST_F(MethodTableTest, survives_a_method_that_throws_or_returns_no_utf8) {
    EXPECT_EQ(answer(request("throw")).at("error").at("code"), code::kInternalError);
    EXPECT_EQ(answer(request("broken_text")).at("result"), "\xef\xbf\xbd");
}

TEST_F(MethodTableTest, lists_its_names_with_aliases) {
    table_.add_alias("Echo", "echo");
    EXPECT_EQ(table_.names(),
              (std::vector<std::string>{"Echo", "broken_text", "echo", "fail", "long", "throw"}));
    EXPECT_EQ(answer(request("Echo", {1})).at("result"), json{1});
}

}  // namespace
}  // namespace redoubt::rpc
