#include <tools/devchain/options.hpp>

#include <CLI/CLI.hpp>
#include <charconv>
#include <command-line/unknown_word.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace redoubt::devchain {
namespace {

constexpr int kUsageError = 2;
constexpr std::size_t kSpecBytesMax = std::size_t{1} << 30;

/// As given; what is missing leaves the chain spec alone.
struct Given {
    std::string spec_file;
    std::string seal = "slots";
    std::optional<std::string> block_time;
    std::optional<unsigned> authorities;
    std::optional<std::uint32_t> justify_every;
    std::optional<std::string> base_path;
    std::vector<std::string> faults;
};

void add_chain_options(CLI::App& command, Options& options, Given& given) {
    command.add_option("--chain-spec", given.spec_file,
                       "JSON file with funds, flags and authorities; see export-spec");
    command.add_option("--authorities", given.authorities, "number of GRANDPA and Aura authorities")
        ->check(CLI::Range(1U, kAuthoritiesMax));
    command.add_option("--block-time", given.block_time,
                       "length of a slot, from 50ms to 10m: 250ms, 6s, 1m (default 1s)");
    command
        .add_option("--justify-every", given.justify_every,
                    "keep a justification for every so many finalized blocks")
        ->check(CLI::Range(1U, 1'000'000U));
    command
        .add_option("--accounts", options.synthetic_accounts,
                    "further accounts with funds, to make the state large")
        ->check(CLI::Range(0U, 4'000'000U));
}

void add_run_options(CLI::App& command, Options& options, Given& given) {
    add_chain_options(command, options, given);
    command.add_option("--port", options.port, "port to listen on; 0 takes a free one")
        ->capture_default_str();
    command
        .add_option("--listen-address", options.address,
                    "IP address to listen on; anybody who reaches it controls the chain")
        ->capture_default_str();
    command
        .add_option("--seal", given.seal,
                    "when blocks are made: in each slot, for each transaction, on demand")
        ->check(CLI::IsMember({"slots", "instant", "manual"}))
        ->capture_default_str();
    command.add_option("--base-path", given.base_path, "folder to keep the chain in (default: in memory)");
    command.add_option(
        "--fault", given.faults,
        "NAME[=ARG][@when]: lie in this way while the newest block is in `when`, for example 7 or 7..9; "
        "may be repeated; see the command faults");
    command.add_option("--log-level", options.log_level, "how much to log")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
        ->capture_default_str();
    command.add_flag("--log-json", options.log_json, "log one JSON object a line");
}

Checked<nlohmann::json> read_spec(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        return Mistake{path + " cannot be read"};
    }
    file.seekg(0, std::ios::end);
    if (file.tellg() < 0 || static_cast<std::size_t>(file.tellg()) > kSpecBytesMax) {
        return Mistake{path + " is too long"};
    }
    file.seekg(0);
    auto spec = nlohmann::json::parse(std::istreambuf_iterator<char>{file}, {}, nullptr, false);
    if (spec.is_discarded()) {
        return Mistake{path + " is not JSON"};
    }
    return spec;
}

Checked<ChainOptions> make_chain_options(const Given& given) {
    auto chain = development_chain();
    if (!given.spec_file.empty()) {
        BOOST_OUTCOME_TRY(const auto spec, read_spec(given.spec_file));
        auto applied = apply_chain_spec(std::move(chain), spec);
        if (!applied) {
            return Mistake{given.spec_file + ": " + applied.error().what};
        }
        chain = std::move(applied).value();
    }
    if (given.block_time) {
        BOOST_OUTCOME_TRY(chain.genesis.slot_duration_ms, parse_duration_ms(*given.block_time));
        if (chain.genesis.slot_duration_ms < kBlockTimeMsMin ||
            chain.genesis.slot_duration_ms > kBlockTimeMsMax) {
            return Mistake{"--block-time has to be from 50ms to 10m"};
        }
    }
    chain.authorities = given.authorities.value_or(chain.authorities);
    chain.justify_every = given.justify_every.value_or(chain.justify_every);
    if (given.base_path) {
        chain.base_path = *given.base_path;
    }
    chain.seal = given.seal == "instant"  ? Seal::kInstant
                 : given.seal == "manual" ? Seal::kManual
                                          : Seal::kSlots;
    return chain;
}

Checked<std::vector<faults::FaultRequest>> read_faults(const std::vector<std::string>& texts) {
    std::vector<faults::FaultRequest> out;
    for (const auto& text : texts) {
        auto request = faults::parse_fault_request(text);
        if (!request) {
            return Mistake{"--fault " + text + ": " + request.error().message};
        }
        out.push_back(std::move(request).value());
    }
    return out;
}

}  // namespace

Checked<std::uint64_t> parse_duration_ms(std::string_view text) {
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit{parsed.ptr, static_cast<std::size_t>(text.data() + text.size() - parsed.ptr)};
    const auto factor = unit == "ms" ? 1U : unit == "s" ? 1'000U : unit == "m" ? 60'000U : 0U;
    if (parsed.ec != std::errc{} || factor == 0 || number > UINT32_MAX) {
        return Mistake{std::string{text} + " is no duration: write for example 250ms, 6s or 1m"};
    }
    return number * factor;
}

std::variant<Options, int> parse_options(int argc, const char* const* argv) {
    Options options;
    Given given;
    CLI::App app{"redoubt-devchain: a Substrate-style chain for development, in one process",
                 "redoubt-devchain"};
    app.require_subcommand(0, 1);
    app.set_version_flag("--version", "redoubt-devchain " REDOUBT_VERSION, "print the version");
    add_run_options(app, options, given);
    auto* export_spec = app.add_subcommand("export-spec", "print the chain spec that the options give");
    add_chain_options(*export_spec, options, given);
    auto* list_faults = app.add_subcommand("faults", "list the faults that --fault and dev_setFault know");
    list_faults->add_flag("--json", options.as_json, "as a JSON list");
    auto* version = app.add_subcommand("version", "print the version");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (const auto unknown = command_line::unknown_word(app); unknown && error.get_exit_code() != 0) {
            std::fprintf(stderr, "redoubt-devchain: %s. %s\n", unknown->message.c_str(),
                         unknown->remedy.c_str());
            return kUsageError;
        }
        return app.exit(error) == 0 ? 0 : kUsageError;
    }
    if (version->parsed()) {
        options.command = Command::kVersion;
        return options;
    }
    if (list_faults->parsed()) {
        options.command = Command::kFaults;
        return options;
    }
    auto faults = read_faults(given.faults);
    auto chain = make_chain_options(given);
    if (!faults || !chain) {
        std::fprintf(stderr, "redoubt-devchain: %s\n",
                     (faults ? chain.error() : faults.error()).what.c_str());
        return kUsageError;
    }
    options.faults = std::move(faults).value();
    options.chain = std::move(chain).value();
    add_synthetic_accounts(options.chain.genesis, options.synthetic_accounts);
    options.command = export_spec->parsed() ? Command::kExportSpec : Command::kRun;
    return options;
}

}  // namespace redoubt::devchain
