#include <attestation/tcb_status.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation {
namespace {

struct Row {
    TcbStatus status;
    std::string_view text;
    std::string_view remedy;
};

constexpr auto kRows = std::to_array<Row>({
    {TcbStatus::kUpToDate, "UpToDate", "nothing"},
    {TcbStatus::kSwHardeningNeeded, "SWHardeningNeeded",
     "build the enclave with the mitigations that the advisories name"},
    {TcbStatus::kConfigurationNeeded, "ConfigurationNeeded",
     "change the firmware settings that the advisories name"},
    {TcbStatus::kConfigurationAndSwHardeningNeeded, "ConfigurationAndSWHardeningNeeded",
     "change the firmware settings and build the enclave with the mitigations that the advisories name"},
    {TcbStatus::kOutOfDate, "OutOfDate", "update firmware and microcode of the platform, then attest again"},
    {TcbStatus::kOutOfDateConfigurationNeeded, "OutOfDateConfigurationNeeded",
     "update firmware and microcode, change the firmware settings that the advisories name, then attest "
     "again"},
    {TcbStatus::kTdRelaunchAdvised, "TDRelaunchAdvised",
     "relaunch the TD: the platform's module was updated while it ran"},
    {TcbStatus::kTdRelaunchAdvisedConfigurationNeeded, "TDRelaunchAdvisedConfigurationNeeded",
     "change the firmware settings that the advisories name and relaunch the TD"},
    {TcbStatus::kRevoked, "Revoked", "take the platform out of service and update its firmware"},
});

const Row& row_of(TcbStatus status) {
    const auto* row = std::ranges::find(kRows, status, &Row::status);
    return row == kRows.end() ? kRows.back() : *row;
}

}  // namespace

std::string_view status_text(TcbStatus status) {
    return row_of(status).text;
}

std::optional<TcbStatus> status_of_text(std::string_view text) {
    const auto* row = std::ranges::find(kRows, text, &Row::text);
    return row == kRows.end() ? std::nullopt : std::optional{row->status};
}

std::string_view remedy(TcbStatus status) {
    return row_of(status).remedy;
}

bool needs_configuration(TcbStatus status) {
    switch (status) {
        case TcbStatus::kConfigurationNeeded:
        case TcbStatus::kConfigurationAndSwHardeningNeeded:
        case TcbStatus::kOutOfDateConfigurationNeeded:
        case TcbStatus::kTdRelaunchAdvisedConfigurationNeeded:
            return true;
        default:
            return false;
    }
}

bool is_out_of_date(TcbStatus status) {
    return status == TcbStatus::kOutOfDate || status == TcbStatus::kOutOfDateConfigurationNeeded;
}

TcbStatus converge(TcbStatus status, TcbStatus other) {
    if (status == TcbStatus::kRevoked || other == TcbStatus::kRevoked) {
        return TcbStatus::kRevoked;
    }
    if (other == TcbStatus::kUpToDate) {
        return status;
    }
    return needs_configuration(status) ? TcbStatus::kOutOfDateConfigurationNeeded : TcbStatus::kOutOfDate;
}

}  // namespace redoubt::attestation
