// Decoding metadata, events and dynamic values: the host does it for every runtime and block, the enclave
// for every block. bench/peers/metadata_decode.mjs takes the same figures with @polkadot/types.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <substrate/dynamic_codec.hpp>
#include <substrate/events.hpp>
#include <substrate/metadata.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace {

using namespace redoubt;  // NOLINT: a program of one file

constexpr std::uint32_t kEventCopies = 8;

std::string read_text(const std::string& name) {
    const char* shared = std::getenv("REDOUBT_SHARED");
    std::ifstream in{std::string{shared == nullptr ? "../shared" : shared} + "/vectors/chainspec/" + name};
    std::string text{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    if (text.empty()) {
        std::fprintf(stderr, "no %s: set REDOUBT_SHARED to the folder of shared material\n", name.c_str());
        std::exit(1);
    }
    return text;
}

const Bytes& metadata_bytes() {
    static const Bytes bytes = parse_hex(read_text("integritee-paseo-50.metadata-v14.hex")).value();
    return bytes;
}

const substrate::Metadata& metadata() {
    static const auto decoded = substrate::Metadata::decode(metadata_bytes()).value();
    return decoded;
}

/// All events of the transcript, several times over, as one value of System.Events.
const Bytes& events_bytes() {
    static const Bytes made = [] {
        const auto transcript = nlohmann::json::parse(read_text("teerex-paseo50-transcript.json"));
        Bytes records;
        std::uint32_t count = 0;
        for (std::uint32_t copy = 0; copy < kEventCopies; ++copy) {
            for (const auto& one : transcript) {
                for (const auto& event : one.value("events", nlohmann::json::array())) {
                    append(records, scale::encode_all(std::uint8_t{0}, std::uint32_t{2}));
                    append(records, parse_hex(event.at("scale").get<std::string>()).value());
                    records.push_back(0);
                    ++count;
                }
            }
        }
        return concat(scale::encode(scale::Compact{count}), records);
    }();
    return made;
}

void count_bytes(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes));
}

void decode_metadata(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(substrate::Metadata::decode(metadata_bytes()));
    }
    count_bytes(state, metadata_bytes().size());
}
BENCHMARK(decode_metadata)->Unit(benchmark::kMicrosecond);

void decode_events(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(substrate::decode_events(metadata(), events_bytes()));
    }
    count_bytes(state, events_bytes().size());
}
BENCHMARK(decode_events)->Unit(benchmark::kMicrosecond);

void walk_events(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(substrate::extrinsic_outcomes(metadata(), events_bytes(), 3));
    }
    count_bytes(state, events_bytes().size());
}
BENCHMARK(walk_events)->Unit(benchmark::kMicrosecond);

void encode_value(benchmark::State& state) {
    const auto& constant = *metadata().find_pallet("System")->find_constant("BlockWeights");
    const auto value = substrate::decode_value(metadata().types(), constant.type, constant.value).value();
    Bytes out;
    for (auto _ : state) {
        out.clear();
        benchmark::DoNotOptimize(substrate::encode_value(metadata().types(), constant.type, value, out));
    }
    count_bytes(state, constant.value.size());
}
BENCHMARK(encode_value)->Unit(benchmark::kNanosecond);

void decode_value(benchmark::State& state) {
    const auto& constant = *metadata().find_pallet("System")->find_constant("BlockWeights");
    for (auto _ : state) {
        benchmark::DoNotOptimize(substrate::decode_value(metadata().types(), constant.type, constant.value));
    }
    count_bytes(state, constant.value.size());
}
BENCHMARK(decode_value)->Unit(benchmark::kNanosecond);

}  // namespace

BENCHMARK_MAIN();
