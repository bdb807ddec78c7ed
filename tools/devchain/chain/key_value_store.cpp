#include <tools/devchain/chain/key_value_store.hpp>

#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>
#include <sys/file.h>
#include <unistd.h>

#include <map>

namespace redoubt::devchain {
namespace {

bool begins_with(ByteView key, ByteView prefix) {
    return key.size() >= prefix.size() && equal(key.first(prefix.size()), prefix);
}

class MemoryStore final : public KeyValueStore {
  public:
    [[nodiscard]] Result<std::optional<Bytes>> get(ByteView key) const override {
        const auto found = entries_.find(to_bytes(key));
        return found == entries_.end() ? std::optional<Bytes>{} : std::optional{found->second};
    }
    [[nodiscard]] Result<void> write(const StoreBatch& batch) override {
        for (const auto& [key, value] : batch) {
            if (value) {
                entries_.insert_or_assign(key, *value);
            } else {
                entries_.erase(key);
            }
        }
        return success();
    }
    [[nodiscard]] Result<void> scan(ByteView prefix,
                                    const std::function<bool(ByteView, ByteView)>& visit) const override {
        for (auto entry = entries_.lower_bound(to_bytes(prefix));
             entry != entries_.end() && begins_with(entry->first, prefix) &&
             visit(entry->first, entry->second);
             ++entry) {
        }
        return success();
    }

  private:
    std::map<Bytes, Bytes> entries_;
};

rocksdb::Slice slice_of(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ByteView view_of(const rocksdb::Slice& slice) {
    return bytes_of({slice.data(), slice.size()});
}

ChainError error_of(const rocksdb::Status& status) {
    return status.IsCorruption() ? ChainError::kDamagedDatabase : ChainError::kBasePathUnusable;
}

/// A file that one process at a time holds, so that a second one is told why it cannot start.
class FolderLock {
  public:
    [[nodiscard]] static Result<FolderLock> take(const std::filesystem::path& folder) {
        const int descriptor =
            ::open((folder / "redoubt-devchain.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (descriptor < 0) {
            return ChainError::kBasePathUnusable;
        }
        FolderLock lock{descriptor};
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            return ChainError::kBasePathLocked;
        }
        return lock;
    }
    FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }

  private:
    explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

class RocksDbStore final : public KeyValueStore {
  public:
    RocksDbStore(FolderLock lock, std::unique_ptr<rocksdb::DB> database)
        : lock_(std::move(lock)), database_(std::move(database)) {}
    RocksDbStore(const RocksDbStore&) = delete;
    RocksDbStore& operator=(const RocksDbStore&) = delete;
    ~RocksDbStore() override { database_->Close(); }

    [[nodiscard]] Result<std::optional<Bytes>> get(ByteView key) const override {
        std::string value;
        const auto status = database_->Get(rocksdb::ReadOptions{}, slice_of(key), &value);
        if (status.IsNotFound()) {
            return std::optional<Bytes>{};
        }
        if (!status.ok()) {
            return error_of(status);
        }
        return std::optional{to_bytes(bytes_of(value))};
    }
    [[nodiscard]] Result<void> write(const StoreBatch& batch) override {
        rocksdb::WriteBatch changes;
        for (const auto& [key, value] : batch) {
            if (value) {
                changes.Put(slice_of(key), slice_of(*value));
            } else {
                changes.Delete(slice_of(key));
            }
        }
        rocksdb::WriteOptions options;
        options.sync = true;
        const auto status = database_->Write(options, &changes);
        if (!status.ok()) {
            return error_of(status);
        }
        return success();
    }
    [[nodiscard]] Result<void> scan(ByteView prefix,
                                    const std::function<bool(ByteView, ByteView)>& visit) const override {
        const std::unique_ptr<rocksdb::Iterator> iterator{database_->NewIterator(rocksdb::ReadOptions{})};
        for (iterator->Seek(slice_of(prefix));
             iterator->Valid() && begins_with(view_of(iterator->key()), prefix); iterator->Next()) {
            if (!visit(view_of(iterator->key()), view_of(iterator->value()))) {
                break;
            }
        }
        if (!iterator->status().ok()) {
            return error_of(iterator->status());
        }
        return success();
    }

  private:
    FolderLock lock_;
    std::unique_ptr<rocksdb::DB> database_;
};

rocksdb::Options database_options() {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.paranoid_checks = true;
    // A record that a crash cut off at the end of the log was never acknowledged; any other damage is an
    // error.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.keep_log_file_num = 4;
    options.max_log_file_size = std::size_t{1} << 20;
    options.write_buffer_size = std::size_t{16} << 20;
    options.max_open_files = 64;
    return options;
}

}  // namespace

std::unique_ptr<KeyValueStore> make_memory_store() {
    return std::make_unique<MemoryStore>();
}

Result<std::unique_ptr<KeyValueStore>> open_rocksdb_store(const std::filesystem::path& folder) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure) {
        return ChainError::kBasePathUnusable;
    }
    BOOST_OUTCOME_TRY(auto lock, FolderLock::take(folder));
    rocksdb::DB* raw = nullptr;
    const auto status = rocksdb::DB::Open(database_options(), (folder / "db").string(), &raw);
    std::unique_ptr<rocksdb::DB> database{raw};
    if (!status.ok()) {
        return error_of(status);
    }
    return std::unique_ptr<KeyValueStore>{
        std::make_unique<RocksDbStore>(std::move(lock), std::move(database))};
}

}  // namespace redoubt::devchain
