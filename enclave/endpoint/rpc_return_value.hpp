/// RpcReturnValue: how the worker wraps an answer, and its hex form in a JSON-RPC result.
///
/// Refusals travel in it too, as a *successful* JSON-RPC result: the stock clients take them for errors only
/// in this form (client 0.14.2 reads a JSON-RPC error as an empty success).
///
/// @source integritee-wire.md, section 4.2
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <primitives/scale.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace redoubt::enclave::endpoint {

/// What became of a trusted operation. The numbers are wire values.
enum class OperationStatus : std::uint8_t {
    kSubmitted = 0,
    kFuture = 1,
    kReady = 2,
    kBroadcast = 3,
    kInSidechainBlock = 4,  ///< carries the block's header hash
    kRetracted = 5,
    kFinalityTimeout = 6,
    kFinalized = 7,
    kUsurped = 8,
    kDropped = 9,
    kInvalid = 10,
};

/// Ok, a status of an operation, or an error.
struct DirectRequestStatus {
    enum class Kind : std::uint8_t { kOk = 0, kOperation = 1, kError = 2 };
    Kind kind = Kind::kOk;
    /// For kOperation.
    OperationStatus operation = OperationStatus::kSubmitted;
    /// For kInSidechainBlock.
    Hash256 block{};
    bool operator==(const DirectRequestStatus&) const = default;
};
void encode_scale(Bytes& out, const DirectRequestStatus& status);
/// @errors kUnexpectedEnd, kBadTag
[[nodiscard]] Result<DirectRequestStatus> decode_scale(ByteCursor& in, scale::Type<DirectRequestStatus>);

struct RpcReturnValue {
    Bytes value{};
    bool do_watch = false;
    DirectRequestStatus status{};
    static constexpr auto kScaleFields =
        std::tuple{&RpcReturnValue::value, &RpcReturnValue::do_watch, &RpcReturnValue::status};
    bool operator==(const RpcReturnValue&) const = default;

    /// A success with these bytes.
    [[nodiscard]] static RpcReturnValue ok(Bytes value);
    /// A refusal: the value is the message as a SCALE String.
    [[nodiscard]] static RpcReturnValue error(std::string_view message);
};

/// `0x` and the hex of the SCALE bytes.
[[nodiscard]] std::string to_hex_text(const RpcReturnValue& value);
/// Reads what to_hex_text writes. @errors HexError, DecodeError
[[nodiscard]] Result<RpcReturnValue> parse_rpc_return_value(std::string_view hex);

}  // namespace redoubt::enclave::endpoint
