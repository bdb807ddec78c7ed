#include <primitives/byte_cursor.hpp>
#include <primitives/crypto/hashing.hpp>
#include <substrate/dynamic_codec.hpp>
#include <substrate/storage_key.hpp>

namespace redoubt::substrate {
namespace {

Result<const StorageEntry*> find_entry(const Pallet* pallet, std::string_view item) {
    if (pallet == nullptr) {
        return LookupError::kNoSuchPallet;
    }
    const auto* entry = pallet->find_storage(item);
    if (entry == nullptr) {
        return LookupError::kNoSuchStorageItem;
    }
    return entry;
}

/// Bytes that a hasher puts in front of the part.
std::size_t hash_bytes(StorageHasher hasher) noexcept {
    switch (hasher) {
        case StorageHasher::kBlake2_128:
        case StorageHasher::kBlake2_128Concat:
        case StorageHasher::kTwox128:
            return 16;
        case StorageHasher::kBlake2_256:
        case StorageHasher::kTwox256:
            return 32;
        case StorageHasher::kTwox64Concat:
            return 8;
        case StorageHasher::kIdentity:
            return 0;
    }
    return 0;
}

bool is_reversible(StorageHasher hasher) noexcept {
    return hasher == StorageHasher::kBlake2_128Concat || hasher == StorageHasher::kTwox64Concat ||
           hasher == StorageHasher::kIdentity;
}

}  // namespace

Bytes storage_prefix(std::string_view prefix, std::string_view item) {
    return concat(crypto::twox_128(bytes_of(prefix)), crypto::twox_128(bytes_of(item)));
}

Result<Bytes> storage_prefix(const Metadata& metadata, std::string_view pallet, std::string_view item) {
    const auto* found = metadata.find_pallet(pallet);
    BOOST_OUTCOME_TRY(find_entry(found, item));
    return storage_prefix(found->storage_prefix, item);
}

void append_hashed(Bytes& out, StorageHasher hasher, ByteView part) {
    switch (hasher) {
        case StorageHasher::kBlake2_128:
            append(out, crypto::blake2b_128(part).view());
            return;
        case StorageHasher::kBlake2_256:
            append(out, crypto::blake2b_256(part).view());
            return;
        case StorageHasher::kBlake2_128Concat:
            append(out, crypto::blake2b_128(part).view());
            append(out, part);
            return;
        case StorageHasher::kTwox128:
            append(out, crypto::twox_128(part).view());
            return;
        case StorageHasher::kTwox256:
            append(out, crypto::twox_256(part).view());
            return;
        case StorageHasher::kTwox64Concat:
            append(out, crypto::twox_64(part).view());
            append(out, part);
            return;
        case StorageHasher::kIdentity:
            append(out, part);
            return;
    }
}

Result<Bytes> storage_key(const Metadata& metadata,
                          std::string_view pallet,
                          std::string_view item,
                          std::span<const Bytes> scale_encoded_key_parts) {
    const auto* found = metadata.find_pallet(pallet);
    BOOST_OUTCOME_TRY(const auto* entry, find_entry(found, item));
    if (scale_encoded_key_parts.size() > entry->hashers.size()) {
        return LookupError::kWrongKeyParts;
    }
    auto out = storage_prefix(found->storage_prefix, item);
    for (std::size_t i = 0; i < scale_encoded_key_parts.size(); ++i) {
        append_hashed(out, entry->hashers[i], scale_encoded_key_parts[i]);
    }
    return out;
}

Result<std::vector<TypeId>> key_part_types(const TypeRegistry& types, const StorageEntry& entry) {
    if (!entry.key) {
        return std::vector<TypeId>{};
    }
    if (entry.hashers.size() == 1) {
        return std::vector<TypeId>{*entry.key};
    }
    const auto* tuple = types.find_def<TupleDef>(*entry.key);
    if (tuple == nullptr || tuple->elements.size() != entry.hashers.size()) {
        return MetadataError::kBadType;
    }
    return tuple->elements;
}

Result<std::vector<Bytes>> split_storage_key(const Metadata& metadata,
                                             std::string_view pallet,
                                             std::string_view item,
                                             ByteView key) {
    const auto* found = metadata.find_pallet(pallet);
    BOOST_OUTCOME_TRY(const auto* entry, find_entry(found, item));
    const auto prefix = storage_prefix(found->storage_prefix, item);
    ByteCursor in{key};
    const auto given_prefix = in.take(prefix.size());
    if (!given_prefix || !equal(given_prefix.value(), prefix)) {
        return LookupError::kForeignKey;
    }
    BOOST_OUTCOME_TRY(const auto part_types, key_part_types(metadata.types(), *entry));
    std::vector<Bytes> out;
    for (std::size_t i = 0; i < part_types.size(); ++i) {
        const auto hasher = entry->hashers[i];
        if (!is_reversible(hasher)) {
            return LookupError::kNotReversible;
        }
        const auto from = in.rest();
        BOOST_OUTCOME_TRY(in.take(hash_bytes(hasher)));
        const auto part_from = in.rest();
        BOOST_OUTCOME_TRY(skip_value(metadata.types(), part_types[i], in));
        const auto part = part_from.first(part_from.size() - in.remaining());
        Bytes expected;
        append_hashed(expected, hasher, part);
        if (!equal(expected, from.first(from.size() - in.remaining()))) {
            return LookupError::kForeignKey;
        }
        out.push_back(to_bytes(part));
    }
    BOOST_OUTCOME_TRY(in.expect_end());
    return out;
}

Result<std::vector<Value>> decode_storage_key(const Metadata& metadata,
                                              std::string_view pallet,
                                              std::string_view item,
                                              ByteView key) {
    BOOST_OUTCOME_TRY(const auto parts, split_storage_key(metadata, pallet, item, key));
    BOOST_OUTCOME_TRY(const auto* entry, find_entry(metadata.find_pallet(pallet), item));
    BOOST_OUTCOME_TRY(const auto part_types, key_part_types(metadata.types(), *entry));
    std::vector<Value> out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        BOOST_OUTCOME_TRY(auto value, decode_value(metadata.types(), part_types[i], ByteView{parts[i]}));
        out.push_back(std::move(value));
    }
    return out;
}

Result<std::optional<Value>> decode_storage_value(const Metadata& metadata,
                                                  std::string_view pallet,
                                                  std::string_view item,
                                                  std::optional<ByteView> stored) {
    BOOST_OUTCOME_TRY(const auto* entry, find_entry(metadata.find_pallet(pallet), item));
    if (!stored && !entry->has_default) {
        return std::optional<Value>{};
    }
    BOOST_OUTCOME_TRY(auto value,
                      decode_value(metadata.types(), entry->value, stored ? *stored : entry->default_value));
    return std::optional<Value>{std::move(value)};
}

}  // namespace redoubt::substrate
