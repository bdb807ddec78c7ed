#include <primitives/crypto/edwards25519_multiply.hpp>

#include <gtest/gtest.h>
#include <sodium.h>

#include <primitives/crypto/random.hpp>
#include <vector>

namespace redoubt::crypto::detail {
namespace {

using Encoding = std::array<std::uint8_t, 32>;

Encoding random_scalar() {
    Encoding out{};
    crypto_core_ristretto255_scalar_random(out.data());
    return out;
}

Encoding half_scalar() {
    Encoding out{};
    fill_random(std::span{out}.first<16>());
    return out;
}

/// Products of random points, the base factor, and libsodium's sum of all of them.
struct Sum {
    std::vector<Product> products;
    Encoding base_factor{};
    Encoding expected{};

    void append(const Encoding& factor, bool is_subtracted) {
        Encoding point{};
        crypto_core_ristretto255_random(point.data());
        products.push_back(
            {.point = *decode_ristretto(point), .factor = factor, .is_subtracted = is_subtracted});
        Encoding product{};
        [[maybe_unused]] const int is_identity =
            crypto_scalarmult_ristretto255(product.data(), factor.data(), point.data());
        if (is_subtracted) {
            crypto_core_ristretto255_sub(expected.data(), expected.data(), product.data());
        } else {
            crypto_core_ristretto255_add(expected.data(), expected.data(), product.data());
        }
    }

    void set_base_factor(const Encoding& factor) {
        base_factor = factor;
        Encoding product{};
        [[maybe_unused]] const int is_identity =
            crypto_scalarmult_ristretto255_base(product.data(), factor.data());
        crypto_core_ristretto255_add(expected.data(), expected.data(), product.data());
    }

    /// Whether sum_of_products finds the expected sum: their difference is the identity.
    [[nodiscard]] bool is_found() const {
        auto with_difference = products;
        Encoding one{};
        one[0] = 1;
        with_difference.push_back(
            {.point = *decode_ristretto(expected), .factor = one, .is_subtracted = true});
        return is_ristretto_identity(sum_of_products(with_difference, base_factor));
    }
};

// 150 products are where the method changes.
TEST(SumOfProducts, is_what_libsodium_adds_up) {
    for (const std::size_t count : {0U, 1U, 2U, 12U, 147U, 148U, 149U, 150U, 151U, 400U, 1200U}) {
        Sum sum;
        sum.set_base_factor(random_scalar());
        for (std::size_t i = 0; i < count; ++i) {
            sum.append(i % 2 == 0 ? random_scalar() : half_scalar(), i % 3 == 0);
        }
        EXPECT_TRUE(sum.is_found()) << count;
        sum.base_factor[0] ^= 1;
        EXPECT_FALSE(sum.is_found()) << count;
    }
}

// Zero, one, powers of two and their neighbours: carries run through whole factors.
TEST(SumOfProducts, takes_factors_at_the_ends_of_their_range) {
    std::vector<Encoding> factors;
    factors.push_back(Encoding{});
    for (const std::size_t bit : {0U, 1U, 5U, 7U, 8U, 63U, 64U, 127U, 128U, 251U, 252U}) {
        Encoding power{};
        power[bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
        Encoding one{};
        one[0] = 1;
        Encoding before{};
        crypto_core_ristretto255_scalar_sub(before.data(), power.data(), one.data());
        Encoding negated{};
        crypto_core_ristretto255_scalar_negate(negated.data(), power.data());
        factors.insert(factors.end(), {power, before, negated});
    }
    for (const std::size_t count : {std::size_t{1}, factors.size(), 6 * factors.size()}) {
        Sum sum;
        for (std::size_t i = 0; i < count; ++i) {
            sum.append(factors[i % factors.size()], i % 4 == 1);
        }
        EXPECT_TRUE(sum.is_found()) << count;
    }
    for (const auto& factor : factors) {
        Sum sum;
        sum.set_base_factor(factor);
        EXPECT_TRUE(sum.is_found());
    }
}

TEST(SumOfProducts, of_nothing_is_the_identity) {
    EXPECT_TRUE(is_small_order(sum_of_products({}, Encoding{})));
    const std::vector<Product> zeros(
        200, Product{.point = *decode_ristretto(Encoding{}), .factor = {}, .is_subtracted = false});
    EXPECT_TRUE(is_small_order(sum_of_products(zeros, Encoding{})));
}

}  // namespace
}  // namespace redoubt::crypto::detail
