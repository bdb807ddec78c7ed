/// Dynamic SCALE: values of any type that the metadata describes.
///
/// Decoding is bounded: at most kValueDepthMax levels, zero-sized elements capped, nothing allocated from
/// an announced count that the input cannot hold, and at most 8 times the input plus 64 KiB in all.
/// What decodes encodes to the same bytes, except unused bits of bit sequences, which come out as zero.
///
/// @source light-client.md sections 2.1, 2.3 and 8.6
#pragma once

#include <cstdint>
#include <primitives/byte_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <substrate/errors.hpp>
#include <substrate/type_registry.hpp>
#include <substrate/value.hpp>

namespace redoubt::substrate {

/// Deepest nesting of types in one value.
inline constexpr unsigned kValueDepthMax = 256;

/// Reads one value and leaves the cursor behind it. The memory limit counts from the bytes remaining.
/// @errors ValueError, DecodeError
[[nodiscard]] Result<Value> decode_value(const TypeRegistry& types, TypeId type, ByteCursor& in);

/// Decodes a complete value; more bytes after it are an error.
/// @errors ValueError, DecodeError
[[nodiscard]] Result<Value> decode_value(const TypeRegistry& types, TypeId type, ByteView input);

/// Moves the cursor behind one value without building it; what decode_value refuses is refused here too,
/// except that the memory limit cannot be met.
/// @errors ValueError, DecodeError
[[nodiscard]] Result<void> skip_value(const TypeRegistry& types, TypeId type, ByteCursor& in);

/// Appends the SCALE bytes of `value`. `Fields` may be given in any order, or as a `List` in the type's
/// order; a variant without fields may have either empty. On an error `out` holds an unspecified tail.
/// @errors ValueError
[[nodiscard]] Result<void> encode_value(const TypeRegistry& types,
                                        TypeId type,
                                        const Value& value,
                                        Bytes& out);

}  // namespace redoubt::substrate
