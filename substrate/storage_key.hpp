/// Storage keys of FRAME items, and reading the parts of a key back.
///
/// @source light-client.md section 3
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <span>
#include <string_view>
#include <substrate/metadata.hpp>
#include <substrate/value.hpp>
#include <vector>

namespace redoubt::substrate {

/// `twox_128(storage prefix) ++ twox_128(item)`: the key of a plain value, the common prefix of a map.
[[nodiscard]] Bytes storage_prefix(std::string_view prefix, std::string_view item);
/// The same by pallet name, which may differ from the prefix that its storage uses.
/// @errors LookupError::kNoSuchPallet, kNoSuchStorageItem
[[nodiscard]] Result<Bytes> storage_prefix(const Metadata& metadata,
                                           std::string_view pallet,
                                           std::string_view item);

/// The key of an item. With several hashers there is one part for each, otherwise the key itself.
/// @param scale_encoded_key_parts  none for a plain value; fewer parts than hashers give a prefix of keys
/// @errors LookupError::kNoSuchPallet, kNoSuchStorageItem, kWrongKeyParts (too many)
[[nodiscard]] Result<Bytes> storage_key(const Metadata& metadata,
                                        std::string_view pallet,
                                        std::string_view item,
                                        std::span<const Bytes> scale_encoded_key_parts = {});

/// `part` as `hasher` appends it to a key.
void append_hashed(Bytes& out, StorageHasher hasher, ByteView part);

/// The type of each key part, one per hasher; empty for a plain value.
/// @errors MetadataError::kBadType when the key type does not have one part per hasher
[[nodiscard]] Result<std::vector<TypeId>> key_part_types(const TypeRegistry& types,
                                                         const StorageEntry& entry);

/// The SCALE bytes of the key parts of a full key. The hash in front of each part is checked.
/// @errors LookupError::kNoSuchPallet, kNoSuchStorageItem, kForeignKey; kNotReversible; DecodeError
[[nodiscard]] Result<std::vector<Bytes>> split_storage_key(const Metadata& metadata,
                                                           std::string_view pallet,
                                                           std::string_view item,
                                                           ByteView key);
/// The same, as values. @errors as split_storage_key
[[nodiscard]] Result<std::vector<Value>> decode_storage_key(const Metadata& metadata,
                                                            std::string_view pallet,
                                                            std::string_view item,
                                                            ByteView key);

/// The value of an item: `stored` decoded, or what an absent one reads as.
/// nullopt when it is absent and the item has no default.
/// @errors LookupError::kNoSuchPallet, kNoSuchStorageItem; ValueError; DecodeError
[[nodiscard]] Result<std::optional<Value>> decode_storage_value(const Metadata& metadata,
                                                                std::string_view pallet,
                                                                std::string_view item,
                                                                std::optional<ByteView> stored);

}  // namespace redoubt::substrate
