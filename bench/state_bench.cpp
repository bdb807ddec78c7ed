/// What a block costs that changes 100 accounts of a shard: with the state in sealed pages, and in the design
/// that encodes, hashes and seals the whole state at every block. Neither writes to a disk.
///
/// An account is a key of 49 bytes ("balances/account/" and an account id) and a value of 32.
#include <benchmark/benchmark.h>

#include <enclave/journal.hpp>
#include <enclave/state/shard_state.hpp>
#include <enclave/state/state_limits.hpp>
#include <primitives/crypto/aead.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>

#include <ctime>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>

namespace {

using namespace redoubt;           // NOLINT: a program of one file
using namespace redoubt::enclave;  // NOLINT

constexpr std::size_t kChangedAtOnce = 100;
constexpr std::size_t kValueBytes = 32;

class Storage final : public PageStorage {
  public:
    std::optional<Bytes> read(const PageId& id, bool /*again*/) override {
        bytes_read += pages.at(id).size();
        return pages.at(id);
    }
    void store(SealedChanges& changes) {
        for (const auto& id : changes.removed) {
            pages.erase(id);
        }
        for (auto& [id, page] : changes.written) {
            pages.insert_or_assign(id, std::move(page));
        }
        changes.written.clear();
    }
    std::unordered_map<PageId, Bytes> pages;
    std::size_t bytes_read = 0;
};

Bytes account_key(std::uint64_t number) {
    return concat(bytes_of("balances/account/"), crypto::blake2b_256(scale::encode(number)));
}

crypto::SecretBytes<32> some_key() {
    return crypto::SecretBytes<32>::random();
}

/// A shard with so many accounts, all of it in storage.
struct Shard {
    explicit Shard(std::size_t count) : accounts(count) {
        ShardState whole{pages};
        stf::Changes changes;
        for (std::uint64_t i = 0; i < count; ++i) {
            changes.emplace(account_key(i), Bytes(kValueBytes, static_cast<std::uint8_t>(i)));
            if (changes.size() == 100'000 || i + 1 == count) {
                whole.apply(std::exchange(changes, {}));
            }
        }
        auto sealed = whole.page_changes(1);
        storage.store(sealed);
        head = whole.head();
    }

    stf::Changes random_changes() {
        stf::Changes changes;
        for (std::size_t i = 0; i < kChangedAtOnce; ++i) {
            changes.insert_or_assign(account_key(random() % accounts),
                                     Bytes(kValueBytes, static_cast<std::uint8_t>(random())));
        }
        return changes;
    }

    std::size_t accounts;
    crypto::SecretBytes<32> key = some_key();
    Storage storage;
    SealedPages pages{key, Hash256{}, storage};
    StateHead head;
    std::mt19937_64 random{1};
};

/// The same for all benchmarks of one size, as making a million takes longer than measuring.
Shard& shard_of(std::size_t count) {
    static std::unique_ptr<Shard> kept;
    if (!kept || kept->accounts != count) {
        kept = std::make_unique<Shard>(count);
    }
    return *kept;
}

/// CPU time of this thread.
double cpu_us() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// Adds up what the steps of a block take.
class Steps {
  public:
    void begin() { since_ = cpu_us(); }
    void end(const char* step) {
        const auto now = cpu_us();
        total_us_[step] += now - since_;
        since_ = now;
    }
    /// As counters, microseconds in a block.
    void report(benchmark::State& state) const {
        for (const auto& [step, us] : total_us_) {
            state.counters[step] = benchmark::Counter(us, benchmark::Counter::kAvgIterations);
        }
    }

