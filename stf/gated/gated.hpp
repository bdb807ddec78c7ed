/// Rooms that open to who holds enough on the parent chain: the smallest module that reads chain state.
///
/// Calls and queries: stf/types/module_calls.hpp.
#pragma once

#include <stf/module.hpp>
#include <stf/types/module_calls.hpp>

namespace redoubt::stf::gated {

/// What the room of `owner` asks for; nullopt when there is none.
[[nodiscard]] std::optional<Balance> threshold_of(const StateReader& state, const AccountId& owner);

/// The block in which an account entered a room last; nullopt when it never did.
[[nodiscard]] std::optional<std::uint32_t> entered(const StateReader& state,
                                                   const AccountId& room,
                                                   const AccountId& account);

class Gated final : public Module {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] Result<void> execute(const TrustedCall& call, CallContext& context) const override;
    [[nodiscard]] Result<std::optional<Bytes>> query_with_chain(const TrustedGetter& getter,
                                                                QueryContext& context) const override;
};

}  // namespace redoubt::stf::gated
