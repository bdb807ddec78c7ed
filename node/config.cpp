#include <node/config.hpp>

#include <fmt/format.h>
#include <primitives/crypto/base58.hpp>
#include <primitives/hex.hpp>

#include <arpa/inet.h>
#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace redoubt::node {
namespace {

/// The enclave holds 512, among them some that it has not been told yet are gone.
constexpr std::uint64_t kClientsMax = 448;

/// In the order of TeeChoice.
constexpr std::array<std::string_view, 3> kTeeNames{"sim", "gramine-sgx", "tsm"};
constexpr std::array<std::string_view, 6> kLevelNames{"trace", "debug", "info", "warn", "error", "off"};

/// A setter for a whole number in a closed range; `unit` ends the message.
template <class Member>
auto number(Member Config::*member, std::uint64_t min, std::uint64_t max) {
    return [=](Config& config, std::string_view text) -> std::optional<std::string> {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || value < min || value > max) {
            return fmt::format("a whole number from {} to {}", min, max);
        }
        if constexpr (std::is_same_v<Member, std::chrono::seconds>) {
            config.*member = std::chrono::seconds{static_cast<std::chrono::seconds::rep>(value)};
        } else {
            config.*member = static_cast<Member>(value);
        }
        return std::nullopt;
    };
}

auto switch_value(bool Config::*member) {
    return [member](Config& config, std::string_view text) -> std::optional<std::string> {
        if (text != "true" && text != "false") {
            return "true or false";
        }
        config.*member = text == "true";
        return std::nullopt;
    };
}

bool is_node_url(std::string_view text) {
    const auto scheme = text.find("://");
    return (text.starts_with("ws://") || text.starts_with("wss://")) && text.size() > scheme + 3;
}

std::optional<std::string> set_chain(Config& config, std::string_view text) {
    if (!is_node_url(text)) {
        return "a WebSocket URL such as ws://127.0.0.1:9944";
    }
    config.chain = text;
    return std::nullopt;
}

std::optional<std::string> set_relay(Config& config, std::string_view text) {
    if (!text.empty() && !is_node_url(text)) {
        return "a WebSocket URL such as ws://127.0.0.1:9955, or nothing";
    }
    config.relay = text;
    return std::nullopt;
}

std::optional<std::string> set_external_url(Config& config, std::string_view text) {
    constexpr std::size_t kUrlBytesMax = 256;  // the registry stores no longer one
    const bool valid = text.empty() || (text.starts_with("wss://") && text.size() > 6);
    if (!valid || text.size() > kUrlBytesMax) {
        return "a URL of at most 256 bytes such as wss://worker.example:2000";
    }
    config.external_url = text;
    return std::nullopt;
}

/// The values between the commas, without the spaces around them.
std::vector<std::string_view> split_list(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        auto value = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        value = value.substr(0, value.find_last_not_of(' ') + 1);
        out.push_back(value);
    }
    return out;
}

std::optional<std::string> set_shards(Config& config, std::string_view text) {
    const auto values = split_list(text);
    std::vector<Hash256> shards;
    for (const auto& value : values) {
        const auto shard = parse_shard(value);
        if (!shard || shards.size() == kShardsMax || std::ranges::find(shards, *shard) != shards.end()) {
            return fmt::format("32 bytes as hex or base58, or up to {} of them, each once", kShardsMax);
        }
        shards.push_back(*shard);
    }
    config.shards = std::move(shards);
    return std::nullopt;
}

std::string show_shards(const Config& config) {
    std::string out;
    for (const auto& shard : config.shards) {
        out += (out.empty() ? "" : ",") + to_hex_0x(shard.view());
    }
    return out;
}

std::optional<std::string> set_listen(Config& config, std::string_view text) {
    const auto address = parse_listen_address(text);
    if (!address) {
        return "a numeric address and port such as 127.0.0.1:2000 or [::]:2000";
    }
    config.listen = *address;
    return std::nullopt;
}

std::optional<std::string> set_trusted_proxies(Config& config, std::string_view text) {
    auto ranges = parse_address_ranges(text);
    if (!ranges) {
        return "addresses or networks separated by commas, such as 10.0.0.7,fd00::/8";
    }
    config.trusted_proxies = std::move(*ranges);
    return std::nullopt;
}

