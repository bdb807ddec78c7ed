#include <primitives/crypto/ed25519_batch.hpp>

#include <gtest/gtest.h>
#include <sodium.h>

#include <array>
#include <deque>
#include <primitives/hex.hpp>
#include <random>

namespace redoubt::crypto::ed25519 {
namespace {

// The points of small order and their non-canonical encodings that ZIP 215 lists.
constexpr std::array<std::string_view, 14> kSmallOrder{
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

PublicKey key_bytes(std::string_view text) {
    return parse_hex_fixed<PublicKey>(text).value();
}

/// A list of claims with the bytes that they view.
class Claims {
  public:
    void append(const PublicKey& key, Bytes message, Bytes signature) {
        // Keys of both forms, side by side.
        const auto& decoded =
            keys_.emplace_back(keys_.size() % 2 == 0 ? DecodedKey{key} : DecodedKey::for_small_batches(key));
        messages_.push_back(std::move(message));
        signatures_.push_back(std::move(signature));
        claims_.push_back({&decoded, messages_.back(), signatures_.back()});
    }
    void append_valid(std::size_t salt) {
        const auto key = SecretKey::from_seed(SecretBytes<32>::random());
        const Bytes message(salt % 200, static_cast<std::uint8_t>(salt));
        append(key.public_key(), message, to_bytes(key.sign(message).view()));
    }
    void corrupt(std::size_t index, std::size_t byte, std::uint8_t mask) { signatures_[index][byte] ^= mask; }
    [[nodiscard]] std::size_t size() const { return claims_.size(); }
    [[nodiscard]] std::optional<std::size_t> first_invalid() const { return ed25519::first_invalid(claims_); }
    [[nodiscard]] std::optional<std::size_t> first_invalid_one_by_one() const {
        for (std::size_t i = 0; i < claims_.size(); ++i) {
            if (!verify(claims_[i].key->bytes().view(), claims_[i].message, claims_[i].signature)) {
                return i;
            }
        }
        return std::nullopt;
    }

  private:
    std::deque<DecodedKey> keys_;
    std::deque<Bytes> messages_;
    std::deque<Bytes> signatures_;
    std::vector<SignatureClaim> claims_;
};

TEST(Ed25519Batch, accepts_valid_signatures_in_any_number) {
    EXPECT_EQ(first_invalid({}), std::nullopt);
    for (const std::size_t count : {1U, 2U, 3U, 4U, 64U, 74U, 75U, 76U, 200U}) {
        Claims claims;
        for (std::size_t i = 0; i < count; ++i) {
            claims.append_valid(i);
        }
        EXPECT_EQ(claims.first_invalid(), std::nullopt) << count;
    }
}

TEST(Ed25519Batch, names_the_bad_signature_wherever_it_stands) {
    Claims claims;
    for (std::size_t i = 0; i < 37; ++i) {
        claims.append_valid(i);
    }
    for (std::size_t i = 0; i < claims.size(); ++i) {
        claims.corrupt(i, i, 0x10);
        EXPECT_EQ(claims.first_invalid(), i);
        claims.corrupt(i, i, 0x10);
    }
    claims.corrupt(30, 40, 1);
    claims.corrupt(11, 2, 1);
    EXPECT_EQ(claims.first_invalid(), 11U);
}

// Groups hold 1,024 claims; the second one is searched as well.
TEST(Ed25519Batch, names_a_bad_signature_beyond_the_first_group) {
    Claims claims;
    for (std::size_t i = 0; i < 1'030; ++i) {
        claims.append_valid(i);
    }
    EXPECT_EQ(claims.first_invalid(), std::nullopt);
    claims.corrupt(1'029, 33, 1);
    EXPECT_EQ(claims.first_invalid(), 1'029U);
    claims.corrupt(1'023, 33, 1);
    EXPECT_EQ(claims.first_invalid(), 1'023U);
}

TEST(Ed25519Batch, accepts_every_small_order_pair_that_zip_215_lists) {
    Claims claims;
    for (const auto key : kSmallOrder) {
        for (const auto commitment : kSmallOrder) {
            auto signature = parse_hex(commitment).value();
            signature.resize(64);
            claims.append(key_bytes(key), to_bytes(bytes_of("Zcash")), std::move(signature));
        }
    }
    EXPECT_EQ(claims.first_invalid(), std::nullopt);
    claims.corrupt(100, 32, 1);  // s = 1
    EXPECT_EQ(claims.first_invalid(), 100U);
}

TEST(Ed25519Batch, rejects_wrong_lengths_large_s_and_bytes_that_are_no_point) {
    const auto key = SecretKey::from_seed(SecretBytes<32>::random());
    const auto good = to_bytes(key.sign({}).view());
    const auto expect_bad = [&](const PublicKey& public_key, const Bytes& signature) {
        Claims claims;
        claims.append(key.public_key(), {}, good);
        claims.append(public_key, {}, signature);
        EXPECT_EQ(claims.first_invalid(), 1U);
    };
    expect_bad(key.public_key(), Bytes(good.begin(), good.end() - 1));
    expect_bad(key.public_key(), {});
    auto large = good;
    std::ranges::fill(large.begin() + 32, large.end(), 0xff);
    expect_bad(key.public_key(), large);
    const auto no_point = key_bytes("0200000000000000000000000000000000000000000000000000000000000000");
    ASSERT_FALSE(DecodedKey{no_point}.point().has_value());
    expect_bad(no_point, good);
    auto no_commitment = good;
    std::ranges::copy(no_point, no_commitment.begin());
    expect_bad(key.public_key(), no_commitment);
}

// Two errors that cancel out in a plain sum must not do so in the weighted one.
TEST(Ed25519Batch, rejects_errors_that_cancel_out_without_coefficients) {
    const auto key = SecretKey::from_seed(SecretBytes<32>::random());
    const auto with_s_changed_by = [&](ByteView message, bool up) {
        auto signature = to_bytes(key.sign(message).view());
        std::array<std::uint8_t, 32> one{};
        one[0] = 1;
        (up ? crypto_core_ed25519_scalar_add : crypto_core_ed25519_scalar_sub)(
            signature.data() + 32, signature.data() + 32, one.data());
        return signature;
    };
    Claims claims;
    claims.append(key.public_key(), to_bytes(bytes_of("one")), with_s_changed_by(bytes_of("one"), true));
    claims.append(key.public_key(), to_bytes(bytes_of("two")), with_s_changed_by(bytes_of("two"), false));
    EXPECT_EQ(claims.first_invalid(), 0U);
}

// Valid, damaged, of small order, non-canonical and random encodings, mixed: the batch says what verify says.
TEST(Ed25519Batch, equals_verifying_one_by_one_for_random_mixes) {
    std::mt19937 random{20'240'611};
    std::size_t all_valid = 0;
    constexpr std::size_t kRounds = 300;
    for (std::size_t round = 0; round < kRounds; ++round) {
        Claims claims;
        const auto count = 1 + random() % 24;
        const auto odd_percent = round % 3 == 0 ? 0 : random() % 12;
        for (std::size_t i = 0; i < count; ++i) {
            if (random() % 4 == 0) {
                auto signature = parse_hex(kSmallOrder[random() % kSmallOrder.size()]).value();
                signature.resize(64);
                claims.append(key_bytes(kSmallOrder[random() % kSmallOrder.size()]), Bytes(random() % 9, 1),
                              std::move(signature));
            } else {
                claims.append_valid(random());
            }
            if (random() % 100 < odd_percent) {
                claims.corrupt(i, random() % 64, static_cast<std::uint8_t>(1U << (random() % 8)));
            }
        }
        const auto expected = claims.first_invalid_one_by_one();
        EXPECT_EQ(claims.first_invalid(), expected) << round;
        all_valid += expected ? 0U : 1U;
    }
    EXPECT_GT(all_valid, kRounds / 10);
    EXPECT_LT(all_valid, kRounds * 9 / 10);
}

// A commitment plus a point of order 8 keeps the cofactored equation true: a batch without the cofactor, or
// one that reduces factors of torsion points, would decide by chance.
TEST(Ed25519Batch, accepts_commitments_with_a_small_order_part) {
    const auto torsion = parse_hex(kSmallOrder[6]).value();
    for (int i = 0; i < 20; ++i) {
        // R' = R + T and s = r + c a, with c over R': made by hand from a known r.
        std::array<std::uint8_t, 32> a{}, r{}, public_key{}, commitment{}, s{};
        crypto_core_ed25519_scalar_random(a.data());
        crypto_core_ed25519_scalar_random(r.data());
        ASSERT_EQ(crypto_scalarmult_ed25519_base_noclamp(public_key.data(), a.data()), 0);
        ASSERT_EQ(crypto_scalarmult_ed25519_base_noclamp(commitment.data(), r.data()), 0);
        crypto_core_ed25519_add(commitment.data(), commitment.data(), torsion.data());
        crypto_core_ed25519_add(public_key.data(), public_key.data(), torsion.data());
        const auto c = challenge(commitment, public_key, bytes_of("m"));
        crypto_core_ed25519_scalar_mul(s.data(), c.data(), a.data());
        crypto_core_ed25519_scalar_add(s.data(), s.data(), r.data());
        Claims claims;
        claims.append_valid(1);
        claims.append(PublicKey{public_key}, to_bytes(bytes_of("m")), concat(commitment, s));
        claims.append_valid(2);
        EXPECT_EQ(claims.first_invalid_one_by_one(), std::nullopt);
        EXPECT_EQ(claims.first_invalid(), std::nullopt);
    }
}

}  // namespace
}  // namespace redoubt::crypto::ed25519
