#include <node/shard_backup.hpp>

#include <nlohmann/json.hpp>
#include <node/data_dir.hpp>
#include <node/state_report.hpp>
#include <node/storage/journal.hpp>
#include <node/test_support.hpp>
#include <primitives/hex.hpp>

#include <fstream>

namespace redoubt::node {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using tests::hash_of;
using tests::is_problem;
using tests::TemporaryFolder;

boundary::PageId page_id(std::uint8_t byte) {
    boundary::PageId out;
    out.bytes.fill(byte);
    return out;
}

/// A worker's directory with one shard: a base, its page and a change.
class Directory {
  public:
    explicit Directory(const fs::path& path) : path_(path), data_(DataDir::open(path).value()) {
        journal_ = Journal::open(path / "db").value();
        EXPECT_TRUE(journal_->bind_genesis(hash_of(0x99)).has_value());
        EXPECT_TRUE(journal_->bind_shard(hash_of(0xa1)).has_value());
        EXPECT_TRUE(journal_->store_identity(bytes_of("sealed identity")).has_value());
        append(1, true);
        append(2, false);
    }
    void append(std::uint64_t sequence, bool is_base) {
        JournalRecord record{sequence, is_base, {Bytes(100, static_cast<std::uint8_t>(sequence))}};
        record.pages_written.push_back({page_id(static_cast<std::uint8_t>(sequence)), Bytes(50, 7)});
        EXPECT_TRUE(journal_->append(record).has_value());
    }
    [[nodiscard]] ShardReport report() const {
        return report_shards(path_, SurveyDepth::kRecords).value().front();
    }

  private:
    fs::path path_;
    DataDir data_;
    std::shared_ptr<Journal> journal_;
};

std::uint64_t last_sequence(const fs::path& data_dir) {
    return report_shards(data_dir, SurveyDepth::kRecords).value().front().journal->last_sequence.value_or(0);
}

TEST(ShardBackup, is_that_of_one_moment_of_a_database_in_use) {
    const TemporaryFolder folder;
    Directory worker{folder.path() / "worker"};
    const auto backed_up = backup_shard(worker.report(), folder.path() / "backup");
    ASSERT_TRUE(backed_up.has_value()) << backed_up.error().cause;
    worker.append(3, false);
    EXPECT_EQ(backed_up.value().shard, hash_of(0xa1));
    EXPECT_EQ(backed_up.value().genesis, hash_of(0x99));
    EXPECT_EQ(backed_up.value().last_sequence, 2U);
    EXPECT_EQ(backed_up.value().entries, 3U + 2 + 2);
    const auto told = json::parse(backup_text(backed_up.value(), folder.path() / "backup", true));
    EXPECT_EQ(told["sequence"], 2);
    EXPECT_EQ(told["file_bytes"], fs::file_size(folder.path() / "backup"));
}

TEST(ShardBackup, restores_to_the_same_entries) {
    const TemporaryFolder folder;
    const Directory worker{folder.path() / "worker"};
    const auto file = folder.path() / "backup";
    ASSERT_TRUE(backup_shard(worker.report(), file).has_value());
    const auto restored = restore_shard(file, folder.path() / "other");
    ASSERT_TRUE(restored.has_value()) << restored.error().cause;
    EXPECT_TRUE(restored.value().lacks_platform);
    EXPECT_NE(restored_text(restored.value(), false).find("sim-platform"), std::string::npos);
    const auto reports = report_shards(folder.path() / "other", SurveyDepth::kEverything).value();
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].place.shard, hash_of(0xa1));
    EXPECT_EQ(reports[0].place.database(), restored.value().database);
    const auto journal = Journal::open(restored.value().database).value();
    EXPECT_EQ(journal->shard().value(), hash_of(0xa1));
    EXPECT_EQ(text_of(*journal->sealed_identity().value()), "sealed identity");
    EXPECT_EQ(journal->page(page_id(2), false).value().sealed, Bytes(50, 7));
    EXPECT_TRUE(journal->is_restored().value());
    EXPECT_EQ(journal->read_after(std::nullopt, 1000).value().size(), 2U);
    const auto again = backup_shard(reports[0], folder.path() / "again");
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again.value(), restored.value().backup);
    EXPECT_TRUE(journal->forget_restored().has_value());
    EXPECT_FALSE(journal->is_restored().value());
}