std::optional<std::string> set_enclave_memory_max(Config& config, std::string_view text) {
    constexpr std::uint32_t kMin = 512;  // what a block of the largest size takes, and the program itself
    auto wanted = config;
    if (number(&Config::enclave_memory_max, 0, 1048576)(wanted, text) ||
        (wanted.enclave_memory_max > 0 && wanted.enclave_memory_max < kMin)) {
        return "0 for no limit, or a whole number from 512 to 1048576";
    }
    config.enclave_memory_max = wanted.enclave_memory_max;
    return std::nullopt;
}

std::optional<std::string> set_tee(Config& config, std::string_view text) {
    const auto* const found = std::ranges::find(kTeeNames, text);
    if (found == kTeeNames.end()) {
        return "one of sim, gramine-sgx, tsm";
    }
    config.tee = static_cast<TeeChoice>(found - kTeeNames.begin());
    return std::nullopt;
}

std::optional<std::string> set_attestation(Config& config, std::string_view text) {
    const auto method = parse_attestation_method(text);
    if (!method) {
        return "skip, dcap or ias";
    }
    config.attestation = *method;
    return std::nullopt;
}

std::optional<std::string> set_log_level(Config& config, std::string_view text) {
    const auto* const found = std::ranges::find(kLevelNames, text);
    if (found == kLevelNames.end()) {
        return "one of trace, debug, info, warn, error, off";
    }
    config.log_level = static_cast<LogLevel>(found - kLevelNames.begin());
    return std::nullopt;
}

auto path_value(std::filesystem::path Config::*member) {
    return [member](Config& config, std::string_view text) -> std::optional<std::string> {
        config.*member = std::filesystem::path{text};
        return std::nullopt;
    };
}

template <class Member>
auto show_number(Member Config::*member) {
    return [member](const Config& config) {
        if constexpr (std::is_same_v<Member, std::chrono::seconds>) {
            return fmt::format("{}", (config.*member).count());
        } else {
            return fmt::format("{}", config.*member);
        }
    };
}

auto show_switch(bool Config::*member) {
    return [member](const Config& config) { return std::string{config.*member ? "true" : "false"}; };
}

