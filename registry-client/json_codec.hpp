/// JSON of the legacy node methods, read strictly.
///
/// @source light-client.md section 16
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <primitives/bytes.hpp>
#include <registry-client/chain_client.hpp>
#include <string_view>
#include <vector>

namespace redoubt::registry_client {

/// kBadAnswer with what was asked and what is wrong.
[[nodiscard]] rpc::Failure bad_answer(std::string_view method, std::string_view what);

/// `0x` and an even number of digits. @errors kBadAnswer
[[nodiscard]] Reply<Bytes> bytes_from_json(const nlohmann::json& json, std::string_view method);
[[nodiscard]] Reply<Hash256> hash_from_json(const nlohmann::json& json, std::string_view method);
[[nodiscard]] Reply<std::vector<Bytes>> bytes_list_from_json(const nlohmann::json& json,
                                                             std::string_view method);
/// A JSON integer. @errors kBadAnswer
[[nodiscard]] Reply<std::uint32_t> u32_from_json(const nlohmann::json& json, std::string_view method);
/// A header, with its number as a hex quantity. The hash is computed from the fields. @errors kBadAnswer
[[nodiscard]] Reply<BlockHeader> header_from_json(const nlohmann::json& json, std::string_view method);
/// The result of chain_getBlock, which is not null. @errors kBadAnswer
[[nodiscard]] Reply<Block> block_from_json(const nlohmann::json& json, std::string_view method);

}  // namespace redoubt::registry_client
