#include <node/test_roots.hpp>

#include <gtest/gtest.h>

#include <tests/support/dcap_test_root.hpp>

namespace redoubt::node {
namespace {

TEST(TestRoots, take_the_place_of_the_root_for_quotes) {
    EXPECT_TRUE(has_test_roots());
    const auto roots = test_roots(to_bytes(redoubt::tests::kDcapTestRoot));
    ASSERT_TRUE(roots.has_value());
    EXPECT_FALSE(roots.value().intel_sgx.bytes().empty());
    EXPECT_FALSE(
        equal(roots.value().intel_sgx.bytes(), attestation::TrustRoots::built_in().intel_sgx.bytes()));
    EXPECT_FALSE(test_roots(Bytes{1}).has_value());
}

}  // namespace
}  // namespace redoubt::node
