#include <enclave/endpoint/rpc_return_value.hpp>

#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::enclave::endpoint {
namespace {

TEST(RpcReturnValue, wraps_a_value) {
    EXPECT_EQ(to_hex_text(RpcReturnValue::ok(Bytes{1, 2, 3, 4, 5})), "0x1401020304050000");
}

TEST(RpcReturnValue, wraps_an_error_as_a_string) {
    EXPECT_EQ(to_hex_text(RpcReturnValue::error("Shard does not exist")),
              "0x5450536861726420646f6573206e6f742065786973740002");
}

TEST(RpcReturnValue, reads_what_it_writes) {
    RpcReturnValue value{.value = Bytes{9}, .do_watch = true};
    value.status = {.kind = DirectRequestStatus::Kind::kOperation,
                    .operation = OperationStatus::kInSidechainBlock,
                    .block = Hash256{{1, 2, 3}}};
    const auto again = parse_rpc_return_value(to_hex_text(value));
    ASSERT_OK(again);
    EXPECT_EQ(again.value(), value);
}

TEST(RpcReturnValue, rejects_unknown_statuses_and_trailing_bytes) {
    EXPECT_ERROR(parse_rpc_return_value("0x000003"), DecodeError::kBadTag);
    EXPECT_ERROR(parse_rpc_return_value("0x0000010b"), DecodeError::kBadTag);
    EXPECT_ERROR(parse_rpc_return_value("0x00000104"), DecodeError::kUnexpectedEnd);
    EXPECT_ERROR(parse_rpc_return_value("0x00000000"), DecodeError::kTrailingBytes);
}

}  // namespace
}  // namespace redoubt::enclave::endpoint
