/// Configuration of the daemon: one table of options, four places they come from.
///
/// An option has one name in each place: `--log-level`, `REDOUBT_LOG_LEVEL`, and `log-level = "info"` in a
/// TOML file. A flag wins over the environment, the environment over the file, the file over the default.
/// Nothing here touches the data directory or the network.
#pragma once

#include <node/attestation_options.hpp>
#include <node/client_address.hpp>
#include <node/problem.hpp>
#include <primitives/bytes.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::node {

/// `host:port` of a TCP listener.
struct ListenAddress {
    std::string host = "127.0.0.1";  ///< an IPv4 or IPv6 address, without brackets
    std::uint16_t port = 2000;       ///< 0 asks the system for a free port
};

/// Most shards that one worker carries.
inline constexpr std::size_t kShardsMax = 16;

/// What protects the enclave.
enum class TeeChoice {
    kSimulation,  ///< nothing: a sandboxed process, for development
    kGramineSgx,  ///< SGX, through Gramine
    kTsm,         ///< the confidential virtual machine that redoubtd runs in: TDX or SEV-SNP
};

enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError, kOff };

/// The effective values. Every member has a row in the option table.
struct Config {
    std::string chain = "ws://127.0.0.1:9944";
    std::filesystem::path data_dir;          ///< empty in the file and environment means default_data_dir()
    std::vector<Hash256> shards;             ///< all different; empty: see node/shard_places.hpp
    bool dev = false;                        ///< fund the enclave's account from //Alice
    std::filesystem::path checkpoint;        ///< empty: the genesis block is trusted
    std::string relay;                       ///< empty: the chain has finality of its own
    std::filesystem::path relay_checkpoint;  ///< empty: the relay chain's genesis block is trusted
    std::uint32_t para_id = 0;               ///< of the chain on its relay chain
    bool unverified_finality = false;        ///< development chains without evidence: the node is believed
    std::chrono::seconds stale_after{
        900};  ///< age of the last block above which nothing is signed; 0 for ever
    ListenAddress listen;
    std::string external_url;       ///< empty: wss:// and the address that is listened on
    std::filesystem::path enclave;  ///< empty: redoubt-enclave beside redoubtd
    TeeChoice tee = TeeChoice::kSimulation;
    std::filesystem::path gramine = "/usr/bin/gramine-sgx";  ///< what starts the enclave with gramine-sgx
    std::filesystem::path provided_key;                      ///< empty: the TEE derives its sealing key
    LogLevel log_level = LogLevel::kInfo;
    bool log_json = false;
    std::uint32_t connections_max = 256;
    std::uint32_t connections_per_address = 32;  ///< IPv4 address or IPv6 /64
    std::uint32_t connections_per_proxy = 256;   ///< loopback and trusted_proxies
    std::vector<AddressRange> trusted_proxies;
    std::uint32_t half_open_max = 64;    ///< clients in their TLS handshake
    std::uint32_t connection_rate = 16;  ///< new connections of one address in a second
    std::chrono::seconds handshake_timeout{10};
    std::chrono::seconds idle_timeout{600};
    std::chrono::seconds idle_timeout_pressed{30};  ///< while three of four places are taken
    std::chrono::seconds write_timeout{30};
    std::chrono::seconds enclave_timeout{60};      ///< for one answer of the enclave
    std::uint32_t enclave_memory_max = 8192;       ///< MiB of address space; 0 is no limit
    std::uint32_t state_cache = 256;               ///< MiB of the state that the enclave keeps in memory
    std::uint32_t pages_after = 8'192;             ///< changed keys after which the state's pages are written
    std::uint32_t enclave_failures_max = 5;        ///< ends within a minute before the daemon gives up
    std::chrono::seconds reregister_after{86400};  ///< age of a registration at which it is renewed
    AttestationMethod attestation = AttestationMethod::kSkip;  ///< how the enclave is registered
    std::filesystem::path attestation_collateral;              ///< file or folder; needed with dcap
    std::filesystem::path attestation_evidence;  ///< the quote, or the certificate with a report
    /// Handed out with the evidence of the TEE; empty: the collateral, where that is one file.
    std::filesystem::path evidence_endorsements;
    std::filesystem::path attestation_test_root;  ///< in place of Intel's root: for tests
    std::uint32_t confirmations_funded = 100;     ///< fees of so many confirmations are asked for
    std::uint32_t transactions_in_flight_max = 8;
};

/// The members that say how the enclave is registered.
[[nodiscard]] AttestationOptions attestation_options(const Config& config);
/// The file that is handed out with the evidence of the TEE; empty for none.
[[nodiscard]] std::filesystem::path endorsements_path(const Config& config);

/// One option: its names, its meaning, and how its text becomes a value.
struct Option {
    std::string_view name;         ///< as in `--name` and in the file
    std::string_view placeholder;  ///< of the value in the help text; empty for a switch
    std::string_view help;
    /// Stores `text` in the configuration, or says what a valid text looks like.
    std::function<std::optional<std::string>(Config&, std::string_view text)> set;
    std::function<std::string(const Config&)> show;
    /// Several values: a flag may be repeated, the file may hold an array, and a text has commas between
    /// them.
    bool is_list = false;
};

/// Every option, in the order of the help text.
[[nodiscard]] std::span<const Option> options();

/// `REDOUBT_LOG_LEVEL` for `log-level`.
[[nodiscard]] std::string environment_name(std::string_view option);

/// The values that flags gave, by option name. A switch is given as "true", a list with commas.
using FlagValues = std::map<std::string, std::string, std::less<>>;
/// Reads an environment variable; a test passes its own.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Configuration with the place that each value came from.
struct LoadedConfig {
    Config values;
    std::map<std::string_view, std::string>
        sources;  ///< "default", "file PATH:LINE", "environment NAME", "flag"
};

/// Merges the four places.
/// @param file the file that `--config` or REDOUBT_CONFIG names, nullopt without one
/// @errors kUsage: unreadable or malformed file, unknown key (with its line), value out of range
[[nodiscard]] Outcome<LoadedConfig> load_config(const std::optional<std::filesystem::path>& file,
                                                const Environment& environment,
                                                const FlagValues& flags);

/// One line for each option: name, value and source, as `redoubtd config show` prints it.
[[nodiscard]] std::string show_config(const LoadedConfig& config);

/// `$XDG_DATA_HOME/redoubt`, or `~/.local/share/redoubt`; empty when neither variable is set.
[[nodiscard]] std::filesystem::path default_data_dir(const Environment& environment);

/// Reads the 32 bytes of a shard, as hex or base58.
[[nodiscard]] std::optional<Hash256> parse_shard(std::string_view text);

/// Reads `host:port`, `[v6]:port`; nullopt for anything else. Host must be a numeric address.
[[nodiscard]] std::optional<ListenAddress> parse_listen_address(std::string_view text);
/// `127.0.0.1:2000`, `[::1]:2000`.
[[nodiscard]] std::string to_text(const ListenAddress& address);

/// The process's environment.
[[nodiscard]] std::optional<std::string> process_environment(const std::string& name);

}  // namespace redoubt::node
