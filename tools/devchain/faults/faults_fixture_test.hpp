/// A chain of four voters with its faults, and an honest client that starts at its genesis.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <substrate/storage_key.hpp>
#include <tests/support/result_matchers.hpp>
#include <tools/devchain/chain/test_support.hpp>
#include <tools/devchain/faults/fault_control.hpp>
#include <tools/devchain/faults/honest_client_test.hpp>

namespace redoubt::devchain::faults {

using nlohmann::json;
using namespace devchain::tests;

inline ChainOptions options_with_four_voters() {
    auto options = test_options();
    options.seal = Seal::kManual;
    options.authorities = 4;
    options.justify_every = 1;
    return options;
}

class FaultsTest : public ::testing::Test {
  protected:
    FaultsTest()
        : chain_(open_chain(options_with_four_voters())),
          control_(std::make_shared<FaultControl>(*chain_)),
          client_(*chain_, api::make_method_table(*chain_, control_)) {}

    void set(const std::string& name, const json& setting = true) {
        const auto reply = client_.reply("dev_setFault", {name, setting});
        ASSERT_TRUE(reply.contains("result")) << reply.dump();
    }
    void clear() { client_.call("dev_clearFault"); }
    /// Builds and believes two blocks, so that there is something to take back.
    void begin() {
        build(*chain_, 2);
        ASSERT_OK(client_.follow());
    }
    void expect_it_goes_on() {
        clear();
        build(*chain_, 1);
        ASSERT_OK(client_.follow());
        EXPECT_EQ(client_.tracker().state().finalized.block, chain_->best());
        EXPECT_OK(client_.read(number_key()));
        EXPECT_EQ(client_.compare(events_key()), Noticed::kNothing);
        EXPECT_EQ(client_.check_body(), Noticed::kNothing);
        EXPECT_EQ(client_.check_genesis(), Noticed::kNothing);
    }
    static Bytes number_key() { return substrate::storage_prefix("System", "Number"); }
    static Bytes events_key() { return substrate::storage_prefix("System", "Events"); }
    /// Ends in ExtrinsicFailed: more than there is.
    Bytes failing_transfer() { return transfer(*chain_, "Alice", "Bob", 1'000'000 * kUnit, nonce_++); }

    std::uint64_t nonce_ = 0;
    std::unique_ptr<Chain> chain_;
    std::shared_ptr<FaultControl> control_;
    HonestClient client_;
};

}  // namespace redoubt::devchain::faults
