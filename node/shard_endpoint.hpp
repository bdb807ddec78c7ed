/// Where clients reach each of several shards: every enclave has a listener of its own, because the key of
/// its TLS is the account that is registered.
#pragma once

#include <node/config.hpp>
#include <node/problem.hpp>

#include <string>
#include <vector>

namespace redoubt::node {

/// What one shard's trusted endpoint is configured with.
struct ShardEndpoint {
    ListenAddress listen;
    std::string external_url;  ///< empty: made from the address that is listened on
};

/// The endpoints of `count` shards. The first has the address and the URL as they are configured, each
/// further one the next port in both. Port 0 stays 0: each takes a free one, and there can be no URL then.
/// @errors kUsage for more than one shard: ports above 65535, a URL without a port, a URL with port 0 to
///   listen on
[[nodiscard]] Outcome<std::vector<ShardEndpoint>> shard_endpoints(const ListenAddress& listen,
                                                                  const std::string& external_url,
                                                                  std::size_t count);

/// The names for the certificates of the trusted endpoint: the URL's host, the address listened on, and the
/// names of this machine's loopback.
[[nodiscard]] std::vector<std::string> tls_names(const std::string& url, const ListenAddress& address);

/// The URL that is registered: the configured one, or one made from the address.
/// @errors kUsage when every address is listened on and no URL is configured
[[nodiscard]] Outcome<std::string> endpoint_url(const std::string& external_url,
                                                const ListenAddress& address);

}  // namespace redoubt::node
