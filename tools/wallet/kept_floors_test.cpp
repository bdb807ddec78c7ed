#include <tools/wallet/kept_floors.hpp>

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <tests/support/dcap_evidence.hpp>
#include <tests/support/shared_material.hpp>
#include <thread>
#include <tools/wallet/command_line.hpp>
#include <tools/wallet/evidence_verification.hpp>
#include <tools/wallet/test_folder_test.hpp>

namespace redoubt::wallet {
namespace {

using attestation::Reason;
using attestation::Verdict;
using attestation::VerificationTime;

/// An accepted verdict, by the date and the number of its list.
Verdict accepted(std::int64_t latest_issue, std::uint8_t number, std::uint8_t issuer = 1) {
    Verdict out;
    out.refusal.reset();
    out.time = {latest_issue + 100};
    out.collateral = attestation::CollateralFacts{};
    out.collateral->latest_issue = {latest_issue};
    out.collateral->root_list = attestation::ListNumber{Hash256{{issuer}}, Bytes{number}};
    return out;
}

class KeptFloors : public ::testing::Test {
  protected:
    [[nodiscard]] FloorsFile file() const { return FloorsFile{folder_.path() / "state" / "redoubt-wallet"}; }
    void write(std::string_view text) const {
        std::filesystem::create_directories(file().path().parent_path());
        std::ofstream{file().path()} << text;
    }

