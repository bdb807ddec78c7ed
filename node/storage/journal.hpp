/// What the daemon keeps for its enclave: the sealed identity, the sealed journal of commits, the sealed
/// pages of the state, and which chain they belong to. Everything sealed is opaque here; the enclave checks
/// order, origin and content itself.
///
/// Keys: "genesis", "identity", "shard"; "restored" in a database that was made from a backup; "j" ++
/// sequence u64 ++ part u32, both big-endian, so that the sealed parts lie in the order in which they are
/// replayed; "p" ++ page id. Every call blocks (see Database).
#pragma once

#include <boundary/messages.hpp>
#include <node/storage/database.hpp>

#include <cstdint>

namespace redoubt::node {

/// Notes in a batch that the database is made from a backup.
void mark_restored(Batch& batch);
/// The key under which that is noted: a backup holds no such entry.
[[nodiscard]] bool is_restored_mark(ByteView key);

/// One commit of the enclave, as it was handed over.
struct JournalRecord {
    std::uint64_t sequence = 0;
    bool is_base = false;  ///< with the pages names the whole state: older records are not needed any more
    std::vector<Bytes> sealed;  ///< the sealed parts, in order
    std::vector<boundary::PageId> pages_removed{};
    std::vector<boundary::SealedPage> pages_written{};
};

/// One sealed part of a stored record.
struct JournalPart {
    std::uint64_t sequence = 0;
    std::uint32_t index = 0;
    Bytes sealed;

    friend bool operator==(const JournalPart&, const JournalPart&) = default;
};

class Journal {
  public:
    /// Opens the journal that lies in `folder`; `env` as for Database::open.
    /// @errors kDataDirectory
    [[nodiscard]] static Outcome<std::unique_ptr<Journal>> open(const std::filesystem::path& folder,
                                                                rocksdb::Env* env = nullptr);

    /// Opens it for reading, beside a daemon that may be writing (Database::open_read_only).
    /// @errors kDataDirectory
    [[nodiscard]] static Outcome<std::unique_ptr<Journal>> open_read_only(
        const std::filesystem::path& folder);

    /// Binds the directory to a chain at first use and refuses another chain later.
    /// @errors kDataDirectory naming both hashes
    [[nodiscard]] Outcome<> bind_genesis(const Hash256& genesis);
    /// Binds the directory to a shard at first use and refuses another shard later.
    /// @errors kDataDirectory naming both shards
    [[nodiscard]] Outcome<> bind_shard(const Hash256& shard);
    /// The shard that was bound; nullopt before the first start.
    [[nodiscard]] Outcome<std::optional<Hash256>> shard() const;

    [[nodiscard]] Outcome<std::optional<Bytes>> sealed_identity() const;
    /// Stores the first identity. A second, different one is refused: it would lose the account.
    [[nodiscard]] Outcome<> store_identity(ByteView sealed);

    /// Stores a record and its pages, synced, as the last one: what lies at its sequence or later goes in the
    /// same batch, and with a base everything before it. What the pages of a base replace stays readable
    /// until settle().
    [[nodiscard]] Outcome<> append(const JournalRecord& record);

    /// The database was made from a backup, and the enclave has not yet found that it is the newest state.
    /// @errors kDataDirectory
    [[nodiscard]] Outcome<bool> is_restored() const;
    /// The enclave has found it so. @errors kDataDirectory
    [[nodiscard]] Outcome<> forget_restored();

    /// Where it lies.
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    /// Why append() or reopen() failed last, when that may pass (Database::fault).
    [[nodiscard]] std::optional<StorageFault> fault() const { return database_->fault(); }
    /// After a fault: once the disk is well, opens the database again. The record that was not stored may be
    /// there or not; storing it again replaces it.
    /// @errors kDataDirectory
    [[nodiscard]] Outcome<> reopen() { return database_->reopen(); }

    /// The enclave knows of the last record that append() stored.
    void settle() { database_->release(); }

    /// A page of the state as it is stored.
    struct StoredPage {
        std::optional<Bytes> sealed;  ///< nullopt: there is none
        bool has_other = false;       ///< the other version may be the right one
    };
    /// From append() of a base until settle() the enclave stands before that base or, when it was told of it,
    /// after it. The page is the older one then.
    /// @param again  that one was refused: the newer one
    /// @errors kDataDirectory
    [[nodiscard]] Outcome<StoredPage> page(const boundary::PageId& id, bool again) const;

    /// Visits every page of the state as it is stored.
    /// @errors kDataDirectory: damaged; what could be read was visited
    [[nodiscard]] Outcome<> for_each_page(
        const std::function<void(const boundary::PageId& id, ByteView sealed)>& visit) const;

    /// The parts after `last` (nullopt: from the first on), in order, until `bytes_max` is exceeded; at least
    /// one if any is left, so an empty answer means the end.
    /// @errors kDataDirectory
    [[nodiscard]] Outcome<std::vector<JournalPart>> read_after(const std::optional<JournalPart>& last,
                                                               std::size_t bytes_max) const;

  private:
    Journal(std::unique_ptr<Database> database, std::filesystem::path folder)
        : database_(std::move(database)), folder_(std::move(folder)) {}
    Outcome<> bind(std::string_view key,
                   const Hash256& value,
                   std::string_view what,
                   std::string_view remedy);

    std::unique_ptr<Database> database_;
    std::filesystem::path folder_;
};

}  // namespace redoubt::node
