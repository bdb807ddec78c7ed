// What the number of a shard's accounts does to the real redoubt-enclave, a process of its own behind its
// channel: the cost of a call, the restart, the memory. Prints one JSON line. Needs REDOUBT_SHARED for a real
// runtime's metadata.
//
// The accounts are sealed here, with the library that the enclave is made of: the simulated platform's secret
// is this program's own, so that it can unseal the identity as the enclave does. Nothing is written to a
// disk.
#include <time.h>

#include <charconv>
#include <cstdio>
#include <enclave/endpoint/memory_client_test.hpp>
#include <enclave/identity.hpp>
#include <enclave/journal.hpp>
#include <enclave/sim_tee.hpp>
#include <enclave/state/shard_state.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>
#include <random>
#include <set>
#include <span>
#include <stf/balances/balances.hpp>
#include <string>
#include <tests/integration/enclave_driver.hpp>
#include <tests/integration/remote_endpoint.hpp>
#include <tests/support/shared_material.hpp>

namespace {

using namespace redoubt;         // NOLINT: a program of one file
using namespace redoubt::tests;  // NOLINT

constexpr std::size_t kCallsPerBlock = 50;
constexpr std::size_t kBlocksPerRound = 8;
/// About as many changes as a base leaves to records: six for a call.
constexpr std::size_t kBlocksBehindBase = 24;
constexpr stf::Balance kBalance = 1'000'000'000'000;

[[noreturn]] void give_up(const std::string& what) {
    std::cerr << "large_shard_bench: " << what << '\n';
    std::exit(1);
}

template <class T>
T expect(Result<T> result, const char* what) {
    if (!result) {
        give_up(std::string{what} + ": " + result.error().message());
    }
    return std::move(result).value();
}

Bytes contents_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

Bytes metadata_bytes() {
    const auto folder = shared_folder();
    return folder ? paseo_metadata(*folder / "vectors/chainspec")
                  : (give_up("no shared material: set REDOUBT_SHARED"), Bytes{});
}

/// CPU time of a process since its start.
double cpu_us(pid_t process) {
    clockid_t clock{};
    timespec now{};
    if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &now) != 0) {
        give_up("no clock of the enclave's CPU time");
    }
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// A line of /proc/PID/status, in KiB.
std::size_t status_kib(pid_t process, const std::string& name) {
    std::ifstream file{"/proc/" + std::to_string(process) + "/status"};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(name + ":")) {
            return std::stoul(line.substr(name.size() + 1));
        }
    }
    give_up("no " + name + " of the enclave");
}

/// The account with a number: its key follows from the number.
crypto::KeyPair account_key(std::uint64_t number) {
    auto seed = crypto::SecretBytes<32>::copy_of(crypto::blake2b_256(scale::encode(number)).bytes);
    return expect(crypto::KeyPair::from_seed(crypto::Scheme::kEd25519, seed), "key");
}

class LargeShard {
  public:
    explicit LargeShard(std::size_t accounts) : accounts_(accounts), chain_(metadata_bytes()) {
        expect(driver_.boot(chain_), "first start");
        expect(driver_.process(chain_.seal_block()), "first block");
        fill();
        restart();
    }

    /// Ends the enclave, and starts it as it is started after a host's restart.
    void restart() {
        driver_.restart();
        expect(driver_.boot(chain_), "restart");
    }

