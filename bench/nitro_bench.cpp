// Verification of a Nitro document under the tests' root: five certificates and five signatures of P-384.
// `openssl_verify` is one bare verification of that curve, for scale.
#include <benchmark/benchmark.h>

#include <attestation/initialise.hpp>
#include <attestation/nitro/document.hpp>
#include <attestation/nitro/verifier.hpp>
#include <attestation/x509/certificate.hpp>
#include <primitives/bytes.hpp>
#include <tests/support/nitro_evidence.hpp>

#include <fstream>
#include <iterator>

namespace {

using namespace redoubt;               // NOLINT: a bench is one file
using namespace redoubt::attestation;  // NOLINT

/// A kept input of the fuzz target nitro_verify, with all issuers of a genuine document.
Bytes document() {
    std::ifstream in{std::string{REDOUBT_EVIDENCE_FOLDER} + "/enclave", std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void verify(benchmark::State& state) {
    initialise();
    const auto bytes = document();
    const nitro::Setting setting{.time = tests::kNitroTestTime, .roots = tests::nitro_test_roots()};
    if (!nitro::verify_document(bytes, setting).is_verified()) {
        state.SkipWithError("the document was refused");
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(nitro::verify_document(bytes, setting));
    }
}
BENCHMARK(verify)->Unit(benchmark::kMicrosecond);

void parse(benchmark::State& state) {
    const auto bytes = document();
    for (auto _ : state) {
        benchmark::DoNotOptimize(nitro::parse_document(bytes));
    }
}
BENCHMARK(parse)->Unit(benchmark::kMicrosecond);

void openssl_verify(benchmark::State& state) {
    const auto bytes = document();
    const auto parsed = nitro::parse_document(bytes).value();
    const auto leaf = x509::Certificate::decode(to_bytes(parsed.certificate)).value();
    const auto key = leaf.public_key().value();
    const auto message = cose::signed_bytes(parsed.sign1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            key.verify_ecdsa_raw(HashAlgorithm::kSha384, message, parsed.sign1.signature));
    }
}
BENCHMARK(openssl_verify)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
