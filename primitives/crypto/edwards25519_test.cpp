#include <primitives/crypto/edwards25519.hpp>

#include <gtest/gtest.h>
#include <sodium.h>

#include <primitives/crypto/field25519_lanes.hpp>
#include <primitives/crypto/random.hpp>
#include <primitives/hex.hpp>
#include <vector>

namespace redoubt::crypto::detail {
namespace {

using Encoding = std::array<std::uint8_t, 32>;

Encoding from_hex(std::string_view text) {
    return parse_hex_fixed<FixedBytes<32>>(text).value().bytes;
}

Encoding random_scalar() {
    Encoding out{};
    std::array<std::uint8_t, 64> wide{};
    fill_random(wide);
    crypto_core_ristretto255_scalar_reduce(out.data(), wide.data());
    return out;
}

Encoding random_ristretto() {
    Encoding out{};
    std::array<std::uint8_t, 64> wide{};
    fill_random(wide);
    crypto_core_ristretto255_from_hash(out.data(), wide.data());
    return out;
}

TEST(Field25519, reduces_values_between_p_and_two_to_the_255) {
    Encoding p{};
    p.fill(0xff);
    p[0] = 0xed;
    p[31] = 0x7f;
    EXPECT_TRUE(is_zero(from_bytes(p)));
    p[0] = 0xff;
    EXPECT_TRUE(is_equal(from_bytes(p), Field{{18, 0, 0, 0, 0}}));
    p[0] = 0xec;
    EXPECT_EQ(to_bytes(from_bytes(p)), p);
    EXPECT_TRUE(is_equal(square(from_bytes(p)), kOne));
}

TEST(Field25519, inverts) {
    for (int i = 0; i < 100; ++i) {
        Encoding bytes{};
        fill_random(bytes);
        const auto x = from_bytes(bytes);
        EXPECT_TRUE(is_equal(mul(x, invert(x)), kOne));
    }
    EXPECT_TRUE(is_zero(invert(kZero)));
}

TEST(Field25519, square_root_of_minus_one_squares_to_minus_one) {
    EXPECT_TRUE(is_equal(square(kSqrtMinusOne), negate(kOne)));
}

TEST(Field25519, squares_as_it_multiplies) {
    for (int i = 0; i < 1'000; ++i) {
        Field x;
        std::array<std::uint8_t, 40> bytes{};
        fill_random(bytes);
        for (std::size_t limb = 0; limb < 5; ++limb) {
            std::memcpy(&x.limb[limb], bytes.data() + 8 * limb, 8);
            x.limb[limb] >>= 10;
        }
        EXPECT_TRUE(is_equal(square(x), mul(x, x)));
    }
}

// Groups of eight go through vector lanes, what is left over does not.
TEST(Field25519, raises_many_elements_as_it_raises_one) {
    for (std::size_t count = 0; count < 20; ++count) {
        std::vector<Field> elements;
        for (std::size_t i = 0; i < count; ++i) {
            Encoding bytes{};
            fill_random(bytes);
            // The ends of the range, and limbs as large as a tight element's may be.
            constexpr auto kLimbMax = (std::uint64_t{1} << 51) + (std::uint64_t{1} << 14) - 1;
            elements.push_back(i % 5 == 0   ? kZero
                               : i % 5 == 1 ? kOne
                               : i % 5 == 2 ? Field{{kLimbMax, kLimbMax, kLimbMax, kLimbMax, kLimbMax}}
                                            : from_bytes(bytes));
        }
        auto powers = elements;
        power_p58_of_each(powers);
        for (std::size_t i = 0; i < count; ++i) {
            EXPECT_TRUE(is_equal(powers[i], power_p58(elements[i]))) << i << " of " << count;
        }
    }
}

TEST(Edwards, decodes_many_points_as_it_decodes_one) {
    std::vector<Encoding> encodings(1'003);
    std::size_t points = 0;
    for (auto& encoding : encodings) {
        fill_random(encoding);
    }
    encodings[1].fill(0);
    encodings[2].fill(0xff);
    const auto decoded = decode_edwards_zip215_of_each(encodings);
    ASSERT_EQ(decoded.size(), encodings.size());
    for (std::size_t i = 0; i < encodings.size(); ++i) {
        const auto alone = decode_edwards_zip215(encodings[i]);
        ASSERT_EQ(decoded[i].has_value(), alone.has_value()) << to_hex(encodings[i]);
        if (alone) {
            EXPECT_TRUE(is_equal(decoded[i]->x, alone->x));
            EXPECT_TRUE(is_equal(decoded[i]->y, alone->y));
            ++points;
        }
    }
    EXPECT_GT(points, encodings.size() / 4);
    EXPECT_LT(points, encodings.size());
}

TEST(Ristretto, accepts_the_same_encodings_as_libsodium) {
    std::size_t accepted = 0;
    for (int i = 0; i < 2'000; ++i) {
        Encoding encoding{};
        fill_random(encoding);
        encoding[31] &= 0x7f;
        encoding[0] &= 0xfe;
        const bool expected = crypto_core_ristretto255_is_valid_point(encoding.data()) == 1;
        EXPECT_EQ(decode_ristretto(encoding).has_value(), expected) << to_hex(encoding);
        accepted += expected ? 1 : 0;
    }
    EXPECT_GT(accepted, 0U);
}

// RFC 9496, appendix A.2.
TEST(Ristretto, rejects_the_bad_encodings_of_the_rfc) {
    for (const std::string_view bad : {
             // non-canonical field elements
             "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
             "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             // negative field elements
             "0100000000000000000000000000000000000000000000000000000000000000",
             "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
             "c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
             // x^2 is no square
             "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
             "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
             // x y is negative
             "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
             "a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220",
             // y is zero
             "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
         }) {
        EXPECT_FALSE(decode_ristretto(from_hex(bad)).has_value()) << bad;
    }
}

/// s B - c P by libsodium; zero scalars and results are allowed.
Encoding commitment_for(const Encoding& s, const Encoding& c, const Encoding& p) {
    Encoding s_base{}, c_point{}, out{};
    [[maybe_unused]] int identity = crypto_scalarmult_ristretto255_base(s_base.data(), s.data());
    identity = crypto_scalarmult_ristretto255(c_point.data(), c.data(), p.data());
    crypto_core_ristretto255_sub(out.data(), s_base.data(), c_point.data());
    return out;
}

bool residue_is_zero(const Encoding& s, const Encoding& c, const Encoding& p, const Encoding& r) {
    return is_ristretto_identity(signature_residue(s, c, *decode_ristretto(p), *decode_ristretto(r)));
}

TEST(SignatureResidue, is_zero_for_the_commitment_that_libsodium_computes_and_no_other) {
    for (int i = 0; i < 300; ++i) {
        const auto s = random_scalar();
        const auto c = random_scalar();
        const auto p = random_ristretto();
        const auto r = commitment_for(s, c, p);
        EXPECT_TRUE(residue_is_zero(s, c, p, r));
        EXPECT_FALSE(residue_is_zero(c, s, p, r));
        EXPECT_FALSE(residue_is_zero(s, c, r, p));
        EXPECT_FALSE(residue_is_zero(s, c, p, random_ristretto()));
    }
}

// Scalars at the ends of the range and around 2^126 and 2^127, where halving the challenge stops.
TEST(SignatureResidue, takes_scalars_at_the_ends_of_their_range) {
    std::vector<Encoding> scalars;
    for (const std::size_t bit : {0U, 1U, 63U, 64U, 125U, 126U, 127U, 128U, 129U, 191U, 192U, 251U, 252U}) {
        Encoding power{};
        power[bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
        Encoding negated{};
        crypto_core_ristretto255_scalar_negate(negated.data(), power.data());
        Encoding before{};
        Encoding one{};
        one[0] = 1;
        crypto_core_ristretto255_scalar_sub(before.data(), power.data(), one.data());
        scalars.insert(scalars.end(), {power, negated, before});
    }
    const auto p = random_ristretto();
    const auto other = random_ristretto();
    for (const auto& s : scalars) {
        for (const auto& c : scalars) {
            const auto r = commitment_for(s, c, p);
            EXPECT_TRUE(residue_is_zero(s, c, p, r)) << to_hex(s) << " " << to_hex(c);
            EXPECT_FALSE(residue_is_zero(s, c, p, other)) << to_hex(s) << " " << to_hex(c);
        }
    }
}

TEST(Scalar, is_canonical_below_the_group_order) {
    auto order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    EXPECT_FALSE(is_canonical_scalar(order));
    order[0] -= 1;
    EXPECT_TRUE(is_canonical_scalar(order));
    order[31] += 1;
    EXPECT_FALSE(is_canonical_scalar(order));
    EXPECT_TRUE(is_canonical_scalar(Encoding{}));
}

// A point of order 8 from the list in ZIP 215.
TEST(Edwards, knows_small_order_points) {
    const auto torsion =
        decode_edwards_zip215(from_hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"));
    ASSERT_TRUE(torsion.has_value());
    EXPECT_TRUE(is_small_order(*torsion));
    EXPECT_FALSE(is_ristretto_identity(*torsion));
    EXPECT_TRUE(is_small_order(Point{}));
    EXPECT_TRUE(is_ristretto_identity(Point{}));
    const auto generator =
        decode_edwards_zip215(from_hex("5866666666666666666666666666666666666666666666666666666666666666"));
    EXPECT_FALSE(is_small_order(*generator));
    EXPECT_FALSE(is_ristretto_identity(*generator));
}

}  // namespace
}  // namespace redoubt::crypto::detail
