#include <enclave/endpoint/json_rpc.hpp>

#include <gmock/gmock.h>
#include <enclave/endpoint/fake_backend_test.hpp>
#include <enclave/endpoint/limits.hpp>

#include <nlohmann/json.hpp>

namespace redoubt::enclave::endpoint::tests {
namespace {

using Json = nlohmann::json;

class JsonRpc : public ::testing::Test {
  protected:
    std::string answer(std::string_view text) { return answer_json_rpc(backend, text).value_or("none"); }
    int code(std::string_view text) {
        const auto parsed = Json::parse(answer(text), nullptr, false);
        return parsed.is_object() && parsed.contains("error") ? parsed["error"]["code"].get<int>() : 0;
    }
    FakeBackend backend;
};

std::string request(std::string_view id, std::string_view method = "system_name") {
    return R"({"jsonrpc":"2.0","method":")" + std::string{method} + R"(","params":[],"id":)" +
           std::string{id} + "}";
}

TEST_F(JsonRpc, echoes_numbers_and_strings_as_ids) {
    for (const auto* id : {"1", "0", "-7", "18446744073709551615", "1.5", R"("a")", R"("\"\\ä")", "null"}) {
        EXPECT_EQ(answer(request(id)),
                  R"({"jsonrpc":"2.0","result":"Redoubt","id":)" + std::string{id} + "}");
    }
}

TEST_F(JsonRpc, rejects_other_ids) {
    for (const auto* id : {"[1]", "{}", "true"}) {
        EXPECT_EQ(code(request(id)), -32600) << id;
    }
    EXPECT_EQ(code(request('"' + std::string(kIdBytesMax, 'i') + '"')), 0);
    EXPECT_EQ(code(request('"' + std::string(kIdBytesMax + 1, 'i') + '"')), -32600);
}

TEST_F(JsonRpc, takes_the_members_in_any_order_and_params_as_optional) {
    EXPECT_EQ(answer(R"({"id":1,"jsonrpc":"2.0","method":"system_name"})"),
              R"({"jsonrpc":"2.0","result":"Redoubt","id":1})");
}

TEST_F(JsonRpc, rejects_texts_that_are_no_json) {
    for (const auto* text :
         {"", " ", "{", "[1,", "nonsense", R"({"a":1}{)", R"("\ud800")", "[1e999]", "\xef\xbb"}) {
        EXPECT_EQ(code(text), -32700) << text;
    }
}

TEST_F(JsonRpc, rejects_json_that_is_no_request) {
    for (const auto* text :
         {"1", "null", "\"text\"", "{}", R"({"jsonrpc":"1.0","method":"system_name","id":1})",
          R"({"jsonrpc":2.0,"method":"system_name","id":1})", R"({"method":"system_name","id":1})",
          R"({"jsonrpc":"2.0","method":1,"id":1})", R"({"jsonrpc":"2.0","id":1})"}) {
        EXPECT_EQ(code(text), -32600) << text;
    }
}

TEST_F(JsonRpc, rejects_params_by_name_and_too_many) {
    EXPECT_EQ(code(R"({"jsonrpc":"2.0","method":"system_name","params":{"a":1},"id":1})"), -32602);
    EXPECT_EQ(code(R"({"jsonrpc":"2.0","method":"system_name","params":"a","id":1})"), -32602);
    const auto with_params = [](std::size_t count) {
        std::string params;
        for (std::size_t i = 0; i < count; ++i) {
            params += i == 0 ? "1" : ",1";
        }
        return R"({"jsonrpc":"2.0","method":"system_name","params":[)" + params + R"(],"id":1})";
    };
    EXPECT_EQ(code(with_params(kParamsMax)), 0);
    EXPECT_EQ(code(with_params(kParamsMax + 1)), -32602);
}

TEST_F(JsonRpc, returns_an_error_for_empty_params_where_one_is_needed) {
    EXPECT_EQ(code(request("1", "state_executeGetter")), -32602);
    EXPECT_EQ(code(request("1", "author_getNextNonce")), -32602);
    EXPECT_EQ(code(R"({"jsonrpc":"2.0","method":"state_executeGetter","params":[null],"id":1})"), -32602);
}

TEST_F(JsonRpc, rejects_unknown_methods) {
    EXPECT_EQ(code(request("1", "chain_getHeader")), -32601);
}

TEST_F(JsonRpc, answers_no_notification) {
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","method":"system_name"})"), "none");
    EXPECT_EQ(answer(R"([{"jsonrpc":"2.0","method":"system_name"},{"jsonrpc":"2.0","method":"nothing"}])"),
              "none");
}

