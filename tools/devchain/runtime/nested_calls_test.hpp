/// Calls of the bridge, and calls of the dev chain's runtime that hold others: for tests of who finds them.
#pragma once

#include <primitives/scale.hpp>
#include <tools/devchain/runtime/block_runner_test.hpp>

#include <string_view>
#include <vector>

namespace redoubt::devchain::tests {

/// The calls of Utility that take a list.
inline constexpr std::uint8_t kBatch = 0;
inline constexpr std::uint8_t kBatchAll = 2;
inline constexpr std::uint8_t kForceBatch = 4;

/// The shard that `invoke` and `shield` are for.
[[nodiscard]] inline Hash256 shard() {
    return {fresh_account(0x5a).bytes};
}
/// @param tag  the whole ciphertext
[[nodiscard]] inline Bytes invoke(std::uint8_t tag) {
    return concat(Bytes{54, 0}, shard(), Bytes{4, tag});
}
[[nodiscard]] inline Bytes shield(uint128 amount, const Hash256& to_shard = shard()) {
    Bytes out = concat(Bytes{54, 2}, to_shard, Bytes{4, 9});
    scale::encode_scale(out, amount);
    return out;
}
/// A transfer that nobody can pay.
[[nodiscard]] inline Bytes failing() {
    return BlockRunner::transfer_call(fresh_account(1), 9'000 * BlockRunner::kUnit);
}
[[nodiscard]] inline Bytes batch(std::uint8_t index, const std::vector<Bytes>& calls) {
    Bytes out{9, index};
    scale::append_compact(out, calls.size());
    for (const auto& call : calls) {
        append(out, call);
    }
    return out;
}
[[nodiscard]] inline Bytes proxy(std::string_view real, const Bytes& call) {
    return concat(Bytes{7, 0, 0}, account_of(real), Bytes{0}, call);
}
[[nodiscard]] inline Bytes sudo(const Bytes& call) {
    return concat(Bytes{5, 0}, call);
}
[[nodiscard]] inline Bytes sudo_as(std::string_view who, const Bytes& call) {
    return concat(Bytes{5, 3, 0}, account_of(who), call);
}

}  // namespace redoubt::devchain::tests
