/// The smallest useful module: one private number for each account, which its owner adds to and reads.
///
/// Calls and queries: stf/types/module_calls.hpp.
#pragma once

#include <stf/module.hpp>
#include <stf/types/module_calls.hpp>

namespace redoubt::stf::counter {

/// The account's number; 0 before its first call.
[[nodiscard]] std::uint64_t value_of(const StateReader& state, const AccountId& account);

class Counter final : public Module {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] Result<void> execute(const TrustedCall& call, CallContext& context) const override;
    [[nodiscard]] std::optional<Bytes> query_trusted(const TrustedGetter& getter,
                                                     const StateReader& state) const override;
};

}  // namespace redoubt::stf::counter