std::vector<Option> make_options() {
    using C = Config;
    std::vector<Option> table;
    table.push_back({"chain", "URL", "JSON-RPC WebSocket of a chain node", set_chain,
                     [](const C& c) { return c.chain; }});
    table.push_back({"data-dir", "DIR", "folder of everything that is kept; default $XDG_DATA_HOME/redoubt",
                     path_value(&C::data_dir), [](const C& c) { return c.data_dir.string(); }});
    table.push_back({"shard", "HEX|BASE58",
                     "shard to carry, may be repeated; default what the data directory carries, at first the "
                     "enclave's measurement",
                     set_shards, show_shards, true});
    table.push_back({"dev", "", "fund the enclave's account from //Alice; for development chains",
                     switch_value(&C::dev), show_switch(&C::dev)});
    table.push_back({"checkpoint", "FILE",
                     "block to trust at first, from redoubt chain checkpoint; default the genesis block",
                     path_value(&C::checkpoint), [](const C& c) { return c.checkpoint.string(); }});
    table.push_back({"relay", "URL",
                     "JSON-RPC WebSocket of a relay chain node, when the chain is its parachain", set_relay,
                     [](const C& c) { return c.relay; }});
    table.push_back(
        {"relay-checkpoint", "FILE", "block of the relay chain to trust at first; default its genesis block",
         path_value(&C::relay_checkpoint), [](const C& c) { return c.relay_checkpoint.string(); }});
    table.push_back({"para-id", "N", "id of the chain on its relay chain; needed with --relay",
                     number(&C::para_id, 0, UINT32_MAX), show_number(&C::para_id)});
    table.push_back({"unverified-finality", "",
                     "believe the chain node; for development chains that prove nothing, needs --dev",
                     switch_value(&C::unverified_finality), show_switch(&C::unverified_finality)});
    table.push_back({"stale-after", "SECONDS",
                     "age of the last block above which nothing is signed; 0 for ever, with --dev only",
                     number(&C::stale_after, 0, 604800), show_number(&C::stale_after)});
    table.push_back({"listen", "HOST:PORT", "address of the trusted endpoint; port 0 asks for a free one",
                     set_listen, [](const C& c) { return to_text(c.listen); }});
    table.push_back({"external-url", "URL",
                     "wss URL that is registered; default made from the listen address", set_external_url,
                     [](const C& c) { return c.external_url; }});
    table.push_back({"enclave", "PATH", "the enclave program; default redoubt-enclave beside redoubtd",
                     path_value(&C::enclave), [](const C& c) { return c.enclave.string(); }});
    table.push_back({"tee", "KIND", "what protects the enclave: sim (nothing), gramine-sgx or tsm", set_tee,
                     [](const C& c) { return std::string{kTeeNames[static_cast<std::size_t>(c.tee)]}; }});
    table.push_back({"gramine", "PATH", "the program that starts the enclave with --tee gramine-sgx",
                     path_value(&C::gramine), [](const C& c) { return c.gramine.string(); }});
    table.push_back({"provided-key", "FILE",
                     "with --tee tsm: 32 bytes that an attested key service released, where the TEE derives "
                     "no key",
                     path_value(&C::provided_key), [](const C& c) { return c.provided_key.string(); }});
    table.push_back(
        {"log-level", "LEVEL", "trace, debug, info, warn, error or off", set_log_level,
         [](const C& c) { return std::string{kLevelNames[static_cast<std::size_t>(c.log_level)]}; }});
    table.push_back({"log-json", "", "log as JSON lines on stderr and print events as JSON lines on stdout",
                     switch_value(&C::log_json), show_switch(&C::log_json)});
    table.push_back({"connections-max", "N", "clients that may be connected at once",
                     number(&C::connections_max, 1, kClientsMax), show_number(&C::connections_max)});
    table.push_back({"connections-per-address", "N", "of these, from one IPv4 address or IPv6 /64 network",
                     number(&C::connections_per_address, 1, kClientsMax),
                     show_number(&C::connections_per_address)});
    table.push_back({"connections-per-proxy", "N", "the same for loopback and each of --trusted-proxies",
                     number(&C::connections_per_proxy, 1, kClientsMax),
                     show_number(&C::connections_per_proxy)});
    table.push_back({"trusted-proxies", "LIST",
                     "addresses or networks of proxies, separated by commas: no limit of new connections",
                     set_trusted_proxies, [](const C& c) { return to_text(c.trusted_proxies); }, true});
    table.push_back({"half-open-max", "N", "clients that may be in their TLS handshake at once",
                     number(&C::half_open_max, 1, kClientsMax), show_number(&C::half_open_max)});
    table.push_back({"connection-rate", "N", "new connections of one address in a second, after a burst",
                     number(&C::connection_rate, 1, 100000), show_number(&C::connection_rate)});
    table.push_back({"handshake-timeout", "SECONDS", "time a client has to finish its TLS handshake",
                     number(&C::handshake_timeout, 1, 3600), show_number(&C::handshake_timeout)});
    table.push_back({"idle-timeout", "SECONDS", "silence after which a client is disconnected",
                     number(&C::idle_timeout, 1, 86400), show_number(&C::idle_timeout)});
    table.push_back({"idle-timeout-pressed", "SECONDS", "the same while three of four places are taken",
                     number(&C::idle_timeout_pressed, 1, 86400), show_number(&C::idle_timeout_pressed)});
    table.push_back({"write-timeout", "SECONDS", "time a client has to take what it asked for",
                     number(&C::write_timeout, 1, 3600), show_number(&C::write_timeout)});
    table.push_back({"enclave-timeout", "SECONDS",
                     "time the enclave has for one answer before it is restarted",
                     number(&C::enclave_timeout, 1, 3600), show_number(&C::enclave_timeout)});
    table.push_back({"enclave-memory-max", "MIB", "address space of the enclave process; 0 is no limit",
                     set_enclave_memory_max, show_number(&C::enclave_memory_max)});
    table.push_back({"state-cache", "MIB", "memory for what the enclave keeps of its state",
                     number(&C::state_cache, 1, 1048576), show_number(&C::state_cache)});
    table.push_back({"pages-after", "N",
                     "changed keys after which the pages of the state are written: a start reads fewer",
                     number(&C::pages_after, 1, 65536), show_number(&C::pages_after)});
    table.push_back({"enclave-failures-max", "N",
                     "ends of the enclave within a minute before redoubtd gives up",
                     number(&C::enclave_failures_max, 1, 1000), show_number(&C::enclave_failures_max)});
    table.push_back({"reregister-after", "SECONDS",
                     "age at which the registration is renewed (removable after 48 h)",
                     number(&C::reregister_after, 60, 169200), show_number(&C::reregister_after)});
    table.push_back(
        {"attestation", "METHOD",
         "how the enclave is registered: skip (no evidence), dcap (a quote) or ias (a stored report)",
         set_attestation, [](const C& c) { return std::string{to_text(c.attestation)}; }});
    table.push_back({"attestation-collateral", "PATH",
                     "with dcap: file with the collateral of the quote, or a folder of such files",
                     path_value(&C::attestation_collateral),
                     [](const C& c) { return c.attestation_collateral.string(); }});
    table.push_back({"attestation-evidence", "FILE",
                     "the quote (dcap; without it the TEE makes one) or the certificate with the report "
                     "(ias); waited for when missing",
                     path_value(&C::attestation_evidence),
                     [](const C& c) { return c.attestation_evidence.string(); }});
    table.push_back({"evidence-endorsements", "FILE",
                     "handed out with the TEE's evidence: collateral of quotes, or certificates of reports "
                     "(default: attestation-collateral, where that is a file)",
                     path_value(&C::evidence_endorsements),
                     [](const C& c) { return c.evidence_endorsements.string(); }});
    table.push_back(
        {"attestation-test-root", "FILE",
         "for tests, in builds for development: a certificate (DER) that quotes have to lead to in place "
         "of Intel's root",
         path_value(&C::attestation_test_root), [](const C& c) { return c.attestation_test_root.string(); }});
    table.push_back({"confirmations-funded", "N",
                     "confirmations the account must be able to pay before the start",
                     number(&C::confirmations_funded, 1, 1000000), show_number(&C::confirmations_funded)});
    table.push_back(
        {"transactions-in-flight-max", "N", "transactions of the enclave that may wait for finality at once",
         number(&C::transactions_in_flight_max, 1, 64), show_number(&C::transactions_in_flight_max)});
    return table;
}

