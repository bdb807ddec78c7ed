/// The runtime of the embedded dev chain: what blocks and transactions do to the state, and the metadata that
/// tells clients how to talk to it.
///
/// It knows nothing of forks, pools, finality or JSON-RPC: the chain gives it the state of the parent and
/// takes what changed. It has no state of its own and is deterministic; one Runtime may serve any number of
/// blocks. Not a FRAME runtime in WASM: `:code` holds no program, and only the calls below exist.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <primitives/uint128.hpp>

#include <cstdint>
#include <light-client/authority_set.hpp>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <substrate/header.hpp>
#include <tools/devchain/runtime/storage.hpp>
#include <tools/devchain/runtime/validity.hpp>
#include <tools/devchain/runtime/version.hpp>
#include <utility>
#include <vector>

namespace redoubt::devchain {

inline constexpr std::uint16_t kSs58Prefix = 42;
inline constexpr std::uint8_t kTokenDecimals = 12;
inline constexpr std::string_view kTokenSymbol = "UNIT";
/// Accounts below this are reaped: 0.001 UNIT.
inline constexpr uint128 kExistentialDeposit = 1'000'000'000;

/// What the chain starts with.
struct GenesisConfig {
    std::vector<std::pair<AccountId, uint128>> balances;  ///< at least kExistentialDeposit each
    light_client::AuthorityList grandpa;
    std::vector<FixedBytes<32>> aura;  ///< sr25519 public keys in slot order
    std::optional<AccountId> sudo;
    bool allow_skipping_attestation = true;
    bool sgx_allow_debug_mode = true;
    /// For tests: a certificate (DER) that SGX evidence has to lead to in place of Intel's root.
    std::optional<Bytes> sgx_test_root;
    std::uint64_t slot_duration_ms = 6'000;
    /// Entries as they are, after everything else.
    std::vector<std::pair<Bytes, Bytes>> raw;
    /// By child storage key, without the `:child_storage:default:` prefix.
    std::map<Bytes, std::vector<std::pair<Bytes, Bytes>>> raw_children;
};

/// How a dispatch ended that was part of the block: it paid its fee and used its nonce either way.
struct Applied {
    /// SCALE of the DispatchError; nullopt for success.
    std::optional<Bytes> dispatch_error;
};
/// An error means that the extrinsic left no trace and does not belong into the block.
using ApplyResult = outcome::basic_result<Applied, TransactionValidityError, outcome::policy::terminate>;
/// SCALE of `ApplyExtrinsicResult`, as `system_dryRun` answers it.
[[nodiscard]] Bytes encode(const ApplyResult& result);

class Runtime;

/// One block being built or imported, from initialisation to its header. Events are collected here and reach
/// the storage once, at the end.
class BlockExecution {
  public:
    /// Runs what pallets do at the start of a block. No layer of `storage` is open.
    /// @param storage      state of the parent; outlives this object
    /// @param pre_runtime  digest items that the author brings, for example the Aura slot
    BlockExecution(const Runtime& runtime,
                   Storage& storage,
                   std::uint32_t number,
                   const Hash256& parent_hash,
                   std::vector<substrate::DigestItem> pre_runtime);
    ~BlockExecution();
    BlockExecution(const BlockExecution&) = delete;
    BlockExecution& operator=(const BlockExecution&) = delete;

    /// @param extrinsic  with its length prefix
    [[nodiscard]] ApplyResult apply_extrinsic(ByteView extrinsic);

    /// As the root calls of pallet Dev: changes GRANDPA's authorities `delay` blocks after this one, and says
    /// so in this block's digest. False when a change is pending already or the set is unusable.
    /// @param forced_median  for a forced change: a finalized block number; nullopt for a scheduled change
    [[nodiscard]] bool change_authorities(const light_client::AuthorityList& next,
                                          std::uint32_t delay,
                                          std::optional<std::uint32_t> forced_median);

    /// Runs what pallets do at the end of a block, writes the events, and returns the header: parent, number
    /// and digest. The state root, extrinsics root and seal are the caller's. Called once.
    [[nodiscard]] substrate::Header finalize();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

class Runtime {
  public:
    Runtime();
    ~Runtime();
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;

    [[nodiscard]] const Version& version() const noexcept;
    /// Metadata of version 14, 15 or 16, beginning with "meta"; nullopt for any other version. The bytes are
    /// generated once, from the descriptions of the pallets.
    [[nodiscard]] std::optional<ByteView> metadata(unsigned version) const;
    /// The digest that CheckMetadataHash commits to (RFC-78).
    [[nodiscard]] const Hash256& metadata_hash() const;

    void build_genesis(Storage& storage, const GenesisConfig& config) const;

    /// The extrinsics that an author puts first into a block: Timestamp.set, bare.
    [[nodiscard]] std::vector<Bytes> inherent_extrinsics(std::uint64_t now_ms) const;

    /// Whether a transaction from outside could go into a child of the block whose state is `storage`.
    /// @param extrinsic   with its length prefix
    /// @param block_hash  of that block
    [[nodiscard]] Validity validate_transaction(const Storage& storage,
                                                ByteView extrinsic,
                                                const Hash256& block_hash) const;

    /// Runs a runtime API function, for example "AccountNonceApi_account_nonce", as `state_call` does.
    /// nullopt when there is no such function or the parameters do not decode.
    [[nodiscard]] std::optional<Bytes> call_api(const Storage& storage,
                                                std::string_view method,
                                                ByteView parameters) const;
    /// The names that call_api knows.
    [[nodiscard]] std::vector<std::string> api_methods() const;

  private:
    friend class BlockExecution;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace redoubt::devchain
