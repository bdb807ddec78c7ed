/// Finds in a block what workers act upon: invocations, shielded funds and the time.
///
/// Invocations are found inside the wrapping calls of substrate/call_tree.hpp too, when the events show
/// without doubt that they were executed (substrate/executed_invokes.hpp). Shielded funds are taken from the
/// bridge's events, one for each real shielding (substrate/bridge_events.hpp). Only extrinsics that succeeded
/// according to System.Events count. Extrinsics in a format this build does not know are passed over.
///
/// The enclave executes what is found here; a wallet computes the same merkle root from it.
///
/// @source integritee-wire.md, section 3.6
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <span>
#include <stf/types/indirect_call.hpp>
#include <substrate/bridge_events.hpp>
#include <substrate/extrinsic.hpp>
#include <substrate/metadata.hpp>
#include <vector>

namespace redoubt::stf {

struct SeenIndirectCall {
    /// The position in the block's events of the event that shows it: the bridge's own for invocations inside
    /// other calls and for shielded funds, the extrinsic's verdict for all others.
    std::uint32_t event_index = 0;
    /// Of shielded funds: who paid them; absent when the events do not tell.
    std::optional<AccountId> payer;
    IndirectCall call;
};

/// Is told each extrinsic that can be read, with its events.
using ExtrinsicVisitor =
    std::function<void(const substrate::DecodedExtrinsic&, const substrate::ExtrinsicEvents&)>;

/// @returns the calls of all shards, in the order of event_index
/// @param events  the value of System.Events
/// @param visit   may be empty
/// @errors those of substrate::read_bridge_events
[[nodiscard]] Result<std::vector<SeenIndirectCall>> read_indirect_calls(const substrate::Metadata& metadata,
                                                                        std::span<const Bytes> extrinsics,
                                                                        ByteView events,
                                                                        const ExtrinsicVisitor& visit = {});

}  // namespace redoubt::stf
