/// What the enclave wants on the chain: confirmations of blocks, the root that the shard's state has, and
/// payments of unshielded funds, kept in the state until an imported block shows the extrinsic succeeded.
///
/// A payment that the chain refuses is tried again after a growing number of blocks, and given up after
/// kPaymentAttemptsMax refusals. It is not signed any more from then on, and once the last signature of it
/// has expired, due_returns() names it: its amount belongs to its owner again. Everything here follows from
/// imported blocks alone, so that the host decides nothing of it, and an era ends before a return begins, so
/// that nothing is both paid and returned.
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <stf/module.hpp>
#include <stf/state.hpp>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace redoubt::enclave {

/// `EnclaveBridge.confirm_processed_parentchain_block`.
struct Confirmation {
    Hash256 block_hash;
    std::uint32_t block_number = 0;
    Hash256 merkle_root;
    static constexpr auto kScaleFields =
        std::tuple{&Confirmation::block_hash, &Confirmation::block_number, &Confirmation::merkle_root};
    bool operator==(const Confirmation&) const = default;
};

/// `EnclaveBridge.unshield_funds`.
struct Payment {
    AccountId beneficiary;
    stf::Balance amount = 0;
    Hash256 call_hash;
    static constexpr auto kScaleFields =
        std::tuple{&Payment::beneficiary, &Payment::amount, &Payment::call_hash};
    bool operator==(const Payment&) const = default;
};

/// `EnclaveBridge.publish_hash`: the root of the shard's state after a block. The topics are the shard and
/// the block's hash, the data is the block's number.
struct PublishedRoot {
    Hash256 block_hash;
    std::uint32_t block_number = 0;
    Hash256 state_root;
    static constexpr auto kScaleFields =
        std::tuple{&PublishedRoot::block_hash, &PublishedRoot::block_number, &PublishedRoot::state_root};
    bool operator==(const PublishedRoot&) const = default;
};

/// The index is boundary::OutboxItem::kind.
using OutboxCall = std::variant<Confirmation, Payment, PublishedRoot>;

/// What is known of a payment beside the call that makes it.
struct PaymentTrack {
    /// Whose balance in the shard gets the amount when the payment is given up.
    AccountId owner;
    /// Under which the owner finds the payment's state (call_statuses.hpp).
    Hash256 status_hash;
    /// Extrinsics of this payment that failed in imported blocks, one for each attempt.
    std::uint32_t failures = 0;
    /// It is signed when this block was imported. Of a payment that was given up: its return is due there.
    std::uint32_t not_before = 0;
    bool given_up = false;
    static constexpr auto kScaleFields =
        std::tuple{&PaymentTrack::owner, &PaymentTrack::status_hash, &PaymentTrack::failures,
                   &PaymentTrack::not_before, &PaymentTrack::given_up};
    bool operator==(const PaymentTrack&) const = default;
};

struct OutboxEntry {
    OutboxCall call;
    /// The block that caused it.
    std::uint32_t block_number = 0;
    /// Present for payments.
    std::optional<PaymentTrack> track;
    static constexpr auto kScaleFields =
        std::tuple{&OutboxEntry::call, &OutboxEntry::block_number, &OutboxEntry::track};
    bool operator==(const OutboxEntry&) const = default;
};
using NumberedEntry = std::pair<std::uint64_t, OutboxEntry>;

/// Lifetime of a payment's signature, in blocks. @source integritee-wire.md, section 2.1
inline constexpr std::uint32_t kUnshieldPeriod = 32;
/// Refusals by the chain after which a payment is given up.
inline constexpr std::uint32_t kPaymentAttemptsMax = 5;
/// Blocks between the first refusal and the next attempt; doubled for each further one.
inline constexpr std::uint32_t kPaymentGapBlocks = 8;

/// Confirmations kept at most. Beyond it the oldest is given up: a later one shows as well that the shard is
/// alive, and anybody can recompute the root.
inline constexpr std::uint32_t kConfirmationsMax = 65'536;

/// Appends an entry. A root takes the place of the one before it: the newest says all that older ones say.
void push_outbox(stf::Overlay& state, const OutboxEntry& entry);

/// Removes the entry of exactly this call and returns it; nullopt when there is none.
std::optional<OutboxEntry> settle_outbox(stf::Overlay& state, const OutboxCall& call);

/// The chain refused an extrinsic of exactly this payment in block `block`: puts the next attempt off, or
/// gives the payment up. Further refusals before the next attempt is due do not count.
void refuse_payment(stf::Overlay& state, const Payment& payment, std::uint32_t block);

/// Payments that were given up and whose last signature is expired at block `block`, with their ids.
/// @param state  as persisted after the block before
[[nodiscard]] std::vector<NumberedEntry> due_returns(const stf::StateReader& state, std::uint32_t block);

/// Removes a payment that due_returns() named.
void remove_returned(stf::Overlay& state, std::uint64_t id, const OutboxEntry& entry);

[[nodiscard]] std::optional<OutboxEntry> find_outbox(const stf::StateReader& state, std::uint64_t id);
[[nodiscard]] std::uint32_t outbox_size(const stf::StateReader& state);

/// True when an entry may be signed after `last_block` was imported.
[[nodiscard]] bool is_signable(const OutboxEntry& entry, std::uint32_t last_block);

/// What may be signed now, with ids: payments in turn with confirmations and the root, as long as there are
/// both. Payments with fewer refusals come first, then older ones: those the chain does not take never hide
/// others. Each kind gets half of the places and what the other leaves.
/// @param max  how many
[[nodiscard]] std::vector<NumberedEntry> signable_outbox(const stf::StateReader& state,
                                                         std::uint32_t last_block,
                                                         std::size_t max);

}  // namespace redoubt::enclave
