/// JSON-RPC 2.0, server side: one message in, at most one message out. Which methods exist is methods.hpp.
///
/// The only place in the enclave that parses JSON. Depth and size of a message are checked before it is
/// parsed, and the parser does not throw.
///
/// @source JSON-RPC 2.0 specification; integritee-wire.md, section 4.1
#pragma once

#include <enclave/endpoint_backend.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace redoubt::enclave::endpoint {

/// Answers one message, single or batch. Nullopt when it holds notifications only.
/// @param text   valid UTF-8
/// @param reads  of the chain's state; when keys are missing afterwards, the answer says so and the message
///   can be answered again once they are proven
[[nodiscard]] std::optional<std::string> answer_json_rpc(const EndpointBackend& backend,
                                                         std::string_view text,
                                                         ChainReads& reads);

}  // namespace redoubt::enclave::endpoint
