// P03: a justification, whole, beside libsodium verifying its signatures one by one. P04: import of linked
// headers; its peer is bench/peers/header_import.mjs. bench/p03.py and bench/p04.py run both.
#include <benchmark/benchmark.h>
#include <sodium.h>

#include <light-client/finality_tracker.hpp>
#include <primitives/hex.hpp>
#include <tests/support/grandpa_voters.hpp>

#include <cstdio>
#include <cstring>

namespace {

using namespace redoubt;  // NOLINT: a program of one file
using tests::GrandpaVoters;

constexpr std::uint64_t kSetId = 3;
const light_client::BlockRef kTarget{Hash256{{1}}, 1'000'000};

// As a node sends it: just enough precommits for the target, no ancestry.
void verify_justification(benchmark::State& state) {
    const GrandpaVoters voters{static_cast<std::size_t>(state.range(0))};
    const auto set = voters.set();
    const auto bytes = encode(voters.justify(kTarget, kSetId));
    for (auto _ : state) {
        const auto justification = light_client::decode_justification(bytes);
        if (!light_client::verify_justification(justification.value(), kSetId, set, kTarget)) {
            state.SkipWithError("the justification was refused");
        }
    }
}
BENCHMARK(verify_justification)->Arg(4)->Arg(297)->Arg(1000)->Unit(benchmark::kMicrosecond);

void verify_with_libsodium(benchmark::State& state) {
    const GrandpaVoters voters{static_cast<std::size_t>(state.range(0))};
    const auto justification = voters.justify(kTarget, kSetId);
    const auto message = light_client::precommit_message(kTarget, justification.round, kSetId);
    for (auto _ : state) {
        for (const auto& precommit : justification.precommits) {
            if (crypto_sign_verify_detached(precommit.signature.data(), message.data(), message.size(),
                                            precommit.voter.data()) != 0) {
                state.SkipWithError("libsodium refused a signature");
            }
        }
    }
}
BENCHMARK(verify_with_libsodium)->Arg(4)->Arg(297)->Arg(1000)->Unit(benchmark::kMicrosecond);

// What it costs to enter a set: decoding its keys.
void enter_set(benchmark::State& state) {
    const auto list = GrandpaVoters{static_cast<std::size_t>(state.range(0))}.list();
    for (auto _ : state) {
        benchmark::DoNotOptimize(light_client::VoterSet::from(list));
    }
}
BENCHMARK(enter_set)->Arg(297)->Arg(1000)->Unit(benchmark::kMicrosecond);

constexpr std::size_t kHeaders = 100'000;
constexpr std::size_t kHeadersPerBatch = 2'000;
constexpr std::size_t kAuthorities = 4;  // headers are measured here, votes by verify_justification

/// The rule by which bench/peers/header_import.mjs makes the same headers.
substrate::Header next_header(const light_client::BlockRef& parent) {
    substrate::Header header;
    header.parent_hash = parent.hash;
    header.number = parent.number + 1;
    std::memcpy(header.state_root.bytes.data(), &header.number, sizeof header.number);
    header.extrinsics_root.bytes.fill(0x11);
    header.digest.push_back({.kind = substrate::DigestKind::kPreRuntime,
                             .engine = substrate::kBabeEngine,
                             .data = Bytes(109, 0x22)});
    header.digest.push_back(
        {.kind = substrate::DigestKind::kSeal, .engine = substrate::kBabeEngine, .data = Bytes(64, 0x33)});
    return header;
}

struct Batch {
    std::vector<Bytes> headers;
    Bytes justification;
};

struct Chain {
    Chain() : voters(kAuthorities) {
        light_client::BlockRef tip;
        while (tip.number < kHeaders) {
            auto& batch = batches.emplace_back();
            for (std::size_t i = 0; i < kHeadersPerBatch; ++i) {
                const auto header = next_header(tip);
                batch.headers.push_back(substrate::encode(header));
                tip = tests::ref_to(header);
            }
            batch.justification = encode(voters.justify(tip, kSetId));
        }
        last = tip.hash;
    }
    GrandpaVoters voters;
    std::vector<Batch> batches;
    Hash256 last;
};

// 100,000 headers in batches of 2,000, each justified by a set of 4.
void import_headers(benchmark::State& state) {
    const Chain chain;
    for (auto _ : state) {
        auto tracker = light_client::FinalityTracker::from(
            {.finalized = {}, .set_id = kSetId, .authorities = chain.voters.list(), .pending = std::nullopt});
        for (const auto& batch : chain.batches) {
            if (!tracker.value().submit(batch.headers, ByteView{batch.justification})) {
                state.SkipWithError("a batch was refused");
            }
        }
        if (tracker.value().state().finalized.block.hash != chain.last) {
            state.SkipWithError("the tracker stands elsewhere");
        }
    }
    // For the peer, which has to arrive at the same block.
    state.SetLabel(to_hex_0x(chain.last.view()));
}
BENCHMARK(import_headers)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
