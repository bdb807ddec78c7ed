#include <node/storage/backup_file.hpp>

#include <sys/stat.h>
#include <fstream>
#include <iterator>
#include <node/test_support.hpp>
#include <utility>
#include <vector>

namespace redoubt::node {
namespace {

namespace fs = std::filesystem;
using tests::is_problem;
using tests::TemporaryFolder;
using Entries = std::vector<std::pair<Bytes, Bytes>>;

Bytes text(std::string_view words) {
    return to_bytes(bytes_of(words));
}

/// A small database; with `filling` bytes in one value.
Entries some_entries(std::size_t filling = 0) {
    Bytes part_key = text("j");
    part_key.insert(part_key.end(), {0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0});
    return {{text("genesis"), Bytes(32, 0x99)},
            {text("identity"), text("sealed identity")},
            {part_key, Bytes{}},
            {text("p0123456789abcdef"), Bytes(filling, 0x44)},
            {text("shard"), Bytes(32, 0xa1)}};
}

Outcome<BackupSummary> write_backup(const fs::path& path, const Entries& entries) {
    auto writer = BackupWriter::create(path);
    if (!writer.has_value()) {
        return writer.error();
    }
    for (const auto& [key, value] : entries) {
        if (const auto added = writer.value().add(key, value); !added.has_value()) {
            return added.error();
        }
    }
    return writer.value().finish();
}

Outcome<BackupSummary> read_all(const fs::path& path, Entries& out) {
    return read_backup(path, [&out](ByteView key, ByteView value) -> Outcome<> {
        out.emplace_back(to_bytes(key), to_bytes(value));
        return success();
    });
}

Outcome<BackupSummary> read_all(const fs::path& path) {
    Entries ignored;
    return read_all(path, ignored);
}

std::string content(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void store(const fs::path& path, std::string_view bytes) {
    std::ofstream{path, std::ios::binary} << bytes;
}

TEST(BackupFile, gives_back_what_was_written) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "backup";
    const auto entries = some_entries(std::size_t{5} << 20);
    const auto written = write_backup(path, entries);
    ASSERT_TRUE(written.has_value()) << written.error().cause;
    EXPECT_EQ(written.value().last_sequence, 0x102U);
    EXPECT_EQ(written.value().entries, 5U);
    Entries read;
    const auto summary = read_all(path, read);
    ASSERT_TRUE(summary.has_value()) << summary.error().cause;
    EXPECT_EQ(read, entries);
    EXPECT_EQ(summary.value(), written.value());
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(BackupFile, never_replaces_another_one) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "backup";
    store(path, "older backup");
    EXPECT_TRUE(is_problem(write_backup(path, some_entries()), ExitCode::kUsage, "exists already"));
    EXPECT_EQ(content(path), "older backup");
    EXPECT_TRUE(is_problem(write_backup(folder.path() / "no/such/folder", some_entries()), ExitCode::kUsage,
                           "cannot create"));
}

TEST(BackupFile, is_not_there_before_it_is_whole) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "backup";
    {
        auto writer = BackupWriter::create(path).value();
        ASSERT_TRUE(writer.add(text("genesis"), Bytes(32, 0x99)).has_value());
        EXPECT_FALSE(fs::exists(path));
        EXPECT_TRUE(is_problem(writer.finish(), ExitCode::kDataDirectory, "no identity"));
    }
    EXPECT_TRUE(fs::is_empty(folder.path())) << "what was begun is taken away";
}

TEST(BackupFile, every_damaged_byte_is_noticed) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "backup";
    ASSERT_TRUE(write_backup(path, some_entries(100)).has_value());
    const auto whole = content(path);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        auto bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ 0x20);
        store(path, bytes);
        ASSERT_TRUE(is_problem(read_all(path), ExitCode::kDataDirectory, "nothing was restored")) << at;
    }
    store(path, whole);
    EXPECT_TRUE(read_all(path).has_value());
}

TEST(BackupFile, one_that_is_cut_off_or_longer_is_refused) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "backup";
    ASSERT_TRUE(write_backup(path, some_entries(100)).has_value());
    const auto whole = content(path);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        store(path, whole.substr(0, size));
        ASSERT_TRUE(is_problem(read_all(path), ExitCode::kDataDirectory, "Take another copy")) << size;
    }
    store(path, whole + "x");
    EXPECT_TRUE(is_problem(read_all(path), ExitCode::kDataDirectory, "damaged or cut off"));
}

TEST(BackupFile, damage_in_the_middle_of_a_large_one_is_noticed) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "backup";
    ASSERT_TRUE(write_backup(path, some_entries(std::size_t{3} << 20)).has_value());
    {
        std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(2 << 20);
        file << "damaged";
    }
    EXPECT_TRUE(is_problem(read_all(path), ExitCode::kDataDirectory, "damaged or cut off"));
}

TEST(BackupFile, says_what_is_no_backup_at_all) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "backup";
    EXPECT_TRUE(is_problem(read_all(path), ExitCode::kUsage, "cannot read"));
    EXPECT_TRUE(is_problem(read_all(folder.path()), ExitCode::kDataDirectory, "is no backup"));
    store(path, std::string(100, 'x'));
    EXPECT_TRUE(is_problem(read_all(path), ExitCode::kDataDirectory, "is no backup"));
    store(path, "RDBK" + std::string{2, 0, 0, 0} + std::string(100, 'x'));
    EXPECT_TRUE(is_problem(read_all(path), ExitCode::kDataDirectory, "of version 2"));
}

TEST(BackupFile, stops_where_its_reader_stops) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "backup";
    ASSERT_TRUE(write_backup(path, some_entries()).has_value());
    int seen = 0;
    const auto stopped = read_backup(path, [&seen](ByteView, ByteView) -> Outcome<> {
        seen += 1;
        return Problem{ExitCode::kUsage, "enough", "Stop."};
    });
    EXPECT_TRUE(is_problem(stopped, ExitCode::kUsage, "enough"));
    EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace redoubt::node
