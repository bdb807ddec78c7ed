#include <tools/devchain/options.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace redoubt::devchain {
namespace {

std::variant<Options, int> parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "redoubt-devchain");
    return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

TEST(Options, runs_a_development_chain_without_arguments) {
    const auto parsed = parse({});
    const auto* options = std::get_if<Options>(&parsed);
    ASSERT_NE(options, nullptr);
    EXPECT_EQ(options->command, Command::kRun);
    EXPECT_EQ(options->port, 9944);
    EXPECT_EQ(options->address, "127.0.0.1");
    EXPECT_EQ(options->chain.seal, Seal::kSlots);
    EXPECT_EQ(options->chain.genesis.slot_duration_ms, 1'000U);
    EXPECT_FALSE(options->chain.base_path.has_value());
}

TEST(Options, takes_what_the_flags_say) {
    const auto parsed =
        parse({"--port", "0", "--authorities", "4", "--block-time", "50ms", "--seal", "manual", "--base-path",
               "somewhere", "--accounts", "3", "--justify-every", "2"});
    const auto* options = std::get_if<Options>(&parsed);
    ASSERT_NE(options, nullptr);
    EXPECT_EQ(options->port, 0);
    EXPECT_EQ(options->chain.authorities, 4U);
    EXPECT_EQ(options->chain.genesis.slot_duration_ms, 50U);
    EXPECT_EQ(options->chain.seal, Seal::kManual);
    EXPECT_EQ(options->chain.base_path, "somewhere");
    EXPECT_EQ(options->chain.justify_every, 2U);
    EXPECT_EQ(options->chain.genesis.balances.size(), development_chain().genesis.balances.size() + 3);
}

TEST(Options, rejects_mistakes_with_the_usage_code) {
    EXPECT_EQ(std::get<int>(parse({"--seal", "sometimes"})), 2);
    EXPECT_EQ(std::get<int>(parse({"--authorities", "0"})), 2);
    EXPECT_EQ(std::get<int>(parse({"--block-time", "49ms"})), 2);
    EXPECT_EQ(std::get<int>(parse({"--chain-spec", "no such file"})), 2);
    EXPECT_EQ(std::get<int>(parse({"--help"})), 0);
}

TEST(Options, names_an_unknown_command_and_the_nearest_or_all) {
    const auto complaint = [](std::vector<const char*> arguments) {
        ::testing::internal::CaptureStderr();
        const auto parsed = parse(std::move(arguments));
        auto text = ::testing::internal::GetCapturedStderr();
        EXPECT_EQ(std::get<int>(parsed), 2);
        return text;
    };
    EXPECT_NE(
        complaint({"bogus"}).find("'bogus' is no command of redoubt-devchain. The commands are export-spec"),
        std::string::npos);
    EXPECT_NE(complaint({"exportspec"}).find("Did you mean `redoubt-devchain export-spec`?"),
              std::string::npos);
    EXPECT_NE(
        complaint({"--prot", "0"}).find("'--prot' is no option of redoubt-devchain. Did you mean --port?"),
        std::string::npos);
}

TEST(Options, shows_its_version_in_both_ways) {
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(std::get<int>(parse({"--version"})), 0);
    EXPECT_TRUE(::testing::internal::GetCapturedStdout().starts_with("redoubt-devchain 0."));
    const auto parsed = parse({"version"});
    EXPECT_EQ(std::get<Options>(parsed).command, Command::kVersion);
}

TEST(Options, takes_faults_and_refuses_unknown_ones) {
    const auto parsed = parse({"--fault", "wrong-set-id", "--fault", "slow-connection=50@3..9"});
    const auto* options = std::get_if<Options>(&parsed);
    ASSERT_NE(options, nullptr);
    ASSERT_EQ(options->faults.size(), 2U);
    EXPECT_EQ(options->faults[1].argument, "50");
    EXPECT_EQ(options->faults[1].when.last, 9U);
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(std::get<int>(parse({"--fault", "wrong-set-ids"})), 2);
    EXPECT_NE(::testing::internal::GetCapturedStderr().find("'wrong-set-id'"), std::string::npos);
    EXPECT_TRUE(std::get<Options>(parse({"faults", "--json"})).as_json);
}

TEST(Options, reads_durations) {
    EXPECT_EQ(parse_duration_ms("250ms").value(), 250U);
    EXPECT_EQ(parse_duration_ms("6s").value(), 6'000U);
    EXPECT_EQ(parse_duration_ms("2m").value(), 120'000U);
    for (const auto* text : {"", "6", "s", "-1s", "6h", "1.5s", "99999999999999999999s"}) {
        EXPECT_FALSE(parse_duration_ms(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace redoubt::devchain