    /// Blocks of transfers from and to accounts anywhere. @return CPU microseconds of the enclave for a call
    double transfer(std::size_t blocks) {
        double total = 0;
        for (std::size_t i = 0; i < blocks; ++i) {
            for (std::size_t n = 0; n < kCallsPerBlock; ++n) {
                const auto from = account_key(used_account());
                const auto to = account_key(used_account());
                const stf::TrustedCall call = stf::call::BalanceTransfer{
                    .from = from.account_id(), .to = to.account_id(), .amount = 1'000};
                driver_.invoke(chain_, from, call, nonces_[from.account_id()]++);
            }
            const auto block = chain_.seal_block();
            const auto before = cpu_us(driver_.peer().process());
            const auto committed = expect(driver_.process(block), "block");
            total += cpu_us(driver_.peer().process()) - before;
            if (committed.calls_executed != kCallsPerBlock) {
                give_up("a call was not executed");
            }
        }
        return total / static_cast<double>(blocks * kCallsPerBlock);
    }

    /// A client connects, and asks for so many accounts that were not used.
    void ask(std::size_t questions) {
        RemoteEndpoint endpoint{driver_};
        enclave::endpoint::tests::MemoryClient client{endpoint, 1};
        if (!client.connect()) {
            give_up("a client cannot connect");
        }
        // The balance of each of them.
        const auto expected = to_hex(scale::encode(kBalance));
        for (std::size_t i = 0; i < questions; ++i) {
            const auto owner = account_key(unused_account());
            stf::TrustedGetterSigned getter;
            getter.getter = stf::trusted_getter::AccountInfo{.account = owner.account_id()};
            getter.signature = owner.sign(stf::signing_payload(getter.getter));
            const auto request = scale::encode(stf::Request{
                .shard = driver_.started().shard, .cyphertext = scale::encode(stf::Getter{getter})});
            const auto answer = client.ask(R"({"jsonrpc":"2.0","method":"state_executeGetter","params":[")" +
                                           to_hex_0x(request) + R"("],"id":1})");
            if (!answer || answer->find(expected) == std::string::npos) {
                give_up("no answer to the getter: " + answer.value_or("nothing"));
            }
        }
    }

    [[nodiscard]] pid_t process() { return driver_.peer().process(); }
    [[nodiscard]] std::size_t pages_read() { return driver_.store().pages_read; }

  private:
    std::uint64_t used_account() { return *used_.insert(random_() % accounts_).first; }
    std::uint64_t unused_account() {
        for (;;) {
            const auto number = random_() % accounts_;
            if (!used_.contains(number)) {
                return number;
            }
        }
    }

    /// Puts the accounts behind what the enclave sealed, as its next base.
    void fill() {
        auto& store = driver_.store();
        crypto::SecretBytes<enclave::kSimPlatformSecretBytes> secret;
        std::ranges::fill(secret.expose_mut(), std::uint8_t{1});
        const enclave::SimTee tee{std::move(secret),
                                  enclave::sim_measurement(contents_of(REDOUBT_ENCLAVE_PROGRAM))};
        const auto identity = expect(enclave::Identity::unseal(tee, store.sealed_identity), "identity");
        const auto& shard = driver_.started().shard;
        enclave::JournalReader reader{identity.state_key(), shard};
        std::optional<enclave::JournalReader::Record> last;
        for (const auto& [sequence, parts] : store.records) {
            for (const auto& part : parts) {
                last = expect(reader.take(sequence, part), "journal");
            }
        }
        if (!last || !last->is_base) {
            give_up("the first record is no base");
        }
        enclave::SealedPages pages{identity.state_key(), shard, store};
        enclave::ShardState state{pages, last->entry.state};
        for (std::uint64_t number = 0; number < accounts_;) {
            stf::Changes changes;
            for (; number < accounts_ && changes.size() < 50'000; ++number) {
                changes.emplace(
                    concat(bytes_of("balances/account/"), account_key(number).account_id().view()),
                    scale::encode(stf::balances::AccountData{.free = kBalance, .reserved = 0}));
            }
            state.apply(changes);
        }
        auto entry = last->entry;
        entry.changes.clear();
        entry.state = state.head();
        auto record =
            expect(enclave::seal_record(identity.state_key(), shard, last->head, true, entry), "record");
        boundary::Commit commit{
            .sequence = record.head.sequence, .is_base = true, .sealed = std::move(record.parts)};
        auto changes = state.page_changes(commit.sequence);
        for (auto& [id, page] : changes.written) {
            commit.pages_written.push_back({.id = id, .sealed = std::move(page)});
        }
        commit.pages_removed = std::move(changes.removed);
        store.put(commit);
        if (pages.has_fault()) {
            give_up("the accounts cannot be put into the state");
        }
    }

    std::size_t accounts_;
    TestChain chain_;
    EnclaveDriver driver_{EnclaveKind::kSandboxed, FinalityKind::kVerified};
    std::mt19937_64 random_{1};
    std::map<AccountId, std::uint32_t> nonces_;
    std::set<std::uint64_t> used_;
};

void print_list(const char* name, const std::vector<double>& values) {
    std::printf("\"%s\": [", name);
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::printf("%s%.1f", i == 0 ? "" : ", ", values[i]);
    }
    std::printf("]");
}

/// The cost of a call at two sizes, in turns.
void calls(std::size_t few, std::size_t many, std::size_t rounds) {
    LargeShard small{few};
    LargeShard large{many};
    std::vector<double> small_us;
    std::vector<double> large_us;
    small.transfer(1);
    large.transfer(1);
    for (std::size_t i = 0; i < rounds; ++i) {
        small_us.push_back(small.transfer(kBlocksPerRound));
        large_us.push_back(large.transfer(kBlocksPerRound));
    }
    std::printf("{");
    print_list("few_us", small_us);
    std::printf(", ");
    print_list("many_us", large_us);
    std::printf("}\n");
}

/// From the start of the process to the first answered getter, with the records of some blocks behind the
/// base.
void restarts(std::size_t accounts, std::size_t rounds) {
    LargeShard shard{accounts};
    shard.transfer(kBlocksBehindBase);
    std::vector<double> us;
    for (std::size_t i = 0; i < rounds; ++i) {
        shard.restart();
        shard.ask(1);
        us.push_back(cpu_us(shard.process()));
    }
    std::printf("{");
    print_list("restart_us", us);
    std::printf("}\n");
}

/// The most memory that the process ever had, after calls and so many questions all over the shard.
void memory(std::size_t accounts, std::size_t questions) {
    LargeShard shard{accounts};
    shard.transfer(kBlocksPerRound);
    const auto after_calls = status_kib(shard.process(), "VmHWM");
    shard.ask(questions);
    std::printf("{\"after_calls_bytes\": %zu, \"peak_bytes\": %zu, \"pages_read\": %zu}\n",
                after_calls * 1024, status_kib(shard.process(), "VmHWM") * 1024, shard.pages_read());
}

std::size_t number_of(std::string_view text) {
    std::size_t number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{} || number == 0) {
        give_up("not a number: " + std::string{text});
    }
    return number;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string_view> arguments{argv + 1, argv + argc};
    if (arguments.size() == 4 && arguments[0] == "calls") {
        calls(number_of(arguments[1]), number_of(arguments[2]), number_of(arguments[3]));
    } else if (arguments.size() == 3 && arguments[0] == "restarts") {
        restarts(number_of(arguments[1]), number_of(arguments[2]));
    } else if (arguments.size() == 3 && arguments[0] == "memory") {
        memory(number_of(arguments[1]), number_of(arguments[2]));
    } else {
        std::cerr << "usage: large_shard_bench calls FEW MANY ROUNDS | restarts ACCOUNTS ROUNDS | memory "
                     "ACCOUNTS ROUNDS\n";
        return 2;
    }
    return 0;
}
