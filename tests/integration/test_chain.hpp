/// A parent chain made of bytes: blocks with real extrinsics and events for the metadata of a real runtime,
/// without a node. State roots, extrinsics roots, proofs and justifications are real; seals are not there.
#pragma once

#include <boundary/messages.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/crypto/rsa.hpp>
#include <span>
#include <stf/types/trusted_operation.hpp>
#include <string_view>
#include <substrate/header.hpp>
#include <substrate/metadata.hpp>
#include <substrate/runtime_version.hpp>
#include <substrate/value.hpp>
#include <tests/support/grandpa_voters.hpp>
#include <trie/state_trie.hpp>
#include <unordered_map>
#include <vector>

namespace redoubt::tests {

[[nodiscard]] crypto::KeyPair dev_account(std::string_view uri);

/// The metadata (V14) of integritee-paseo, spec 50. @param chainspec  the folder vectors/chainspec
[[nodiscard]] Bytes paseo_metadata(const std::filesystem::path& chainspec);

class TestChain {
  public:
    /// @param metadata  V14 of integritee-paseo, spec 50
    explicit TestChain(Bytes metadata);

    [[nodiscard]] const Bytes& metadata_bytes() const { return metadata_bytes_; }
    [[nodiscard]] const substrate::Metadata& metadata() const { return *metadata_; }
    [[nodiscard]] Hash256 genesis_hash() const;
    /// The genesis block, or a block that was sealed, as an enclave is given it to trust.
    [[nodiscard]] boundary::TrustAnchor anchor() const;
    [[nodiscard]] boundary::TrustAnchor anchor_at(const boundary::ImportBlock& block) const;
    /// The authorities of set 0.
    [[nodiscard]] const GrandpaVoters& voters() const { return *voters_; }
    /// Evidence that a block is final: its header and its justification.
    [[nodiscard]] boundary::Finality finality_of(const boundary::ImportBlock& block) const;
    /// The proof of a block's state, for other keys than those in ImportBlock.
    [[nodiscard]] std::vector<Bytes> prove(const boundary::ImportBlock& block,
                                           std::span<const Bytes> keys) const;

    // What the next block holds. ---------------------------------------------------------------------
    void add_timestamp(std::uint64_t now_ms);
    void add_signed(const crypto::KeyPair& signer,
                    std::string_view pallet,
                    std::string_view call,
                    const substrate::Value& args,
                    bool succeeds = true,
                    const std::vector<Bytes>& events = {});
    void add_invoke(const Hash256& shard, Bytes cyphertext, bool succeeds = true);
    void add_shield(const crypto::KeyPair& signer, const Hash256& shard, Bytes account, uint128 amount);
    /// Any bytes, for example an extrinsic that the enclave signed.
    /// @param events  what it deposits before its verdict
    void add_raw(Bytes extrinsic, bool succeeds = true, const std::vector<Bytes>& events = {});
    /// An event as a block holds it, without its phase.
    [[nodiscard]] Bytes event(std::string_view pallet,
                              std::string_view name,
                              const substrate::Value& fields) const;
    /// The block announces another runtime.
    void upgrade_runtime() { upgrades_runtime_ = true; }
    /// What System.LastRuntimeUpgrade says from the next block on.
    void set_spec_version(std::uint32_t spec_version) { version_.spec_version = spec_version; }
    /// Puts a value into the state of the next block and of all after it; nullopt removes it.
    void set_storage(const Bytes& key, std::optional<Bytes> value) { storage_[key] = std::move(value); }
    /// A change to the next block's header.
    void alter_header(std::function<void(substrate::Header&)> change) { alter_header_ = std::move(change); }

    /// Ends the block and begins the next one.
    [[nodiscard]] boundary::ImportBlock seal_block();
    /// A block that was sealed; nullptr for others.
    [[nodiscard]] const boundary::ImportBlock* block(const Hash256& hash) const;
    /// The last sealed block.
    [[nodiscard]] boundary::BlockId head() const { return head_; }
    void set_head(const boundary::BlockId& head) { head_ = head; }

  private:
    void add_event(const Bytes& event);
    [[nodiscard]] substrate::Header genesis() const;
    [[nodiscard]] trie::StateTrie genesis_state() const;

    Bytes metadata_bytes_;
    std::shared_ptr<const substrate::Metadata> metadata_;
    substrate::RuntimeVersion version_;
    std::shared_ptr<const GrandpaVoters> voters_ = std::make_shared<const GrandpaVoters>(3);
    /// States by block hash.
    std::unordered_map<Hash256, trie::StateTrie> states_;
    std::unordered_map<Hash256, boundary::ImportBlock> blocks_;
    std::map<Bytes, std::optional<Bytes>> storage_;
    std::function<void(substrate::Header&)> alter_header_;
    boundary::BlockId head_;
    std::vector<Bytes> extrinsics_;
    /// System.Events without its count.
    Bytes events_;
    std::uint32_t event_count_ = 0;
    bool upgrades_runtime_ = false;
};

/// H256 and AccountId32 as dynamic values.
template <class Fixed>
[[nodiscard]] substrate::Value fixed_value(const Fixed& fixed) {
    return substrate::Value::list({substrate::Value::bytes(fixed.view())});
}

/// A signed call for an enclave and shard, as the plain bytes of an indirect operation.
[[nodiscard]] Bytes indirect_operation(const crypto::KeyPair& signer,
                                       const stf::TrustedCall& call,
                                       std::uint32_t nonce,
                                       const Hash256& fingerprint,
                                       const Hash256& shard);

}  // namespace redoubt::tests
