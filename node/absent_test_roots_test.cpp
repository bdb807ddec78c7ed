#include <node/test_roots.hpp>

#include <gtest/gtest.h>

#include <system_error>
#include <tests/support/dcap_test_root.hpp>

namespace redoubt::node {
namespace {

// What a production build answers to a root that every other build takes.
TEST(AbsentTestRoots, refuse_every_certificate) {
    EXPECT_FALSE(has_test_roots());
    for (const auto& certificate : {to_bytes(redoubt::tests::kDcapTestRoot), Bytes{}}) {
        const auto roots = test_roots(certificate);
        ASSERT_FALSE(roots.has_value());
        EXPECT_EQ(roots.error(), std::errc::operation_not_permitted);
    }
}

}  // namespace
}  // namespace redoubt::node
