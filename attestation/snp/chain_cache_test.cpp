#include <attestation/snp/chain_cache.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace redoubt::attestation::snp {
namespace {

Hash256 key(std::uint8_t first) {
    return Hash256{{first}};
}

TEST(ChainCache, keeps_a_bounded_number_and_gives_up_the_oldest) {
    ChainCache cache{2};
    for (std::uint8_t i = 1; i <= 3; ++i) {
        cache.insert(key(i));
        cache.insert(key(i));
        EXPECT_TRUE(cache.holds(key(i)));
    }
    EXPECT_FALSE(cache.holds(key(1)));
    EXPECT_TRUE(cache.holds(key(2)));
    cache.insert(key(4));
    EXPECT_FALSE(cache.holds(key(2)));
    EXPECT_TRUE(cache.holds(key(3)));
}

TEST(ChainCache, of_no_entries_holds_nothing) {
    ChainCache cache{0};
    cache.insert(key(1));
    EXPECT_FALSE(cache.holds(key(1)));
}

}  // namespace
}  // namespace redoubt::attestation::snp
