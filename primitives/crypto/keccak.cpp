#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/keccak.hpp>

#include <bit>

namespace redoubt::crypto {
namespace detail {
namespace {

constexpr std::array<std::uint64_t, 24> kRoundConstants{
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

/// Rotation of lane x + 5y, and the lane it moves to.
constexpr std::array<int, 25> kRotations{0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                         25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};
constexpr std::array<std::size_t, 25> kTargets{0,  10, 20, 5, 15, 16, 1,  11, 21, 6, 7,  17, 2,
                                               12, 22, 23, 8, 18, 3,  13, 14, 24, 9, 19, 4};

}  // namespace

void keccak_f1600(KeccakState& state) {
    for (const auto round_constant : kRoundConstants) {
        std::array<std::uint64_t, 5> parity;
#pragma GCC unroll 5
        for (std::size_t x = 0; x < 5; ++x) {
            parity[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
        }
        KeccakState moved;
#pragma GCC unroll 25
        for (std::size_t lane = 0; lane < 25; ++lane) {
            const auto mix = parity[(lane + 4) % 5] ^ std::rotl(parity[(lane + 1) % 5], 1);
            moved[kTargets[lane]] = std::rotl(state[lane] ^ mix, kRotations[lane]);
        }
#pragma GCC unroll 25
        for (std::size_t lane = 0; lane < 25; ++lane) {
            const std::size_t row = lane - lane % 5;
            state[lane] = moved[lane] ^ (~moved[row + (lane + 1) % 5] & moved[row + (lane + 2) % 5]);
        }
        state[0] ^= round_constant;
    }
}

}  // namespace detail

Hash256 keccak_256(ByteView input) {
    constexpr std::size_t kRate = 136;
    detail::KeccakState state{};
    const auto absorb = [&state](std::size_t at, std::uint8_t byte) {
        state[at / 8] ^= static_cast<std::uint64_t>(byte) << (8 * (at % 8));
    };
    while (input.size() >= kRate) {
        for (std::size_t i = 0; i < kRate; ++i) {
            absorb(i, input[i]);
        }
        detail::keccak_f1600(state);
        input = input.subspan(kRate);
    }
    for (std::size_t i = 0; i < input.size(); ++i) {
        absorb(i, input[i]);
    }
    absorb(input.size(), 0x01);
    absorb(kRate - 1, 0x80);
    detail::keccak_f1600(state);
    Hash256 out;
    for (std::size_t i = 0; i < out.size(); ++i) {
        out.bytes[i] = static_cast<std::uint8_t>(state[i / 8] >> (8 * (i % 8)));
    }
    return out;
}

}  // namespace redoubt::crypto
