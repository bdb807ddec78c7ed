/// A disk that takes no record, told to the operator: once when it begins or its reason changes, rarely while
/// it lasts, and once when it is over. It outlasts the lives of the enclave.
#pragma once

#include <node/problem.hpp>
#include <node/storage/database.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace redoubt::node {

class StorageTrouble {
  public:
    using Clock = std::chrono::steady_clock;
    /// How often a trouble that lasts is logged again.
    static constexpr std::chrono::minutes kReminder{10};

    /// @param silent_after  a write that takes longer is reported while it goes on
    explicit StorageTrouble(std::chrono::milliseconds silent_after = std::chrono::seconds{30})
        : silent_after_(silent_after) {}

    /// What `block` changed could not be made durable. Announces `storage_failed` unless the same was said
    /// before.
    void failed(std::uint32_t block,
                StorageFault fault,
                const Problem& problem,
                Clock::time_point now = Clock::now());
    /// A record is durable: announces `storage_recovered` when there was trouble before.
    void over(std::uint32_t block, Clock::time_point now = Clock::now());

    [[nodiscard]] std::chrono::milliseconds silent_after() const noexcept { return silent_after_; }
    /// The fault that holds now.
    [[nodiscard]] const std::optional<StorageFault>& fault() const noexcept { return fault_; }

  private:
    std::chrono::milliseconds silent_after_;
    std::optional<StorageFault> fault_;
    Clock::time_point began_{};
    Clock::time_point said_{};
};

/// The name of a fault in events, for example `no_space`.
[[nodiscard]] std::string_view fault_name(StorageFault fault);

}  // namespace redoubt::node
