#include <primitives/crypto/edwards25519_multiply.hpp>

#include <primitives/crypto/edwards25519_sum.hpp>

#include <bit>
#include <limits>
#include <vector>

namespace redoubt::crypto::detail {
namespace {

constexpr std::size_t kFactorBits = 256;

/// y = 4/5 with even x.
constexpr std::array<std::uint8_t, 32> kBaseEncoding{
    0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66};

constexpr unsigned kPointWindow = 5;
constexpr unsigned kBaseWindow = 8;
constexpr std::size_t kPointTable = std::size_t{1} << (kPointWindow - 2);
constexpr std::size_t kBaseTable = std::size_t{1} << (kBaseWindow - 2);

/// The odd multiples p, 3p, 5p, …
template <std::size_t N>
std::array<Point, N> odd_multiples(const Point& p) {
    std::array<Point, N> out;
    out[0] = p;
    const Cached two = to_cached(to_point(twice(p.x, p.y, p.z)));
    for (std::size_t i = 1; i < N; ++i) {
        out[i] = to_point(sum(out[i - 1], two, false));
    }
    return out;
}

std::array<Cached, kPointTable> point_table(const Point& p) {
    const auto multiples = odd_multiples<kPointTable>(p);
    std::array<Cached, kPointTable> out;
    std::ranges::transform(multiples, out.begin(), to_cached);
    return out;
}

/// The same point with Z = 1.
Point normalized(const Point& p) {
    const Field z_inverse = invert(p.z);
    const Field x = mul(p.x, z_inverse);
    const Field y = mul(p.y, z_inverse);
    return {.x = x, .y = y, .z = kOne, .t = mul(x, y)};
}

std::array<Affine, kBaseTable> affine_table(const Point& p) {
    const auto multiples = odd_multiples<kBaseTable>(p);
    std::array<Affine, kBaseTable> out;
    std::ranges::transform(multiples, out.begin(),
                           [](const Point& multiple) { return to_affine(normalized(multiple)); });
    return out;
}

struct BaseTables {
    std::array<Affine, kBaseTable> low;   // of B
    std::array<Affine, kBaseTable> high;  // of 2^128 B
};

const BaseTables& base_tables() {
    static const auto tables = [] {
        const Point base = *decode_edwards_zip215(kBaseEncoding);
        return BaseTables{.low = affine_table(base), .high = affine_table(times_2_to_the_128(base))};
    }();
    return tables;
}

using Digits = std::array<std::int8_t, kFactorBits>;

/// Width-w non-adjacent form: odd digits below 2^(w-1) in size, or zero, at least w-1 zeros between others.
Digits non_adjacent_form(ScalarView scalar, unsigned width) {
    std::array<std::uint64_t, 5> words{};
    for (std::size_t i = 0; i < 32; ++i) {
        words[i / 8] |= static_cast<std::uint64_t>(scalar[i]) << (8 * (i % 8));
    }
    Digits out{};
    const std::uint64_t full = std::uint64_t{1} << width;
    std::uint64_t carry = 0;
    std::size_t position = 0;
    while (position < kFactorBits) {
        const std::size_t word = position / 64;
        const std::size_t bit = position % 64;
        std::uint64_t bits = words[word] >> bit;
        if (bit + width > 64) {
            bits |= words[word + 1] << (64 - bit);
        }
        const std::uint64_t window = carry + (bits & (full - 1));
        if ((window & 1) == 0) {
            ++position;
            continue;
        }
        if (window < full / 2) {
            carry = 0;
            out[position] = static_cast<std::int8_t>(window);
        } else {
            carry = 1;
            out[position] =
                static_cast<std::int8_t>(static_cast<std::int64_t>(window) - static_cast<std::int64_t>(full));
        }
        position += width;
    }
    return out;
}

/// One past the highest digit that is not zero.
std::size_t digit_count(const Digits& digits) {
    const auto last =
        std::ranges::find_if(digits.rbegin(), digits.rend(), [](auto digit) { return digit != 0; });
    return static_cast<std::size_t>(digits.rend() - last);
}

/// A product ready for interleaving.
struct Row {
    std::array<Cached, kPointTable> multiples;
    Digits digits;
    bool is_subtracted;
};

/// Straus: all products share the doublings. The factor of B is split at bit 128.
Point interleave(std::span<const Product> products, ScalarView base_factor) {
    std::array<std::uint8_t, 32> base_low{};
    std::array<std::uint8_t, 32> base_high{};
    std::copy_n(base_factor.begin(), 16, base_low.begin());
    std::copy_n(base_factor.begin() + 16, 16, base_high.begin());
    const auto low_digits = non_adjacent_form(base_low, kBaseWindow);
    const auto high_digits = non_adjacent_form(base_high, kBaseWindow);
    const auto& base = base_tables();

    std::size_t position = std::max(digit_count(low_digits), digit_count(high_digits));
    std::vector<Row> rows;
    rows.reserve(products.size());
    for (const auto& product : products) {
        rows.push_back({.multiples = point_table(product.point),
                        .digits = non_adjacent_form(product.factor, kPointWindow),
                        .is_subtracted = product.is_subtracted});
        position = std::max(position, digit_count(rows.back().digits));
    }

    Projective doubled{kZero, kOne, kOne};
    Completed total{.x = kZero, .y = kOne, .z = kOne, .t = kOne};
    const auto add_digit = [&total](std::int8_t digit, const auto& table, bool is_subtracted) {
        if (digit != 0) {
            const auto index = static_cast<std::size_t>(digit < 0 ? -digit : digit) / 2;
            total = sum(to_point(total), table[index], (digit < 0) != is_subtracted);
        }
    };
    while (position > 0) {
        --position;
        total = twice(doubled.x, doubled.y, doubled.z);
        for (const auto& row : rows) {
            add_digit(row.digits[position], row.multiples, row.is_subtracted);
        }
        add_digit(low_digits[position], base.low, false);
        add_digit(high_digits[position], base.high, false);
        doubled = to_projective(total);
    }
    return to_point(total);
}

/// Digits of `width` bits from -2^(width-1) to 2^(width-1), lowest first.
void append_window_digits(std::vector<std::int16_t>& out,
                          ScalarView factor,
                          unsigned width,
                          std::size_t count) {
    const auto full = std::int32_t{1} << width;
    std::int32_t carry = 0;
    for (std::size_t i = 0; i < count; ++i) {
        std::int32_t digit = carry;
        for (std::size_t bit = 0; bit < width; ++bit) {
            const std::size_t at = i * width + bit;
            digit += at < kFactorBits ? ((factor[at / 8] >> (at % 8)) & 1) << bit : 0;
        }
        carry = digit > full / 2 ? 1 : 0;
        out.push_back(static_cast<std::int16_t>(digit - carry * full));
    }
}

/// Multiplications that buckets of `width` bits cost: seven for each product and window, and nine for each of
/// two additions for a bucket.
std::size_t bucket_cost(std::size_t products, std::size_t bits, unsigned width) {
    return (bits / width + 1) * (7 * products + (std::size_t{9} << width));
}

unsigned best_width(std::size_t products, std::size_t bits) {
    unsigned best = 4;
    for (unsigned width = 5; width <= 12; ++width) {
        if (bucket_cost(products, bits, width) < bucket_cost(products, bits, best)) {
            best = width;
        }
    }
    return best;
}

std::size_t bit_length(ScalarView factor) {
    for (std::size_t i = factor.size(); i > 0; --i) {
        if (factor[i - 1] != 0) {
            return 8 * (i - 1) + static_cast<std::size_t>(std::bit_width(factor[i - 1]));
        }
    }
    return 0;
}

/// Pippenger: for each window of the factors, points are added up by digit, and the sums weighted by theirs.
Point sort_into_buckets(std::span<const Product> products) {
    std::size_t bits = 0;
    for (const auto& product : products) {
        bits = std::max(bits, bit_length(product.factor));
    }
    const unsigned width = best_width(products.size(), bits);
    const std::size_t windows = bits / width + 1;  // the last one has room for a carry
    std::vector<Affine> points;
    std::vector<std::int16_t> digits;
    points.reserve(products.size());
    digits.reserve(products.size() * windows);
    for (const auto& product : products) {
        points.push_back(to_affine(product.point));
        append_window_digits(digits, product.factor, width, windows);
    }

    std::vector<Point> buckets(std::size_t{1} << (width - 1));
    Point total;
    for (std::size_t window = windows; window > 0; --window) {
        for (unsigned i = 0; i < width; ++i) {
            total = to_point(twice(total.x, total.y, total.z));
        }
        std::ranges::fill(buckets, Point{});
        for (std::size_t i = 0; i < products.size(); ++i) {
            const auto digit = digits[i * windows + window - 1];
            if (digit != 0) {
                auto& bucket = buckets[static_cast<std::size_t>(digit < 0 ? -digit : digit) - 1];
                bucket = to_point(sum(bucket, points[i], (digit < 0) != products[i].is_subtracted));
            }
        }
        // Sums from the highest bucket down, each added once more: bucket k counts k times.
        Point above;
        for (auto bucket = buckets.rbegin(); bucket != buckets.rend(); ++bucket) {
            above = to_point(sum(above, to_cached(*bucket), false));
            total = to_point(sum(total, to_cached(above), false));
        }
    }
    return total;
}

/// From so many products on, buckets are cheaper.
constexpr std::size_t kBucketsBegin = 150;

}  // namespace

Point times_2_to_the_128(const Point& point) {
    Point out = point;
    for (int i = 0; i < 128; ++i) {
        out = to_point(twice(out.x, out.y, out.z));
    }
    return normalized(out);
}

Point sum_of_products(std::span<const Product> products, ScalarView base_factor) {
    if (products.size() < kBucketsBegin) {
        return interleave(products, base_factor);
    }
    const auto rest = to_cached(interleave({}, base_factor));
    return to_point(sum(sort_into_buckets(products), rest, false));
}

}  // namespace redoubt::crypto::detail