Problem bad_value(std::string_view name,
                  std::string_view text,
                  const std::string& source,
                  const std::string& expected) {
    return Problem{ExitCode::kUsage, fmt::format("{} ({}): \"{}\" is not valid", name, source, text),
                   fmt::format("Give {}.", expected)};
}

/// A value of the file as the text that the option's setter reads; nullopt for tables, dates, and arrays
/// where no list is expected.
std::optional<std::string> value_text(const toml::node& node, bool is_list) {
    if (const auto* array = node.as_array(); array != nullptr && is_list) {
        std::string out;
        for (const auto& element : *array) {
            const auto text = value_text(element, false);
            if (!text) {
                return std::nullopt;
            }
            out += (out.empty() ? "" : ",") + *text;
        }
        return out;
    }
    if (const auto* text = node.as_string()) {
        return text->get();
    }
    if (const auto* integer = node.as_integer()) {
        return fmt::format("{}", integer->get());
    }
    if (const auto* flag = node.as_boolean()) {
        return flag->get() ? "true" : "false";
    }
    return std::nullopt;
}

Outcome<> apply_file(LoadedConfig& config, const std::filesystem::path& file) {
    toml::table table;
    try {
        table = toml::parse_file(file.string());
    } catch (const toml::parse_error& error) {
        const auto line = error.source().begin.line;
        const auto place = line == 0 ? file.string() : fmt::format("{}:{}", file.string(), line);
        return Problem{ExitCode::kUsage, fmt::format("{}: {}", place, error.description()),
                       "Correct the file, or start without --config."};
    }
    for (const auto& [key, node] : table) {
        const auto place = fmt::format("file {}:{}", file.string(), key.source().begin.line);
        const auto all = options();
        const auto option = std::ranges::find(all, key.str(), &Option::name);
        if (option == all.end()) {
            std::string names;
            for (const auto& known : all) {
                names += names.empty() ? "" : ", ";
                names += known.name;
            }
            return Problem{ExitCode::kUsage, fmt::format("unknown key \"{}\" in {}", key.str(), place),
                           fmt::format("Remove it or correct its spelling. Known keys: {}.", names)};
        }
        const auto text = value_text(node, option->is_list);
        if (!text) {
            return Problem{ExitCode::kUsage,
                           fmt::format("{} ({}) is not a string, number or bool{}", key.str(), place,
                                       option->is_list ? ", or an array of them" : ""),
                           option->is_list ? "Write one value, or [VALUE, VALUE], after the key."
                                           : "Write one value after the key."};
        }
        if (const auto expected = option->set(config.values, *text)) {
            return bad_value(option->name, *text, place, *expected);
        }
        config.sources[option->name] = place;
    }
    return success();
}

}  // namespace

