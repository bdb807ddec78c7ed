#include <tools/devchain/faults/fault_control.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <tools/devchain/chain/test_support.hpp>

namespace redoubt::devchain::faults {
namespace {

using nlohmann::json;
using namespace devchain::tests;

class FaultControlTest : public ::testing::Test {
  protected:
    FaultControlTest() {
        auto options = test_options();
        options.seal = Seal::kManual;
        chain_ = open_chain(std::move(options));
        control_.emplace(*chain_);
    }
    bool is_on(std::string_view name) {
        const auto all = control_->list();
        return std::ranges::find(all, name, &FaultControl::State::name)->is_on;
    }
    std::string refusal(const std::string& name, const json& setting) {
        const auto done = control_->set(name, setting);
        return done ? "" : done.error().message;
    }
    bool lies_about_version() {
        return chain_->version().spec_version != chain_->runtime().version().spec_version;
    }

    std::unique_ptr<Chain> chain_;
    std::optional<FaultControl> control_;
};

TEST_F(FaultControlTest, lists_exactly_what_can_be_set) {
    for (const auto& fault : control_->list()) {
        EXPECT_FALSE(fault.is_on);
        auto setting = json(true);
        if (fault.name == "wrong-storage-value") {
            setting = "00:00";
        } else if (fault.name == "wrong-call-result") {
            setting = "Core_version:00";
        }
        EXPECT_EQ(refusal(fault.name, setting), "") << fault.name;
        EXPECT_TRUE(is_on(fault.name));
        EXPECT_EQ(refusal(fault.name, false), "");
        EXPECT_FALSE(is_on(fault.name));
    }
    EXPECT_EQ(control_->list().size(), all_faults().size());
}

TEST_F(FaultControlTest, leaves_no_hook_behind) {
    ASSERT_TRUE(control_->set("forged-header", true).has_value());
    EXPECT_TRUE(chain_->hooks().header != nullptr);
    EXPECT_TRUE(chain_->hooks().body == nullptr);
    ASSERT_TRUE(control_->clear(std::nullopt).has_value());
    EXPECT_TRUE(chain_->hooks().header == nullptr);
    ASSERT_TRUE(control_->set("forged-header", true).has_value());
    control_.reset();
    EXPECT_TRUE(chain_->hooks().header == nullptr);
}

TEST_F(FaultControlTest, refuses_unknown_names_with_the_nearest) {
    EXPECT_NE(refusal("wrong-setid", true).find("'wrong-set-id'"), std::string::npos);
    EXPECT_NE(refusal("missing-proof-nodes", false).find("'missing-proof-node'"), std::string::npos);
    EXPECT_FALSE(control_->clear("nonsense").has_value());
}

TEST_F(FaultControlTest, refuses_settings_that_it_does_not_understand) {
    EXPECT_NE(refusal("slow-connection", "soon"), "");
    EXPECT_NE(refusal("slow-connection", 0), "");
    EXPECT_NE(refusal("slow-connection", json::array()), "");
    EXPECT_NE(refusal("slow-connection", {{"argument", 5}, {"until", 9}}), "");
    EXPECT_NE(refusal("wrong-set-id", 5), "");
    EXPECT_NE(refusal("wrong-storage-value", true), "");
    EXPECT_NE(refusal("wrong-storage-value", "00"), "");
    EXPECT_NE(refusal("wrong-storage-value", "xx:00"), "");
    EXPECT_NE(refusal("wrong-metadata", "NoSuchPallet"), "");
    EXPECT_NE(refusal("withheld-blocks", "9..7"), "");
    EXPECT_FALSE(is_on("slow-connection"));
}

TEST_F(FaultControlTest, works_while_the_newest_block_is_in_the_range) {
    ASSERT_EQ(refusal("wrong-runtime-version", "@2..3"), "");
    std::vector<bool> lies;
    for (int i = 0; i < 5; ++i) {
        lies.push_back(lies_about_version());
        build(*chain_, 1);
    }
    EXPECT_EQ(lies, (std::vector<bool>{false, false, true, true, false}));
    EXPECT_TRUE(is_on("wrong-runtime-version"));
}

TEST_F(FaultControlTest, spoils_the_blocks_of_the_range_when_they_are_made) {
    ASSERT_EQ(refusal("wrong-state-root", {{"when", "2..2"}}), "");
    for (std::uint32_t number = 1; number <= 3; ++number) {
        build(*chain_, 1);
        const auto hash = chain_->best().hash;
        EXPECT_EQ(chain_->header(hash)->state_root != chain_->state(hash).value()->root(), number == 2);
    }
}

TEST_F(FaultControlTest, begins_when_the_range_does) {
    ASSERT_EQ(refusal("stale-finalized-head", "@3"), "");
    build(*chain_, 2);
    EXPECT_EQ(chain_->finalized().number, 2U);
    build(*chain_, 4);
    EXPECT_EQ(chain_->finalized().number, 2U);
}

TEST_F(FaultControlTest, lets_several_faults_work_at_once) {
    build(*chain_, 1);
    const auto hash = chain_->best().hash;
    ASSERT_EQ(refusal("forged-header", true), "");
    ASSERT_EQ(refusal("forged-set-change", true), "");
    const auto both = chain_->header(hash).value();
    ASSERT_EQ(refusal("forged-header", false), "");
    const auto one = chain_->header(hash).value();
    EXPECT_NE(both.state_root, one.state_root);
    EXPECT_EQ(both.digest, one.digest);
    EXPECT_NE(substrate::header_hash(one), hash);
    ASSERT_EQ(refusal("withheld-blocks", "1"), "");
    EXPECT_EQ(chain_->header(hash), std::nullopt);
    ASSERT_TRUE(control_->clear(std::nullopt).has_value());
    EXPECT_EQ(substrate::header_hash(chain_->header(hash).value()), hash);
}

TEST_F(FaultControlTest, tells_with_which_setting_a_fault_is_on) {
    ASSERT_EQ(refusal("stale-finalized-head", "4@1..9"), "");
    const auto all = control_->list();
    EXPECT_EQ(std::ranges::find(all, "stale-finalized-head", &FaultControl::State::name)->setting, "4@1..9");
}

}  // namespace
}  // namespace redoubt::devchain::faults
