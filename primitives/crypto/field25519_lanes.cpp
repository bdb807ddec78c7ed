#include <primitives/crypto/field25519_lanes.hpp>

#include <immintrin.h>

#include <algorithm>

#define REDOUBT_IFMA [[gnu::target("avx512f,avx512ifma")]]

namespace redoubt::crypto::detail {
namespace {

constexpr std::size_t kLanes = 8;
/// The forms of shifts without a mask set off a false warning in g++ 12's own header.
constexpr __mmask8 kAllLanes = 0xff;

/// Eight tight elements, limb by limb.
struct FieldLanes {
    __m512i limb[5];
};

/// Sums of the low 52 bits of products, and of the bits above them, by column. A column weighs 2^51, so what
/// is above 52 bits counts twice in the next one.
struct Columns {
    __m512i low[10];
    __m512i high[10];
};

REDOUBT_IFMA inline void clear(Columns& columns) {
    for (std::size_t i = 0; i < 10; ++i) {
        columns.low[i] = _mm512_setzero_si512();
        columns.high[i] = _mm512_setzero_si512();
    }
}

REDOUBT_IFMA inline void accumulate(Columns& columns, std::size_t at, const __m512i& a, const __m512i& b) {
    columns.low[at] = _mm512_madd52lo_epu64(columns.low[at], a, b);
    columns.high[at + 1] = _mm512_madd52hi_epu64(columns.high[at + 1], a, b);
}

REDOUBT_IFMA inline __m512i times_19(const __m512i& x) {
    return _mm512_add_epi64(
        _mm512_add_epi64(_mm512_maskz_slli_epi64(kAllLanes, x, 4), _mm512_maskz_slli_epi64(kAllLanes, x, 1)),
        x);
}

/// Folds the upper columns, each below 2^56, with 2^255 = 19, and carries once: limbs end below 2^51 + 2^14.
REDOUBT_IFMA inline void reduce(FieldLanes& out, const Columns& columns) {
    __m512i total[10];
#pragma GCC unroll 10
    for (std::size_t i = 0; i < 10; ++i) {
        total[i] = _mm512_add_epi64(columns.low[i], _mm512_maskz_slli_epi64(kAllLanes, columns.high[i], 1));
    }
    __m512i carry[5];
    const __m512i mask = _mm512_set1_epi64(static_cast<long long>(Field::kMask));
#pragma GCC unroll 5
    for (std::size_t i = 0; i < 5; ++i) {
        const __m512i folded = _mm512_add_epi64(total[i], times_19(total[i + 5]));
        carry[i] = _mm512_maskz_srli_epi64(kAllLanes, folded, 51);
        out.limb[i] = _mm512_and_si512(folded, mask);
    }
    out.limb[0] = _mm512_add_epi64(out.limb[0], times_19(carry[4]));
#pragma GCC unroll 4
    for (std::size_t i = 1; i < 5; ++i) {
        out.limb[i] = _mm512_add_epi64(out.limb[i], carry[i - 1]);
    }
}

REDOUBT_IFMA FieldLanes mul(const FieldLanes& a, const FieldLanes& b) {
    Columns columns;
    clear(columns);
#pragma GCC unroll 5
    for (std::size_t i = 0; i < 5; ++i) {
#pragma GCC unroll 5
        for (std::size_t j = 0; j < 5; ++j) {
            accumulate(columns, i + j, a.limb[i], b.limb[j]);
        }
    }
    FieldLanes out;
    reduce(out, columns);
    return out;
}

REDOUBT_IFMA FieldLanes square_times(FieldLanes x, unsigned times) {
    for (unsigned n = 0; n < times; ++n) {
        Columns columns;
        clear(columns);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < 4; ++i) {
#pragma GCC unroll 4
            for (std::size_t j = i + 1; j < 5; ++j) {
                accumulate(columns, i + j, x.limb[i], x.limb[j]);
            }
        }
#pragma GCC unroll 10
        for (std::size_t i = 0; i < 10; ++i) {
            columns.low[i] = _mm512_maskz_slli_epi64(kAllLanes, columns.low[i], 1);
            columns.high[i] = _mm512_maskz_slli_epi64(kAllLanes, columns.high[i], 1);
        }
#pragma GCC unroll 5
        for (std::size_t i = 0; i < 5; ++i) {
            accumulate(columns, 2 * i, x.limb[i], x.limb[i]);
        }
        reduce(x, columns);
    }
    return x;
}

/// The addition chain of power_p58, in lanes.
REDOUBT_IFMA FieldLanes power_p58(const FieldLanes& x) {
    const FieldLanes x2 = square_times(x, 1);
    const FieldLanes x9 = mul(square_times(x2, 2), x);
    const FieldLanes x11 = mul(x9, x2);
    const FieldLanes p5 = mul(square_times(x11, 1), x9);
    const FieldLanes p10 = mul(square_times(p5, 5), p5);
    const FieldLanes p20 = mul(square_times(p10, 10), p10);
    const FieldLanes p40 = mul(square_times(p20, 20), p20);
    const FieldLanes p50 = mul(square_times(p40, 10), p10);
    const FieldLanes p100 = mul(square_times(p50, 50), p50);
    const FieldLanes p200 = mul(square_times(p100, 100), p100);
    const FieldLanes p250 = mul(square_times(p200, 50), p50);
    return mul(square_times(p250, 2), x);
}

/// @param elements  at most kLanes of them
REDOUBT_IFMA void power_p58_in_lanes(std::span<Field> elements) {
    alignas(64) std::uint64_t limbs[5][kLanes] = {};
    for (std::size_t lane = 0; lane < elements.size(); ++lane) {
        for (std::size_t i = 0; i < 5; ++i) {
            limbs[i][lane] = elements[lane].limb[i];
        }
    }
    FieldLanes x;
    for (std::size_t i = 0; i < 5; ++i) {
        x.limb[i] = _mm512_load_si512(limbs[i]);
    }
    x = power_p58(x);
    for (std::size_t i = 0; i < 5; ++i) {
        _mm512_store_si512(limbs[i], x.limb[i]);
    }
    for (std::size_t lane = 0; lane < elements.size(); ++lane) {
        for (std::size_t i = 0; i < 5; ++i) {
            elements[lane].limb[i] = limbs[i][lane];
        }
    }
}

bool has_ifma() {
    static const bool has = [] {
        __builtin_cpu_init();
        return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512ifma") != 0;
    }();
    return has;
}

}  // namespace

void power_p58_of_each(std::span<Field> elements) {
    while (has_ifma() && elements.size() > 1) {
        const auto group = elements.first(std::min(kLanes, elements.size()));
        power_p58_in_lanes(group);
        elements = elements.subspan(group.size());
    }
    for (auto& element : elements) {
        element = power_p58(element);
    }
}

}  // namespace redoubt::crypto::detail