std::span<const Option> options() {
    static const std::vector<Option> table = make_options();
    return table;
}

std::string environment_name(std::string_view option) {
    std::string name = "REDOUBT_";
    for (const char c : option) {
        name.push_back(c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
    }
    return name;
}

std::optional<std::string> process_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

std::filesystem::path default_data_dir(const Environment& environment) {
    if (const auto xdg = environment("XDG_DATA_HOME"); xdg && !xdg->empty()) {
        return std::filesystem::path{*xdg} / "redoubt";
    }
    if (const auto home = environment("HOME"); home && !home->empty()) {
        return std::filesystem::path{*home} / ".local" / "share" / "redoubt";
    }
    return {};
}

std::filesystem::path endorsements_path(const Config& config) {
    std::error_code error;
    if (config.evidence_endorsements.empty() &&
        std::filesystem::is_regular_file(config.attestation_collateral, error)) {
        return config.attestation_collateral;
    }
    return config.evidence_endorsements;
}

AttestationOptions attestation_options(const Config& config) {
    return {config.attestation, config.attestation_collateral, config.attestation_evidence,
            config.attestation_test_root};
}

Outcome<LoadedConfig> load_config(const std::optional<std::filesystem::path>& file,
                                  const Environment& environment,
                                  const FlagValues& flags) {
    LoadedConfig out;
    for (const auto& option : options()) {
        out.sources[option.name] = "default";
    }
    if (file) {
        BOOST_OUTCOME_TRY(apply_file(out, *file));
    }
    for (const auto& option : options()) {
        const auto name = environment_name(option.name);
        if (const auto text = environment(name)) {
            if (const auto expected = option.set(out.values, *text)) {
                return bad_value(option.name, *text, "environment " + name, *expected);
            }
            out.sources[option.name] = "environment " + name;
        }
        if (const auto flag = flags.find(option.name); flag != flags.end()) {
            if (const auto expected = option.set(out.values, flag->second)) {
                return bad_value(option.name, flag->second, "flag --" + std::string{option.name}, *expected);
            }
            out.sources[option.name] = "flag --" + std::string{option.name};
        }
    }
    if (out.values.data_dir.empty()) {
        out.values.data_dir = default_data_dir(environment);
    }
    if (out.values.data_dir.empty()) {
        return Problem{ExitCode::kUsage, "no data directory: neither XDG_DATA_HOME nor HOME is set",
                       "Name one with --data-dir."};
    }
    if (!out.values.provided_key.empty() && out.values.tee != TeeChoice::kTsm) {
        return Problem{ExitCode::kUsage, "--provided-key is of no use with this --tee",
                       "Leave it out, or start with --tee tsm."};
    }
    if (!out.values.evidence_endorsements.empty() && out.values.tee == TeeChoice::kSimulation) {
        return Problem{ExitCode::kUsage,
                       "--evidence-endorsements is of no use with --tee sim: simulated evidence is verified "
                       "without any",
                       "Leave it out, or name the TEE that is there (--tee gramine-sgx or tsm)."};
    }
    return out;
}

std::string show_config(const LoadedConfig& config) {
    std::string out;
    for (const auto& option : options()) {
        out += fmt::format("{:<28} {:<44} # {}\n", option.name, option.show(config.values),
                           config.sources.at(option.name));
    }
    return out;
}

std::optional<Hash256> parse_shard(std::string_view text) {
    if (const auto hash = parse_hex_fixed<Hash256>(text); hash.has_value()) {
        return hash.value();
    }
    if (const auto bytes = crypto::decode_base58(text); bytes.has_value() && bytes.value().size() == 32) {
        return Hash256::copy_of(std::span<const std::uint8_t, 32>{bytes.value()});
    }
    return std::nullopt;
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    auto host = std::string{text.substr(0, colon)};
    const auto port_text = text.substr(colon + 1);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    }
    std::array<std::uint8_t, 16> raw{};
    if (inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), raw.data()) != 1) {
        return std::nullopt;
    }
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
    if (error != std::errc{} || end != port_text.data() + port_text.size()) {
        return std::nullopt;
    }
    return ListenAddress{host, port};
}

std::string to_text(const ListenAddress& address) {
    const bool v6 = address.host.find(':') != std::string::npos;
    return v6 ? fmt::format("[{}]:{}", address.host, address.port)
              : fmt::format("{}:{}", address.host, address.port);
}

}  // namespace redoubt::node
