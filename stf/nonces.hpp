/// The nonces of a shard's accounts. They only rise, also for accounts without funds: a call that was
/// processed once can never be processed again.
#pragma once

#include <cstdint>
#include <stf/state.hpp>

namespace redoubt::stf {

/// The nonce that the account's next call has to carry; 0 for unknown accounts.
[[nodiscard]] std::uint32_t nonce_of(const StateReader& state, const AccountId& account);

/// @pre nonce_of() is below 2^32 - 1
void raise_nonce(Overlay& state, const AccountId& account);

}  // namespace redoubt::stf
