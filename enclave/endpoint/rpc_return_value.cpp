#include <enclave/endpoint/rpc_return_value.hpp>

#include <primitives/hex.hpp>

namespace redoubt::enclave::endpoint {

void encode_scale(Bytes& out, const DirectRequestStatus& status) {
    out.push_back(static_cast<std::uint8_t>(status.kind));
    if (status.kind != DirectRequestStatus::Kind::kOperation) {
        return;
    }
    out.push_back(static_cast<std::uint8_t>(status.operation));
    if (status.operation == OperationStatus::kInSidechainBlock) {
        append(out, status.block.view());
    }
}

Result<DirectRequestStatus> decode_scale(ByteCursor& in, scale::Type<DirectRequestStatus>) {
    BOOST_OUTCOME_TRY(const auto kind, in.take_byte());
    if (kind > static_cast<std::uint8_t>(DirectRequestStatus::Kind::kError)) {
        return DecodeError::kBadTag;
    }
    DirectRequestStatus out{.kind = static_cast<DirectRequestStatus::Kind>(kind)};
    if (out.kind != DirectRequestStatus::Kind::kOperation) {
        return out;
    }
    BOOST_OUTCOME_TRY(const auto operation, in.take_byte());
    if (operation > static_cast<std::uint8_t>(OperationStatus::kInvalid)) {
        return DecodeError::kBadTag;
    }
    out.operation = static_cast<OperationStatus>(operation);
    if (out.operation == OperationStatus::kInSidechainBlock) {
        BOOST_OUTCOME_TRY(out.block, in.take_fixed<Hash256>());
    }
    return out;
}

RpcReturnValue RpcReturnValue::ok(Bytes value) {
    return {.value = std::move(value)};
}

RpcReturnValue RpcReturnValue::error(std::string_view message) {
    return {.value = scale::encode(std::string{message}),
            .status = {.kind = DirectRequestStatus::Kind::kError}};
}

std::string to_hex_text(const RpcReturnValue& value) {
    return to_hex_0x(scale::encode(value));
}

Result<RpcReturnValue> parse_rpc_return_value(std::string_view hex) {
    BOOST_OUTCOME_TRY(const auto bytes, parse_hex(hex));
    return scale::decode<RpcReturnValue>(bytes);
}

}  // namespace redoubt::enclave::endpoint
