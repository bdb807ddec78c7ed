#include <primitives/crypto/blake2b_lanes.hpp>

#include <gtest/gtest.h>

#include <primitives/crypto/hashing.hpp>
#include <random>

namespace redoubt::crypto {
namespace {

void expect_same_as_one_by_one(const std::vector<Bytes>& inputs) {
    const std::vector<ByteView> views(inputs.begin(), inputs.end());
    const auto digests = blake2b_256_of_each(views);
    ASSERT_EQ(digests.size(), inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        EXPECT_EQ(digests[i], blake2b_256(inputs[i])) << i << ": " << inputs[i].size() << " bytes";
    }
}

// Sizes around the block of 128 bytes, the empty input among them.
TEST(Blake2bLanes, hashes_every_size_as_blake2b_256_does) {
    std::vector<Bytes> inputs;
    for (std::size_t size = 0; size < 400; ++size) {
        inputs.emplace_back(size, static_cast<std::uint8_t>(size * 7));
    }
    expect_same_as_one_by_one(inputs);
}

TEST(Blake2bLanes, takes_any_number_of_inputs) {
    for (std::size_t count = 0; count < 30; ++count) {
        std::vector<Bytes> inputs;
        for (std::size_t i = 0; i < count; ++i) {
            inputs.emplace_back(50 + 100 * (i % 5), static_cast<std::uint8_t>(i));
        }
        expect_same_as_one_by_one(inputs);
    }
}

// Lanes are taken over by other inputs at different blocks.
TEST(Blake2bLanes, mixes_long_and_short_inputs) {
    std::mt19937 random{1};
    std::vector<Bytes> inputs;
    for (std::size_t i = 0; i < 200; ++i) {
        Bytes input(i % 17 == 0 ? 10'000 + random() % 500 : random() % 300);
        for (auto& byte : input) {
            byte = static_cast<std::uint8_t>(random());
        }
        inputs.push_back(std::move(input));
    }
    expect_same_as_one_by_one(inputs);
}

}  // namespace
}  // namespace redoubt::crypto
