// Indirect calls per second through the enclave, and the RSA decryption that is their floor: blocks of
// invokes go through Enclave::handle, one CommitPersisted each. Needs REDOUBT_SHARED for a real runtime's
// metadata.
#include <benchmark/benchmark.h>

#include <boundary/refusal.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <primitives/hex.hpp>
#include <stf/types/module_calls.hpp>
#include <tests/integration/enclave_driver.hpp>
#include <tests/support/shared_material.hpp>

namespace {

using namespace redoubt;

std::optional<Bytes> metadata_bytes() {
    const auto folder = tests::shared_folder();
    if (!folder) {
        return std::nullopt;
    }
    std::ifstream file{*folder / "vectors/chainspec/integritee-paseo-50.metadata-v14.hex"};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    text.erase(text.find_last_not_of('\n') + 1);
    const auto bytes = parse_hex(text);
    return bytes ? std::optional{bytes.value()} : std::nullopt;
}

void indirect_calls(benchmark::State& state) {
    const auto metadata = metadata_bytes();
    if (!metadata) {
        state.SkipWithError("no shared material: set REDOUBT_SHARED");
        return;
    }
    const auto calls_per_block = static_cast<std::uint32_t>(state.range(0));
    tests::TestChain chain{*metadata};
    tests::EnclaveDriver driver{tests::EnclaveKind::kInProcess};
    if (!driver.boot(chain)) {
        state.SkipWithError("the enclave does not start");
        return;
    }
    const auto bob = tests::dev_account("//Bob");
    const stf::TrustedCall call =
        stf::call::ModuleCall{.origin = bob.account_id(),
                              .module = "counter",
                              .call = scale::encode(stf::counter::Call{stf::counter::Add{1}})};
    std::uint32_t nonce = 0;
    for (auto _ : state) {
        state.PauseTiming();
        for (std::uint32_t i = 0; i < calls_per_block; ++i) {
            driver.invoke(chain, bob, call, nonce++);
        }
        const auto block = chain.seal_block();
        state.ResumeTiming();
        const auto committed = driver.process(block);
        if (!committed || committed.value().calls_executed != calls_per_block) {
            state.SkipWithError("a call was not executed");
            break;
        }
    }
    state.SetItemsProcessed(state.iterations() * calls_per_block);
}
BENCHMARK(indirect_calls)->Arg(1)->Arg(100)->Unit(benchmark::kMillisecond);

void rsa_decryption_alone(benchmark::State& state) {
    const auto key = crypto::RsaKeyPair::generate();
    const auto ciphertext = key.value().public_key().encrypt_oaep(Bytes(240, 1));
    for (auto _ : state) {
        auto plaintext = key.value().decrypt_oaep(ciphertext.value(), 1);
        benchmark::DoNotOptimize(plaintext);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(rsa_decryption_alone)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
