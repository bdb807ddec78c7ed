/// Chain specs: what a dev chain starts with, as JSON.
///
///     { "name": "Redoubt Development", "id": "redoubt_dev",
///       "blockTimeMs": 1000, "authorities": 3, "justifyEvery": 16,
///       "balances": [["//Alice", "1000000000000000000"], ["5GrwvaEF…", "0x0de0b6b3a7640000"]],
///       "sudo": "//Alice",
///       "teerex": { "allowSkippingAttestation": true, "sgxAllowDebugMode": true },
///       "storage": { "0x<key>": "0x<value>" } }
///
/// For tests alone, `"sgxTestRoot": "0x<DER>"` in "teerex" takes the place of Intel's root: such a chain
/// takes evidence that nobody else does.
///
/// Every member may be missing. Accounts are development URIs, SS58 addresses or public keys in hex.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <primitives/bytes.hpp>
#include <string>
#include <string_view>
#include <tools/devchain/chain/chain.hpp>

namespace redoubt::devchain {

inline constexpr std::uint64_t kBlockTimeMsMin = 50;
inline constexpr std::uint64_t kBlockTimeMsMax = 10 * 60 * 1000;

/// What is wrong with an input, in words for the one who wrote it.
struct Mistake {
    std::string what;
};
template <class T>
using Checked = outcome::basic_result<T, Mistake, outcome::policy::terminate>;

/// //Alice to //Ferdie and their //stash accounts with a million units each, //Alice as sudo, and
/// registration of enclaves without attestation.
[[nodiscard]] ChainOptions development_chain();

/// Changes `options` to what the spec says. Members that are not known are refused.
[[nodiscard]] Checked<ChainOptions> apply_chain_spec(ChainOptions options, const nlohmann::json& spec);
/// The spec that gives `options`.
[[nodiscard]] nlohmann::json chain_spec_json(const ChainOptions& options);

/// Adds `count` accounts with a thousand units each, whose ids are the BLAKE2b-256 of their index as u32.
/// They have no keys: they are there to make a state large.
void add_synthetic_accounts(GenesisConfig& genesis, std::uint32_t count);

}  // namespace redoubt::devchain
