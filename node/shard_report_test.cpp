#include <node/shard_report.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <node/data_dir.hpp>
#include <node/storage/journal.hpp>
#include <node/test_support.hpp>
#include <primitives/crypto/base58.hpp>
#include <primitives/hex.hpp>

namespace redoubt::node {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using tests::hash_of;
using tests::is_problem;
using tests::TemporaryFolder;

/// A sealed blob as far as its clear beginning goes.
Bytes blob(std::string_view magic, std::uint8_t key_id, Bytes rest) {
    auto out = to_bytes(bytes_of(magic));
    out.insert(out.end(), Hash256::kSize, key_id);
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
}

/// One part of a record of the present format: shard, sequence (which the reader takes from the key),
/// is_base.
Bytes part(bool is_base) {
    Bytes header(Hash256::kSize + 8, 0);
    header.push_back(is_base ? 1 : 0);
    header.insert(header.end(), 100, 0);
    return blob("RDJ4", 0x77, header);
}

/// A data directory with the shard 0xa1… in its own database and 0xa2… below shards/.
void make_directory(const fs::path& path) {
    const auto data = DataDir::open(path);
    ASSERT_TRUE(data.has_value());
    const auto own = Journal::open(path / "db").value();
    ASSERT_TRUE(own->bind_genesis(hash_of(0x99)).has_value());
    ASSERT_TRUE(own->bind_shard(hash_of(0xa1)).has_value());
    ASSERT_TRUE(own->store_identity(blob("RDI3", 0x66, Bytes(10))).has_value());
    ASSERT_TRUE(own->append({4, true, {part(true), part(true)}}).has_value());
    ASSERT_TRUE(own->append({5, false, {part(false)}}).has_value());
    const auto folder = named_shard_folder(path, hash_of(0xa2));
    ASSERT_TRUE(data.value().provide_shard_folder(folder).has_value());
    ASSERT_TRUE(Journal::open(folder / "db").has_value());
}

TEST(ShardReport, tells_what_lies_in_each_database) {
    const TemporaryFolder folder;
    make_directory(folder.path());
    const auto reports = report_shards(folder.path(), SurveyDepth::kEverything);
    ASSERT_TRUE(reports.has_value());
    ASSERT_EQ(reports.value().size(), 2U);
    const auto list = json::parse(list_text(folder.path(), reports.value(), true));
    EXPECT_EQ(list["shards"][0]["shard"], to_hex_0x(hash_of(0xa1).view()));
    EXPECT_EQ(list["shards"][0]["shard_base58"], crypto::encode_base58(hash_of(0xa1).view()));
    EXPECT_EQ(list["shards"][0]["sequence"], 5);
    EXPECT_EQ(list["shards"][0]["running"], false);
    EXPECT_GT(list["shards"][0]["bytes"], 100);
    EXPECT_TRUE(list["shards"][0]["written"].is_string());
    EXPECT_TRUE(list["shards"][1]["sequence"].is_null());
    const auto shown = json::parse(show_text(reports.value()[0], true));
    EXPECT_EQ(shown["genesis"], to_hex_0x(hash_of(0x99).view()));
    EXPECT_EQ(shown["identity"]["bytes"], 46);
    EXPECT_EQ(shown["identity"]["key_id"], to_hex_0x(hash_of(0x66).view()));
    const json expected{{"first_sequence", 4},
                        {"last_sequence", 5},
                        {"records", 2},
                        {"parts", 3},
                        {"bytes", 3 * part(true).size()},
                        {"bases", 1},
                        {"last_base", 4},
                        {"key_id", to_hex_0x(hash_of(0x77).view())}};
    EXPECT_EQ(shown["journal"], expected);
    const auto text = show_text(reports.value()[0], false);
    EXPECT_NE(text.find("records 4 to 5: 2 in 3 parts"), std::string::npos) << text;
    EXPECT_NE(list_text(folder.path(), reports.value(), false).find("no record"), std::string::npos);
}

TEST(ShardReport, counts_pages_and_records_of_other_formats) {
    const TemporaryFolder folder;
    make_directory(folder.path());
    {
        const auto database = Database::open(folder.path() / "db").value();
        Batch batch;
        batch.put(bytes_of("p0123456789abcdef"), bytes_of("0123456789"));
        batch.put(bytes_of("p1123456789abcdef"), bytes_of("0123456789"));
        batch.put(bytes_of("j"), bytes_of("x"));
        batch.put(bytes_of("z"), bytes_of("x"));
        ASSERT_TRUE(database->write(std::move(batch)).has_value());
    }
    const auto reports = report_shards(folder.path(), SurveyDepth::kEverything);
    ASSERT_TRUE(reports.has_value());
    const auto& journal = reports.value()[0].journal;
    ASSERT_TRUE(journal);
    EXPECT_EQ(journal->pages, 2U);
    EXPECT_EQ(journal->page_bytes, 20U);
    EXPECT_EQ(journal->last_sequence, 5U);
    const auto quick = report_shards(folder.path(), SurveyDepth::kRecords);
    EXPECT_EQ(quick.value()[0].journal->pages, 0U);
}

TEST(ShardReport, reads_beside_a_running_process_and_changes_nothing) {
    const TemporaryFolder folder;
    make_directory(folder.path());
    std::array<int, 2> ready{};
    ASSERT_EQ(::pipe(ready.data()), 0);
    const auto child = ::fork();
    if (child == 0) {
        const int file = ::open((folder.path() / "db" / "LOCK").c_str(), O_RDWR);
        struct flock lock {};  // as RocksDB takes it
        lock.l_type = F_WRLCK;
        const char answer = ::fcntl(file, F_SETLK, &lock) == 0 ? 'y' : 'n';
        static_cast<void>(::write(ready[1], &answer, 1));
        ::pause();
        ::_exit(0);
    }
    char answer = 0;
    ASSERT_EQ(::read(ready[0], &answer, 1), 1);
    ASSERT_EQ(answer, 'y');
    const auto names = [&folder] {
        std::map<std::string, fs::file_time_type> out;
        for (const auto& entry : fs::recursive_directory_iterator{folder.path()}) {
            out[entry.path().string()] = entry.last_write_time();
        }
        return out;
    };
    const auto before = names();
    const auto reports = report_shards(folder.path(), SurveyDepth::kEverything);
    const auto again = report_shards(folder.path(), SurveyDepth::kRecords);
    EXPECT_EQ(names(), before);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ready[0]);
    ::close(ready[1]);
    ASSERT_TRUE(reports.has_value());
    EXPECT_TRUE(reports.value()[0].running);
    EXPECT_EQ(reports.value()[0].process, child);
    EXPECT_EQ(reports.value()[0].journal->last_sequence, 5U);
    EXPECT_FALSE(reports.value()[1].running);
    EXPECT_TRUE(again.value()[0].running) << "looking does not take the lock away";
    EXPECT_FALSE(report_shards(folder.path(), SurveyDepth::kRecords).value()[0].running);
}

