#include <fstream>
#include <node/storage/database.hpp>
#include <node/storage/failing_disk.hpp>
#include <node/test_support.hpp>

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

}  // namespace
}  // namespace redoubt::node
