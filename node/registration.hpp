/// The enclave in the chain's registry, and its shard's configuration there.
///
/// Decisions are plain functions over what the registry says; the transactions are signed by the enclave.
#pragma once

#include <node/enclave_link.hpp>
#include <node/problem.hpp>
#include <node/registration_proof.hpp>
#include <registry-client/registry.hpp>
#include <registry-client/transaction.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace redoubt::node {

/// What the enclave is, as it is registered.
struct EnclaveIdentity {
    AccountId account;
    Hash256 measurement;
    Hash256 shard;
    std::string url;
};

/// How long the entry may stay as it is; zero when it has to be made or made anew now: absent, of another
/// fingerprint or URL, or older than `reregister_after`.
[[nodiscard]] std::chrono::milliseconds registration_valid_for(
    const std::optional<registry_client::EnclaveEntry>& entry,
    const EnclaveIdentity& identity,
    std::uint64_t now_ms,
    std::chrono::milliseconds reregister_after);

/// What the chain says about a shard.
struct ShardOnChain {
    std::vector<registry_client::ShardSigner> signers;
    std::optional<registry_client::UpgradableShardConfig> config;
    std::uint32_t block_number = 0;  ///< at which it was read
};

/// Why this enclave may not carry the shard; nullopt when it may.
/// @param has_state true when the enclave has imported blocks for it before
[[nodiscard]] std::optional<Problem> shard_obstacle(const ShardOnChain& shard,
                                                    const EnclaveIdentity& identity,
                                                    bool has_state);

/// Reads what shard_obstacle judges.
[[nodiscard]] Task<rpc::Reply<ShardOnChain>> read_shard(registry_client::ChainClientPtr chain, Hash256 shard);

/// Why the chain would not take this method; nullopt when it would.
/// @param is_debug memory of the enclave can be read from outside
[[nodiscard]] std::optional<Problem> method_obstacle(const registry_client::RegistryFlags& flags,
                                                     AttestationMethod method,
                                                     bool is_debug);

/// True when the chain has no such document, or an older one.
[[nodiscard]] bool is_news(const CollateralDocument& document,
                           const std::optional<registry_client::CollateralEntry>& on_chain);

/// Signs the registration with its evidence (none with Skip), collateral, the removal of the own entry, or
/// the shard's configuration, with the nonce asked for.
[[nodiscard]] registry_client::Signer registration_signer(EnclaveLinkPtr enclave,
                                                          std::string url,
                                                          AttestationMethod method,
                                                          Bytes proof);
[[nodiscard]] registry_client::Signer collateral_signer(EnclaveLinkPtr enclave, CollateralDocument document);
[[nodiscard]] registry_client::Signer shard_config_signer(EnclaveLinkPtr enclave);

}  // namespace redoubt::node