  private:
    std::map<std::string, double> total_us_;
    double since_ = 0;
};

/// A block: accounts read, changed, root, record; every 8,192 changed keys the pages too. Each block begins
/// with the memory of those before, and with at most 256 MiB of it.
void block_in_pages(benchmark::State& state) {
    auto& shard = shard_of(static_cast<std::size_t>(state.range(0)));
    ShardState now{shard.pages, shard.head};
    JournalHead journal;
    std::size_t changed = 0;
    std::size_t bytes = 0;
    Steps steps;
    for (auto _ : state) {
        state.PauseTiming();
        JournalEntry entry;
        entry.changes = shard.random_changes();
        state.ResumeTiming();
        steps.begin();
        for (const auto& [key, value] : entry.changes) {
            benchmark::DoNotOptimize(now.get(key));
        }
        steps.end("read_us");
        auto next = now;
        next.apply(entry.changes);
        steps.end("change_us");
        entry.state = next.head();
        steps.end("root_us");
        changed += entry.changes.size();
        const bool is_base = changed > StateLimits{}.changes_per_base_max;
        if (is_base) {
            entry.changes.clear();
            changed = 0;
        }
        const auto record = seal_record(shard.key, {}, journal, is_base, entry);
        journal = record.value().head;
        bytes += record.value().parts.front().size();
        steps.end("record_us");
        now = std::move(next);
        steps.end("change_us");
        if (is_base) {
            auto pages = now.page_changes(journal.sequence);
            steps.end("pages_us");
            state.PauseTiming();
            for (const auto& [id, page] : pages.written) {
                bytes += page.size();
            }
            shard.storage.store(pages);
            state.ResumeTiming();
            steps.begin();
            now.saved(pages);
            steps.end("pages_us");
        }
        now.free_memory(StateLimits{}.memory_bytes_max);
        steps.end("memory_us");
    }
    // Storage has to fit the head for the next benchmark of this size.
    auto last = now.page_changes(journal.sequence + 1);
    shard.storage.store(last);
    shard.head = now.head();
    steps.report(state);
    state.counters["bytes_per_block"] =
        benchmark::Counter(static_cast<double>(bytes), benchmark::Counter::kAvgIterations);
}

/// The whole state at every block: SCALE of the map, BLAKE2b-256 over it, sealed in one piece.
void block_as_a_whole(benchmark::State& state) {
    std::map<Bytes, Bytes> entries;
    const auto count = static_cast<std::size_t>(state.range(0));
    for (std::uint64_t i = 0; i < count; ++i) {
        entries.emplace(account_key(i), Bytes(kValueBytes, static_cast<std::uint8_t>(i)));
    }
    const auto key = some_key();
    std::mt19937_64 random{1};
    for (auto _ : state) {
        state.PauseTiming();
        std::vector<Bytes> changed;
        for (std::size_t i = 0; i < kChangedAtOnce; ++i) {
            changed.push_back(account_key(random() % count));
        }
        state.ResumeTiming();
        for (const auto& one : changed) {
            entries[one] = Bytes(kValueBytes, static_cast<std::uint8_t>(random()));
        }
        const auto encoded = scale::encode(entries);
        const auto hash = crypto::blake2b_256(encoded);
        benchmark::DoNotOptimize(crypto::aead_seal(key, hash.view(), encoded));
    }
}

/// A process that knows the head alone answers a question: pages on the way to one account.
void first_question(benchmark::State& state) {
    auto& shard = shard_of(static_cast<std::size_t>(state.range(0)));
    shard.storage.bytes_read = 0;
    for (auto _ : state) {
        const ShardState fresh{shard.pages, shard.head};
        benchmark::DoNotOptimize(fresh.get(account_key(shard.random() % shard.accounts)));
    }
    state.counters["bytes_read"] = static_cast<double>(shard.storage.bytes_read) /
                                   static_cast<double>(std::max<std::int64_t>(state.iterations(), 1));
}

/// As many blocks at each size, so that each has as many bases.
BENCHMARK(block_in_pages)
    ->Iterations(1'000)
    ->RangeMultiplier(10)
    ->Range(1'000, 1'000'000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(first_question)->RangeMultiplier(10)->Range(1'000, 1'000'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(block_as_a_whole)->RangeMultiplier(10)->Range(1'000, 1'000'000)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
