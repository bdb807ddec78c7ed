#include <node/shard_compaction.hpp>

#include <nlohmann/json.hpp>
#include <node/data_dir.hpp>
#include <node/storage/journal.hpp>
#include <node/test_support.hpp>

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

}  // namespace
}  // namespace redoubt::node
