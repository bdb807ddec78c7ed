/// Finds in a block what concerns the shard: what workers act upon (stf/parentchain/indirect_calls.hpp), and
/// the enclave's own calls.
///
/// Of extrinsics that failed, the enclave's own payments and roots are listed: the chain refused them. The
/// body and the events come from the host as they are: that they belong to the header is not proven here.
///
/// @source integritee-wire.md, section 3.6
#pragma once

#include <cstdint>
#include <enclave/outbox.hpp>
#include <enclave/runtime.hpp>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <span>
#include <stf/types/indirect_call.hpp>
#include <variant>
#include <vector>

namespace redoubt::enclave {

/// A call that the enclave acts upon.
struct SeenCall {
    /// The position in the block's events of the event that shows it: the bridge's own for invocations inside
    /// other calls and for shielded funds, the extrinsic's verdict for all others.
    std::uint32_t event_index = 0;
    /// Of shielded funds: who paid them; absent when the events do not tell.
    std::optional<AccountId> payer;
    /// What a worker dispatches, or a call that settles an entry of the outbox.
    std::variant<stf::IndirectCall, OutboxCall> call;
    /// The extrinsic failed. Only payments and published roots of the enclave's own are listed then.
    bool failed = false;
};

/// The last block that the enclave had persisted when it signed what a block holds of it, as far as that
/// shows: its signatures begin there, and it confirms no later one. nullopt when the block holds nothing of
/// it.
/// @param number  of the block
[[nodiscard]] std::optional<std::uint32_t> known_when_signed(const Runtime& runtime,
                                                             const stf::ShardId& shard,
                                                             const AccountId& own_account,
                                                             std::uint32_t number,
                                                             std::span<const Bytes> extrinsics);

/// @returns what was seen, in the order of event_index
/// @param own_account  calls of the outbox count from this signer only
/// @errors Refusal::kEventsUnusable: events cannot be decoded, or do not hold one verdict for each extrinsic
[[nodiscard]] Result<std::vector<SeenCall>> read_block(const Runtime& runtime,
                                                       const stf::ShardId& shard,
                                                       const AccountId& own_account,
                                                       std::span<const Bytes> extrinsics,
                                                       ByteView events);

}  // namespace redoubt::enclave
