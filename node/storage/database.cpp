#include <node/storage/database.hpp>

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace redoubt::node {
namespace {

rocksdb::Slice slice_of(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ByteView view_of(const rocksdb::Slice& slice) {
    return bytes_of({slice.data(), slice.size()});
}

/// What opening may have to write: the log anew as a table, and a log for the next records.
constexpr std::uint64_t kOpeningBytes = std::uint64_t{32} << 20;

bool says(const rocksdb::Status& status, int error) {
    return status.ToString().find(std::strerror(error)) != std::string::npos;
}

/// Which fault a status is; nullopt for what does not pass. RocksDB tells ENOSPC by a code, the others by the
/// system's words alone.
std::optional<StorageFault> fault_of(const rocksdb::Status& status) {
    if (status.IsNoSpace()) {
        return StorageFault::kNoSpace;
    }
    if (!status.IsIOError()) {
        return std::nullopt;
    }
    if (says(status, EDQUOT)) {
        return StorageFault::kNoSpace;
    }
    return says(status, EROFS) ? StorageFault::kReadOnly : StorageFault::kIoError;
}

Problem problem_of(const rocksdb::Status& status, const std::filesystem::path& folder) {
    if (status.IsCorruption()) {
        return Problem{
            ExitCode::kDataDirectory,
            fmt::format("the database {} is damaged: {}", folder.string(), status.ToString()),
            "Restore the data directory from a backup. Without one, move it away: a new identity can "
            "carry a new shard, but what only this directory held is lost."};
    }
    const auto fault = fault_of(status);
    if (fault == StorageFault::kNoSpace) {
        return Problem{ExitCode::kDataDirectory,
                       fmt::format("no space left for the database {}", folder.string()),
                       fmt::format("Free {} MiB or more on that file system; nothing acknowledged is lost.",
                                   kOpeningBytes >> 20)};
    }
    if (fault == StorageFault::kReadOnly) {
        return Problem{ExitCode::kDataDirectory,
                       fmt::format("the file system of the database {} is read-only", folder.string()),
                       "Look for the cause in the kernel's log (dmesg), then mount it writable; nothing "
                       "acknowledged is lost."};
    }
    return Problem{
        ExitCode::kDataDirectory,
        fmt::format("the database {} cannot be used: {}", folder.string(), status.ToString()),
        "Check permissions and the health of the disk. If files are missing or damaged, restore the "
        "data directory from a backup."};
}

/// What RocksDB reports goes to the daemon's log. A log of its own would lie on the disk that fails: it grows
/// there, and a failed write to it ends the process in builds of RocksDB that keep their assertions.
class ReportLogger final : public rocksdb::Logger {
  public:
    ReportLogger() : Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}
    using Logger::Logv;
    void Logv(const char* format, va_list arguments) override {
        std::array<char, 1024> text{};
        std::vsnprintf(text.data(), text.size(), format, arguments);
        spdlog::debug("database: {}", text.data());
    }
};

rocksdb::Options database_options(rocksdb::Env* env) {
    rocksdb::Options options;
    if (env != nullptr) {
        options.env = env;
    }
    options.create_if_missing = true;
    options.paranoid_checks = true;
    // A record that a crash cut off at the end of the log was never acknowledged; any other damage is an
    // error.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.track_and_verify_wals_in_manifest = true;
    options.info_log = std::make_shared<ReportLogger>();
    options.write_buffer_size = std::size_t{16} << 20;
    options.max_open_files = 64;
    // What is kept is sealed and does not become smaller; and what lies in the files can be searched.
    options.compression = rocksdb::kNoCompression;
    options.max_manifest_file_size = std::size_t{4} << 20;
    // Nobody reads statistics, neither in the log nor in memory.
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    // Database::reopen() is the one way back from an error.
    options.max_bgerror_resume_count = 0;
    return options;
}

/// The manifest of a database whose creation did not get to its end: opening begins another one.
constexpr std::string_view kFirstManifest = "MANIFEST-000001";

bool was_ever_open(const std::filesystem::path& folder) {
    std::ifstream current{folder / "CURRENT"};
    std::string manifest;
    return !std::getline(current, manifest) || manifest != kFirstManifest;
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
    return has_manifest && was_ever_open(folder);
}

/// What decides what opening for reading finds: which logs and tables there are, and how long the manifest
/// is.
std::vector<std::pair<std::string, std::uint64_t>> arrangement(const std::filesystem::path& folder) {
    std::vector<std::pair<std::string, std::uint64_t>> out;
    std::error_code error;
    for (std::filesystem::directory_iterator entry{folder, error}, end; !error && entry != end;
         entry.increment(error)) {
        const auto name = entry->path().filename().string();
        if (name.ends_with(".log") || name.ends_with(".sst")) {
            out.emplace_back(name, 0);
        } else if (name.starts_with("MANIFEST-")) {
            std::error_code unknown;
            out.emplace_back(name, entry->file_size(unknown));
        }
    }
    std::ranges::sort(out);
    return out;
}

/// Whether the disk takes bytes, keeps them, and has room for opening the database.
rocksdb::Status probe(rocksdb::Env& env, const std::filesystem::path& folder) {
    constexpr std::size_t kProbeBytes = std::size_t{64} << 10;
    const auto path = (folder / "PROBE").string();
    const std::string bytes(kProbeBytes, '\0');
    std::unique_ptr<rocksdb::WritableFile> file;
    auto status = env.NewWritableFile(path, &file, rocksdb::EnvOptions{});
    if (status.ok()) {
        status = file->Append(bytes);
    }
    if (status.ok()) {
        status = file->Sync();
    }
    if (file) {
        const auto closed = file->Close();
        const auto deleted = env.DeleteFile(path);
        status = status.ok() ? closed : status;
        status = status.ok() ? deleted : status;
    }
    std::uint64_t free = 0;
    if (status.ok() && env.GetFreeSpace(folder.string(), &free).ok() && free < kOpeningBytes) {
        return rocksdb::Status::NoSpace();
    }
    return status;
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
    rocksdb::Env* env = nullptr;
    std::shared_mutex access;  ///< exclusive while `database` changes
    /// nullptr when it was closed and could not be opened again: `problem` says why.
    std::unique_ptr<rocksdb::DB> database;
    const rocksdb::Snapshot* held = nullptr;  ///< of `database`
    std::optional<StorageFault> fault;  ///< the writing thread's, as `problem` while there is a database
    Problem problem;

    /// Remembers a failure.
    Problem fail(const rocksdb::Status& status) {
        fault = fault_of(status);
        problem = problem_of(status, folder);
        return problem;
    }
    void release() {
        if (held != nullptr) {
            database->ReleaseSnapshot(held);
            held = nullptr;
        }
    }
    Outcome<std::optional<Bytes>> get(ByteView key, const rocksdb::Snapshot* snapshot) const {
        if (!database) {
            return problem;
        }
        rocksdb::ReadOptions options;
        options.verify_checksums = true;
        options.snapshot = snapshot;
        std::string value;
        const auto status = database->Get(options, slice_of(key), &value);
        if (status.IsNotFound()) {
            return std::optional<Bytes>{};
        }
        if (!status.ok()) {
            return problem_of(status, folder);
        }
        return std::optional<Bytes>{to_bytes(bytes_of(value))};
    }
    void close() {
        release();
        if (database) {
            database->Close();
            database.reset();
        }
    }
    rocksdb::Status open(bool create) {
        auto options = database_options(env);
        options.create_if_missing = create;
        rocksdb::DB* raw = nullptr;
        if (lacks_log(folder)) {
            return rocksdb::Status::Corruption("its write-ahead log (*.log) is missing");
        }
        const auto status = rocksdb::DB::Open(options, folder.string(), &raw);
        database.reset(raw);
        return status;
    }
};

Database::Database(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {
}

Database::~Database() {
    handle_->close();
}

Outcome<std::unique_ptr<Database>> Database::open(const std::filesystem::path& folder, rocksdb::Env* env) {
    auto handle = std::make_unique<Handle>();
    handle->folder = folder;
    handle->env = env;
    const auto status = handle->open(true);
    if (!status.ok()) {
        return problem_of(status, folder);
    }
    return std::unique_ptr<Database>{new Database{std::move(handle)}};
}

Outcome<std::unique_ptr<Database>> Database::open_read_only(const std::filesystem::path& folder,
                                                            rocksdb::Env* env) {
    if (lacks_log(folder)) {
        return problem_of(rocksdb::Status::Corruption("its write-ahead log (*.log) is missing"), folder);
    }
    constexpr int kAttempts = 50;  // a daemon may replace files while they are opened one by one
    auto options = database_options(env);
    options.create_if_missing = false;
    options.max_open_files = -1;  // all at once: they stay readable when the daemon removes them
    rocksdb::Status status;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const auto before = arrangement(folder);
        rocksdb::DB* raw = nullptr;
        status = rocksdb::DB::OpenForReadOnly(options, folder.string(), &raw);
        auto handle = std::make_unique<Handle>();
        handle->folder = folder;
        handle->database.reset(raw);
        // A log that was turned into a table meanwhile may be in neither: another look.
        if (status.ok() && arrangement(folder) == before) {
            return std::unique_ptr<Database>{new Database{std::move(handle)}};
        }
    }
    if (status.ok()) {
        return Problem{
            ExitCode::kDataDirectory,
            fmt::format("the files of the database {} changed whenever they were opened", folder.string()),
            "Try again."};
    }
    return problem_of(status, folder);
}

std::optional<StorageFault> Database::fault() const {
    return handle_->fault;
}

Outcome<> Database::reopen() {
    auto& env = handle_->env != nullptr ? *handle_->env : *rocksdb::Env::Default();
    const auto able = probe(env, handle_->folder);
    const std::unique_lock lock{handle_->access};
    if (!able.ok()) {
        return handle_->fail(able);
    }
    handle_->close();
    const auto opened = handle_->open(false);
    if (!opened.ok()) {
        return handle_->fail(opened);
    }
    handle_->fault.reset();
    return success();
}

Outcome<std::optional<Bytes>> Database::get(ByteView key) const {
    const std::shared_lock lock{handle_->access};
    return handle_->get(key, nullptr);
}

void Database::hold() {
    const std::unique_lock lock{handle_->access};
    handle_->release();
    handle_->held = handle_->database ? handle_->database->GetSnapshot() : nullptr;
}

void Database::release() {
    const std::unique_lock lock{handle_->access};
    handle_->release();
}

bool Database::holds() const {
    const std::shared_lock lock{handle_->access};
    return handle_->held != nullptr;
}

Outcome<std::optional<Bytes>> Database::get_held(ByteView key) const {
    const std::shared_lock lock{handle_->access};
    REDOUBT_ASSERT(handle_->held != nullptr);
    return handle_->get(key, handle_->held);
}

Outcome<> Database::write(Batch batch) {
    const std::shared_lock lock{handle_->access};
    if (!handle_->database || handle_->fault) {
        return handle_->problem;
    }
    rocksdb::WriteOptions options;
    options.sync = true;
    const auto status = handle_->database->Write(options, &batch.parts_->changes);
    if (!status.ok()) {
        return handle_->fail(status);
    }
    return success();
}

Outcome<> Database::compact() {
    const std::shared_lock lock{handle_->access};
    if (!handle_->database || handle_->fault) {
        return handle_->problem;
    }
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    const auto status = handle_->database->CompactRange(options, nullptr, nullptr);
    if (!status.ok()) {
        return handle_->fail(status);
    }
    return success();
}

Outcome<> Database::scan(ByteView first,
                         ByteView last,
                         const std::function<bool(ByteView key, ByteView value)>& visit) const {
    const std::shared_lock lock{handle_->access};
    if (!handle_->database) {
        return handle_->problem;
    }
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
