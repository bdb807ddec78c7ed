/// P06 and what a state in memory costs: roots, changes, proofs, bytes of memory.
///
/// The entries are those of bench/peers/state_root.mjs: keys of System.Account and values of 80 bytes.
#include <benchmark/benchmark.h>

#include <malloc.h>
#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <trie/state_trie.hpp>

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace redoubt;        // NOLINT: a program of one file
using namespace redoubt::trie;  // NOLINT

constexpr std::size_t kValueBytes = 80;
constexpr std::size_t kChangedAtOnce = 100;

/// Sorted entries and what they are views of.
struct Accounts {
    std::vector<std::pair<Bytes, Bytes>> records;
    std::vector<TrieEntry> entries;
};

Accounts make_accounts(std::size_t count) {
    Accounts out;
    const auto prefix = concat(crypto::twox_128(bytes_of("System")), crypto::twox_128(bytes_of("Account")));
    for (std::size_t i = 0; i < count; ++i) {
        const auto number = scale::encode(static_cast<std::uint64_t>(i));
        const auto account = crypto::blake2b_256(number);
        Bytes value(kValueBytes);
        std::ranges::copy(number, value.begin() + 16);
        out.records.emplace_back(concat(prefix, account.view().first(16), account.view()), std::move(value));
    }
    std::ranges::sort(out.records);
    for (const auto& [key, value] : out.records) {
        out.entries.push_back({key, value});
    }
    return out;
}

/// The same for all benchmarks, as making a million takes longer than measuring.
const Accounts& accounts(std::size_t count) {
    static std::pair<std::size_t, std::unique_ptr<const Accounts>> kept;
    if (kept.first != count) {
        kept = {count, std::make_unique<const Accounts>(make_accounts(count))};
    }
    return *kept.second;
}

std::size_t count_of(const benchmark::State& state) {
    return static_cast<std::size_t>(state.range(0));
}

std::size_t heap_bytes() {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}

/// All entries to their root; the label is the root.
void full_root(benchmark::State& state) {
    const auto& all = accounts(count_of(state));
    for (auto _ : state) {
        const auto root = trie_root(all.entries, StateVersion::kV1);
        state.SetLabel(to_hex_0x(root.view()));
    }
}
BENCHMARK(full_root)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

/// A hundred accounts anywhere get other values in a copy of the state, and its root is found.
void root_after_100_changed(benchmark::State& state) {
    const auto& all = accounts(count_of(state));
    auto trie = StateTrie::from_sorted(all.entries, StateVersion::kV1);
    benchmark::DoNotOptimize(trie.root());
    std::mt19937_64 random{1};
    Bytes value(kValueBytes);
    for (auto _ : state) {
        auto changed = trie;
        for (std::size_t i = 0; i < kChangedAtOnce; ++i) {
            const auto at = random();
            value[0] = static_cast<std::uint8_t>(at >> 32);
            changed.put(all.entries[at % all.entries.size()].key, value);
        }
        benchmark::DoNotOptimize(changed.root());
        trie = std::move(changed);
    }
}
BENCHMARK(root_after_100_changed)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

void get(benchmark::State& state) {
    const auto& all = accounts(count_of(state));
    const auto trie = StateTrie::from_sorted(all.entries, StateVersion::kV1);
    std::mt19937_64 random{2};
    for (auto _ : state) {
        benchmark::DoNotOptimize(trie.get(all.entries[random() % all.entries.size()].key));
    }
}
BENCHMARK(get)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

/// A proof of as many accounts as the second argument says.
void prove(benchmark::State& state) {
    const auto& all = accounts(count_of(state));
    const auto trie = StateTrie::from_sorted(all.entries, StateVersion::kV1);
    benchmark::DoNotOptimize(trie.root());
    std::mt19937_64 random{3};
    std::vector<Bytes> keys(static_cast<std::size_t>(state.range(1)));
    for (auto _ : state) {
        for (auto& key : keys) {
            key = to_bytes(all.entries[random() % all.entries.size()].key);
        }
        benchmark::DoNotOptimize(trie.prove(keys));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(prove)->Args({1'000'000, 1})->Args({1'000'000, 100})->Unit(benchmark::kMicrosecond);

/// Builds a state, hashes it, and counts the memory it takes beside the bytes of its records, which are an
/// account id and a value.
void build(benchmark::State& state) {
    const auto& all = accounts(count_of(state));
    const auto count = static_cast<double>(all.entries.size());
    constexpr double kRecordBytes = AccountId::kSize + kValueBytes;
    for (auto _ : state) {
        const auto before = heap_bytes();
        const auto trie = StateTrie::from_sorted(all.entries, StateVersion::kV1);
        benchmark::DoNotOptimize(trie.root());
        const auto per_account = static_cast<double>(heap_bytes() - before) / count;
        state.counters["bytes_per_account"] = per_account;
        state.counters["above_the_record"] = per_account - kRecordBytes;
    }
}
BENCHMARK(build)->Arg(1'000'000)->Unit(benchmark::kMicrosecond)->Iterations(1);

}  // namespace

BENCHMARK_MAIN();
