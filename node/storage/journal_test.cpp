#include <fstream>
#include <node/storage/failing_disk.hpp>
#include <node/storage/journal.hpp>
#include <node/test_support.hpp>

namespace redoubt::node {
namespace {

namespace fs = std::filesystem;
using tests::DiskFault;
using tests::FailingDisk;
using tests::hash_of;
using tests::is_problem;
using tests::TemporaryFolder;

std::unique_ptr<Journal> open(const TemporaryFolder& folder) {
    auto journal = Journal::open(folder.path() / "db");
    EXPECT_TRUE(journal.has_value()) << (journal.has_value() ? "" : journal.error().cause);
    return journal.has_value() ? std::move(journal.value()) : nullptr;
}

std::vector<JournalPart> all_parts(const Journal& journal) {
    const auto parts = journal.read_after(std::nullopt, std::size_t{1} << 30);
    EXPECT_TRUE(parts.has_value());
    return parts.has_value() ? parts.value() : std::vector<JournalPart>{};
}

/// Overwrites bytes in the first half of every file with this extension.
void damage(const fs::path& folder, std::string_view extension) {
    int damaged = 0;
    for (const auto& entry : fs::directory_iterator{folder}) {
        if (entry.path().extension() == extension) {
            std::fstream file{entry.path(), std::ios::in | std::ios::out | std::ios::binary};
            file.seekp(static_cast<std::streamoff>(entry.file_size() / 4));
            file << "damaged by hand, damaged by hand, damaged by hand";
            ++damaged;
        }
    }
    ASSERT_GT(damaged, 0);
}

/// Bytes that no compression shortens.
Bytes noise(std::size_t size) {
    Bytes out(size);
    std::uint64_t state = 1;
    for (auto& byte : out) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        byte = static_cast<std::uint8_t>(state >> 56);
    }
    return out;
}

TEST(Journal, changes_pages_with_the_record_they_belong_to) {
    const TemporaryFolder folder;
    boundary::PageId first;
    boundary::PageId second;
    second.bytes.fill(0xff);
    {
        const auto journal = open(folder);
        EXPECT_EQ(journal->page(first, false).value().sealed, std::nullopt);
        ASSERT_TRUE(journal->append({1, true, {{1}}, {}, {{first, {10}}, {second, {20}}}}).has_value());
        ASSERT_TRUE(journal->append({2, true, {{2}}, {second, first}, {{first, {11}}}}).has_value());
    }
    const auto journal = open(folder);
    EXPECT_EQ(journal->page(first, false).value().sealed, Bytes{11});
    EXPECT_EQ(journal->page(second, false).value().sealed, std::nullopt);
    EXPECT_EQ(all_parts(*journal).size(), 1U);
}

TEST(Journal, keeps_what_the_pages_of_a_base_replace_until_the_enclave_knows_of_it) {
    const TemporaryFolder folder;
    const auto journal = open(folder);
    boundary::PageId kept;
    boundary::PageId removed;
    removed.bytes.fill(9);
    ASSERT_TRUE(journal->append({1, true, {{1}}, {}, {{kept, {10}}, {removed, {20}}}}).has_value());
    journal->settle();
    EXPECT_FALSE(journal->page(kept, true).value().has_other);
    ASSERT_TRUE(journal->append({2, true, {{2}}, {removed}, {{kept, {11}}}}).has_value());
    EXPECT_TRUE(journal->page(kept, false).value().has_other);
    EXPECT_EQ(journal->page(kept, false).value().sealed, Bytes{10});
    EXPECT_EQ(journal->page(kept, true).value().sealed, Bytes{11});
    EXPECT_EQ(journal->page(removed, false).value().sealed, Bytes{20});
    EXPECT_EQ(journal->page(removed, true).value().sealed, std::nullopt);
    journal->settle();
    EXPECT_EQ(journal->page(kept, false).value().sealed, Bytes{11});
    EXPECT_EQ(journal->page(removed, false).value().sealed, std::nullopt);
    // A record without pages replaces none.
    ASSERT_TRUE(journal->append({3, false, {{3}}}).has_value());
    EXPECT_FALSE(journal->page(kept, false).value().has_other);
}

TEST(Journal, reads_pages_while_a_base_meets_a_disk_that_fails) {
    const TemporaryFolder folder;
    FailingDisk disk;
    auto opened = Journal::open(folder.path() / "db", disk.env());
    ASSERT_TRUE(opened.has_value());
    const auto& journal = opened.value();
    const boundary::PageId id;
    ASSERT_TRUE(journal->append({1, true, {{1}}, {}, {{id, {10}}}}).has_value());
    journal->settle();
    disk.fail(DiskFault::kNoSpace);
    ASSERT_FALSE(journal->append({2, true, {{2}}, {}, {{id, {11}}}}).has_value());
    EXPECT_EQ(journal->page(id, false).value().sealed, Bytes{10});
    disk.heal();
    ASSERT_TRUE(journal->reopen().has_value());
    ASSERT_TRUE(journal->append({2, true, {{2}}, {}, {{id, {11}}}}).has_value());
    EXPECT_EQ(journal->page(id, true).value().sealed, Bytes{11});
    journal->settle();
    EXPECT_EQ(journal->page(id, false).value().sealed, Bytes{11});
}

TEST(Journal, keeps_parts_in_order_across_opening) {
    const TemporaryFolder folder;
    ASSERT_TRUE(open(folder)->append({1, true, {{1}, {2}, {3}}}).has_value());
    ASSERT_TRUE(open(folder)->append({2, false, {{4}}}).has_value());
    ASSERT_TRUE(open(folder)->append({300, false, {{5}}}).has_value());
    const std::vector<JournalPart> expected{
        {1, 0, {1}}, {1, 1, {2}}, {1, 2, {3}}, {2, 0, {4}}, {300, 0, {5}}};
    EXPECT_EQ(all_parts(*open(folder)), expected);
}

TEST(Journal, drops_older_records_with_a_base) {
    const TemporaryFolder folder;
    const auto journal = open(folder);
    for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) {
        ASSERT_TRUE(journal->append({sequence, sequence == 1, {{9}}}).has_value());
    }
    ASSERT_TRUE(journal->append({6, true, {{7}}}).has_value());
    ASSERT_TRUE(journal->append({7, false, {{8}}}).has_value());
    const std::vector<JournalPart> expected{{6, 0, {7}}, {7, 0, {8}}};
    EXPECT_EQ(all_parts(*journal), expected);
}

