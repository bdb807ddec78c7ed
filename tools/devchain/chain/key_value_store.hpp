/// Ordered bytes to bytes, changed in batches: RocksDB in a folder, or memory.
///
/// A batch is applied completely or not at all, also when the process is killed meanwhile. One thread at a
/// time.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <tools/devchain/chain/chain_error.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace redoubt::devchain {

/// Changes in their order; nullopt erases the key.
using StoreBatch = std::vector<std::pair<Bytes, std::optional<Bytes>>>;

class KeyValueStore {
  public:
    KeyValueStore() = default;
    KeyValueStore(const KeyValueStore&) = delete;
    KeyValueStore& operator=(const KeyValueStore&) = delete;
    virtual ~KeyValueStore() = default;

    /// @errors kBasePathUnusable, kDamagedDatabase
    [[nodiscard]] virtual Result<std::optional<Bytes>> get(ByteView key) const = 0;
    /// When this succeeds, the batch survives a power cut (unless all is in memory). @errors as get
    [[nodiscard]] virtual Result<void> write(const StoreBatch& batch) = 0;
    /// Visits the keys that begin with `prefix` in ascending order until `visit` returns false. @errors as
    /// get
    [[nodiscard]] virtual Result<void> scan(
        ByteView prefix,
        const std::function<bool(ByteView key, ByteView value)>& visit) const = 0;
};

/// A store that is gone when the object goes.
[[nodiscard]] std::unique_ptr<KeyValueStore> make_memory_store();
/// Opens or creates the store in `folder`, for this process alone.
/// @errors kBasePathLocked, kBasePathUnusable, kDamagedDatabase
[[nodiscard]] Result<std::unique_ptr<KeyValueStore>> open_rocksdb_store(const std::filesystem::path& folder);

}  // namespace redoubt::devchain
