#include <node/shard_compaction.hpp>

#include <nlohmann/json.hpp>
#include <node/data_dir.hpp>
#include <node/storage/journal.hpp>
#include <node/test_support.hpp>

#include <fstream>

namespace redoubt::node {
namespace {

using tests::is_problem;
using tests::TemporaryFolder;

TEST(ShardCompaction, gives_back_the_space_of_what_was_deleted) {
    const TemporaryFolder folder;
    constexpr std::size_t kSize = std::size_t{1} << 20;
    constexpr std::uint64_t kRecords = 24;
    {
        const auto data = DataDir::open(folder.path());
        const auto journal = Journal::open(folder.path() / "db").value();
        for (std::uint64_t sequence = 1; sequence <= kRecords; ++sequence) {
            ASSERT_TRUE(journal->append({sequence, false, {Bytes(kSize, 7)}}).has_value());
        }
        ASSERT_TRUE(journal->append({kRecords + 1, true, {Bytes(kSize, 8)}}).has_value());
        const auto report = report_shards(folder.path(), SurveyDepth::kRecords).value().front();
        EXPECT_TRUE(
            is_problem(compact_shard(folder.path(), report), ExitCode::kDataDirectory, "in use by process"));
    }
    const auto report = report_shards(folder.path(), SurveyDepth::kRecords).value().front();
    const auto done = compact_shard(folder.path(), report);
    ASSERT_TRUE(done.has_value()) << done.error().cause;
    EXPECT_EQ(done.value().bytes_before, report.bytes());
    EXPECT_GT(done.value().bytes_before, kRecords * kSize);
    EXPECT_LT(done.value().bytes_after, 2 * kSize);
    const auto told = nlohmann::json::parse(compaction_text(report, done.value(), true));
    EXPECT_EQ(told["bytes_after"], done.value().bytes_after);
    const auto journal = Journal::open(folder.path() / "db").value();
    const auto parts = journal->read_after(std::nullopt, 10 * kSize).value();
    ASSERT_EQ(parts.size(), 1U);
    EXPECT_EQ(parts[0].sequence, kRecords + 1);
}

TEST(TableGrowth, counts_tables_that_were_not_there_before_and_never_falls) {
    const TemporaryFolder folder;
    const auto write = [&folder](const char* name, std::size_t size) {
        std::ofstream{folder.path() / name} << std::string(size, 'x');
    };
    write("000001.sst", 100);
    TableGrowth growth{folder.path()};
    EXPECT_EQ(growth.bytes(), 0U);
    write("000002.sst", 30);
    write("000003.log", 1000);
    EXPECT_EQ(growth.bytes(), 30U);
    write("000002.sst", 50);
    write("000004.sst", 7);
    EXPECT_EQ(growth.bytes(), 57U);
    std::filesystem::remove(folder.path() / "000002.sst");
    EXPECT_EQ(growth.bytes(), 57U);
}

}  // namespace
}  // namespace redoubt::node
