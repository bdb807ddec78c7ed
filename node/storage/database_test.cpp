#include <rocksdb/file_system.h>
#include <chrono>
#include <fstream>
#include <functional>
#include <node/storage/database.hpp>
#include <node/storage/failing_disk.hpp>
#include <node/test_support.hpp>
#include <set>
#include <thread>

namespace redoubt::node {
namespace {

namespace fs = std::filesystem;
using tests::DiskFault;
using tests::FailingDisk;
using tests::is_problem;
using tests::TemporaryFolder;

const Bytes kOld{'o'};
const Bytes kNew{'n'};
constexpr std::size_t kValueBytes = 5000;

Batch batch_of(ByteView key) {
    Batch batch;
    batch.put(key, Bytes(kValueBytes, 7));
    return batch;
}

class FailingDatabase : public ::testing::Test {
  protected:
    /// A database that holds kOld.
    void SetUp() override {
        open(folder_.path() / "db");
        ASSERT_TRUE(database_->write(batch_of(kOld)).has_value());
    }
    void open(const fs::path& folder) {
        database_.reset();
        auto opened = Database::open(folder, disk_.env());
        ASSERT_TRUE(opened.has_value()) << opened.error().cause;
        database_ = std::move(opened.value());
    }
    [[nodiscard]] bool holds(ByteView key) const {
        const auto value = database_->get(key);
        EXPECT_TRUE(value.has_value()) << value.error().cause;
        return value.value().has_value();
    }

    TemporaryFolder folder_;
    FailingDisk disk_;
    std::unique_ptr<Database> database_;
};

struct Case {
    DiskFault fault;
    StorageFault reported;
    std::string_view mentions;
};

class EachFault : public FailingDatabase, public ::testing::WithParamInterface<Case> {};

TEST_P(EachFault, is_reported_and_passes) {
    const auto& [fault, reported, mentions] = GetParam();
    disk_.fail(fault);
    EXPECT_TRUE(is_problem(database_->write(batch_of(kNew)), ExitCode::kDataDirectory, mentions));
    EXPECT_EQ(database_->fault(), reported);
    EXPECT_TRUE(holds(kOld)) << "what is durable stays readable";
    EXPECT_FALSE(holds(kNew)) << "readers see nothing that is not durable";
    EXPECT_TRUE(is_problem(database_->reopen(), ExitCode::kDataDirectory, mentions));
    EXPECT_TRUE(holds(kOld)) << "also after an attempt that failed";
    EXPECT_EQ(database_->fault(), reported);

    disk_.heal();
    EXPECT_TRUE(is_problem(database_->write(batch_of(kNew)), ExitCode::kDataDirectory, mentions))
        << "nothing is written to a log whose end is not known";
    ASSERT_TRUE(database_->reopen().has_value());
    EXPECT_EQ(database_->fault(), std::nullopt);
    EXPECT_TRUE(holds(kOld));
    ASSERT_TRUE(database_->write(batch_of(kNew)).has_value());
    open(folder_.path() / "db");
    EXPECT_TRUE(holds(kOld));
    EXPECT_TRUE(holds(kNew));
}

TEST_P(EachFault, may_come_at_any_moment_of_creating) {
    int moments = 0;  // operations of the disk that succeed before it fails
    for (bool reached = true; reached; ++moments) {
        const TemporaryFolder fresh;
        disk_.fail(GetParam().fault, moments);
        const auto first = Database::open(fresh.path() / "db", disk_.env());
        reached = disk_.has_failed();
        disk_.heal();
        if (!first.has_value()) {
            const auto second = Database::open(fresh.path() / "db", disk_.env());
            EXPECT_TRUE(second.has_value()) << moments << ": " << second.error().cause;
        }
    }
    EXPECT_GT(moments, 10);
}

TEST_P(EachFault, may_come_at_any_moment_of_coming_back) {
    int moments = 0;
    for (bool reached = true; reached; ++moments) {
        const TemporaryFolder fresh;
        open(fresh.path() / "db");
        ASSERT_TRUE(database_->write(batch_of(kOld)).has_value());
        disk_.fail(DiskFault::kSyncFails);
        ASSERT_FALSE(database_->write(batch_of(kNew)).has_value());
        disk_.fail(GetParam().fault, moments);
        const auto first = database_->reopen();
        reached = disk_.has_failed();
        disk_.heal();
        if (!first.has_value()) {
            EXPECT_EQ(database_->fault(), GetParam().reported) << first.error().cause;
            const auto second = database_->reopen();
            ASSERT_TRUE(second.has_value()) << moments << ": " << second.error().cause;
        }
        ASSERT_TRUE(holds(kOld)) << moments;
        database_.reset();
    }
    EXPECT_GT(moments, 20);
}

INSTANTIATE_TEST_SUITE_P(Disk,
                         EachFault,
                         ::testing::Values(Case{DiskFault::kNoSpace, StorageFault::kNoSpace, "Free 32 MiB"},
                                           Case{DiskFault::kReadOnly, StorageFault::kReadOnly, "dmesg"},
                                           Case{DiskFault::kIoError, StorageFault::kIoError, "health"},
                                           Case{DiskFault::kSyncFails, StorageFault::kIoError, "health"}));

TEST_F(FailingDatabase, syncs_once_for_each_batch) {
    const auto before = disk_.syncs();
    for (int batch = 0; batch < 10; ++batch) {
        ASSERT_TRUE(database_->write(batch_of(Bytes{static_cast<std::uint8_t>(batch)})).has_value());
    }
    EXPECT_EQ(disk_.syncs() - before, 10);
}

TEST_F(FailingDatabase, does_not_begin_anew_when_its_files_are_gone) {
    disk_.fail(DiskFault::kSyncFails);
    EXPECT_FALSE(database_->write(batch_of(kNew)).has_value());
    for (const auto& entry : fs::directory_iterator{folder_.path() / "db"}) {
        fs::remove(entry.path());
    }
    disk_.heal();
    EXPECT_TRUE(is_problem(database_->reopen(), ExitCode::kDataDirectory, "backup"));
    EXPECT_EQ(database_->fault(), std::nullopt) << "no reason to try again";
}

Bytes key_of(std::uint32_t number) {
    return {static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
            static_cast<std::uint8_t>(number)};
}

std::set<std::string> logs_in(const fs::path& folder) {
    std::set<std::string> out;
    for (const auto& entry : fs::directory_iterator{folder}) {
        if (entry.path().extension() == ".log") {
            out.insert(entry.path().filename());
        }
    }
    return out;
}

/// Lets something happen after a manifest was opened, before the logs are looked for. RocksDB opens it twice:
/// it tries first whether it can do without logs.
class InterruptedOpening final : public rocksdb::FileSystemWrapper {
  public:
    explicit InterruptedOpening(std::function<void()> interruption)
        : FileSystemWrapper(rocksdb::FileSystem::Default()), interruption_(std::move(interruption)) {}
    [[nodiscard]] const char* Name() const override { return "InterruptedOpening"; }
    rocksdb::IOStatus NewSequentialFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                        rocksdb::IODebugContext* debug) override {
        if (name.find("MANIFEST") != std::string::npos && manifests_ < 2) {
            manifests_ += 1;
            is_due_ = true;
        }
        return FileSystemWrapper::NewSequentialFile(name, options, file, debug);
    }
    rocksdb::IOStatus GetChildren(const std::string& folder,
                                  const rocksdb::IOOptions& options,
                                  std::vector<std::string>* names,
                                  rocksdb::IODebugContext* debug) override {
        if (std::exchange(is_due_, false)) {
            interruption_();
        }
        return FileSystemWrapper::GetChildren(folder, options, names, debug);
    }

