#include <node/state_verification.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <node/data_dir.hpp>
#include <node/storage/journal.hpp>
#include <node/test_support.hpp>

#include <fstream>

namespace redoubt::node {
namespace {

using tests::is_problem;
using tests::TemporaryFolder;

boundary::PageId page_id(std::uint8_t byte) {
    boundary::PageId out;
    out.bytes.fill(byte);
    return out;
}

/// A data directory with one shard, whose enclave is the fake one: it takes records of four bytes, asks for
/// no page, and names the shard and the chain of zeros.
class StateVerification : public ::testing::Test {
  protected:
    StateVerification() {
        config_.data_dir = folder_.path() / "data";
        config_.enclave = REDOUBT_FAKE_ENCLAVE;
        const auto data = DataDir::open(config_.data_dir);
        EXPECT_TRUE(data.value().provide_sim_platform(false).has_value());
        const auto journal = Journal::open(config_.data_dir / "db").value();
        EXPECT_TRUE(journal->bind_genesis({}).has_value());
        EXPECT_TRUE(journal->bind_shard({}).has_value());
        EXPECT_TRUE(journal->store_identity(Bytes{1, 2, 3}).has_value());
        EXPECT_TRUE(journal->append({1, true, {Bytes(4, 1)}, {}, {{page_id(5), Bytes(50, 7)}}}).has_value());
        EXPECT_TRUE(journal->append({2, false, {Bytes(4, 2)}}).has_value());
    }

    Outcome<Verification> verify() {
        const auto reports = report_shards(config_.data_dir, SurveyDepth::kRecords);
        return verify_shard(config_, reports.value().front());
    }

    TemporaryFolder folder_;
    Config config_;
};

TEST_F(StateVerification, refuses_a_directory_that_a_daemon_uses) {
    const auto data = DataDir::open(config_.data_dir);
    EXPECT_TRUE(is_problem(verify(), ExitCode::kDataDirectory, "in use by process"));
}

TEST_F(StateVerification, refuses_to_begin_without_the_platforms_secret) {
    std::filesystem::remove(config_.data_dir / "sim-platform");
    EXPECT_TRUE(is_problem(verify(), ExitCode::kDataDirectory, "sim-platform is missing"));
}

TEST_F(StateVerification, says_why_the_enclave_cannot_be_asked) {
    config_.enclave = folder_.path() / "nothing";
    EXPECT_TRUE(is_problem(verify(), ExitCode::kEnclave, "nothing"));
    config_.enclave = "/bin/false";
    EXPECT_TRUE(is_problem(verify(), ExitCode::kEnclave, "exit code 1"));
}

TEST_F(StateVerification, gives_every_record_and_names_the_pages_that_were_not_asked_for) {
    const auto verified = verify();
    ASSERT_TRUE(verified.has_value()) << verified.error().cause;
    const auto& found = verified.value();
    EXPECT_TRUE(found.bad_records.empty());
    EXPECT_EQ(found.pages, 1U);
    ASSERT_EQ(found.unreached.size(), 1U);
    EXPECT_EQ(found.unreached[0].id, page_id(5));
    // The fake enclave says that it could use no base.
    EXPECT_FALSE(found.is_whole());
    const auto told = nlohmann::json::parse(verification_text(found, true));
    EXPECT_EQ(told["whole"], false);
    EXPECT_EQ(told["left_over"], false);
    EXPECT_EQ(told["unreached_pages"][0]["page"], "0x05050505050505050505050505050505");
    EXPECT_NE(verification_text(found, false).find("0x05050505050505050505050505050505"), std::string::npos);
}

TEST_F(StateVerification, names_records_that_are_refused) {
    {
        const auto journal = Journal::open(config_.data_dir / "db").value();
        ASSERT_TRUE(journal->append({3, false, {Bytes(5, 3), Bytes(5, 3)}}).has_value());
        ASSERT_TRUE(journal->append({4, false, {Bytes(4, 4)}}).has_value());
    }
    const auto verified = verify();
    ASSERT_TRUE(verified.has_value()) << verified.error().cause;
    ASSERT_EQ(verified.value().bad_records.size(), 2U) << "the fake enclave takes none after a gap";
    EXPECT_EQ(verified.value().bad_records[0].sequence, 3U);
    EXPECT_EQ(verified.value().bad_records[0].part, 0U);
    EXPECT_NE(verified.value().problem().cause.find("2 records"), std::string::npos);
}

TEST_F(StateVerification, names_a_database_of_another_shard_than_its_identity) {
    {
        const auto database = Database::open(config_.data_dir / "db").value();
        Batch batch;
        batch.put(bytes_of("shard"), tests::hash_of(7).view());
        ASSERT_TRUE(database->write(std::move(batch)).has_value());
    }
    const auto verified = verify();
    ASSERT_TRUE(verified.has_value()) << verified.error().cause;
    ASSERT_EQ(verified.value().troubles.size(), 1U);
    EXPECT_NE(verified.value().troubles[0].cause.find("its shard is 0x0707"), std::string::npos);
}

TEST(Verification, is_whole_when_all_was_found_and_nothing_refused) {
    Verification found;
    found.journal.records = 1;
    found.state.base = 1;
    EXPECT_TRUE(found.is_whole());
    found.unreached.push_back({page_id(1), {}});
    EXPECT_TRUE(found.is_whole()) << "what is left over does no harm";
    const auto with = [&found](auto change) {
        auto altered = found;
        change(altered);
        return altered.is_whole();
    };
    EXPECT_FALSE(with([](Verification& v) { v.bad_pages.push_back({page_id(2), "missing"}); }));
    EXPECT_FALSE(with([](Verification& v) { v.bad_records.push_back({2, 0, "damaged"}); }));
    EXPECT_FALSE(with([](Verification& v) { v.troubles.push_back({}); }));
    EXPECT_FALSE(with([](Verification& v) { v.state.base.reset(); }));
    EXPECT_FALSE(with([](Verification& v) { v.state.is_complete = false; }));
    EXPECT_FALSE(with([](Verification& v) { v.state.differs_at = 3; }));
    EXPECT_FALSE(with([](Verification& v) { v.state.shard.entries = 1; }));
    EXPECT_FALSE(with([](Verification& v) { v.state.worker.bytes_found = 1; }));
}

}  // namespace
}  // namespace redoubt::node
