// Verification of quotes under the tests' root: with everything cold, with verified collateral, and with the
// platform's certificate known as well. `openssl_verify` is one bare P-256 verification, for scale. The
// counter `peak_bytes` is the most memory that one verification holds at a time, OpenSSL's included.
//
// --sample=QUOTE,COLLATERAL,UNIX_SECONDS adds the same for a genuine TDX quote under the vendor's root
// (p14.py).
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
#include <iostream>
#include <iterator>
#include <new>
#include <string>
#include <string_view>

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

Bytes read_whole(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    return Bytes(std::istreambuf_iterator<char>{in}, {});
}

struct Evidence {
    Bytes quote;
    std::string container;
    dcap::Setting setting;

    [[nodiscard]] Result<dcap::Collateral> collateral() const { return dcap::parse_collateral(container); }
};

/// A kept input of the fuzz target dcap_verify.
Evidence kept(const char* name) {
    const auto bytes = read_whole(std::string{REDOUBT_EVIDENCE_FOLDER} + "/" + name);
    const auto parts = tests::split_dcap_evidence(bytes).value();
    return {
        .quote = to_bytes(parts.quote),
        .container = std::string{parts.collateral},
        .setting = {.type = parts.type(), .time = tests::kDcapTestTime, .roots = tests::dcap_test_roots()}};
}

constexpr std::string_view kSample = "--sample=";

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

void cold(benchmark::State& state, const Evidence& evidence) {
    run(state,
        [&] { return dcap::verify_quote(evidence.quote, evidence.collateral().value(), evidence.setting); });
}

void with_collateral(benchmark::State& state, const Evidence& evidence, std::size_t certificates_max) {
    CheckLog log{dcap::kChecks};
    const auto verified = dcap::VerifiedCollateral::verify(
        evidence.collateral().value(), evidence.setting.roots, evidence.setting.time, {}, log);
    dcap::PckCache cache{certificates_max};
    auto setting = evidence.setting;
    setting.pck_cache = &cache;
    run(state, [&] { return dcap::verify_quote(evidence.quote, verified.value(), setting); });
}

void add_verifications(const std::string& name, const Evidence& evidence) {
    benchmark::RegisterBenchmark(("cold/" + name).c_str(), cold, evidence)->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark(("with_collateral/" + name).c_str(), with_collateral, evidence, 0)
        ->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark(("with_collateral_and_platform/" + name).c_str(), with_collateral, evidence,
                                 4)
        ->Unit(benchmark::kMicrosecond);
}

void parse(benchmark::State& state) {
    const auto evidence = kept("tdx_v4");
    for (auto _ : state) {
        benchmark::DoNotOptimize(dcap::parse_quote(evidence.quote));
    }
}
BENCHMARK(parse)->Unit(benchmark::kMicrosecond);

void openssl_verify(benchmark::State& state) {
    const auto evidence = kept("tdx_v4");
    const auto quote = dcap::parse_quote(evidence.quote).value();
    const auto key = PublicKey::from_point(Curve::kP256, quote.attestation_key).value();
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            key.verify_ecdsa_raw(HashAlgorithm::kSha256, quote.signed_bytes, quote.signature));
    }
}
BENCHMARK(openssl_verify)->Unit(benchmark::kMicrosecond);

void make_key(benchmark::State& state) {
    const auto evidence = kept("tdx_v4");
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
    for (const auto* name : {"sgx_v3", "tdx_v4", "td15_v5"}) {
        add_verifications(name, kept(name));
    }
    for (int i = 1; i < argument_count; ++i) {
        const std::string_view argument{arguments[i]};
        const auto quote_end = argument.find(',');
        const auto collateral_end = argument.find(',', quote_end + 1);
        if (!argument.starts_with(kSample) || collateral_end == std::string_view::npos) {
            std::cerr << argument << " is not " << kSample << "QUOTE,COLLATERAL,UNIX_SECONDS\n";
            return EXIT_FAILURE;
        }
        const std::string quote{argument.substr(kSample.size(), quote_end - kSample.size())};
        const std::string collateral{argument.substr(quote_end + 1, collateral_end - quote_end - 1)};
        const VerificationTime time{std::stoll(std::string{argument.substr(collateral_end + 1)})};
        add_verifications("sample", {.quote = read_whole(quote),
                                     .container = std::string{text_of(read_whole(collateral))},
                                     .setting = {.type = EvidenceType::kTdxDcap, .time = time}});
    }
    benchmark::RunSpecifiedBenchmarks();
    return EXIT_SUCCESS;
}