TEST(Journal, replaces_a_record_that_is_stored_again) {
    const TemporaryFolder folder;
    const auto journal = open(folder);
    ASSERT_TRUE(journal->append({1, true, {{1}}}).has_value());
    ASSERT_TRUE(journal->append({1, true, {{2}}}).has_value());
    const std::vector<JournalPart> expected{{1, 0, {2}}};
    EXPECT_EQ(all_parts(*journal), expected);
}

TEST(Journal, drops_parts_of_a_longer_record_that_is_stored_again) {
    const TemporaryFolder folder;
    const auto journal = open(folder);
    ASSERT_TRUE(journal->append({1, true, {{1}, {2}, {3}}}).has_value());
    ASSERT_TRUE(journal->append({1, true, {{4}}}).has_value());
    const std::vector<JournalPart> expected{{1, 0, {4}}};
    EXPECT_EQ(all_parts(*journal), expected);
}

TEST(Journal, stores_a_record_once_when_the_disk_failed_at_it) {
    for (const auto fault :
         {DiskFault::kNoSpace, DiskFault::kReadOnly, DiskFault::kIoError, DiskFault::kSyncFails}) {
        const TemporaryFolder folder;
        FailingDisk disk;
        auto opened = Journal::open(folder.path() / "db", disk.env());
        ASSERT_TRUE(opened.has_value());
        const auto& journal = opened.value();
        const JournalRecord second{2, false, {Bytes(5000, 2), {3}}};
        ASSERT_TRUE(journal->append({1, true, {{1}}}).has_value());
        disk.fail(fault);
        ASSERT_FALSE(journal->append(second).has_value());
        EXPECT_TRUE(journal->fault().has_value());
        EXPECT_EQ(all_parts(*journal), (std::vector<JournalPart>{{1, 0, {1}}}));
        disk.heal();
        ASSERT_TRUE(journal->reopen().has_value());
        ASSERT_TRUE(journal->append(second).has_value());
        const std::vector<JournalPart> expected{{1, 0, {1}}, {2, 0, Bytes(5000, 2)}, {2, 1, {3}}};
        EXPECT_EQ(all_parts(*journal), expected);
        opened.value().reset();
        EXPECT_EQ(all_parts(*open(folder)), expected);
    }
}

TEST(Journal, reads_in_batches_of_at_least_one_part) {
    const TemporaryFolder folder;
    const auto journal = open(folder);
    for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
        ASSERT_TRUE(journal->append({sequence, false, {Bytes(100), Bytes(100)}}).has_value());
    }
    std::optional<JournalPart> last;
    std::size_t count = 0;
    for (;;) {
        const auto batch = journal->read_after(last, 10);
        ASSERT_TRUE(batch.has_value());
        if (batch.value().empty()) {
            break;
        }
        EXPECT_EQ(batch.value().size(), 1U);
        last = batch.value().back();
        ++count;
    }
    EXPECT_EQ(count, 6U);
}

