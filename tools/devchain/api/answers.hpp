/// What RPC methods answer: JSON shapes of chain data, and errors of the chain as error objects.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/hex.hpp>
#include <primitives/uint128.hpp>

#include <nlohmann/json.hpp>
#include <optional>
#include <rpc/method.hpp>
#include <span>
#include <substrate/header.hpp>
#include <system_error>
#include <tools/devchain/chain/chain.hpp>

namespace redoubt::devchain::api {

using nlohmann::json;
using rpc::Answer;
using rpc::Expected;

/// Code of the legacy state methods for a block whose state is not there.
inline constexpr std::int64_t kStateErrorCode = 4003;

[[nodiscard]] inline json hex_json(ByteView bytes) {
    return to_hex_0x(bytes);
}
template <std::size_t N, class Tag>
[[nodiscard]] json hex_json(const FixedBytes<N, Tag>& bytes) {
    return to_hex_0x(bytes.view());
}
[[nodiscard]] json hex_json(const std::optional<Bytes>& bytes);
[[nodiscard]] json hex_list_json(std::span<const Bytes> list);
[[nodiscard]] json hash_list_json(std::span<const Hash256> list);
/// Hex without leading zeros, as block numbers and balances are written.
[[nodiscard]] json quantity_json(uint128 value);
[[nodiscard]] json header_json(const substrate::Header& header);
/// The result of state_getRuntimeVersion.
[[nodiscard]] json version_json(const Version& version);
/// The `spec` of a runtime as the new API writes it.
[[nodiscard]] json runtime_spec_json(const Version& version);
[[nodiscard]] json properties_json();

/// An error of the chain in its own words.
[[nodiscard]] rpc::ErrorObject chain_error(const std::error_code& error, std::int64_t code = -32000);
/// The value, or chain_error.
template <class T>
[[nodiscard]] Expected<T> answered(Result<T> result, std::int64_t code = -32000) {
    if (!result) {
        return chain_error(result.error(), code);
    }
    return std::move(result).value();
}
/// The error object that nodes answer to author_submitExtrinsic.
[[nodiscard]] rpc::ErrorObject submit_error(const SubmitError& error);
/// The same as one text.
[[nodiscard]] std::string describe(const SubmitError& error);

}  // namespace redoubt::devchain::api
