/// The address of a WebSocket peer.
#pragma once

#include <primitives/result.hpp>
#include <rpc/failure.hpp>
#include <string>
#include <string_view>

namespace redoubt::rpc {

struct Endpoint {
    bool tls = false;
    std::string host;  ///< name or address, IPv6 without brackets
    std::string port;  ///< decimal
    std::string path;  ///< starts with '/', with the query

    /// As the Host header wants it.
    [[nodiscard]] std::string authority() const;
};

/// Reads ws://host[:port][/path] and wss://…; ports default to 80 and 443.
/// @errors kBadUrl
[[nodiscard]] Reply<Endpoint> parse_endpoint(std::string_view url);

}  // namespace redoubt::rpc