  private:
    std::function<void()> interruption_;
    int manifests_ = 0;
    bool is_due_ = false;
};

TEST(Database, opening_for_reading_lacks_nothing_when_a_log_becomes_a_table_meanwhile) {
    const TemporaryFolder folder;
    const auto database = Database::open(folder.path()).value();
    ASSERT_TRUE(database->write(batch_of(kOld)).has_value());
    int interruptions = 0;
    const auto env = rocksdb::NewCompositeEnv(std::make_shared<InterruptedOpening>([&] {
        interruptions += 1;
        const auto before = logs_in(folder.path());
        EXPECT_TRUE(database->compact().has_value());
        if (interruptions == 1) {
            EXPECT_TRUE(database->write(batch_of(kNew)).has_value());
        }
        // The old log is removed by another thread.
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        while (logs_in(folder.path()).contains(*before.begin()) &&
               std::chrono::steady_clock::now() < deadline) {
            std::this_thread::yield();
        }
        EXPECT_FALSE(logs_in(folder.path()).contains(*before.begin()));
    }));
    const auto view = Database::open_read_only(folder.path(), env.get());
    ASSERT_TRUE(view.has_value()) << view.error().cause;
    EXPECT_EQ(interruptions, 2);
    EXPECT_TRUE(view.value()->get(kOld).value());
    EXPECT_TRUE(view.value()->get(kNew).value());
}

TEST(Database, compacting_keeps_what_is_there_and_drops_the_rest) {
    const TemporaryFolder folder;
    {
        const auto database = Database::open(folder.path()).value();
        for (std::uint32_t number = 0; number < 100; ++number) {
            ASSERT_TRUE(database->write(batch_of(key_of(number))).has_value());
        }
        Batch batch;
        batch.erase_range(key_of(1), key_of(100));
        ASSERT_TRUE(database->write(std::move(batch)).has_value());
        ASSERT_TRUE(database->compact().has_value());
    }
    std::uintmax_t bytes = 0;
    for (const auto& entry : fs::directory_iterator{folder.path()}) {
        bytes += entry.file_size();
    }
    EXPECT_LT(bytes, 10 * kValueBytes);
    const auto database = Database::open(folder.path()).value();
    EXPECT_EQ(database->get(key_of(0)).value(), Bytes(kValueBytes, 7));
    EXPECT_FALSE(database->get(key_of(1)).value());
}

}  // namespace
}  // namespace redoubt::node
