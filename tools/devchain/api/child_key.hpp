/// Child storage keys as clients write them, with their prefix.
#pragma once

#include <primitives/bytes.hpp>

#include <algorithm>
#include <rpc/method.hpp>
#include <tools/devchain/api/params.hpp>
#include <tools/devchain/chain/block_state.hpp>

namespace redoubt::devchain::api {

/// The key without `:child_storage:default:`. @errors -32602 for another prefix
[[nodiscard]] inline Expected<Bytes> read_child_key(const json& value, std::string_view name) {
    BOOST_OUTCOME_TRY(const auto bytes, read_bytes(value, name));
    const auto prefix = bytes_of(kChildStoragePrefix);
    if (bytes.size() < prefix.size() || !std::equal(prefix.begin(), prefix.end(), bytes.begin())) {
        return rpc::invalid_params(std::string{name} + " has to begin with :child_storage:default:");
    }
    return Bytes{bytes.begin() + static_cast<std::ptrdiff_t>(prefix.size()), bytes.end()};
}

}  // namespace redoubt::devchain::api
