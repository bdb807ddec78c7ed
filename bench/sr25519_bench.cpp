// P02: sr25519 verification, one signature at a time. Its peer is bench/peers/sr25519_verify.mjs;
// bench/p02.py runs both and prints the ratio.
#include <benchmark/benchmark.h>

#include <primitives/crypto/initialise.hpp>
#include <primitives/crypto/sr25519.hpp>

namespace {

using redoubt::crypto::SecretBytes;
namespace sr25519 = redoubt::crypto::sr25519;

// A message as long as a usual signing payload.
constexpr std::size_t kMessageBytes = 100;

void verify_one(benchmark::State& state) {
    redoubt::crypto::initialise();
    std::array<std::uint8_t, 32> seed{};
    seed.fill(1);
    const auto key = sr25519::SecretKey::from_mini_secret(SecretBytes<32>::copy_of(seed));
    const redoubt::Bytes message(kMessageBytes, 7);
    const auto signature = key.sign(message);
    for (auto _ : state) {
        if (!sr25519::verify(key.public_key().view(), message, signature.view())) {
            state.SkipWithError("the signature was refused");
        }
    }
}
BENCHMARK(verify_one)->Unit(benchmark::kMicrosecond);

void sign_one(benchmark::State& state) {
    redoubt::crypto::initialise();
    const auto key = sr25519::SecretKey::from_mini_secret(SecretBytes<32>::random());
    const redoubt::Bytes message(kMessageBytes, 7);
    for (auto _ : state) {
        benchmark::DoNotOptimize(key.sign(message));
    }
}
BENCHMARK(sign_one)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
