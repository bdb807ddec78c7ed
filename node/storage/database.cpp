#include <node/storage/database.hpp>

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <system_error>
#include <utility>

namespace redoubt::node {
namespace {

rocksdb::Slice slice_of(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ByteView view_of(const rocksdb::Slice& slice) {
    return bytes_of({slice.data(), slice.size()});
}

Problem problem_of(const rocksdb::Status& status, const std::filesystem::path& folder) {
    if (status.IsCorruption()) {
        return Problem{
            ExitCode::kDataDirectory,
            fmt::format("the database {} is damaged: {}", folder.string(), status.ToString()),
            "Restore the data directory from a backup. Without one, move it away: a new identity can "
            "carry a new shard, but what only this directory held is lost."};
    }
    if (status.IsNoSpace()) {
        return Problem{ExitCode::kDataDirectory,
                       fmt::format("no space left for the database {}", folder.string()),
                       "Free space on that file system and start again; nothing acknowledged is lost."};
    }
    return Problem{
        ExitCode::kDataDirectory,
        fmt::format("the database {} cannot be used: {}", folder.string(), status.ToString()),
        "Check permissions and the health of the disk. If files are missing or damaged, restore the "
        "data directory from a backup."};
}

rocksdb::Options database_options() {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.paranoid_checks = true;
    // A record that a crash cut off at the end of the log was never acknowledged; any other damage is an
    // error.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.track_and_verify_wals_in_manifest = true;
    options.keep_log_file_num = 4;
    options.max_log_file_size = std::size_t{1} << 20;
    options.write_buffer_size = std::size_t{16} << 20;
    options.max_open_files = 64;
    // What is kept is sealed and does not become smaller; and what lies in the files can be searched.
    options.compression = rocksdb::kNoCompression;
    return options;
}

/// True for a database without a write-ahead log. One that was ever open has a log, which holds what was
/// written last; RocksDB notices only the loss of logs before the newest.
bool lacks_log(const std::filesystem::path& folder) {
    std::error_code error;
    bool has_manifest = false;
    for (std::filesystem::directory_iterator entry{folder, error}, end; !error && entry != end;
         entry.increment(error)) {
        const auto extension = entry->path().extension();
        if (extension == ".log") {
            return false;
        }
        has_manifest = has_manifest || entry->path().filename() == "CURRENT";
    }
    return has_manifest;
}

}  // namespace

struct Batch::Parts {
    rocksdb::WriteBatch changes;
};

Batch::Batch() : parts_(std::make_unique<Parts>()) {
}
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;
Batch::~Batch() = default;

void Batch::put(ByteView key, ByteView value) {
    parts_->changes.Put(slice_of(key), slice_of(value));
}

void Batch::erase(ByteView key) {
    parts_->changes.Delete(slice_of(key));
}

void Batch::erase_range(ByteView first, ByteView last) {
    parts_->changes.DeleteRange(slice_of(first), slice_of(last));
}

struct Database::Handle {
    std::filesystem::path folder;
    std::unique_ptr<rocksdb::DB> database;
};

Database::Database(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {
}

Database::~Database() {
    handle_->database->Close();
}

Outcome<std::unique_ptr<Database>> Database::open(const std::filesystem::path& folder) {
    if (lacks_log(folder)) {
        return problem_of(rocksdb::Status::Corruption("its write-ahead log (*.log) is missing"), folder);
    }
    rocksdb::DB* raw = nullptr;
    const auto status = rocksdb::DB::Open(database_options(), folder.string(), &raw);
    if (!status.ok()) {
        return problem_of(status, folder);
    }
    auto handle = std::make_unique<Handle>();
    handle->folder = folder;
    handle->database.reset(raw);
    return std::unique_ptr<Database>{new Database{std::move(handle)}};
}

Outcome<std::optional<Bytes>> Database::get(ByteView key) const {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    std::string value;
    const auto status = handle_->database->Get(options, slice_of(key), &value);
    if (status.IsNotFound()) {
        return std::optional<Bytes>{};
    }
    if (!status.ok()) {
        return problem_of(status, handle_->folder);
    }
    return std::optional<Bytes>{to_bytes(bytes_of(value))};
}

Outcome<> Database::write(Batch batch) {
    rocksdb::WriteOptions options;
    options.sync = true;
    const auto status = handle_->database->Write(options, &batch.parts_->changes);
    if (!status.ok()) {
        return problem_of(status, handle_->folder);
    }
    return success();
}

Outcome<> Database::scan(ByteView first,
                         ByteView last,
                         const std::function<bool(ByteView key, ByteView value)>& visit) const {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    const auto upper = slice_of(last);
    options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> iterator{handle_->database->NewIterator(options)};
    for (iterator->Seek(slice_of(first)); iterator->Valid(); iterator->Next()) {
        if (!visit(view_of(iterator->key()), view_of(iterator->value()))) {
            break;
        }
    }
    if (!iterator->status().ok()) {
        return problem_of(iterator->status(), handle_->folder);
    }
    return success();
}

}  // namespace redoubt::node
