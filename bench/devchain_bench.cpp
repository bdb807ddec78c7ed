/// What the embedded dev chain costs: starting with many accounts, blocks of transfers, empty blocks, proofs.
///
/// The argument of a benchmark is the number of genesis accounts. The claim: a million accounts start in
/// under 20 s, and a block of 100 transfers takes at most 1.3 times what it takes with a thousand.
#include <benchmark/benchmark.h>

#include <unistd.h>
#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/scale.hpp>
#include <substrate/metadata.hpp>
#include <substrate/signing.hpp>
#include <tools/devchain/chain/chain.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace redoubt;
using namespace redoubt::devchain;

constexpr uint128 kUnit = 1'000'000'000'000;
constexpr std::size_t kSigners = 100;

struct Signer {
    crypto::KeyPair key;
    std::uint64_t nonce = 0;
};

std::vector<Signer> make_signers() {
    std::vector<Signer> out;
    for (std::size_t i = 0; i < kSigners; ++i) {
        out.push_back(
            {crypto::KeyPair::from_secret_uri("//Bench//" + std::to_string(i), crypto::Scheme::kSr25519)
                 .value(),
             0});
    }
    return out;
}

ChainOptions options_with(std::size_t accounts, const std::vector<Signer>& signers) {
    ChainOptions options;
    options.seal = Seal::kManual;
    for (const auto& signer : signers) {
        options.genesis.balances.emplace_back(signer.key.account_id(), 1'000'000 * kUnit);
    }
    for (std::size_t i = signers.size(); i < accounts; ++i) {
        const auto hash = crypto::blake2b_256(scale::encode(static_cast<std::uint64_t>(i)));
        options.genesis.balances.emplace_back(AccountId::copy_of(hash.view().first<32>()), kUnit);
    }
    return options;
}

void start(benchmark::State& state) {
    const auto signers = make_signers();
    const auto options = options_with(static_cast<std::size_t>(state.range(0)), signers);
    for (auto _ : state) {
        auto chain = Chain::open(options).value();
        benchmark::DoNotOptimize(chain->best());
    }
}
BENCHMARK(start)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond)->Iterations(1);

/// A folder of its own for a chain, gone at the end.
class ChainFolder {
  public:
    ChainFolder() {
        auto name = (std::filesystem::temp_directory_path() / "devchain-bench-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            std::abort();
        }
        path_ = name;
    }
    ChainFolder(const ChainFolder&) = delete;
    ChainFolder& operator=(const ChainFolder&) = delete;
    ~ChainFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

/// Opening a chain that is on disk already, with its last states.
void restart(benchmark::State& state) {
    const ChainFolder folder;
    auto options = options_with(static_cast<std::size_t>(state.range(0)), make_signers());
    options.base_path = folder.path();
    auto chain = Chain::open(options).value();
    for (int i = 0; i < 1'000; ++i) {
        benchmark::DoNotOptimize(chain->build_block().value());
    }
    chain.reset();
    for (auto _ : state) {
        chain = Chain::open(options).value();
        benchmark::DoNotOptimize(chain->best());
    }
    if (chain->best().number != 1'000) {
        state.SkipWithError("the chain came back without its blocks");
    }
}
BENCHMARK(restart)->Arg(1'000'000)->Unit(benchmark::kMicrosecond)->Iterations(1);

/// Signing and submitting are not part of the time.
void run_blocks(benchmark::State& state, ChainOptions options, std::vector<Signer> signers) {
    const auto chain = Chain::open(std::move(options)).value();
    const auto metadata = substrate::Metadata::decode(*chain->runtime().metadata(14)).value();
    for (auto _ : state) {
        state.PauseTiming();
        for (std::size_t i = 0; i < signers.size(); ++i) {
            Bytes call{10, 3, 0};
            append(call, signers[(i + 1) % signers.size()].key.account_id().view());
            scale::append_compact(call, kUnit);
            substrate::SigningContext context;
            context.nonce = signers[i].nonce++;
            context.genesis_hash = chain->genesis_hash();
            auto extrinsic = substrate::sign_extrinsic(metadata, call, context, signers[i].key).value();
            if (!chain->submit(std::move(extrinsic))) {
                state.SkipWithError("a transfer was refused");
            }
        }
        state.ResumeTiming();
        const auto hash = chain->build_block();
        state.PauseTiming();
        if (!hash || chain->body(hash.value())->size() != signers.size() + 1) {
            state.SkipWithError("a transfer did not get into the block");
        }
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(signers.size()));
}

void block_of_100_transfers(benchmark::State& state) {
    auto signers = make_signers();
    auto options = options_with(static_cast<std::size_t>(state.range(0)), signers);
    run_blocks(state, std::move(options), std::move(signers));
}
BENCHMARK(block_of_100_transfers)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond)->Iterations(40);

/// The same, each block durable before the next.
void block_on_disk(benchmark::State& state) {
    const ChainFolder folder;
    auto signers = make_signers();
    auto options = options_with(static_cast<std::size_t>(state.range(0)), signers);
    options.base_path = folder.path();
    run_blocks(state, std::move(options), std::move(signers));
}
BENCHMARK(block_on_disk)->Arg(1'000)->Unit(benchmark::kMicrosecond)->Iterations(40);

void empty_block(benchmark::State& state) {
    const auto chain = Chain::open(options_with(1'000, make_signers())).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(chain->build_block().value());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(empty_block)->Unit(benchmark::kMicrosecond);

void read_proof_of_one_account(benchmark::State& state) {
    const auto signers = make_signers();
    const auto chain = Chain::open(options_with(static_cast<std::size_t>(state.range(0)), signers)).value();
    const auto account = signers.front().key.account_id();
    std::vector<Bytes> keys{concat(crypto::twox_128(bytes_of("System")),
                                   crypto::twox_128(bytes_of("Account")), crypto::blake2b_128(account.view()),
                                   account)};
    for (auto _ : state) {
        benchmark::DoNotOptimize(chain->read_proof(chain->best().hash, keys).value());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(read_proof_of_one_account)
    ->Arg(1'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMicrosecond)
    ->Iterations(100'000);

}  // namespace

BENCHMARK_MAIN();
