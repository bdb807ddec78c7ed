#include <tools/wallet/command_line.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <command-line/unknown_word.hpp>
#include <ostream>
#include <tools/wallet/kept_floors.hpp>

namespace redoubt::wallet {
namespace {

constexpr const char* kDescription =
    "Redoubt's wallet: accounts, chain queries, transfers, and encrypted calls that run in an attested "
    "enclave.\n"
    "\n"
    "An ACCOUNT is a keystore name, an SS58 address, 0x and 64 hex digits (an account id), or a secret URI "
    "such as //Alice.\n"
    "An AMOUNT, with or without a decimal point, is in whole tokens of the chain; with --planck it is a raw "
    "integer.";

constexpr const char* kFooter =
    "Exit codes: 0 success, 1 refused or failed, 2 usage, 3 chain or worker unreachable, 4 timed out,\n"
    "5 the worker cannot be trusted, 130 interrupted.";

Task<Fallible<Report>> show_version(Context&) {
    Report report{.json = {{"program", "redoubt"}, {"version", REDOUBT_VERSION}},
                  .text = std::string{"redoubt "} + REDOUBT_VERSION};
    co_return report;
}

/// `-5` reads as an option to the parser; say what it really is.
bool is_negative_number(const std::string& argument) {
    return argument.size() > 1 && argument[0] == '-' && argument[1] >= '0' && argument[1] <= '9';
}

}  // namespace

Fallible<std::optional<Invocation>> parse_command_line(std::vector<std::string> arguments,
                                                       std::ostream& out) {
    if (const auto negative = std::ranges::find_if(arguments, is_negative_number);
        negative != arguments.end()) {
        return usage_failure("amount_negative", "'" + *negative + "' is negative",
                             "Amounts and numbers are zero or more.");
    }
    Invocation invocation;
    auto& settings = invocation.settings;
    settings.keystore = default_keystore_folder();
    settings.state = default_state_folder();
    std::int64_t timeout_s = settings.timeout.count();

    CLI::App app{kDescription, "redoubt"};
    app.footer(kFooter);
    app.fallthrough();
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    app.add_option("--chain", settings.chain_url, "WebSocket of a node of the chain")
        ->envname("REDOUBT_CHAIN")
        ->capture_default_str();
    app.add_flag("--json", settings.json, "Print exactly one JSON document on standard output");
    app.add_flag("--planck", settings.planck, "Amounts are raw integers of the smallest unit");
    app.add_option("--keystore", settings.keystore, "Folder of the accounts' key files")->type_name("DIR");
    app.add_option("--state", settings.state, "Folder of what earlier verifications have seen")
        ->type_name("DIR");
    app.add_option("--policy", settings.policy_file,
                   "Which evidence of a worker is accepted; default hardware that is up to date")
        ->check([](const std::string& file) { return file.empty() ? "it names no file" : ""; })
        ->type_name("FILE")
        ->envname("REDOUBT_POLICY");
    app.add_option(
           "--fingerprint", settings.fingerprint,
           "The program that a worker has to run, base58 or hex; whatever else the chain names is refused")
        ->type_name("FINGERPRINT");
    app.add_option("--worker-collateral", settings.worker_collateral,
                   "Collateral (JSON) that the evidence of workers in SGX or TDX is verified with")
        ->type_name("FILE")
        ->envname("REDOUBT_WORKER_COLLATERAL");
    app.add_flag("--trust-registry", settings.trusts_registry,
                 "Send to a worker that the chain's registry names, without asking it for evidence");
    app.add_option("--password-file", settings.password.file,
                   "File whose first line is the password of the account")
        ->type_name("FILE");
    app.add_option("--timeout", timeout_s, "Give up after this long")
        ->type_name("SECONDS")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{86'400}))
        ->capture_default_str();
    app.add_flag("--verbose", settings.verbose, "Log on standard error what the connections do");
    add_account_commands(app, invocation.run);
    add_chain_commands(app, invocation.run);
    add_evidence_commands(app, invocation.run);
    add_funds_commands(app, invocation.run);
    add_registry_commands(app, invocation.run);
    add_trusted_commands(app, invocation.run);
    add_worker_commands(app, invocation.run);
    app.add_subcommand("version", "Print the version")->callback([&invocation] {
        invocation.run = show_version;
    });
    app.set_version_flag("--version", "redoubt " REDOUBT_VERSION, "Print the version");

    std::ranges::reverse(arguments);
    try {
        app.parse(arguments);
    } catch (const CLI::ParseError& error) {
        if (dynamic_cast<const CLI::CallForVersion*>(&error) != nullptr) {
            invocation.run = show_version;
            return std::optional{std::move(invocation)};
        }
        if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
            app.exit(error, out, out);
            return std::optional<Invocation>{};
        }
        if (auto unknown = command_line::unknown_word(app)) {
            return usage_failure("usage", std::move(unknown->message), std::move(unknown->remedy));
        }
        return usage_failure("usage", error.what(), "See `redoubt --help`, or --help after a command.");
    }
    settings.timeout = std::chrono::seconds{timeout_s};
    return std::optional{std::move(invocation)};
}

}  // namespace redoubt::wallet