TEST(ShardBackup, is_not_restored_where_the_shard_is_or_a_worker_runs) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "backup";
    const auto used = folder.path() / "worker";
    {
        const Directory worker{used};
        ASSERT_TRUE(backup_shard(worker.report(), file).has_value());
        EXPECT_TRUE(is_problem(restore_shard(file, used), ExitCode::kDataDirectory, "in use by process"));
    }
    EXPECT_TRUE(is_problem(restore_shard(file, used), ExitCode::kDataDirectory, "already"));
    const auto other = folder.path() / "other";
    ASSERT_TRUE(restore_shard(file, other).has_value());
    EXPECT_TRUE(is_problem(restore_shard(file, other), ExitCode::kDataDirectory, "already"));
    EXPECT_EQ(last_sequence(other), 2U);
}

TEST(ShardBackup, a_damaged_one_writes_nothing) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "backup";
    const Directory worker{folder.path() / "worker"};
    ASSERT_TRUE(backup_shard(worker.report(), file).has_value());
    fs::resize_file(file, fs::file_size(file) - 1);
    EXPECT_TRUE(is_problem(restore_shard(file, folder.path() / "other"), ExitCode::kDataDirectory,
                           "damaged or cut off"));
    EXPECT_FALSE(fs::exists(folder.path() / "other"));
}

TEST(ShardBackup, what_an_attempt_left_behind_is_no_shard_and_goes_with_the_next) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "backup";
    const Directory worker{folder.path() / "worker"};
    ASSERT_TRUE(backup_shard(worker.report(), file).has_value());
    const auto other = folder.path() / "other";
    const auto left = fs::path{named_shard_folder(other, hash_of(0xa1)).string() + ".restoring"};
    ASSERT_TRUE(DataDir::open(other).value().provide_shard_folder(left).has_value());
    ASSERT_TRUE(Database::open(left / "db").has_value());
    EXPECT_TRUE(report_shards(other, SurveyDepth::kRecords).value().empty());
    ASSERT_TRUE(restore_shard(file, other).has_value());
    EXPECT_FALSE(fs::exists(left));
    EXPECT_EQ(last_sequence(other), 2U);
}

TEST(ShardBackup, a_database_without_an_identity_is_not_worth_one) {
    const TemporaryFolder folder;
    const auto data = DataDir::open(folder.path() / "worker");
    ASSERT_TRUE(Journal::open(folder.path() / "worker/db").has_value());
    const auto report = report_shards(folder.path() / "worker", SurveyDepth::kRecords).value().front();
    EXPECT_TRUE(
        is_problem(backup_shard(report, folder.path() / "backup"), ExitCode::kDataDirectory, "no identity"));
    EXPECT_FALSE(fs::exists(folder.path() / "backup"));
}

TEST(StateReport, tells_how_much_lies_there) {
    const TemporaryFolder folder;
    const Directory worker{folder.path()};
    auto report = report_shards(folder.path(), SurveyDepth::kEverything).value().front();
    const auto told = json::parse(state_text(report, true));
    EXPECT_EQ(told["shard"], to_hex_0x(hash_of(0xa1).view()));
    EXPECT_EQ(told["journal"]["first_sequence"], 1);
    EXPECT_EQ(told["journal"]["last_sequence"], 2);
    EXPECT_EQ(told["pages"], (json{{"count", 2}, {"bytes", 100}}));
    EXPECT_EQ(told["disk_bytes"], report.bytes());
    EXPECT_TRUE(told["written"].is_string());
    report.journal->last_base = 1;
    report.journal->records_since_base = 1;
    const auto text = state_text(report, false);
    EXPECT_NE(text.find("record 1, 1 records after it"), std::string::npos) << text;
}

}  // namespace
}  // namespace redoubt::node
