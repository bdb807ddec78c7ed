/// What became of indirect calls, for their owners: a bounded ring of status records in the state.
#pragma once

#include <boundary/messages.hpp>
#include <cstdint>
#include <optional>
#include <primitives/bytes.hpp>
#include <stf/state.hpp>
#include <stf/stf_error.hpp>

namespace redoubt::enclave {

/// Records kept; the oldest go first.
inline constexpr std::uint64_t kCallStatusesMax = 65'536;

/// What became of the payment that a call asked for.
enum class PaymentState : std::uint8_t {
    kNone = 0,      ///< the call asks for none
    kPending = 1,   ///< not on the chain yet, or refused there and tried again
    kPaid = 2,      ///< an imported block shows it
    kReturned = 3,  ///< the chain refused it for good: the amount is in the owner's balance again
};

struct StatusRecord {
    /// The StfError of a failed call; absent for an executed one.
    std::optional<std::uint8_t> failure;
    boundary::BlockId block;
    /// A PaymentState.
    std::uint8_t payment = 0;
    static constexpr auto kScaleFields =
        std::tuple{&StatusRecord::failure, &StatusRecord::block, &StatusRecord::payment};
    bool operator==(const StatusRecord&) const = default;
};

[[nodiscard]] PaymentState payment_state(const StatusRecord& record);

[[nodiscard]] std::optional<StatusRecord> find_call_status(const stf::StateReader& state,
                                                           const Hash256& hash);

/// Records an outcome. An executed call stays executed: the failure of its replay is not recorded.
void record_call_status(stf::Overlay& state, const Hash256& hash, const StatusRecord& record);

/// Changes what became of a payment; without effect when the record is forgotten.
void record_payment_state(stf::Overlay& state, const Hash256& hash, PaymentState payment);

}  // namespace redoubt::enclave