TEST(Journal, rejects_another_genesis_naming_both) {
    const TemporaryFolder folder;
    const auto journal = open(folder);
    ASSERT_TRUE(journal->bind_genesis(hash_of(0xaa)).has_value());
    ASSERT_TRUE(journal->bind_genesis(hash_of(0xaa)).has_value());
    const auto other = journal->bind_genesis(hash_of(0xbb));
    EXPECT_TRUE(is_problem(other, ExitCode::kDataDirectory, "0xaaaa"));
    EXPECT_TRUE(is_problem(other, ExitCode::kDataDirectory, "0xbbbb"));
}

TEST(Journal, rejects_another_shard) {
    const TemporaryFolder folder;
    const auto journal = open(folder);
    ASSERT_TRUE(journal->bind_shard(hash_of(1)).has_value());
    EXPECT_TRUE(is_problem(journal->bind_shard(hash_of(2)), ExitCode::kDataDirectory, "shard"));
    EXPECT_EQ(journal->shard().value(), hash_of(1));
}

TEST(Journal, keeps_the_first_identity) {
    const TemporaryFolder folder;
    const auto journal = open(folder);
    EXPECT_EQ(journal->sealed_identity().value(), std::nullopt);
    ASSERT_TRUE(journal->store_identity(Bytes{1, 2}).has_value());
    ASSERT_TRUE(journal->store_identity(Bytes{1, 2}).has_value());
    EXPECT_TRUE(is_problem(journal->store_identity(Bytes{3}), ExitCode::kDataDirectory, "second identity"));
    EXPECT_EQ(journal->sealed_identity().value(), (Bytes{1, 2}));
}

TEST(Journal, reports_damaged_records_with_folder_and_remedy) {
    const TemporaryFolder folder;
    for (std::uint64_t sequence = 1; sequence <= 20; ++sequence) {
        ASSERT_TRUE(open(folder)->append({sequence, false, {noise(5000)}}).has_value());
    }
    fs::path db = folder.path() / "db";
    damage(db, ".sst");
    auto journal = Journal::open(db);
    const auto parts = journal.has_value() ? journal.value()->read_after(std::nullopt, std::size_t{1} << 30)
                                           : Outcome<std::vector<JournalPart>>{journal.error()};
    EXPECT_TRUE(is_problem(parts, ExitCode::kDataDirectory, db.string()));
    EXPECT_TRUE(is_problem(parts, ExitCode::kDataDirectory, "backup"));
}

TEST(Journal, reports_a_database_whose_directory_file_is_garbage) {
    const TemporaryFolder folder;
    ASSERT_TRUE(open(folder)->append({1, true, {{1}}}).has_value());
    std::ofstream{folder.path() / "db" / "CURRENT", std::ios::binary} << "garbage";
    EXPECT_TRUE(is_problem(Journal::open(folder.path() / "db"), ExitCode::kDataDirectory, "db"));
}

TEST(Journal, reports_a_database_whose_log_was_deleted) {
    const TemporaryFolder folder;
    const auto db = folder.path() / "db";
    ASSERT_TRUE(open(folder)->append({1, true, {{1}}}).has_value());
    ASSERT_TRUE(open(folder)->append({2, false, {{2}}}).has_value());
    int deleted = 0;
    for (const auto& entry : fs::directory_iterator{db}) {
        if (entry.path().extension() == ".log") {
            fs::remove(entry.path());
            ++deleted;
        }
    }
    ASSERT_GT(deleted, 0);
    EXPECT_TRUE(is_problem(Journal::open(db), ExitCode::kDataDirectory, "*.log"));
    EXPECT_TRUE(is_problem(Journal::open(db), ExitCode::kDataDirectory, "backup"));
}

TEST(Journal, survives_a_log_that_was_cut_off_at_its_end) {
    const TemporaryFolder folder;
    const auto db = folder.path() / "db";
    const TemporaryFolder copy;
    {
        const auto journal = open(folder);
        ASSERT_TRUE(journal->append({1, true, {Bytes(100, 1)}}).has_value());
        ASSERT_TRUE(journal->append({2, false, {Bytes(100, 2)}}).has_value());
        fs::copy(db, copy.path() / "db");  // as a power cut leaves it: not closed
    }
    for (const auto& entry : fs::directory_iterator{copy.path() / "db"}) {
        if (entry.path().extension() == ".log" && entry.file_size() > 50) {
            fs::resize_file(entry.path(), entry.file_size() - 50);
        }
    }
    const auto parts = all_parts(*open(copy));
    ASSERT_EQ(parts.size(), 1U);
    EXPECT_EQ(parts[0].sequence, 1U);
}

}  // namespace
}  // namespace redoubt::node
