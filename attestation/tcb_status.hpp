/// The TCB statuses of Intel's attestation: what they are called and how two of them merge.
///
/// @source attestation.md, sections 7.4 and 7.6
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace redoubt::attestation {

enum class TcbStatus : std::uint8_t {
    kUpToDate,
    kSwHardeningNeeded,
    kConfigurationNeeded,
    kConfigurationAndSwHardeningNeeded,
    kOutOfDate,
    kOutOfDateConfigurationNeeded,
    kTdRelaunchAdvised,
    kTdRelaunchAdvisedConfigurationNeeded,
    kRevoked,
};

/// As it stands in TCB info and in reports, for example `SWHardeningNeeded`.
[[nodiscard]] std::string_view status_text(TcbStatus status);
/// @return nullopt for a text that names no status
[[nodiscard]] std::optional<TcbStatus> status_of_text(std::string_view text);
/// What the operator can do, as half a sentence; "nothing" for kUpToDate.
[[nodiscard]] std::string_view remedy(TcbStatus status);
/// True when the status asks for a change of the platform's configuration.
[[nodiscard]] bool needs_configuration(TcbStatus status);
/// True for kOutOfDate and kOutOfDateConfigurationNeeded.
[[nodiscard]] bool is_out_of_date(TcbStatus status);
/// A platform's status after the status of its TDX module or quoting enclave is taken into account.
/// @param other one of kUpToDate, kOutOfDate, kRevoked; any other status counts as kOutOfDate
[[nodiscard]] TcbStatus converge(TcbStatus status, TcbStatus other);

}  // namespace redoubt::attestation
