#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <command-line/unknown_word.hpp>
#include <node/arguments.hpp>

namespace redoubt::node {
namespace {

constexpr const char* kFooter =
    "Every option can also be set in the environment (REDOUBT_LOG_LEVEL for --log-level) and in a TOML file\n"
    "(log-level = \"info\"), which --config or REDOUBT_CONFIG names. Flags win over the environment, the\n"
    "environment over the file.\n"
    "\n"
    "Exit codes: 0 stopped on request; 1 standard output cannot be written; 2 command line, configuration,\n"
    "or an address in use; 3 the chain is unreachable, another one, or refuses this worker; 4 the data\n"
    "directory is in use, damaged or foreign, or a backup is; 5 the enclave cannot be started or keeps "
    "ending.\n"
    "SIGINT and SIGTERM stop redoubtd after the running block; a second one stops it at once.";

void add_options(CLI::App& command, Arguments& arguments, std::string& file) {
    command.add_option("--config", file, "TOML file with any of the options below")->type_name("FILE");
    for (const auto& option : options()) {
        const auto name = "--" + std::string{option.name};
        const std::string key{option.name};
        if (option.placeholder.empty()) {
            command.add_flag_callback(
                name, [&arguments, key] { arguments.flags[key] = "true"; }, std::string{option.help});
            continue;
        }
        if (option.is_list) {
            std::function<void(const std::vector<std::string>&)> store_all =
                [&arguments, key](const std::vector<std::string>& texts) {
                    auto& all = arguments.flags[key];
                    for (const auto& text : texts) {
                        all += (all.empty() ? "" : ",") + text;
                    }
                };
            command
                .add_option_function<std::vector<std::string>>(name, std::move(store_all),
                                                               std::string{option.help})
                ->type_name(std::string{option.placeholder})
                ->allow_extra_args(false);
            continue;
        }
        std::function<void(const std::string&)> store = [&arguments, key](const std::string& text) {
            arguments.flags[key] = text;
        };
        command.add_option_function<std::string>(name, std::move(store), std::string{option.help})
            ->type_name(std::string{option.placeholder});
    }
    command.footer(kFooter);
}

/// The options of a command that looks into the data directory.
void add_look_options(CLI::App& command, Arguments& arguments, std::string& file) {
    std::function<void(const std::string&)> store = [&arguments](const std::string& text) {
        arguments.flags["data-dir"] = text;
    };
    command.add_option("--config", file, "TOML file that names the data directory")->type_name("FILE");
    command
        .add_option_function<std::string>("--data-dir", std::move(store),
                                          "folder of everything that is kept; default $XDG_DATA_HOME/redoubt")
        ->type_name("DIR");
    command.add_flag("--json", arguments.json, "print JSON");
}

constexpr const char* kBackupFooter =
    "Works beside a running daemon too, which does not notice: the copy is that of one moment. It stays\n"
    "sealed. sim-platform, the secret of the simulated TEE that opens it, is never part of a backup: copy "
    "that\n"
    "file of the data directory once, and keep it apart.";
constexpr const char* kRestoreFooter =
    "The shard lies below shards/ of the data directory, which is created when it is not there. Copy\n"
    "sim-platform into it afterwards. The enclave refuses to start on a state that is older than what it "
    "has\n"
    "signed on the chain, so restore the newest backup, and do not let the old worker run on.";

constexpr const char* kVerifyFooter =
    "The worker must not run. Records and pages that are missing, altered, of another shard or older than\n"
    "they have to be are named, and the exit code is 4. Whether the state is the newest that the worker had\n"
    "is seen at its start alone, when it asks the chain.";

/// The subcommands of `state`.
struct StateCommands {
    CLI::App* inspect = nullptr;
    CLI::App* backup = nullptr;
    CLI::App* restore = nullptr;
    CLI::App* compact = nullptr;
    CLI::App* verify = nullptr;
};

StateCommands add_state_commands(CLI::App& app, Arguments& arguments, std::string& file) {
    auto* const state =
        app.add_subcommand("state", "look at the stored state of a shard, copy it, restore it");
    state->require_subcommand(1);
    const StateCommands out{
        .inspect = state->add_subcommand("inspect", "how large the journal and the state are"),
        .backup = state->add_subcommand("backup", "copy the database of a shard into a file"),
        .restore = state->add_subcommand("restore", "make the database of a shard from a backup"),
        .compact = state->add_subcommand("compact", "give back the space of what was deleted"),
        .verify =
            state->add_subcommand("verify", "let the enclave open everything, and name what is damaged")};
    for (auto* const command : {out.inspect, out.backup, out.compact, out.verify}) {
        command
            ->add_option("--shard", arguments.shard,
                         "hex, base58, or the first digits of the hex; not needed when there is only one")
            ->type_name("SHARD");
    }
    out.backup->add_option("--to", arguments.backup, "the file to write; it must not exist")
        ->type_name("FILE")
        ->required();
    out.restore->add_option("--from", arguments.backup, "the backup to read")->type_name("FILE")->required();
    out.backup->footer(kBackupFooter);
    out.restore->footer(kRestoreFooter);
    std::function<void(const std::string&)> store = [&arguments](const std::string& text) {
        arguments.flags["enclave"] = text;
    };
    out.verify
        ->add_option_function<std::string>("--enclave", std::move(store),
                                           "the enclave program; default redoubt-enclave beside redoubtd")
        ->type_name("PATH");
    out.verify->footer(kVerifyFooter);
    for (auto* const command : {out.inspect, out.backup, out.restore, out.compact, out.verify}) {
        add_look_options(*command, arguments, file);
    }
    return out;
}

}  // namespace

std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv) {
    CLI::App app{"redoubtd: worker daemon of confidential shards on a Substrate chain", "redoubtd"};
    app.require_subcommand(1);
    app.set_version_flag("--version", "redoubtd " REDOUBT_VERSION, "print the version");
    app.footer(kFooter);
    Arguments arguments;
    std::string file;
    auto* const run = app.add_subcommand("run", "carry shards: follow the chain and serve clients");
    auto* const version = app.add_subcommand("version", "print the version");
    auto* const config = app.add_subcommand("config", "look at the configuration");
    config->require_subcommand(1);
    auto* const show =
        config->add_subcommand("show", "print every option with its value and where it comes from");
    auto* const shard = app.add_subcommand("shard", "look at the shards of a data directory");
    shard->require_subcommand(1);
    auto* const shard_list =
        shard->add_subcommand("list", "every shard: its last record, its size, who runs it");
    auto* const shard_show =
        shard->add_subcommand("show", "one shard: its identity, its journal and its files");
    shard_show->add_option("SHARD", arguments.shard, "hex, base58, or the first digits of the hex")
        ->required();
    const auto state = add_state_commands(app, arguments, file);
    add_look_options(*shard_list, arguments, file);
    add_look_options(*shard_show, arguments, file);
    add_options(*run, arguments, file);
    add_options(*show, arguments, file);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (const auto unknown = command_line::unknown_word(app); unknown && error.get_exit_code() != 0) {
            fmt::print(stderr, "redoubtd: {}. {}\n", unknown->message, unknown->remedy);
            return static_cast<int>(ExitCode::kUsage);
        }
        return app.exit(error) == 0 ? static_cast<int>(ExitCode::kOk) : static_cast<int>(ExitCode::kUsage);
    }
    arguments.command = version->parsed()         ? Command::kVersion
                        : show->parsed()          ? Command::kConfigShow
                        : shard_list->parsed()    ? Command::kShardList
                        : shard_show->parsed()    ? Command::kShardShow
                        : state.inspect->parsed() ? Command::kStateInspect
                        : state.backup->parsed()  ? Command::kStateBackup
                        : state.restore->parsed() ? Command::kStateRestore
                        : state.compact->parsed() ? Command::kStateCompact
                        : state.verify->parsed()  ? Command::kStateVerify
                                                  : Command::kRun;
    if (!file.empty()) {
        arguments.config_file = file;
    }
    return arguments;
}

}  // namespace redoubt::node
