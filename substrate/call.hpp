/// Calls by name: their index pair, encoding and decoding.
///
/// @source light-client.md section 8.6
#pragma once

#include <array>
#include <cstdint>
#include <primitives/byte_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <string>
#include <string_view>
#include <substrate/metadata.hpp>
#include <substrate/value.hpp>

namespace redoubt::substrate {

/// Pallet index and call index, as the first two bytes of a call.
/// @errors LookupError::kNoSuchPallet, kNoSuchCall
[[nodiscard]] Result<std::array<std::uint8_t, 2>> call_index(const Metadata& metadata,
                                                             std::string_view pallet,
                                                             std::string_view call);

/// The call's bytes. `args` are Fields by argument name, or a List in order.
/// @errors LookupError::kNoSuchPallet, kNoSuchCall; ValueError
[[nodiscard]] Result<Bytes> encode_call(const Metadata& metadata,
                                        std::string_view pallet,
                                        std::string_view call,
                                        const Value& args);

struct DecodedCall {
    std::string pallet;
    std::string call;
    Value args;
};
/// Decodes a complete call. @errors LookupError::kNoSuchPallet, kNoSuchCall; ValueError; DecodeError
[[nodiscard]] Result<DecodedCall> decode_call(const Metadata& metadata, ByteView call);

/// Moves the cursor behind one call without building it.
/// @errors LookupError::kNoSuchPallet, kNoSuchCall; ValueError; DecodeError
[[nodiscard]] Result<void> skip_call(const Metadata& metadata, ByteCursor& in);

}  // namespace redoubt::substrate
