/// The inside of ChainClient, shared by its source files.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <registry-client/account_nonces.hpp>
#include <registry-client/chain_client.hpp>
#include <rpc/client.hpp>
#include <string>
#include <vector>

namespace redoubt::registry_client {

/// The JSON-RPC code of a method that a node does not have.
inline constexpr std::int64_t kMethodNotFound = -32601;

/// How the chain writes addresses and amounts, from system_properties.
struct ChainProperties {
    std::optional<std::uint16_t> ss58_prefix;
    std::uint8_t decimals = 0;
    std::string symbol = "UNIT";
};

struct ChainClient::Parts {
    std::shared_ptr<rpc::Client> rpc;
    Hash256 genesis_hash;
    std::string url;
    ChainProperties properties;
    std::shared_ptr<AccountNonces> nonces;

    mutable std::mutex runtime_mutex;
    std::shared_ptr<const Runtime> current_runtime;
    /// The runtimes seen lately, newest last, at most kRuntimesKept.
    std::vector<std::shared_ptr<const Runtime>> runtimes;

    static constexpr std::size_t kRuntimesKept = 4;
};

/// Reads system_properties; fields that are absent or unusable keep their defaults.
[[nodiscard]] ChainProperties properties_from_json(const nlohmann::json& json);

/// Loads the metadata of the state after `at` (or of the best block).
/// @errors kBadMetadata, and those of rpc::Client::call
[[nodiscard]] Task<Reply<std::shared_ptr<const Runtime>>> load_runtime(std::shared_ptr<rpc::Client> rpc,
                                                                       ChainProperties properties,
                                                                       std::optional<Hash256> at);

}  // namespace redoubt::registry_client
