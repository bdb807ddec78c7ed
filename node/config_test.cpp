#include <fstream>
#include <node/config.hpp>
#include <node/test_support.hpp>

namespace redoubt::node {
namespace {

using tests::is_problem;
using tests::TemporaryFolder;

Environment environment_of(std::map<std::string, std::string> values) {
    values.emplace("HOME", "/home/somebody");
    return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional{found->second};
    };
}

std::filesystem::path write_file(const TemporaryFolder& folder, const std::string& text) {
    const auto path = folder.path() / "redoubt.toml";
    std::ofstream{path} << text;
    return path;
}

TEST(Config, takes_defaults_without_any_source) {
    const auto config = load_config(std::nullopt, environment_of({}), {});
    ASSERT_TRUE(config.has_value());
    EXPECT_EQ(config.value().values.chain, "ws://127.0.0.1:9944");
    EXPECT_EQ(to_text(config.value().values.listen), "127.0.0.1:2000");
    EXPECT_EQ(config.value().values.data_dir, "/home/somebody/.local/share/redoubt");
    EXPECT_EQ(config.value().sources.at("chain"), "default");
}

TEST(Config, prefers_flags_to_environment_to_file) {
    const TemporaryFolder folder;
    const auto file =
        write_file(folder, "chain = \"ws://file:1\"\nconnections-max = 7\nlog-level = \"debug\"\n");
    const auto config = load_config(
        file, environment_of({{"REDOUBT_CHAIN", "ws://environment:1"}, {"REDOUBT_LOG_LEVEL", "warn"}}),
        {{"chain", "ws://flag:1"}});
    ASSERT_TRUE(config.has_value());
    EXPECT_EQ(config.value().values.chain, "ws://flag:1");
    EXPECT_EQ(config.value().values.log_level, LogLevel::kWarning);
    EXPECT_EQ(config.value().values.connections_max, 7U);
    EXPECT_EQ(config.value().sources.at("chain"), "flag --chain");
    EXPECT_EQ(config.value().sources.at("log-level"), "environment REDOUBT_LOG_LEVEL");
    EXPECT_EQ(config.value().sources.at("connections-max"), "file " + file.string() + ":2");
}

TEST(Config, rejects_endorsements_for_simulated_evidence) {
    const auto load = [](const std::string& tee) {
        return load_config(std::nullopt, environment_of({}),
                           {{"tee", tee}, {"evidence-endorsements", "collateral.json"}});
    };
    EXPECT_TRUE(is_problem(load("sim"), ExitCode::kUsage, "--evidence-endorsements is of no use"));
    EXPECT_TRUE(load("gramine-sgx").has_value());
    EXPECT_TRUE(load("tsm").has_value());
}

TEST(Config, takes_limits_of_clients_and_of_the_enclave) {
    const auto config =
        load_config(std::nullopt, environment_of({}),
                    {{"trusted-proxies", "10.0.0.7, fd00::/8"}, {"enclave-memory-max", "512"}});
    ASSERT_TRUE(config.has_value());
    EXPECT_EQ(to_text(config.value().values.trusted_proxies), "10.0.0.7/32,fd00::/8");
    EXPECT_EQ(config.value().values.enclave_memory_max, 512U);
    const auto shown = show_config(config.value());
    for (const auto* name : {"connections-per-address", "connections-per-proxy", "trusted-proxies",
                             "half-open-max", "connection-rate", "idle-timeout-pressed"}) {
        EXPECT_NE(shown.find(name), std::string::npos) << name;
    }
    for (const auto& [name, text] : std::map<std::string, std::string>{{"trusted-proxies", "proxy.example"},
                                                                       {"connections-max", "449"},
                                                                       {"half-open-max", "0"},
                                                                       {"enclave-memory-max", "511"}}) {
        EXPECT_TRUE(is_problem(load_config(std::nullopt, environment_of({}), {{name, text}}),
                               ExitCode::kUsage, name));
    }
}

const std::string kOne = "0x" + std::string(64, '1');
const std::string kTwo = "0x" + std::string(64, '2');

TEST(Config, takes_several_shards_from_flag_environment_and_file) {
    const TemporaryFolder folder;
    const auto file = write_file(folder, "shard = [\"" + kOne + "\", \"" + kTwo + "\"]\n");
    const std::vector<LoadedConfig> all{
        load_config(file, environment_of({}), {}).value(),
        load_config(std::nullopt, environment_of({{"REDOUBT_SHARD", kOne + ", " + kTwo}}), {}).value(),
        load_config(std::nullopt, environment_of({}), {{"shard", kOne + "," + kTwo}}).value()};
    for (const auto& config : all) {
        ASSERT_EQ(config.values.shards.size(), 2U);
        EXPECT_EQ(config.values.shards[0], parse_shard(kOne));
        EXPECT_EQ(config.values.shards[1], parse_shard(kTwo));
        EXPECT_NE(show_config(config).find(kOne + "," + kTwo), std::string::npos);
    }
    const auto replaced = load_config(file, environment_of({}), {{"shard", kTwo}});
    ASSERT_TRUE(replaced.has_value());
    EXPECT_EQ(replaced.value().values.shards.size(), 1U);
    EXPECT_TRUE(load_config(file, environment_of({}), {{"shard", ""}}).value().values.shards.empty());
}

TEST(Config, rejects_a_shard_twice_and_more_than_the_most) {
    std::string many;
    for (int i = 0; i < static_cast<int>(kShardsMax); ++i) {
        many += (many.empty() ? "0x" : ",0x") + std::string(62, '0') + std::to_string(10 + i);
    }
    EXPECT_TRUE(load_config(std::nullopt, environment_of({}), {{"shard", many}}).has_value());
    for (const auto& text : {kOne + "," + kOne, many + "," + kOne, kOne + ",,", "," + kOne}) {
        const auto config = load_config(std::nullopt, environment_of({}), {{"shard", text}});
        EXPECT_TRUE(is_problem(config, ExitCode::kUsage, "each once")) << text;
    }
}

TEST(Config, takes_an_array_for_lists_only) {
    const TemporaryFolder folder;
    const auto file = write_file(folder, "chain = [\"ws://a:1\"]\n");
    EXPECT_TRUE(is_problem(load_config(file, environment_of({}), {}), ExitCode::kUsage, "one value"));
    const auto nested = write_file(folder, "shard = [[\"" + kOne + "\"]]\n");
    EXPECT_TRUE(is_problem(load_config(nested, environment_of({}), {}), ExitCode::kUsage, "[VALUE, VALUE]"));
}

TEST(Config, rejects_an_unknown_key_naming_key_and_line) {
    const TemporaryFolder folder;
    const auto file = write_file(folder, "# comment\nchian = \"ws://a:1\"\n");
    const auto config = load_config(file, environment_of({}), {});
    EXPECT_TRUE(is_problem(config, ExitCode::kUsage, "\"chian\""));
    EXPECT_TRUE(is_problem(config, ExitCode::kUsage, "redoubt.toml:2"));
    EXPECT_TRUE(is_problem(config, ExitCode::kUsage, "Known keys: chain"));
}

TEST(Config, rejects_a_file_that_is_not_toml_naming_the_line) {
    const TemporaryFolder folder;
    const auto file = write_file(folder, "dev = true\nchain = \n");
    EXPECT_TRUE(is_problem(load_config(file, environment_of({}), {}), ExitCode::kUsage, "redoubt.toml:2"));
}

TEST(Config, rejects_a_missing_file) {
    EXPECT_TRUE(is_problem(load_config("/nowhere/at.all", environment_of({}), {}), ExitCode::kUsage,
                           "/nowhere/at.all"));
}

TEST(Config, rejects_a_table_as_value) {
    const TemporaryFolder folder;
    const auto file = write_file(folder, "[chain]\nurl = \"ws://a:1\"\n");
    EXPECT_TRUE(is_problem(load_config(file, environment_of({}), {}), ExitCode::kUsage, "chain"));
}

TEST(Config, rejects_values_out_of_range_and_says_what_is_expected) {
    const std::vector<std::pair<std::string, std::string>> cases{{"chain", "http://127.0.0.1"},
                                                                 {"chain", "ws://"},
                                                                 {"listen", "localhost:2000"},
                                                                 {"listen", "127.0.0.1:65536"},
                                                                 {"listen", "127.0.0.1"},
                                                                 {"shard", "0x1234"},
                                                                 {"dev", "yes"},
                                                                 {"log-level", "loud"},
                                                                 {"connections-max", "0"},
                                                                 {"connections-max", "-1"},
                                                                 {"connections-max", "12x"},
                                                                 {"reregister-after", "172800"},
                                                                 {"external-url", "ws://a"},
                                                                 {"idle-timeout", "1e3"},
                                                                 {"enclave-failures-max", ""}};
    for (const auto& [name, text] : cases) {
        const auto config = load_config(std::nullopt, environment_of({}), {{name, text}});
        EXPECT_TRUE(is_problem(config, ExitCode::kUsage, "Give ")) << name << "=" << text;
        EXPECT_TRUE(is_problem(config, ExitCode::kUsage, "--" + name)) << name << "=" << text;
    }
}

TEST(Config, takes_values_at_the_bounds) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"listen", "127.0.0.1:65535"},
        {"listen", "[::1]:0"},
        {"connections-max", "1"},
        {"connections-max", "448"},
        {"reregister-after", "169200"},
        {"dev", "false"},
        {"shard", "7uXGfp5F4ZMeJ8r5GQZt1FTM3vfXU4dqNs6sWNVrPDS5"}};
    for (const auto& [name, text] : cases) {
        EXPECT_TRUE(load_config(std::nullopt, environment_of({}), {{name, text}}).has_value())
            << name << "=" << text;
    }
}

TEST(Config, needs_a_home_or_a_data_directory) {
    const Environment nothing = [](const std::string&) { return std::nullopt; };
    EXPECT_TRUE(is_problem(load_config(std::nullopt, nothing, {}), ExitCode::kUsage, "--data-dir"));
    EXPECT_TRUE(load_config(std::nullopt, nothing, {{"data-dir", "/d"}}).has_value());
}

TEST(Config, shows_every_option_with_its_source) {
    const auto config = load_config(std::nullopt, environment_of({}), {{"dev", "true"}});
    ASSERT_TRUE(config.has_value());
    const auto text = show_config(config.value());
    for (const auto& option : options()) {
        EXPECT_NE(text.find(option.name), std::string::npos) << option.name;
    }
    EXPECT_NE(text.find("# flag --dev"), std::string::npos);
}

}  // namespace
}  // namespace redoubt::node
