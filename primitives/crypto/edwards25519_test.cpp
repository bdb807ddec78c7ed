#include <primitives/crypto/edwards25519.hpp>

#include <gtest/gtest.h>
#include <sodium.h>

#include <primitives/crypto/random.hpp>
#include <primitives/hex.hpp>

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

TEST(Ristretto, encodes_and_decodes_as_libsodium) {
    for (int i = 0; i < 200; ++i) {
        const auto encoding = random_ristretto();
        const auto point = decode_ristretto(encoding);
        ASSERT_TRUE(point.has_value());
        EXPECT_EQ(encode_ristretto(*point), encoding);
    }
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

// RFC 9496, appendix A.1: the first multiples of the generator.
TEST(Ristretto, returns_the_multiples_of_the_generator) {
    const Encoding zero{};
    const auto generator =
        decode_ristretto(from_hex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"));
    ASSERT_TRUE(generator.has_value());
    EXPECT_EQ(encode_ristretto(Point{}), zero);
    EXPECT_EQ(encode_ristretto(multiply_add_base(zero, *generator, zero)), zero);
    const auto small = [](std::uint8_t value) {
        Encoding out{};
        out[0] = value;
        return out;
    };
    EXPECT_EQ(encode_ristretto(multiply_add_base(zero, *generator, small(2))),
              from_hex("6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"));
    EXPECT_EQ(encode_ristretto(multiply_add_base(small(1), *generator, small(2))),
              from_hex("94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259"));
    EXPECT_EQ(encode_ristretto(multiply_add_base(small(15), *generator, zero)),
              from_hex("e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e"));
}

TEST(Ristretto, multiplies_as_libsodium) {
    for (int i = 0; i < 200; ++i) {
        const auto a = random_scalar();
        const auto b = random_scalar();
        const auto encoding = random_ristretto();
        Encoding a_point{}, b_base{}, expected{};
        ASSERT_EQ(crypto_scalarmult_ristretto255(a_point.data(), a.data(), encoding.data()), 0);
        ASSERT_EQ(crypto_scalarmult_ristretto255_base(b_base.data(), b.data()), 0);
        crypto_core_ristretto255_add(expected.data(), a_point.data(), b_base.data());
        const auto found = multiply_add_base(a, *decode_ristretto(encoding), b);
        EXPECT_EQ(encode_ristretto(found), expected);
        EXPECT_EQ(encode_ristretto(negate(negate(found))), expected);
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
    EXPECT_FALSE(is_identity(*torsion));
    EXPECT_TRUE(is_identity(times_cofactor(*torsion)));
    EXPECT_TRUE(is_identity(add(*torsion, negate(*torsion))));
}

}  // namespace
}  // namespace redoubt::crypto::detail
