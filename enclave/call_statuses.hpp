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

struct StatusRecord {
    /// The StfError of a failed call; absent for an executed one.
    std::optional<std::uint8_t> failure;
    boundary::BlockId block;
    static constexpr auto kScaleFields = std::tuple{&StatusRecord::failure, &StatusRecord::block};
    bool operator==(const StatusRecord&) const = default;
};

[[nodiscard]] std::optional<StatusRecord> find_call_status(const stf::StateReader& state,
                                                           const Hash256& hash);

/// Records an outcome. An executed call stays executed: the failure of its replay is not recorded.
void record_call_status(stf::Overlay& state, const Hash256& hash, const StatusRecord& record);

}  // namespace redoubt::enclave
