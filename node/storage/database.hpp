/// RocksDB behind four calls: ordered bytes to bytes, synced batches, damage reported with file and remedy.
///
/// A disk that takes nothing (full, read-only, defective) is a fault that may pass: what was written before
/// stays readable, nothing more is written, and reopen() says whether the disk is well again. Every call
/// blocks: coroutines run it on a thread pool (node/blocking.hpp). One thread at a time writes or reopens;
/// others may read meanwhile.
#pragma once

#include <node/problem.hpp>
#include <primitives/bytes.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace rocksdb {
class Env;
}

namespace redoubt::node {

/// Why the disk takes nothing now and may later.
enum class StorageFault : std::uint8_t {
    kNoSpace,   ///< the file system or the user's share of it is full
    kReadOnly,  ///< the file system takes no writes: mounted so, or after an error of the disk
    kIoError,   ///< anything else, for example an fdatasync that failed
    kNoAnswer,  ///< a write does not end; the database itself never reports it
};

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
    /// @param env  what stands between RocksDB and the disk; nullptr for nothing
    /// @errors kDataDirectory: damaged files, no space, no permission
    [[nodiscard]] static Outcome<std::unique_ptr<Database>> open(const std::filesystem::path& folder,
                                                                 rocksdb::Env* env = nullptr);
    /// Opens what `folder` holds now, for reading: no lock is taken and nothing is written, so that a daemon
    /// may be working on it. It shows the database as it was after one of its batches, and goes on to: what
    /// is written later is not seen, and what the daemon removes stays readable. write() fails.
    /// @param env  as for open
    /// @errors kDataDirectory
    [[nodiscard]] static Outcome<std::unique_ptr<Database>> open_read_only(
        const std::filesystem::path& folder,
        rocksdb::Env* env = nullptr);

    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    /// The value of a key; nullopt when it is absent.
    [[nodiscard]] Outcome<std::optional<Bytes>> get(ByteView key) const;

    /// Keeps what is stored now readable by get_held(), whatever is written later, until release() or
    /// reopen().
    void hold();
    void release();
    [[nodiscard]] bool holds() const;
    /// As get(), of what hold() keeps. @pre holds()
    [[nodiscard]] Outcome<std::optional<Bytes>> get_held(ByteView key) const;

    /// Applies a batch; when this returns success it survives a power cut. After an error readers see nothing
    /// of it, and whether it is found after the next opening is open; until reopen() succeeds nothing is
    /// written.
    [[nodiscard]] Outcome<> write(Batch batch);

    /// Writes all tables anew, without what was deleted or replaced. Needs as much space again while it
    /// works.
    /// @errors kDataDirectory
    [[nodiscard]] Outcome<> compact();

    /// Why write() or reopen() failed last, when that may pass; nullopt when all is well or nothing helps.
    /// For the thread that writes.
    [[nodiscard]] std::optional<StorageFault> fault() const;

    /// Closes and opens again once the disk takes and keeps bytes. After a failed sync nobody knows what of
    /// the log is on the disk: opening reads what is there, writes it anew, and begins another log. What was
    /// open stays readable while the disk takes nothing.
    /// @errors kDataDirectory
    [[nodiscard]] Outcome<> reopen();

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