TEST_F(JsonRpc, answers_a_batch_in_order) {
    const auto text = "[" + request("2") + R"(,{"jsonrpc":"2.0","method":"system_name"},7,)" +
                      request("1", "nothing") + "," + request("\"x\"") + "]";
    const auto answers = Json::parse(answer(text));
    ASSERT_EQ(answers.size(), 4U);
    EXPECT_EQ(answers[0]["id"], 2);
    EXPECT_EQ(answers[1]["error"]["code"], -32600);
    EXPECT_EQ(answers[1]["id"], nullptr);
    EXPECT_EQ(answers[2]["error"]["code"], -32601);
    EXPECT_EQ(answers[2]["id"], 1);
    EXPECT_EQ(answers[3]["id"], "x");
}

std::string batch(std::size_t count, std::string_view method = "system_name") {
    std::string out = "[";
    for (std::size_t i = 0; i < count; ++i) {
        out += (i == 0 ? "" : ",") + request("1", method);
    }
    return out + "]";
}

TEST_F(JsonRpc, bounds_batches) {
    EXPECT_EQ(Json::parse(answer(batch(kBatchRequestsMax))).size(), kBatchRequestsMax);
    EXPECT_EQ(code(batch(kBatchRequestsMax + 1)), -32600);
    EXPECT_EQ(code("[]"), -32600);
}

TEST_F(JsonRpc, bounds_the_answers_of_a_batch) {
    backend.key_json = std::string(kReplyBytesMax / kBatchRequestsMax, 'k');
    EXPECT_EQ(code(batch(kBatchRequestsMax, "author_getShieldingKey")), -32603);
    EXPECT_EQ(Json::parse(answer(batch(8, "author_getShieldingKey"))).size(), 8U);
}

TEST_F(JsonRpc, bounds_depth_before_it_parses) {
    const auto nested = [](std::size_t depth) {
        return R"({"jsonrpc":"2.0","method":"system_name","params":[)" + std::string(depth - 2, '[') +
               std::string(depth - 2, ']') + R"(],"id":1})";
    };
    EXPECT_EQ(code(nested(kJsonDepthMax)), 0);
    EXPECT_EQ(code(nested(kJsonDepthMax + 1)), -32600);
    EXPECT_EQ(code(std::string(5'000'000, '[')), -32600);
}

TEST_F(JsonRpc, bounds_the_number_of_values_before_it_parses) {
    EXPECT_EQ(code("[" + std::string(kJsonTokensMax, ',')), -32600);
    std::string many = "[1";
    for (std::size_t i = 0; i < kJsonTokensMax; ++i) {
        many += ",1";
    }
    EXPECT_EQ(code(many + "]"), -32600);
}

TEST_F(JsonRpc, answers_a_message_of_five_megabytes) {
    const std::string padding(5 * 1024 * 1024, 'p');
    EXPECT_EQ(code(R"({"jsonrpc":"2.0","method":"system_name","params":[")" + padding + R"("],"id":1})"), 0);
    EXPECT_EQ(
        code(R"({"jsonrpc":"2.0","method":"state_executeGetter","params":[")" + padding + R"("],"id":1})"),
        -32602);
}

}  // namespace
}  // namespace redoubt::enclave::endpoint::tests
