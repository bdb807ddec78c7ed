#include <node/arguments.hpp>

#include <gtest/gtest.h>

#include <node/problem.hpp>
#include <vector>

namespace redoubt::node {
namespace {

constexpr int kUsage = static_cast<int>(ExitCode::kUsage);

std::variant<Arguments, int> parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "redoubtd");
    return parse_arguments(static_cast<int>(arguments.size()), arguments.data());
}

/// What the parser prints for a mistake; it has to end with the usage code.
std::string complaint(std::vector<const char*> arguments) {
    ::testing::internal::CaptureStderr();
    const auto parsed = parse(std::move(arguments));
    auto text = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::get<int>(parsed), kUsage);
    return text;
}

TEST(Arguments, names_an_unknown_command_and_the_nearest_or_all) {
    EXPECT_EQ(complaint({"bogus"}),
              "redoubtd: 'bogus' is no command of redoubtd. The commands are run, version, config, shard, "
              "state.\n");
    EXPECT_EQ(complaint({"verison"}),
              "redoubtd: 'verison' is no command of redoubtd. Did you mean `redoubtd version`?\n");
}

TEST(Arguments, names_an_unknown_option_and_the_nearest) {
    EXPECT_EQ(complaint({"run", "--chian", "ws://127.0.0.1:1"}),
              "redoubtd: '--chian' is no option of redoubtd run. Did you mean --chain?\n");
}

TEST(Arguments, takes_a_list_from_repeated_flags) {
    const auto parsed = parse({"run", "--shard", "A", "--dev", "--shard", "B,C"});
    EXPECT_EQ(std::get<Arguments>(parsed).flags.at("shard"), "A,B,C");
    EXPECT_NE(complaint({"run", "--shard", "A", "B"}).find("B"), std::string::npos);
}

TEST(Arguments, names_the_shard_to_look_at) {
    const auto parsed = std::get<Arguments>(parse({"shard", "show", "a1b2", "--data-dir", "/d", "--json"}));
    EXPECT_EQ(parsed.command, Command::kShardShow);
    EXPECT_EQ(parsed.shard, "a1b2");
    EXPECT_EQ(parsed.flags.at("data-dir"), "/d");
    EXPECT_TRUE(parsed.json);
    EXPECT_EQ(std::get<Arguments>(parse({"shard", "list"})).command, Command::kShardList);
    EXPECT_NE(complaint({"shard", "show"}).find("SHARD"), std::string::npos);
}

TEST(Arguments, names_the_file_of_a_backup) {
    const auto backup =
        std::get<Arguments>(parse({"state", "backup", "--shard", "a1b2", "--to", "/b", "--data-dir", "/d"}));
    EXPECT_EQ(backup.command, Command::kStateBackup);
    EXPECT_EQ(backup.shard, "a1b2");
    EXPECT_EQ(backup.backup, "/b");
    EXPECT_EQ(backup.flags.at("data-dir"), "/d");
    const auto restore = std::get<Arguments>(parse({"state", "restore", "--from", "/b", "--json"}));
    EXPECT_EQ(restore.command, Command::kStateRestore);
    EXPECT_EQ(restore.backup, "/b");
    EXPECT_TRUE(restore.json);
    EXPECT_EQ(std::get<Arguments>(parse({"state", "inspect"})).command, Command::kStateInspect);
    EXPECT_EQ(std::get<Arguments>(parse({"state", "compact"})).command, Command::kStateCompact);
    EXPECT_NE(complaint({"state", "backup"}).find("--to"), std::string::npos);
    EXPECT_NE(complaint({"state", "restore"}).find("--from"), std::string::npos);
}

TEST(Arguments, shows_its_version_in_both_ways) {
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(std::get<int>(parse({"--version"})), 0);
    EXPECT_TRUE(::testing::internal::GetCapturedStdout().starts_with("redoubtd 0."));
    EXPECT_EQ(std::get<Arguments>(parse({"version"})).command, Command::kVersion);
}

}  // namespace
}  // namespace redoubt::node
