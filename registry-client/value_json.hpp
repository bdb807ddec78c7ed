/// Dynamic values as JSON, in the neutral model of light-client.md section 8.6.
///
/// Integers are decimal strings, u8 sequences hex with `0x`, named composites objects, variants
/// {"variant", "fields"}, bit sequences {"bits"} with a string of 0 and 1. JSON alone does not tell a text
/// from an integer or from bytes, so reading needs the type.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <primitives/result.hpp>
#include <substrate/type_registry.hpp>
#include <substrate/value.hpp>

namespace redoubt::registry_client {

/// A character is a string of one.
[[nodiscard]] nlohmann::json to_json(const substrate::Value& value);

/// Reads what to_json writes. Also taken: JSON numbers for integers, hex with `0x` or plain text for u8
/// sequences, a bare value for a composite of one unnamed field, `"Name"` for a variant without fields,
/// `{"Name": fields}` for a variant, null for `None` and a bare value for `Some` of an Option.
/// @errors substrate::ValueError
[[nodiscard]] Result<substrate::Value> value_from_json(const substrate::TypeRegistry& types,
                                                       substrate::TypeId type,
                                                       const nlohmann::json& input);

}  // namespace redoubt::registry_client
