/// A disk between RocksDB and the real one that fails on demand, for tests.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace redoubt::node::tests {

enum class DiskFault {
    kNone,
    kNoSpace,    ///< half of what is written arrives, then the disk is full
    kReadOnly,   ///< nothing is written, created, renamed or removed
    kIoError,    ///< nothing that is written arrives
    kSyncFails,  ///< what is written arrives, and syncing it fails: it may get lost later
    kSyncHangs,  ///< syncing does not end before the disk is well
};

/// What goes on on the disk; shared by all its files.
struct DiskState {
    std::atomic<DiskFault> fault{DiskFault::kNone};
    std::atomic<int> good_left{0};  ///< operations that succeed before `fault` begins
    std::atomic<bool> has_failed{false};
    std::atomic<int> syncs{0};  ///< barriers that succeeded

    /// The fault that this operation meets.
    DiskFault meet() {
        if (fault == DiskFault::kNone || good_left-- > 0) {
            return DiskFault::kNone;
        }
        good_left = 0;
        has_failed = true;
        return fault;
    }
    rocksdb::IOStatus write() {
        const auto met = meet();
        return met == DiskFault::kSyncFails || met == DiskFault::kSyncHangs ? rocksdb::IOStatus::OK()
                                                                            : status_of(met);
    }
    rocksdb::IOStatus change_folder() {
        const auto met = meet();
        return met == DiskFault::kReadOnly ? status_of(met) : rocksdb::IOStatus::OK();
    }
    /// Counts a barrier. The disk need not see it: the tests' machine stays up.
    rocksdb::IOStatus sync() {
        const auto met = meet();
        if (met == DiskFault::kSyncHangs) {
            fault.wait(DiskFault::kSyncHangs);
        }
        auto status = met == DiskFault::kSyncHangs ? rocksdb::IOStatus::OK() : status_of(met);
        syncs += status.ok() ? 1 : 0;
        return status;
    }

  private:
    static rocksdb::IOStatus status_of(DiskFault met) {
        switch (met) {
            case DiskFault::kNone:
                return rocksdb::IOStatus::OK();
            case DiskFault::kNoSpace:
                return rocksdb::IOStatus::NoSpace("injected");
            case DiskFault::kReadOnly:
                return rocksdb::IOStatus::IOError("injected: Read-only file system");
            default:
                return rocksdb::IOStatus::IOError("injected: Input/output error");
        }
    }
};

class FailingFile final : public rocksdb::FSWritableFileOwnerWrapper {
  public:
    FailingFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::shared_ptr<DiskState> state)
        : FSWritableFileOwnerWrapper(std::move(file)), state_(std::move(state)) {}

    rocksdb::IOStatus Append(const rocksdb::Slice& data,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
        const auto status = state_->write();
        if (status.ok()) {
            return FSWritableFileOwnerWrapper::Append(data, options, debug);
        }
        if (status.IsNoSpace()) {
            const rocksdb::Slice half{data.data(), data.size() / 2};
            FSWritableFileOwnerWrapper::Append(half, options, debug).PermitUncheckedError();
        }
        return status;
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data,
                             const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo& /*verification*/,
                             rocksdb::IODebugContext* debug) override {
        return Append(data, options, debug);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& /*options*/,
                           rocksdb::IODebugContext* /*debug*/) override {
        return state_->sync();
    }
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& /*options*/,
                            rocksdb::IODebugContext* /*debug*/) override {
        return state_->sync();
    }

  private:
    std::shared_ptr<DiskState> state_;
};

class FailingFolder final : public rocksdb::FSDirectoryWrapper {
  public:
    FailingFolder(std::unique_ptr<rocksdb::FSDirectory> folder, std::shared_ptr<DiskState> state)
        : FSDirectoryWrapper(std::move(folder)), state_(std::move(state)) {}

    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& /*options*/,
                            rocksdb::IODebugContext* /*debug*/) override {
        return state_->sync();
    }
    rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& /*options*/,
                                          rocksdb::IODebugContext* /*debug*/,
                                          const rocksdb::DirFsyncOptions& /*why*/) override {
        return state_->sync();
    }

  private:
    std::shared_ptr<DiskState> state_;
};

class FailingFileSystem final : public rocksdb::FileSystemWrapper {
  public:
    explicit FailingFileSystem(std::shared_ptr<DiskState> state)
        : FileSystemWrapper(rocksdb::FileSystem::Default()), state_(std::move(state)) {}

    [[nodiscard]] const char* Name() const override { return "FailingFileSystem"; }

    rocksdb::IOStatus NewWritableFile(const std::string& name,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override {
        auto status = state_->change_folder();
        if (status.ok()) {
            status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
        }
        if (status.ok()) {
            *file = std::make_unique<FailingFile>(std::move(*file), state_);
        }
        return status;
    }
    rocksdb::IOStatus NewDirectory(const std::string& name,
                                   const rocksdb::IOOptions& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* folder,
                                   rocksdb::IODebugContext* debug) override {
        auto status = FileSystemWrapper::NewDirectory(name, options, folder, debug);
        if (status.ok()) {
            *folder = std::make_unique<FailingFolder>(std::move(*folder), state_);
        }
        return status;
    }
    rocksdb::IOStatus DeleteFile(const std::string& name,
                                 const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override {
        const auto status = state_->change_folder();
        return status.ok() ? FileSystemWrapper::DeleteFile(name, options, debug) : status;
    }
    rocksdb::IOStatus RenameFile(const std::string& from,
                                 const std::string& to,
                                 const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override {
        const auto status = state_->change_folder();
        return status.ok() ? FileSystemWrapper::RenameFile(from, to, options, debug) : status;
    }

  private:
    std::shared_ptr<DiskState> state_;
};

/// A disk that is well until it is told to fail. It must outlive the databases on it.
class FailingDisk {
  public:
    [[nodiscard]] rocksdb::Env* env() { return env_.get(); }
    /// Fails from now on, or after so many more operations: writes, syncs, and changes of the folder.
    void fail(DiskFault how, int after = 0) {
        state_->good_left = after;
        state_->has_failed = false;
        state_->fault = how;
        state_->fault.notify_all();
    }
    /// True when an operation has failed since fail().
    [[nodiscard]] bool has_failed() const { return state_->has_failed; }
    void heal() { fail(DiskFault::kNone); }
    [[nodiscard]] int syncs() const { return state_->syncs; }

  private:
    std::shared_ptr<DiskState> state_ = std::make_shared<DiskState>();
    std::unique_ptr<rocksdb::Env> env_ =
        rocksdb::NewCompositeEnv(std::make_shared<FailingFileSystem>(state_));
};

}  // namespace redoubt::node::tests
