/// Storage items of pallets, typed: where a value lies and how it is encoded.
///
/// A value that does not decode reads as absent, as in FRAME.
#pragma once

#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>

#include <optional>
#include <string_view>
#include <substrate/storage_key.hpp>
#include <tools/devchain/runtime/storage.hpp>

namespace redoubt::devchain {

using Hasher = substrate::StorageHasher;
/// What clients are told that an absent value means.
enum class Absent { kNone, kDefault };

namespace detail {

template <class T>
[[nodiscard]] std::optional<T> decode_or_absent(const std::optional<Bytes>& bytes) {
    if (!bytes) {
        return std::nullopt;
    }
    auto value = scale::decode<T>(*bytes);
    return value ? std::optional<T>{std::move(value).value()} : std::nullopt;
}

}  // namespace detail

template <class T>
class StorageValue {
  public:
    using Value = T;
    StorageValue(std::string_view pallet, std::string_view item, Absent absent)
        : item_(item), absent_(absent), key_(substrate::storage_prefix(pallet, item)) {}

    [[nodiscard]] std::optional<T> find(const Storage& storage) const {
        return detail::decode_or_absent<T>(storage.get(key_));
    }
    /// The value, or T{} when there is none.
    [[nodiscard]] T get(const Storage& storage) const { return find(storage).value_or(T{}); }
    void put(Storage& storage, const T& value) const { storage.put(key_, scale::encode(value)); }
    void kill(Storage& storage) const { storage.erase(key_); }

    [[nodiscard]] std::string_view item() const noexcept { return item_; }
    [[nodiscard]] Absent absent() const noexcept { return absent_; }
    [[nodiscard]] const Bytes& key() const noexcept { return key_; }

  private:
    std::string_view item_;
    Absent absent_;
    Bytes key_;
};

template <class K, class T>
class StorageMap {
  public:
    using Key = K;
    using Value = T;
    StorageMap(std::string_view pallet, std::string_view item, Hasher hasher, Absent absent)
        : item_(item), hasher_(hasher), absent_(absent), prefix_(substrate::storage_prefix(pallet, item)) {}

    [[nodiscard]] std::optional<T> find(const Storage& storage, const K& key) const {
        return detail::decode_or_absent<T>(storage.get(key_of(key)));
    }
    [[nodiscard]] T get(const Storage& storage, const K& key) const {
        return find(storage, key).value_or(T{});
    }
    [[nodiscard]] bool contains(const Storage& storage, const K& key) const {
        return storage.get(key_of(key)).has_value();
    }
    void put(Storage& storage, const K& key, const T& value) const {
        storage.put(key_of(key), scale::encode(value));
    }
    void erase(Storage& storage, const K& key) const { storage.erase(key_of(key)); }

    [[nodiscard]] Bytes key_of(const K& key) const {
        auto out = prefix_;
        substrate::append_hashed(out, hasher_, scale::encode(key));
        return out;
    }
    [[nodiscard]] std::string_view item() const noexcept { return item_; }
    [[nodiscard]] Hasher hasher() const noexcept { return hasher_; }
    [[nodiscard]] Absent absent() const noexcept { return absent_; }
    [[nodiscard]] const Bytes& prefix() const noexcept { return prefix_; }

  private:
    std::string_view item_;
    Hasher hasher_;
    Absent absent_;
    Bytes prefix_;
};

}  // namespace redoubt::devchain