TEST(ShardReport, tells_of_a_damaged_database_and_of_the_others) {
    const TemporaryFolder folder;
    make_directory(folder.path());
    const auto damaged = named_shard_folder(folder.path(), hash_of(0xa2)) / "db" / "CURRENT";
    std::ofstream{damaged} << "nonsense";
    const auto reports = report_shards(folder.path(), SurveyDepth::kRecords);
    ASSERT_TRUE(reports.has_value());
    EXPECT_FALSE(reports.value()[0].problem);
    EXPECT_TRUE(reports.value()[1].problem);
    const auto list = json::parse(list_text(folder.path(), reports.value(), true));
    EXPECT_FALSE(list["shards"][1]["problem"]["cause"].get<std::string>().empty());
}

TEST(ShardReport, finds_a_shard_by_every_name_that_is_its_own) {
    const TemporaryFolder folder;
    make_directory(folder.path());
    const auto reports = report_shards(folder.path(), SurveyDepth::kRecords).value();
    for (const auto& name : {to_hex_0x(hash_of(0xa2).view()), crypto::encode_base58(hash_of(0xa2).view()),
                             std::string{"a2a2"}, std::string{"0xA2A2a"}}) {
        const auto found = find_shard(reports, name);
        ASSERT_TRUE(found.has_value()) << name;
        EXPECT_EQ(found.value().place.shard, hash_of(0xa2)) << name;
    }
    for (const auto* name : {"a2a", "a3a3", "0x"}) {
        EXPECT_TRUE(is_problem(find_shard(reports, name), ExitCode::kUsage, "is no shard")) << name;
    }
}

TEST(ShardReport, an_empty_name_means_the_only_shard) {
    const TemporaryFolder folder;
    make_directory(folder.path());
    auto reports = report_shards(folder.path(), SurveyDepth::kRecords).value();
    EXPECT_TRUE(is_problem(find_shard(reports, ""), ExitCode::kUsage, "holds 2 shards"));
    reports.pop_back();
    EXPECT_EQ(find_shard(reports, "").value().place.shard, hash_of(0xa1));
    reports.clear();
    EXPECT_TRUE(is_problem(find_shard(reports, ""), ExitCode::kUsage, "no shard yet"));
}

TEST(ShardReport, says_that_a_folder_is_no_data_directory) {
    const TemporaryFolder folder;
    EXPECT_TRUE(is_problem(report_shards(folder.path(), SurveyDepth::kRecords), ExitCode::kDataDirectory,
                           "--data-dir"));
}

}  // namespace
}  // namespace redoubt::node
