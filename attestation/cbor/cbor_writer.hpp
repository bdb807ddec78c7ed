/// Writes CBOR in its shortest form: heads and strings, one after the other.
///
/// @source RFC 8949, section 4.2.1
#pragma once

#include <attestation/cbor/cbor_reader.hpp>
#include <primitives/bytes.hpp>

#include <cstdint>
#include <string_view>

namespace redoubt::attestation::cbor {

/// The head of an item: of a number, of an array or map with so many items or entries, of a tag, of a string
/// with so many bytes, or the whole of a boolean or null.
void append_head(Bytes& out, Kind kind, std::uint64_t number = 0);
void append_bytes(Bytes& out, ByteView content);
/// @param content UTF-8
void append_text(Bytes& out, std::string_view content);

}  // namespace redoubt::attestation::cbor
