#include <primitives/crypto/ed25519_batch.hpp>

#include <primitives/crypto/edwards25519_multiply.hpp>
#include <primitives/crypto/random.hpp>

#include <sodium.h>

#include <algorithm>
#include <vector>

namespace redoubt::crypto::ed25519 {
namespace {

using Scalar = std::array<std::uint8_t, 32>;

/// Claims are summed up in groups of at most so many; this bounds the memory.
constexpr std::size_t kGroupMax = 1024;
constexpr std::size_t kCoefficientBytes = 16;

/// The parts of one equation, multiplied by its random factor z: z s B = z c A + z R.
struct Equation {
    Scalar base_factor;
    detail::Product key;
    std::optional<detail::Product> key_high;  ///< takes over the upper half of the key's factor
    detail::Product commitment;
};

std::optional<Equation> equation_of(const SignatureClaim& claim,
                                    const std::optional<detail::Point>& commitment_point,
                                    std::span<const std::uint8_t> coefficient) {
    if (claim.signature.size() != 64 || !claim.key->point() || !commitment_point) {
        return std::nullopt;
    }
    const auto commitment = claim.signature.first<32>();
    const auto s = claim.signature.last<32>();
    if (!detail::is_canonical_scalar(s)) {
        return std::nullopt;
    }
    Scalar z{};
    std::ranges::copy(coefficient, z.begin());
    const auto c = challenge(commitment, claim.key->bytes().view(), claim.message);
    Equation out{.base_factor = {},
                 .key = {.point = *claim.key->point(), .factor = {}, .is_subtracted = true},
                 .key_high = std::nullopt,
                 .commitment = {.point = *commitment_point, .factor = z, .is_subtracted = true}};
    crypto_core_ed25519_scalar_mul(out.base_factor.data(), z.data(), s.data());
    crypto_core_ed25519_scalar_mul(out.key.factor.data(), z.data(), c.data());
    if (const auto& high = claim.key->high_point()) {
        auto& product = out.key_high.emplace(out.key);
        product.point = *high;
        product.factor = {};
        std::copy_n(out.key.factor.begin() + 16, 16, product.factor.begin());
        std::fill_n(out.key.factor.begin() + 16, 16, std::uint8_t{0});
    }
    return out;
}

/// Whether the sum of equations holds, up to points of small order.
bool holds(std::span<const Equation> equations) {
    Scalar base_factor{};
    std::vector<detail::Product> products;
    products.reserve(3 * equations.size());
    for (const auto& equation : equations) {
        crypto_core_ed25519_scalar_add(base_factor.data(), base_factor.data(), equation.base_factor.data());
        products.push_back(equation.key);
        if (equation.key_high) {
            products.push_back(*equation.key_high);
        }
        products.push_back(equation.commitment);
    }
    return detail::is_small_order(detail::sum_of_products(products, base_factor));
}

/// Halves the equations until the first false one is left.
std::optional<std::size_t> first_false(std::span<const Equation> equations) {
    if (equations.empty() || holds(equations)) {
        return std::nullopt;
    }
    std::size_t begin = 0;
    std::size_t end = equations.size();
    while (end - begin > 1) {
        const std::size_t middle = begin + (end - begin) / 2;
        if (holds(equations.subspan(begin, middle - begin))) {
            begin = middle;
        } else {
            end = middle;
        }
    }
    return begin;
}

std::optional<std::size_t> first_invalid_of_group(std::span<const SignatureClaim> claims) {
    std::vector<std::uint8_t> coefficients(claims.size() * kCoefficientBytes);
    fill_random(coefficients);
    // Signatures of a wrong length are refused below, whatever stands here for them.
    std::vector<Scalar> commitments(claims.size());
    for (std::size_t i = 0; i < claims.size(); ++i) {
        if (claims[i].signature.size() == 64) {
            std::ranges::copy(claims[i].signature.first<32>(), commitments[i].begin());
        }
    }
    const auto points = detail::decode_edwards_zip215_of_each(commitments);
    std::vector<Equation> equations;
    equations.reserve(claims.size());
    for (std::size_t i = 0; i < claims.size(); ++i) {
        auto equation = equation_of(
            claims[i], points[i], std::span{coefficients}.subspan(i * kCoefficientBytes, kCoefficientBytes));
        if (!equation) {
            return first_false(equations).value_or(i);
        }
        equations.push_back(*equation);
    }
    return first_false(equations);
}

}  // namespace

DecodedKey::DecodedKey(const PublicKey& bytes)
    : bytes_(bytes), point_(detail::decode_edwards_zip215(bytes.view().first<32>())) {
}

DecodedKey DecodedKey::for_small_batches(const PublicKey& bytes) {
    DecodedKey out{bytes};
    if (out.point_) {
        out.high_point_ = detail::times_2_to_the_128(*out.point_);
    }
    return out;
}

std::optional<std::size_t> first_invalid(std::span<const SignatureClaim> claims) {
    for (std::size_t begin = 0; begin < claims.size(); begin += kGroupMax) {
        const auto group = claims.subspan(begin, std::min(kGroupMax, claims.size() - begin));
        if (const auto found = first_invalid_of_group(group)) {
            return begin + *found;
        }
    }
    return std::nullopt;
}

}  // namespace redoubt::crypto::ed25519
