#include <primitives/crypto/blake2b_lanes.hpp>

#include <primitives/crypto/hashing.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace redoubt::crypto {
namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kBlockBytes = 128;
/// With fewer inputs most lanes would be idle.
constexpr std::size_t kInputsMin = 3;

/// The same word of every lane.
using Words = std::uint64_t __attribute__((vector_size(8 * kLanes)));

constexpr std::array<std::uint64_t, 8> kInitial{0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                                0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                                0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

/// Which message words the steps of a round take.
constexpr std::array<std::array<std::uint8_t, 16>, 10> kSigma{{
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
}};

/// One block of every lane.
struct Blocks {
    alignas(64) std::array<std::array<std::uint64_t, kLanes>, 16> words;
    alignas(64) std::array<std::uint64_t, kLanes> bytes_so_far;
    alignas(64) std::array<std::uint64_t, kLanes> last_mask;  ///< all ones in the last block of an input
};
/// The chaining value of every lane.
struct States {
    alignas(64) std::array<std::array<std::uint64_t, kLanes>, 8> words;
};

/// Reads a word of every lane; vectors are passed by reference, as their calling convention varies.
[[gnu::always_inline]] inline void load(Words& out, const std::array<std::uint64_t, kLanes>& lanes) {
    std::memcpy(&out, lanes.data(), sizeof out);
}

template <int kBits>
[[gnu::always_inline]] inline void xor_and_rotate(Words& a, const Words& b) {
    a ^= b;
    a = (a >> kBits) | (a << (64 - kBits));
}

/// The function G, on the words of a column or diagonal and two message words.
[[gnu::always_inline]] inline void mix(Words& a,
                                       Words& b,
                                       Words& c,
                                       Words& d,
                                       const std::array<std::uint64_t, kLanes>& first,
                                       const std::array<std::uint64_t, kLanes>& second) {
    Words word;
    load(word, first);
    a += b + word;
    xor_and_rotate<32>(d, a);
    c += d;
    xor_and_rotate<24>(b, c);
    load(word, second);
    a += b + word;
    xor_and_rotate<16>(d, a);
    c += d;
    xor_and_rotate<63>(b, c);
}

[[gnu::always_inline]] inline void compress_in_place(States& states, const Blocks& blocks) {
    Words v[16];
    for (std::size_t i = 0; i < 8; ++i) {
        load(v[i], states.words[i]);
        v[i + 8] = Words{} + kInitial[i];
    }
    Words mask;
    load(mask, blocks.bytes_so_far);
    v[12] ^= mask;
    load(mask, blocks.last_mask);
    v[14] ^= mask;
    const auto& m = blocks.words;
#pragma GCC unroll 12
    for (std::size_t round = 0; round < 12; ++round) {
        const auto& sigma = kSigma[round % 10];
        mix(v[0], v[4], v[8], v[12], m[sigma[0]], m[sigma[1]]);
        mix(v[1], v[5], v[9], v[13], m[sigma[2]], m[sigma[3]]);
        mix(v[2], v[6], v[10], v[14], m[sigma[4]], m[sigma[5]]);
        mix(v[3], v[7], v[11], v[15], m[sigma[6]], m[sigma[7]]);
        mix(v[0], v[5], v[10], v[15], m[sigma[8]], m[sigma[9]]);
        mix(v[1], v[6], v[11], v[12], m[sigma[10]], m[sigma[11]]);
        mix(v[2], v[7], v[8], v[13], m[sigma[12]], m[sigma[13]]);
        mix(v[3], v[4], v[9], v[14], m[sigma[14]], m[sigma[15]]);
    }
    for (std::size_t i = 0; i < 8; ++i) {
        Words next;
        load(next, states.words[i]);
        next ^= v[i] ^ v[i + 8];
        std::memcpy(states.words[i].data(), &next, sizeof next);
    }
}

using Compress = void (*)(States&, const Blocks&);

[[gnu::target("avx512f")]] void compress_avx512(States& states, const Blocks& blocks) {
    compress_in_place(states, blocks);
}
[[gnu::target("avx2")]] void compress_avx2(States& states, const Blocks& blocks) {
    compress_in_place(states, blocks);
}

/// nullptr where lanes are no gain.
Compress best_compress() {
    static const Compress best = [] {
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx512f") != 0) {
            return &compress_avx512;
        }
        return __builtin_cpu_supports("avx2") != 0 ? &compress_avx2 : Compress{nullptr};
    }();
    return best;
}

/// A lane at work on one input.
struct Lane {
    std::size_t input = 0;
    std::size_t offset = 0;
    bool is_busy = false;
};

/// Puts the next block of `input` into a lane. @return whether it is the last one
bool load_block(Blocks& blocks, std::size_t lane, ByteView input, std::size_t& offset) {
    const std::size_t size = std::min(kBlockBytes, input.size() - offset);
    std::array<std::uint64_t, 16> words{};
    if (size > 0) {
        std::memcpy(words.data(), input.data() + offset, size);
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
        blocks.words[i][lane] = words[i];
    }
    offset += size;
    const bool is_last = offset == input.size();
    blocks.bytes_so_far[lane] = offset;
    blocks.last_mask[lane] = is_last ? ~std::uint64_t{0} : 0;
    return is_last;
}

}  // namespace

std::vector<Hash256> blake2b_256_of_each(std::span<const ByteView> inputs) {
    std::vector<Hash256> out(inputs.size());
    const auto compress = best_compress();
    if (compress == nullptr || inputs.size() < kInputsMin) {
        std::ranges::transform(inputs, out.begin(), blake2b_256);
        return out;
    }
    // No key, digest of 32 bytes, no tree.
    constexpr std::uint64_t kParameters = 0x01010000 | Hash256::kSize;
    States states{};
    Blocks blocks{};
    std::array<Lane, kLanes> lanes{};
    std::size_t taken = 0;
    std::size_t done = 0;
    while (done < inputs.size()) {
        std::array<bool, kLanes> finishes{};
        for (std::size_t i = 0; i < kLanes; ++i) {
            auto& lane = lanes[i];
            if (!lane.is_busy && taken < inputs.size()) {
                lane = {.input = taken++, .offset = 0, .is_busy = true};
                for (std::size_t word = 0; word < kInitial.size(); ++word) {
                    states.words[word][i] = kInitial[word] ^ (word == 0 ? kParameters : 0);
                }
            }
            if (lane.is_busy) {
                finishes[i] = load_block(blocks, i, inputs[lane.input], lane.offset);
            }
        }
        compress(states, blocks);
        for (std::size_t i = 0; i < kLanes; ++i) {
            if (!finishes[i]) {
                continue;
            }
            for (std::size_t word = 0; word < Hash256::kSize / 8; ++word) {
                std::memcpy(out[lanes[i].input].data() + 8 * word, &states.words[word][i], 8);
            }
            lanes[i].is_busy = false;
            ++done;
        }
    }
    return out;
}

}  // namespace redoubt::crypto
