/// A chain for tests: the legacy node methods over a ScriptedRpcServer, with blocks that a test makes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <primitives/bytes.hpp>
#include <registry-client/chain_client.hpp>
#include <string>
#include <tests/support/scripted_rpc_server.hpp>
#include <vector>

namespace redoubt::tests {

/// The metadata of integritee-paseo as state_getMetadata answers it.
/// @param folder  vectors/chainspec of the shared material
[[nodiscard]] std::string paseo_metadata(const std::filesystem::path& folder);

/// Its runtime is the one whose metadata it is given. Functions may be called from the test's thread while
/// the server answers on its own.
class ScriptedChain {
  public:
    /// @param metadata_hex what state_getMetadata answers; the runtime of integritee-paseo
    explicit ScriptedChain(std::string metadata_hex);

    [[nodiscard]] ScriptedRpcServer& server() { return server_; }

    struct Included {
        Bytes extrinsic;
        bool succeeds = true;
    };
    /// Adds a block and finalizes it. With `announce` the subscribers hear of it.
    void add_block(std::vector<Included> extrinsics = {}, bool announce = true);
    /// Announces a finalized head after the last block that is no block of the chain.
    void announce_forged();
    /// Throws away all blocks from `number` on; blocks added later differ from them.
    void roll_back_to(std::uint32_t number);
    /// Another genesis, without blocks.
    void restart_as_another_chain();

    /// The nonce of every account in the state of later blocks, and the next index.
    void set_nonce(std::uint32_t nonce);
    /// What every account may spend.
    void set_funds(std::uint64_t free);
    /// The value under a key, in the state of every block; nullopt for none.
    void set_storage(const Bytes& key, std::optional<Bytes> value);
    [[nodiscard]] registry_client::BlockReference head() const;
    [[nodiscard]] Hash256 genesis() const;

    /// What author_submitAndWatchExtrinsic does with an extrinsic; by default it is accepted silently.
    std::function<void(const Bytes& extrinsic, ScriptedRpcServer::ExchangePtr exchange)> on_submit;

  private:
    struct StoredBlock {
        substrate::Header header;
        Hash256 hash;
        std::vector<Included> extrinsics;
        std::uint32_t nonce = 0;
    };
    [[nodiscard]] const StoredBlock* find(const nlohmann::json& hash) const;
    void push(std::vector<Included> extrinsics);
    void answer_queries(std::string metadata_hex);

    mutable std::mutex mutex_;
    std::vector<StoredBlock> blocks_;
    std::uint8_t salt_ = 0;
    std::uint32_t nonce_ = 0;
    std::uint64_t funds_ = 0;
    std::map<std::string, std::optional<Bytes>> storage_;  ///< by key, as hex
    ScriptedRpcServer server_;
};

}  // namespace redoubt::tests
