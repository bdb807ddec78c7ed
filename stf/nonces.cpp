#include <primitives/result.hpp>
#include <primitives/scale.hpp>
#include <stf/module.hpp>
#include <stf/nonces.hpp>

namespace redoubt::stf {

namespace {

constexpr std::string_view kPrefix = "nonces/";

}  // namespace

std::uint32_t nonce_of(const StateReader& state, const AccountId& account) {
    const auto stored = state.get(account_key(kPrefix, account));
    if (!stored) {
        return 0;
    }
    const auto nonce = scale::decode<std::uint32_t>(*stored);
    REDOUBT_ASSERT(nonce.has_value());
    return nonce.value();
}

void raise_nonce(Overlay& state, const AccountId& account) {
    const auto nonce = nonce_of(state, account);
    REDOUBT_ASSERT(nonce < UINT32_MAX);
    state.put(account_key(kPrefix, account), scale::encode(nonce + 1));
}

}  // namespace redoubt::stf
