/// The methods of the trusted endpoint: what each answers, from the backend. Envelopes are json_rpc.hpp.
///
/// @source integritee-wire.md, section 4.3; docs/PROTOCOL.md, "Trusted endpoint"
#pragma once

#include <enclave/endpoint_backend.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace redoubt::enclave::endpoint {

/// Codes of JSON-RPC 2.0, section 5.1.
inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternalError = -32603;

/// Of redoubt_evidence: there is none now, and asking again may help.
inline constexpr int kEvidenceDelayed = -32020;
/// There is none until the worker's operator does something.
inline constexpr int kEvidenceUnavailable = -32021;

struct RpcError {
    int code = kInternalError;
    std::string message;
    bool operator==(const RpcError&) const = default;
};

/// The text of a JSON value for `result`, or an error.
using MethodReply = std::variant<std::string, RpcError>;

/// The positional parameters of a request; nullopt stands for one that is not a string.
using Params = std::span<const std::optional<std::string_view>>;

/// Calls a method by its name. @param reads  of the chain's state by getters
[[nodiscard]] MethodReply call_method(const EndpointBackend& backend,
                                      std::string_view name,
                                      Params params,
                                      ChainReads& reads);

/// The offered methods in alphabetical order: what rpc_methods lists.
[[nodiscard]] std::vector<std::string_view> method_names();

}  // namespace redoubt::enclave::endpoint
