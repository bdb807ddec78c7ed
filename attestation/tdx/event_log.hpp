/// Event logs of a trust domain: what was measured into its run-time registers (RTMR), in order. A log is not
/// signed. It counts when its events, replayed, give the registers of a verified quote; before that nothing
/// in it can be read.
///
/// @source attestation.md, section 4.4
#pragma once

#include <attestation/claims/tdx_claims.hpp>
#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::attestation::tdx {

inline constexpr std::size_t kEventLogBytesMax = 1024 * 1024;
inline constexpr std::size_t kEventsMax = 4096;

/// An event that the guest's own software measured at run time, as dstack does.
inline constexpr std::uint32_t kRuntimeEvent = 0x08000001;

struct Event {
    /// 0 to 3; nullopt for what is recorded beside the registers, in MRTD or nowhere.
    std::optional<std::uint8_t> rtmr;
    std::uint32_t type = 0;
    TdRegister digest;
    std::string name;  ///< run-time events only
    Bytes payload;
};

class EventLog {
  public:
    /// The firmware's log in the TCG's crypto-agile form, as the CCEL area holds it; fill bytes may follow.
    /// @errors kLimitExceeded, kTdxEventLogMalformed
    [[nodiscard]] static Result<EventLog> parse_ccel(ByteView bytes);
    /// A JSON list of events {imr, event_type, digest, event, event_payload}, as dstack keeps it.
    /// @errors kLimitExceeded, kJsonMalformed, kJsonDuplicateMember, kTdxEventLogMalformed
    [[nodiscard]] static Result<EventLog> parse_json(std::string_view text);

    /// Checks that each run-time event's digest is that of its content, and that the events give the
    /// registers.
    /// @param td of a verified quote
    /// @return the events, which live in this object
    /// @errors kTdxEventLogMismatch
    [[nodiscard]] Result<std::span<const Event>> verify(const TdxClaims& td) const;

  private:
    std::vector<Event> events_;
};

/// The registers that the events extend, from zeros.
[[nodiscard]] std::array<TdRegister, 4> replay(std::span<const Event> events);

/// The first run-time event of that name before the one that marks the end of the boot. What software
/// measures later, under whichever name, is no measurement of the boot.
/// @param marker name of the event that ends the boot; when there is none, all of the log is the boot
/// @return nullptr when there is none
[[nodiscard]] const Event* find_boot_event(std::span<const Event> events,
                                           std::string_view name,
                                           std::string_view marker);

}  // namespace redoubt::attestation::tdx
