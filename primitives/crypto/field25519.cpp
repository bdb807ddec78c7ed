#include <primitives/crypto/field25519.hpp>

namespace redoubt::crypto::detail {

Field from_bytes(std::span<const std::uint8_t, 32> bytes) {
    const auto load = [&](std::size_t at) {
        std::uint64_t word = 0;
        for (std::size_t i = 8; i > 0; --i) {
            word = (word << 8) | bytes[at + i - 1];
        }
        return word;
    };
    return {{load(0) & Field::kMask, (load(6) >> 3) & Field::kMask, (load(12) >> 6) & Field::kMask,
             (load(19) >> 1) & Field::kMask, (load(24) >> 12) & Field::kMask}};
}

std::array<std::uint8_t, 32> to_bytes(const Field& x) {
    // Two rounds of carries leave a value below 2p; adding 19 and looking at bit 255 tells whether it is
    // at least p.
    auto limb = x.limb;
    const auto carry = [&limb](std::uint64_t wrap) {
        for (std::size_t i = 0; i < 4; ++i) {
            limb[i + 1] += limb[i] >> 51;
            limb[i] &= Field::kMask;
        }
        limb[0] += wrap * (limb[4] >> 51);
        limb[4] &= Field::kMask;
    };
    carry(19);
    carry(19);
    std::uint64_t over = (limb[0] + 19) >> 51;
    for (std::size_t i = 1; i < 5; ++i) {
        over = (limb[i] + over) >> 51;
    }
    limb[0] += 19 * over;
    carry(0);

    const std::array<std::uint64_t, 4> words{limb[0] | (limb[1] << 51), (limb[1] >> 13) | (limb[2] << 38),
                                             (limb[2] >> 26) | (limb[3] << 25),
                                             (limb[3] >> 39) | (limb[4] << 12)};
    std::array<std::uint8_t, 32> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<std::uint8_t>(words[i / 8] >> (8 * (i % 8)));
    }
    return out;
}

namespace {

struct Powers {
    Field x_2_250_minus_1;
    Field x11;
};

/// x^(2^250 - 1) and x^11, the common start of both exponentiations.
Powers common_powers(const Field& x) {
    const Field x2 = square(x);
    const Field x9 = mul(square_times(x2, 2), x);
    const Field x11 = mul(x9, x2);
    const Field p5 = mul(square(x11), x9);
    const Field p10 = mul(square_times(p5, 5), p5);
    const Field p20 = mul(square_times(p10, 10), p10);
    const Field p40 = mul(square_times(p20, 20), p20);
    const Field p50 = mul(square_times(p40, 10), p10);
    const Field p100 = mul(square_times(p50, 50), p50);
    const Field p200 = mul(square_times(p100, 100), p100);
    return {.x_2_250_minus_1 = mul(square_times(p200, 50), p50), .x11 = x11};
}

}  // namespace

Field power_p58(const Field& x) {
    return mul(square_times(common_powers(x).x_2_250_minus_1, 2), x);
}

Field invert(const Field& x) {
    const auto powers = common_powers(x);
    return mul(square_times(powers.x_2_250_minus_1, 5), powers.x11);
}

Field square_root_radicand(const Field& u, const Field& v) {
    const Field v3 = mul(square(v), v);
    return mul(u, mul(square(v3), v));
}

SquareRoot square_root_ratio(const Field& u, const Field& v) {
    return square_root_from(u, v, power_p58(square_root_radicand(u, v)));
}

SquareRoot square_root_from(const Field& u, const Field& v, const Field& power) {
    const Field v3 = mul(square(v), v);
    Field root = mul(mul(u, v3), power);
    const Field check = mul(v, square(root));
    const Field tight_u = mul(u, kOne);
    const Field minus_u = negate(tight_u);
    const bool correct = is_equal(check, tight_u);
    const bool flipped = is_equal(check, minus_u);
    const bool flipped_i = is_equal(check, mul(minus_u, kSqrtMinusOne));
    if (flipped || flipped_i) {
        root = mul(root, kSqrtMinusOne);
    }
    return {.was_square = correct || flipped, .root = absolute(root)};
}

}  // namespace redoubt::crypto::detail
