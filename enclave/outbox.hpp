/// What the enclave wants on the chain: confirmations of blocks and payments of unshielded funds, kept in the
/// state until an imported block shows the extrinsic succeeded.
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <stf/module.hpp>
#include <stf/state.hpp>
#include <tuple>
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

/// The index is boundary::OutboxItem::kind.
using OutboxCall = std::variant<Confirmation, Payment>;

struct OutboxEntry {
    OutboxCall call;
    /// The block that caused it.
    std::uint32_t block_number = 0;
    static constexpr auto kScaleFields = std::tuple{&OutboxEntry::call, &OutboxEntry::block_number};
    bool operator==(const OutboxEntry&) const = default;
};

/// Confirmations kept at most. Beyond it the oldest is given up: a later one shows as well that the shard is
/// alive, and anybody can recompute the root. Payments are never given up.
inline constexpr std::uint32_t kConfirmationsMax = 65'536;

/// Appends an entry.
void push_outbox(stf::Overlay& state, const OutboxEntry& entry);

/// Removes the entry of exactly this call. False when there is none.
bool settle_outbox(stf::Overlay& state, const OutboxCall& call);

[[nodiscard]] std::optional<OutboxEntry> find_outbox(const stf::StateReader& state, std::uint64_t id);
[[nodiscard]] std::uint32_t outbox_size(const stf::StateReader& state);

/// The oldest confirmations, then the oldest payments, with their ids. Each kind gets half of the places and
/// what the other leaves, so that payments the chain does not take never hide confirmations.
/// @param max  how many
[[nodiscard]] std::vector<std::pair<std::uint64_t, OutboxEntry>> oldest_outbox(const stf::State& state,
                                                                               std::size_t max);

}  // namespace redoubt::enclave
