/// Which invocations of EnclaveBridge an extrinsic really executed, also inside other calls.
///
/// A wrapping call deposits its event after those of the calls inside it, and a call that fails takes its
/// events back. Read from the last event to the first, the trail of an extrinsic therefore tells without
/// guessing how each call ended. All events of the trail must be accounted for by the calls that can be
/// seen. When one is left over or missing, calls ran that the extrinsic does not show (a call stored by hash,
/// a contract), and it is not known which event belongs to which call: then none is taken. Nothing is lost
/// by that, as an invocation moves no money and can be repeated.
#pragma once

#include <cstdint>
#include <primitives/bytes.hpp>
#include <substrate/bridge_events.hpp>
#include <vector>

namespace redoubt::substrate {

/// An invocation that was executed.
struct ExecutedInvoke {
    ByteView call;
    /// The event that shows it: the bridge's own inside other calls, otherwise the extrinsic's verdict.
    std::uint32_t event_index = 0;
};

/// The executed invocations in the order of execution. None when calls and events do not correspond exactly,
/// or when the extrinsic failed.
/// @param call    the call of an extrinsic; the result's views are parts of it
/// @param events  those of the same extrinsic
[[nodiscard]] std::vector<ExecutedInvoke> executed_invokes(const Metadata& metadata,
                                                           ByteView call,
                                                           const ExtrinsicEvents& events);

}  // namespace redoubt::substrate
