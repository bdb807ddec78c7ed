/// RocksDB behind four calls: ordered bytes to bytes, synced batches, damage reported with file and remedy.
///
/// Every call blocks: coroutines run it on a thread pool (node/blocking.hpp). One thread at a time writes.
#pragma once

#include <node/problem.hpp>
#include <primitives/bytes.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace redoubt::node {

/// Changes that become durable together.
class Batch {
  public:
    Batch();
    Batch(Batch&&) noexcept;
    Batch& operator=(Batch&&) noexcept;
    ~Batch();

    void put(ByteView key, ByteView value);
    void erase(ByteView key);
    /// Removes every key in [first, last).
    void erase_range(ByteView first, ByteView last);

  private:
    friend class Database;
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// An open database. Closed, after its last write is on disk, when the object goes.
class Database {
  public:
    /// Opens or creates the database in `folder`.
    /// @errors kDataDirectory: damaged files, no space, no permission
    [[nodiscard]] static Outcome<std::unique_ptr<Database>> open(const std::filesystem::path& folder);

    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    /// The value of a key; nullopt when it is absent.
    [[nodiscard]] Outcome<std::optional<Bytes>> get(ByteView key) const;

    /// Applies a batch; when this returns success it survives a power cut.
    [[nodiscard]] Outcome<> write(Batch batch);

    /// Visits the keys in [first, last) in ascending order until `visit` returns false.
    [[nodiscard]] Outcome<> scan(ByteView first,
                                 ByteView last,
                                 const std::function<bool(ByteView key, ByteView value)>& visit) const;

  private:
    struct Handle;
    explicit Database(std::unique_ptr<Handle> handle);

    std::unique_ptr<Handle> handle_;
};

}  // namespace redoubt::node
