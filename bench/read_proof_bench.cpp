// P05: a proof of 100 keys out of 100,000, verified and read. bench/p05.py hands the same proof to
// bench/peers/proof_decode.mjs; `read_proof_bench --print-proof` prints it.
#include <benchmark/benchmark.h>

#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>
#include <trie/read_proof.hpp>
#include <trie/state_trie.hpp>

#include <cstdio>
#include <map>
#include <string_view>

namespace {

using namespace redoubt;  // NOLINT: a program of one file

constexpr std::uint32_t kAccounts = 100'000;
constexpr std::uint32_t kKeys = 100;
constexpr std::size_t kAccountInfoBytes = 80;
constexpr std::string_view kSystemAccount =
    "26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9";

struct Proof {
    Hash256 root;
    std::vector<Bytes> keys;
    std::vector<Bytes> nodes;
};

/// System.Account with values as long as real ones; every thousandth account is proven.
const Proof& proof() {
    static const Proof made = [] {
        const auto prefix = parse_hex(kSystemAccount).value();
        std::map<Bytes, Bytes> accounts;
        Proof out;
        for (std::uint32_t i = 0; i < kAccounts; ++i) {
            const std::array<std::uint8_t, 4> number{
                static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8),
                static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 24)};
            const auto account = crypto::blake2b_256(number);
            const auto key = concat(prefix, crypto::blake2b_128(account.view()), account.view());
            Bytes value(kAccountInfoBytes);
            std::ranges::copy(number, value.begin());
            accounts.emplace(key, std::move(value));
            if (i % (kAccounts / kKeys) == 0) {
                out.keys.push_back(key);
            }
        }
        std::vector<trie::TrieEntry> entries;
        for (const auto& [key, value] : accounts) {
            entries.push_back({key, value});
        }
        const auto trie = trie::StateTrie::from_sorted(entries, trie::StateVersion::kV1);
        out.root = trie.root();
        out.nodes = trie.prove(out.keys);
        return out;
    }();
    return made;
}

void read_100_keys(benchmark::State& state) {
    const auto& [root, keys, nodes] = proof();
    for (auto _ : state) {
        const auto verified = trie::ReadProof::verify(root, nodes);
        for (const auto& key : keys) {
            const auto value = verified.value().read(key);
            if (!value || !value.value() || value.value()->size() != kAccountInfoBytes) {
                state.SkipWithError("the proof does not hold a value");
            }
        }
    }
}
BENCHMARK(read_100_keys)->Unit(benchmark::kMicrosecond);

/// {"root": hex, "nodes": [hex…], "keys": [hex…]}
void print_proof() {
    const auto print_list = [](const char* name, const std::vector<Bytes>& list) {
        std::printf(", \"%s\": [", name);
        for (std::size_t i = 0; i < list.size(); ++i) {
            std::printf("%s\"%s\"", i == 0 ? "" : ", ", to_hex_0x(list[i]).c_str());
        }
        std::printf("]");
    };
    std::printf("{\"root\": \"%s\"", to_hex_0x(proof().root.view()).c_str());
    print_list("nodes", proof().nodes);
    print_list("keys", proof().keys);
    std::printf("}\n");
}

}  // namespace

int main(int count, char** values) {
    if (count == 2 && std::string_view{values[1]} == "--print-proof") {
        print_proof();
        return 0;
    }
    benchmark::Initialize(&count, values);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
