/// Finds in a block what concerns the shard: invocations, shielded funds, the time, and the enclave's own
/// calls.
///
/// Only extrinsics that succeeded according to System.Events count; of those that failed, the enclave's own
/// payments are listed, because the chain refused them. Extrinsics in a format this build does
/// not know are passed over. The body and the events come from the host as they are: that they belong to the
/// header is not proven here.
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

/// An extrinsic that the enclave acts upon.
struct SeenCall {
    std::uint32_t extrinsic_index = 0;
    /// Absent for bare extrinsics and for addresses that are no account id.
    std::optional<AccountId> signer;
    /// What a worker dispatches, or a call that settles an entry of the outbox.
    std::variant<stf::IndirectCall, OutboxCall> call;
    /// The extrinsic failed. Only payments of the enclave's own are listed then.
    bool failed = false;
};

/// @param own_account  calls of the outbox count from this signer only
/// @errors Refusal::kEventsUnusable: events cannot be decoded, or do not hold one verdict for each extrinsic
[[nodiscard]] Result<std::vector<SeenCall>> read_block(const Runtime& runtime,
                                                       const stf::ShardId& shard,
                                                       const AccountId& own_account,
                                                       std::span<const Bytes> extrinsics,
                                                       ByteView events);

}  // namespace redoubt::enclave
