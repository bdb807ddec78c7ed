// Verification of quotes under the tests' root: with everything cold, with verified collateral, and with the
// platform's certificate known as well. `openssl_verify` is one bare P-256 verification, for scale. The
// counter `peak_bytes` is the most memory that one verification holds at a time, OpenSSL's included.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <openssl/crypto.h>

#include <attestation/dcap/quote.hpp>
#include <attestation/dcap/verifier.hpp>
#include <attestation/initialise.hpp>
#include <primitives/bytes.hpp>
#include <tests/support/dcap_evidence.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <new>

namespace {

std::size_t live_bytes = 0;
std::size_t peak_bytes = 0;

void* count_in(void* memory) {
    live_bytes += malloc_usable_size(memory);
    peak_bytes = std::max(peak_bytes, live_bytes);
    return memory;
}

void count_out(void* memory) {
    live_bytes -= malloc_usable_size(memory);
}

void* openssl_malloc(std::size_t size, const char*, int) {
    return count_in(std::malloc(size));  // NOLINT: what OpenSSL asks for
}

void* openssl_realloc(void* memory, std::size_t size, const char*, int) {
    count_out(memory);
    return count_in(std::realloc(memory, size));  // NOLINT
}

void openssl_free(void* memory, const char*, int) {
    count_out(memory);
    std::free(memory);  // NOLINT
}

}  // namespace

void* operator new(std::size_t size) {
    void* memory = std::malloc(size);  // NOLINT: this is new
    if (memory == nullptr) {
        std::abort();
    }
    return count_in(memory);
}
void operator delete(void* memory) noexcept {
    count_out(memory);
    std::free(memory);  // NOLINT
}
void operator delete(void* memory, std::size_t) noexcept {
    operator delete(memory);
}

namespace {

using namespace redoubt;               // NOLINT: a bench is one file
using namespace redoubt::attestation;  // NOLINT

/// A kept input of the fuzz target dcap_verify.
struct Evidence {
    explicit Evidence(const char* name) {
        std::ifstream in{std::string{REDOUBT_EVIDENCE_FOLDER} + "/" + name, std::ios::binary};
        bytes.assign(std::istreambuf_iterator<char>{in}, {});
        const auto parts = tests::split_dcap_evidence(bytes).value();
        quote = parts.quote;
        container = parts.collateral;
        setting.type = parts.type();
    }
    Bytes bytes;
    ByteView quote;
    std::string_view container;
    dcap::Setting setting{.time = tests::kDcapTestTime, .roots = tests::dcap_test_roots()};
};

/// Runs `verify` once to see what it holds in memory, then for its time.
template <class Verify>
void run(benchmark::State& state, Verify&& verify) {
    initialise();
    if (!verify().is_verified()) {
        state.SkipWithError("the evidence was refused");
        return;
    }
    const auto before = live_bytes;
    peak_bytes = live_bytes;
    benchmark::DoNotOptimize(verify());
    state.counters["peak_bytes"] = static_cast<double>(peak_bytes - before);
    for (auto _ : state) {
        benchmark::DoNotOptimize(verify());
    }
}

void cold(benchmark::State& state, const char* name) {
    const Evidence evidence{name};
    run(state, [&] {
        const auto collateral = dcap::parse_collateral(evidence.container);
        return dcap::verify_quote(evidence.quote, collateral.value(), evidence.setting);
    });
}
BENCHMARK_CAPTURE(cold, sgx_v3, "sgx_v3")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(cold, tdx_v4, "tdx_v4")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(cold, td15_v5, "td15_v5")->Unit(benchmark::kMicrosecond);

void with_collateral(benchmark::State& state, const char* name, std::size_t certificates_max) {
    const Evidence evidence{name};
    const auto collateral = dcap::parse_collateral(evidence.container);
    CheckLog log{dcap::kChecks};
    const auto verified = dcap::VerifiedCollateral::verify(collateral.value(), evidence.setting.roots,
                                                           evidence.setting.time, {}, log);
    dcap::PckCache cache{certificates_max};
    auto setting = evidence.setting;
    setting.pck_cache = &cache;
    run(state, [&] { return dcap::verify_quote(evidence.quote, verified.value(), setting); });
}
BENCHMARK_CAPTURE(with_collateral, sgx_v3, "sgx_v3", 0)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(with_collateral, tdx_v4, "tdx_v4", 0)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(with_collateral, tdx_v4_known_platform, "tdx_v4", 4)->Unit(benchmark::kMicrosecond);

void parse(benchmark::State& state) {
    const Evidence evidence{"tdx_v4"};
    for (auto _ : state) {
        benchmark::DoNotOptimize(dcap::parse_quote(evidence.quote));
    }
}
BENCHMARK(parse)->Unit(benchmark::kMicrosecond);

void openssl_verify(benchmark::State& state) {
    const Evidence evidence{"tdx_v4"};
    const auto quote = dcap::parse_quote(evidence.quote).value();
    const auto key = PublicKey::from_point(Curve::kP256, quote.attestation_key).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            key.verify_ecdsa_raw(HashAlgorithm::kSha256, quote.signed_bytes, quote.signature));
    }
}
BENCHMARK(openssl_verify)->Unit(benchmark::kMicrosecond);

void make_key(benchmark::State& state) {
    const Evidence evidence{"tdx_v4"};
    const auto quote = dcap::parse_quote(evidence.quote).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(PublicKey::from_point(Curve::kP256, quote.attestation_key));
    }
}
BENCHMARK(make_key)->Unit(benchmark::kMicrosecond);

}  // namespace

int main(int argument_count, char** arguments) {
    if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1) {
        return EXIT_FAILURE;
    }
    benchmark::Initialize(&argument_count, arguments);
    benchmark::RunSpecifiedBenchmarks();
    return EXIT_SUCCESS;
}
