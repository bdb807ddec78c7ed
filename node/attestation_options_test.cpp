#include <node/attestation_options.hpp>

#include <gtest/gtest.h>

#include <string>

namespace redoubt::node {
namespace {

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(AttestationOptions, have_to_fit_together) {
    const auto cause = [](const AttestationOptions& options, std::size_t shards = 1) {
        const auto checked = check_attestation_options(options, shards);
        return checked ? std::string{} : checked.error().cause;
    };
    using enum AttestationMethod;
    EXPECT_EQ(cause({}), "");
    EXPECT_EQ(cause({kDcap, "c", "q", {}}), "");
    EXPECT_EQ(cause({kIas, {}, "r", {}}), "");
    EXPECT_EQ(cause({kDcap, "c", "q", "root"}), "");
    EXPECT_TRUE(says(cause({kSkip, {}, "q", {}}), "is skip"));
    EXPECT_TRUE(says(cause({kSkip, {}, {}, "root"}), "is skip"));
    EXPECT_EQ(cause({kDcap, "c", {}, {}}, 2), "") << "each enclave's TEE makes its own";
    EXPECT_TRUE(says(cause({kIas, {}, {}, {}}), "needs evidence"));
    EXPECT_TRUE(says(cause({kDcap, {}, "q", {}}), "needs collateral"));
    EXPECT_TRUE(says(cause({kIas, "c", "r", {}}), "has no collateral"));
    EXPECT_TRUE(says(cause({kDcap, "c", "q", {}}, 2), "several"));
}

}  // namespace
}  // namespace redoubt::node
