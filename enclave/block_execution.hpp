/// Executes one parent chain block on top of a shard's state: pure, from what was read to what changed.
///
/// A call that reads the chain's state stops the execution until the values are proven; it goes on with that
/// call then, and nothing before it is executed again. Which values are missing never changes an outcome.
#pragma once

#include <boundary/messages.hpp>
#include <cstdint>
#include <enclave/block_reader.hpp>
#include <enclave/call_statuses.hpp>
#include <enclave/state/shard_state.hpp>
#include <map>
#include <optional>
#include <primitives/crypto/rsa.hpp>
#include <primitives/crypto/secret.hpp>
#include <stf/chain_reader.hpp>
#include <stf/executor.hpp>
#include <stf/state.hpp>
#include <vector>

namespace redoubt::enclave {

/// RSA blocks of one call at most: room for a trusted operation of some kilobytes.
inline constexpr std::size_t kCallBlocksMax = 16;
/// Calls that are looked at before their turn while one waits for chain state.
inline constexpr std::size_t kCallsAheadMax = 256;
/// Proven values beyond which nothing more is looked at before its turn, and all are forgotten after a call.
inline constexpr std::size_t kProvenBytesMax = std::size_t{16} * 1024 * 1024;

struct BlockOutcome {
    stf::Changes changes;
    /// The state with the changes.
    ShardState state;
    Hash256 merkle_root;
    std::uint32_t calls_executed = 0;
    std::uint32_t calls_failed = 0;
};

class BlockExecution {
  public:
    /// @param executor, shielding_key, state  outlive the execution and do not change meanwhile
    /// @param blind  for the first block of an empty shard, what nobody else knows and the state's root
    /// depends
    ///   on from then on: without it the root would show whether a guess at the state is right. nullptr for
    ///   every other block
    BlockExecution(const stf::Executor& executor,
                   const crypto::RsaKeyPair& shielding_key,
                   const ShardState& state,
                   const boundary::BlockId& block,
                   stf::Balance existential_deposit,
                   const crypto::SecretBytes<32>* blind,
                   std::vector<SeenCall> calls);

    /// Processes the calls in their order: settles the outbox, credits shielded funds or plans their refund,
    /// decrypts and executes trusted calls and records their status.
    /// @returns false when a call has to wait for chain state: wanted() names it
    [[nodiscard]] bool run();

    /// What the call that waits needs first, then what it and later calls seem to need; at most
    /// boundary::kChainKeysMax keys.
    [[nodiscard]] const std::vector<Bytes>& wanted() const noexcept { return wanted_; }
    /// Takes what was proven of a key of the block's state.
    void provide(const Bytes& key, std::optional<ByteView> value);

    /// Returns the payments that were given up to their owners, notes the root of the state, and appends the
    /// block's confirmation to the outbox. @pre run() returned true
    [[nodiscard]] BlockOutcome finish();

  private:
    void begin(const crypto::SecretBytes<32>* blind);
    /// False when the call has to wait.
    [[nodiscard]] bool process(std::size_t index);
    void settle(const OutboxCall& call, bool failed);
    void return_payments();
    [[nodiscard]] bool execute(std::size_t index, const stf::Request& request);
    /// Replaces `hash` by the TOP hash as soon as that is known.
    /// @returns kPending when the call asks for a payment
    [[nodiscard]] Result<PaymentState> execute_decrypted(std::size_t index,
                                                         const stf::Request& request,
                                                         Hash256& hash);
    /// The signed call inside a request. @errors StfError
    [[nodiscard]] Result<stf::TrustedCallSigned> decrypt(std::size_t index,
                                                         const stf::Request& request,
                                                         Hash256& hash);
    /// Tries the calls after `index`, without effect, for the keys that they need.
    void look_ahead(std::size_t index);
    void want(const std::vector<Bytes>& keys);
    /// False when the funds are not credited: then they are none of this shard's, or are sent back.
    [[nodiscard]] bool credit(const stf::indirect::ShieldFunds& shield, const SeenCall& seen);
    void refund(const AccountId& signer, stf::Balance amount, const Hash256& call_hash);
    void pay(const Payment& payment, const AccountId& owner, const Hash256& status_hash);

    const stf::Executor& executor_;
    const crypto::RsaKeyPair& shielding_key_;
    const ShardState& state_;
    stf::Overlay overlay_;
    boundary::BlockId block_;
    stf::BlockContext context_;
    std::vector<SeenCall> calls_;
    /// The call that is next.
    std::size_t next_ = 0;
    stf::ProvenChainState proven_;
    std::size_t proven_bytes_ = 0;
    std::vector<Bytes> wanted_;
    /// Plaintexts of requests, by the position of the call, from when they are first needed to their turn's
    /// end.
    std::map<std::size_t, crypto::SecretBuffer> decrypted_;
    std::vector<Hash256> leaves_;
    /// A block that only carries this worker's own confirmation is not confirmed: confirming it would call
    /// for the next confirmation, without end.
    bool holds_own_report_ = false;
    bool concerns_shard_ = false;
    std::uint32_t executed_ = 0;
    std::uint32_t failed_ = 0;
};

/// The time of the last block that had one, milliseconds since 1970.
[[nodiscard]] std::uint64_t chain_time_ms(const stf::StateReader& state);

/// The call hash of a refund: BLAKE2b-256 of "redoubt/refund" ++ block hash ++ the position u32 LE of the
/// shielding's event in the block.
[[nodiscard]] Hash256 refund_call_hash(const Hash256& block_hash, std::uint32_t event_index);

}  // namespace redoubt::enclave
