#include <tools/devchain/chain_spec.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace redoubt::devchain {
namespace {

using nlohmann::json;

std::string refusal(std::string_view spec) {
    const auto applied = apply_chain_spec(development_chain(), json::parse(spec));
    return applied ? "accepted" : applied.error().what;
}

TEST(ChainSpec, gives_back_the_options_it_was_made_from) {
    auto options = development_chain();
    options.name = "Other";
    options.genesis.sudo = std::nullopt;
    options.genesis.raw.emplace_back(Bytes{1, 2}, Bytes{3});
    const auto spec = chain_spec_json(options);
    const auto applied = apply_chain_spec(development_chain(), spec);
    ASSERT_TRUE(applied.has_value());
    EXPECT_EQ(chain_spec_json(applied.value()), spec);
    EXPECT_EQ(applied.value().genesis.balances, options.genesis.balances);
}

TEST(ChainSpec, funds_the_development_accounts) {
    const auto options = development_chain();
    EXPECT_EQ(options.genesis.balances.size(), 12U);
    EXPECT_EQ(options.genesis.sudo, options.genesis.balances.front().first);
}

TEST(ChainSpec, takes_accounts_in_every_form) {
    const auto applied = apply_chain_spec(development_chain(), json::parse(R"({"balances": [
        ["//Alice", "1000000000"],
        ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", 1000000000],
        ["0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d", "1000000000"]]})"));
    ASSERT_TRUE(applied.has_value());
    const auto& balances = applied.value().genesis.balances;
    ASSERT_EQ(balances.size(), 3U);
    EXPECT_EQ(balances[0], balances[1]);
    EXPECT_EQ(balances[0], balances[2]);
}

TEST(ChainSpec, rejects_what_it_does_not_understand) {
    EXPECT_EQ(refusal("[]"), "a chain spec has to be a JSON object");
    EXPECT_EQ(refusal(R"({"blocktime": 5})"), "blocktime is not known in a chain spec");
    EXPECT_EQ(refusal(R"({"blockTimeMs": 49})"), "blockTimeMs: expected a number from 50 to 600000");
    EXPECT_EQ(refusal(R"({"blockTimeMs": 50})"), "accepted");
    EXPECT_EQ(refusal(R"({"authorities": 0})"), "authorities: expected a number from 1 to 1000");
    EXPECT_EQ(refusal(R"({"teerex": {"other": true}})"), "teerex: other is not known");
    EXPECT_EQ(refusal(R"({"teerex": {"sgxTestRoot": null}})"), "accepted");
    EXPECT_EQ(refusal(R"({"teerex": {"sgxTestRoot": "0x3000"}})"),
              "teerex: sgxTestRoot: expected a certificate, DER in hex");
    EXPECT_NE(refusal(R"({"sudo": "Alice"})"), "accepted");
    EXPECT_NE(refusal(R"({"storage": {"0x0": "0x"}})"), "accepted");
}

TEST(ChainSpec, rejects_balances_below_the_existential_deposit) {
    EXPECT_NE(refusal(R"({"balances": [["//Alice", "999999999"]]})"), "accepted");
    EXPECT_EQ(refusal(R"({"balances": [["//Alice", "1000000000"]]})"), "accepted");
}

}  // namespace
}  // namespace redoubt::devchain
