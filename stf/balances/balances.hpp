/// Private balances of one native token: transfers inside the shard, shielding in, unshielding out.
///
/// The issuance is the sum of all free and reserved balances; nothing here can make one overflow. No fees.
/// @source integritee-wire.md, sections 3.2 to 3.4
#pragma once

#include <stf/module.hpp>
#include <stf/types/returns.hpp>

namespace redoubt::stf::balances {

inline constexpr std::string_view kName = "balances";

/// What an account owns.
struct AccountData {
    Balance free = 0;
    Balance reserved = 0;
    static constexpr auto kScaleFields = std::tuple{&AccountData::free, &AccountData::reserved};
    bool operator==(const AccountData&) const = default;
};

[[nodiscard]] AccountData account_data(const StateReader& state, const AccountId& account);
[[nodiscard]] Balance total_issuance(const StateReader& state);

/// Credits funds that arrived on chain. @errors StfError::kOverflow
[[nodiscard]] Result<void> shield(Overlay& state, const AccountId& account, Balance amount);

/// The answer to the account_info getter, nonce included.
[[nodiscard]] AccountInfo account_info(const StateReader& state, const AccountId& account);

/// Executes balance_transfer, both forms of balance_unshield and, on development shards and for //Alice only,
/// balance_set_balance.
class Balances final : public Module {
  public:
    [[nodiscard]] std::string_view name() const override { return kName; }
    [[nodiscard]] bool executes(const TrustedCall& call) const override;
    [[nodiscard]] Result<void> execute(const TrustedCall& call, CallContext& context) const override;
    [[nodiscard]] std::optional<Bytes> query_public(const PublicGetter& getter,
                                                    const StateReader& state) const override;
    [[nodiscard]] std::optional<Bytes> query_trusted(const TrustedGetter& getter,
                                                     const StateReader& state) const override;
};

/// The sr25519 account of //Alice: the sudo of development shards.
[[nodiscard]] const AccountId& development_sudo();

}  // namespace redoubt::stf::balances