    TestFolder folder_;
};

TEST_F(KeptFloors, are_none_without_a_file) {
    const auto read = file().read();
    ASSERT_TRUE(read);
    EXPECT_EQ(read.value().seen.time, std::nullopt);
    EXPECT_TRUE(read.value().seen.lists.empty());
    EXPECT_FALSE(std::filesystem::exists(file().path()));
}

TEST_F(KeptFloors, rise_from_run_to_run_and_never_fall) {
    ASSERT_TRUE(file().raise(accepted(1'000, 5), "fleet", 3));
    ASSERT_TRUE(file().raise(accepted(900, 4), "fleet", 2));
    auto floors = file().read().value();
    EXPECT_EQ(floors.seen.time, VerificationTime{1'000});
    ASSERT_EQ(floors.seen.lists.size(), 1U);
    EXPECT_EQ(floors.seen.lists[0].number, Bytes{5});
    EXPECT_EQ(floors.of_policy("fleet").policy_revision, 3U);
    EXPECT_EQ(floors.of_policy("other").policy_revision, 0U);
    ASSERT_TRUE(file().raise(accepted(1'001, 6), "other", 1));
    ASSERT_TRUE(file().raise(accepted(1, 7, 2), "", 9));
    floors = file().read().value();
    EXPECT_EQ(floors.seen.time, VerificationTime{1'001});
    EXPECT_EQ(floors.seen.lists.size(), 2U);
    EXPECT_EQ(floors.policy_revisions, (std::map<std::string, std::uint64_t>{{"fleet", 3}, {"other", 1}}));
}

TEST_F(KeptFloors, are_the_users_alone) {
    ASSERT_TRUE(file().raise(accepted(1'000, 5), "", 0));
    struct stat status {};
    ASSERT_EQ(stat(file().path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    ASSERT_EQ(stat(file().path().parent_path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    EXPECT_FALSE(std::filesystem::exists(file().path().parent_path() / ".floors.new"));
}

TEST_F(KeptFloors, are_not_written_when_nothing_rises) {
    Verdict without_documents;
    without_documents.refusal.reset();
    ASSERT_TRUE(file().raise(without_documents, "development", 0));
    EXPECT_FALSE(std::filesystem::exists(file().path()));
}

TEST_F(KeptFloors, lose_nothing_when_several_write) {
    std::vector<std::thread> writers;
    for (std::uint8_t issuer = 1; issuer <= 8; ++issuer) {
        writers.emplace_back(
            [this, issuer] { EXPECT_TRUE(file().raise(accepted(1'000 + issuer, 1, issuer), "", 0)); });
    }
    for (auto& writer : writers) {
        writer.join();
    }
    EXPECT_EQ(file().read().value().seen.lists.size(), 8U);
}

TEST_F(KeptFloors, that_are_damaged_are_no_floors_of_zero) {
    const auto good = to_json(Floors{}).dump();
    for (const auto& text :
         {std::string{}, std::string{"{}"}, good.substr(1), std::string{R"({"format":"redoubt-floors/2"})"},
          std::string{R"({"format":"redoubt-floors/1","time":-1,"lists":[],"policies":{}})"},
          std::string{
              R"({"format":"redoubt-floors/1","lists":[{"issuer":"00","number":"01"}],"policies":{}})"},
          std::string{R"({"format":"redoubt-floors/1","lists":[],"policies":{"a":"1"}})"},
          std::string(kFloorsFileBytesMax + 1, ' ')}) {
        write(text);
        const auto read = file().read();
        ASSERT_FALSE(read) << text.substr(0, 80);
        EXPECT_EQ(read.error().code, "floors_unreadable");
        EXPECT_NE(read.error().remedy.find("--reset"), std::string::npos);
        EXPECT_EQ(file().raise(accepted(1'000, 5), "", 0).error().code, "floors_unreadable");
    }
    write(good);
    EXPECT_TRUE(file().read());
    std::filesystem::remove(file().path());
    std::filesystem::create_directory(file().path());
    EXPECT_EQ(file().read().error().code, "floors_unreadable");
}

TEST_F(KeptFloors, that_cannot_be_written_are_a_failure) {
    std::ofstream{folder_.path() / "state"} << "a file where the folder would be";
    const auto raised = file().raise(accepted(1'000, 5), "", 0);
    ASSERT_FALSE(raised);
    EXPECT_TRUE(raised.error().code == "floors_unwritable" || raised.error().code == "floors_unreadable")
        << raised.error().code;
}

TEST_F(KeptFloors, can_be_forgotten) {
    EXPECT_FALSE(file().forget().value());
    ASSERT_TRUE(file().raise(accepted(1'000, 5), "", 0));
    EXPECT_TRUE(file().forget().value());
    EXPECT_EQ(file().read().value().seen.time, std::nullopt);
}

TEST(PolicyKey, is_the_name_or_else_the_place) {
    policy_file::PolicyDocument document;
    EXPECT_EQ(policy_key(document, ""), "");
    document.sha256 = Hash256{};
    EXPECT_EQ(policy_key(document, "/a/../b/p.toml"), "file:/b/p.toml");
    document.name = "fleet";
    EXPECT_EQ(policy_key(document, "/b/p.toml"), "fleet");
}

/// Genuine in form, under a root of its own.
attestation::Bundle quote() {
    const auto kept = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/dcap_verify/sgx_v3");
    const auto parts = tests::split_dcap_evidence(bytes_of(kept)).value();
    attestation::Bundle out;
    out.type = parts.type();
    out.evidence = to_bytes(parts.quote);
    out.endorsements = attestation::dcap::parse_collateral(parts.collateral).value();
    return out;
}

EvidenceVerification verify(const KeptBefore& kept, std::uint64_t revision = 0) {
    policy_file::PolicyDocument policy;
    policy.revision = revision;
    return verify_evidence(quote(), {.time = tests::kDcapTestTime,
                                     .policy = std::move(policy),
                                     .roots = tests::dcap_test_roots(),
                                     .kept = kept});
}

TEST(KeptBefore, refuses_what_is_older_and_says_how_to_go_back) {
    Floors seen;
    const auto first = verify({seen.of_policy("p"), "floors.json"}, 4);
    ASSERT_TRUE(first.is_accepted()) << to_text(first);
    EXPECT_TRUE(seen.raise(first.verdict, "p", 4));
    EXPECT_TRUE(verify({seen.of_policy("p"), "floors.json"}, 4).is_accepted());

    auto newer = seen.of_policy("p");
    newer.time = {tests::kDcapTestTime.unix_seconds + 1};
    ASSERT_FALSE(newer.lists.empty());
    newer.lists.front().number.insert(newer.lists.front().number.begin(), 1);
    const auto refused = verify({newer, "floors.json"}, 3);
    for (const auto reason :
         {Reason::kPolicyTimeRollback, Reason::kPolicyListNumber, Reason::kPolicyVersion}) {
        EXPECT_TRUE(refused.has_violated(reason)) << attestation::reason_code(reason);
        const auto advice = advise(reason, refused.evidence);
        EXPECT_NE(advice.cause.find("floors.json"), std::string::npos) << advice.cause;
        EXPECT_NE(advice.remedy.find("redoubt evidence floors --reset"), std::string::npos) << advice.remedy;
    }
}

// A floor that the policy states itself is not forgotten by forgetting what was seen.
TEST(KeptBefore, does_not_take_the_policys_floors_for_its_own) {
    policy_file::PolicyDocument policy;
    policy.policy.floors.time = VerificationTime{tests::kDcapTestTime.unix_seconds + 1};
    const auto refused = verify_evidence(quote(), {.time = tests::kDcapTestTime,
                                                   .policy = policy,
                                                   .roots = tests::dcap_test_roots(),
                                                   .kept = KeptBefore{policy.policy.floors, "floors.json"}});
    EXPECT_TRUE(refused.has_violated(Reason::kPolicyTimeRollback));
    EXPECT_EQ(advise(Reason::kPolicyTimeRollback, refused.evidence).remedy.find("--reset"),
              std::string::npos);
}

struct Finished {
    int status = 0;
    std::string err;
    Json json;
};

Finished redoubt(const std::filesystem::path& state, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--json", "--state", state.string(), "evidence"});
    std::ostringstream out;
    std::ostringstream err;
    Finished finished;
    finished.status = run_program(std::move(arguments), out, err);
    finished.err = err.str();
    finished.json = Json::parse(out.str(), nullptr, false);
    return finished;
}

std::string code(const Finished& finished) {
    return finished.json.contains("error") ? finished.json["error"]["code"].get<std::string>() : "none";
}

// What was true at another time is told, whatever was seen since; and it shows nothing of today.
TEST_F(KeptFloors, do_not_count_at_another_time) {
    const auto bundle = (folder_.path() / "b.json").string();
    std::ofstream{bundle} << attestation::encode(quote());
    const auto state = file().path().parent_path();
    write("damaged");
    EXPECT_EQ(code(redoubt(state, {"verify", bundle})), "floors_unreadable");
    EXPECT_EQ(code(redoubt(state, {"explain", bundle})), "floors_unreadable");
    EXPECT_EQ(code(redoubt(state, {"verify", bundle, "--time", "1800000000"})), "none");
    EXPECT_EQ(tests::read_file(file().path()), "damaged");
    EXPECT_EQ(code(redoubt(state, {"floors"})), "floors_unreadable");
    EXPECT_EQ(redoubt(state, {"floors", "--reset"}).json["reset"], true);
    EXPECT_EQ(redoubt(state, {"floors", "--reset"}).json["reset"], false);
    // Refused evidence raises nothing.
    EXPECT_EQ(redoubt(state, {"verify", bundle}).status, 1);
    EXPECT_FALSE(std::filesystem::exists(file().path()));
    EXPECT_EQ(redoubt(state, {"floors"}).json["policies"], Json::object());
}

}  // namespace
}  // namespace redoubt::wallet
