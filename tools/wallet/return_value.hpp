/// What a worker's JSON-RPC methods answer: RpcReturnValue in hex.
///
/// @source integritee-wire.md, section 4.2
#pragma once

#include <primitives/bytes.hpp>
#include <string>
#include <string_view>
#include <tools/wallet/failure.hpp>

namespace redoubt::wallet {

/// The value of a hex RpcReturnValue whose status is Ok or a status of a trusted operation.
/// @errors worker_refused with the worker's words; worker_answer_malformed
[[nodiscard]] Fallible<Bytes> read_return_value(std::string_view hex);

/// A SCALE String, complete. @errors worker_answer_malformed
[[nodiscard]] Fallible<std::string> read_string_value(ByteView value);

/// The failure for an answer of a worker that cannot be read.
[[nodiscard]] Failure malformed_answer(std::string_view what);

}  // namespace redoubt::wallet
