// Each fault of the table: a light client that sees the RPC refuses exactly that lie, by name, and goes on
// when it is over.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <substrate/events.hpp>
#include <substrate/metadata.hpp>
#include <system_error>
#include <tools/devchain/faults/faults_fixture_test.hpp>

namespace redoubt::devchain::faults {
namespace {

using light_client::FinalityError;
using trie::TrieError;

// Finality ----------------------------------------------------------------------------------------------

/// What FinalityTracker says of the block that a fault is about.
const std::map<std::string, std::error_code> kRefusedByTracker{
    {"missing-justification", FinalityError::kMissingJustification},
    {"truncated-justification", DecodeError::kUnexpectedEnd},
    {"bad-precommit-signature", FinalityError::kBadSignature},
    {"minority-precommits", FinalityError::kWeightBelowThreshold},
    {"wrong-set-id", FinalityError::kBadSignature},
    {"wrong-round", FinalityError::kBadSignature},
    {"equivocating-voters", FinalityError::kWeightBelowThreshold},
    {"unknown-voters", FinalityError::kNoKnownVoter},
    {"votes-for-other-fork", FinalityError::kTargetIsNotGhost},
    {"wrong-justification-target", FinalityError::kWrongTarget},
    {"unused-ancestry-header", FinalityError::kUnusedAncestry},
    {"missing-ancestry-header", FinalityError::kBrokenAncestry},
    {"duplicate-ancestry-header", FinalityError::kDuplicateAncestry},
    {"forged-header", FinalityError::kWrongTarget},
    {"forged-set-change", FinalityError::kWrongTarget},
    {"forged-forced-change", FinalityError::kWrongTarget},
};

/// Why it was refused; no error when it was not.
std::error_code refusal(const Result<void>& outcome) {
    return outcome ? std::error_code{} : outcome.error();
}

class RefusedByTracker : public FaultsTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(RefusedByTracker, in_a_proof_of_finality) {
    begin();
    set(GetParam());
    build(*chain_, 1);
    EXPECT_EQ(refusal(client_.follow()), kRefusedByTracker.at(GetParam()));
    expect_it_goes_on();
}

TEST_P(RefusedByTracker, in_a_stored_justification) {
    begin();
    set(GetParam());
    build(*chain_, 1);
    EXPECT_EQ(refusal(client_.follow_stored()), kRefusedByTracker.at(GetParam()));
    expect_it_goes_on();
}

std::vector<std::string> names_of(const auto& map) {
    std::vector<std::string> out;
    for (const auto& each : map) {
        out.push_back(each.first);
    }
    return out;
}
std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
    auto out = info.param;
    std::ranges::replace(out, '-', '_');
    return out;
}
INSTANTIATE_TEST_SUITE_P(Faults,
                         RefusedByTracker,
                         ::testing::ValuesIn(names_of(kRefusedByTracker)),
                         test_name);

TEST_F(FaultsTest, bad_justifications_are_told_to_subscribers_too) {
    const auto id = client_.call("grandpa_subscribeJustifications");
    set("wrong-round");
    build(*chain_, 1);
    const auto told =
        light_client::decode_justification(HonestClient::bytes(client_.listener().heard(id).said.back()))
            .value();
    const auto voters = light_client::VoterSet::from(chain_->finality().authorities).value();
    EXPECT_ERROR(light_client::verify_justification(told, 0, voters, chain_->finalized()),
                 FinalityError::kBadSignature);
    set("missing-justification");
    const auto before = client_.listener().heard(id).said.size();
    build(*chain_, 1);
    EXPECT_EQ(client_.listener().heard(id).said.size(), before);
}

TEST_F(FaultsTest, replayed_justification_is_for_another_block) {
    begin();
    set("replayed-justification");
    build(*chain_, 1);
    ASSERT_OK(client_.follow_stored()) << "the first one is true";
    build(*chain_, 1);
    EXPECT_ERROR(client_.follow_stored(), FinalityError::kWrongTarget);
    EXPECT_ERROR(client_.follow(), FinalityError::kWrongTarget);
    expect_it_goes_on();
}

TEST_F(FaultsTest, skipped_set_change_is_noticed) {
    begin();
    set("skipped-set-change");
    ASSERT_OK(chain_->schedule_authority_change(chain_->development_authorities(3, 1).value(), 1));
    build(*chain_, 4);
    EXPECT_ERROR(client_.follow(), FinalityError::kSetChangeSkipped);
    EXPECT_ERROR(client_.follow(), FinalityError::kSetChangeSkipped);
    clear();
    ASSERT_OK(client_.follow());
    EXPECT_EQ(client_.tracker().state().set_id, 1U);
    expect_it_goes_on();
}

TEST_F(FaultsTest, hidden_set_change_gives_the_header_another_hash) {
    begin();
    set("hidden-set-change");
    ASSERT_OK(chain_->schedule_authority_change(chain_->development_authorities(3, 1).value(), 0));
    build(*chain_, 1);
    EXPECT_ERROR(client_.follow(), FinalityError::kWrongTarget);
    clear();
    ASSERT_OK(client_.follow());
    EXPECT_EQ(client_.tracker().state().set_id, 1U);
    expect_it_goes_on();
}

TEST_F(FaultsTest, withheld_blocks_leave_a_gap) {
    begin();
    set("withheld-blocks", "3..3");
    build(*chain_, 2);
    EXPECT_EQ(client_.call("chain_getBlockHash", {3}), json());
    EXPECT_TRUE(client_.call("chain_getBlock", {to_hex_0x(chain_->best().hash.view())}).is_object());
    EXPECT_ERROR(client_.follow(), FinalityError::kBrokenChain);
    expect_it_goes_on();
}

TEST_F(FaultsTest, withheld_blocks_are_the_new_ones_unless_told) {
    begin();
    set("withheld-blocks");
    const auto shown = client_.call("chain_getBlockHash", {2});
    build(*chain_, 1);
    EXPECT_EQ(client_.call("chain_getBlockHash", {3}), json());
    EXPECT_EQ(client_.call("chain_getBlockHash", {2}), shown);
    expect_it_goes_on();
}

// Read proofs and storage -------------------------------------------------------------------------------

const std::map<std::string, TrieError> kRefusedByReadProof{
    {"missing-proof-node", TrieError::kIncomplete}, {"missing-proof-root", TrieError::kMissingRoot},
    {"empty-proof", TrieError::kMissingRoot},       {"forged-proof-node", TrieError::kUnusedEntry},
    {"truncated-proof", TrieError::kUnusedEntry},   {"duplicate-proof-node", TrieError::kDuplicateEntry},
    {"unused-proof-node", TrieError::kUnusedEntry}, {"proof-of-other-block", TrieError::kMissingRoot},
};

class RefusedByReadProof : public FaultsTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(RefusedByReadProof, and_by_name) {
    begin();
    set(GetParam());
    EXPECT_ERROR(client_.read(number_key()), kRefusedByReadProof.at(GetParam()));
    EXPECT_ERROR(client_.read(events_key()), kRefusedByReadProof.at(GetParam()));
    expect_it_goes_on();
}

INSTANTIATE_TEST_SUITE_P(Faults,
                         RefusedByReadProof,
                         ::testing::ValuesIn(names_of(kRefusedByReadProof)),
                         test_name);

TEST_F(FaultsTest, signed_wrong_state_root_fits_no_proof) {
    begin();
    set("wrong-state-root");
    build(*chain_, 1);
    ASSERT_OK(client_.follow()) << "the authorities stand behind it";
    EXPECT_ERROR(client_.read(number_key()), TrieError::kMissingRoot);
    expect_it_goes_on();
}

TEST_F(FaultsTest, told_values_are_not_the_proven_ones) {
    begin();
    const auto key = to_hex_0x(number_key());
    for (const auto* value : {"0x01020304", "none"}) {
        set("wrong-storage-value", key + ":" + value);
        EXPECT_EQ(client_.compare(number_key()), Noticed::kOtherValue);
        EXPECT_EQ(client_.compare(events_key()), Noticed::kNothing) << "only what was asked for";
    }
    set("forged-events");
    EXPECT_EQ(client_.compare(events_key()), Noticed::kOtherValue);
    EXPECT_EQ(client_.call("state_getStorage", {to_hex_0x(events_key())}), "0x00");
    expect_it_goes_on();
}

TEST_F(FaultsTest, failed_extrinsic_is_told_as_a_success) {
    begin();
    const auto metadata = substrate::Metadata::decode(chain_->metadata(14).value()).value();
    ASSERT_TRUE(chain_->submit(failing_transfer()).has_value());
    set("failed-extrinsic-as-success");
    build(*chain_, 1);
    ASSERT_OK(client_.follow());
    const auto told = HonestClient::bytes(client_.call("state_getStorage", {to_hex_0x(events_key())}));
    const auto proven = client_.read(events_key()).value().value();
    EXPECT_EQ(substrate::extrinsic_outcomes(metadata, told, 2).value(), (std::vector<bool>{true, true}));
    EXPECT_EQ(substrate::extrinsic_outcomes(metadata, proven, 2).value(), (std::vector<bool>{true, false}));
    EXPECT_EQ(client_.compare(events_key()), Noticed::kOtherValue);
    expect_it_goes_on();
}

TEST_F(FaultsTest, runtime_calls_return_what_they_are_told_to) {
    const auto honest = client_.call("state_call", {"Core_version", "0x"});
    set("wrong-call-result", "Core_version:0xff");
    EXPECT_EQ(client_.call("state_call", {"Core_version", "0x"}), "0xff");
    EXPECT_NE(client_.call("state_call", {"Metadata_metadata_versions", "0x"}), "0xff");
    clear();
    EXPECT_EQ(client_.call("state_call", {"Core_version", "0x"}), honest);
}

TEST_F(FaultsTest, metadata_lacks_a_pallet) {
    const auto called = [&] {
        return client_.call("state_call", {"Metadata_metadata_at_version", "0x0e000000"});
    };
    const auto honest = client_.call("state_getMetadata");
    const auto honestly_called = called();
    set("wrong-metadata", "Teerex");
    const auto told =
        substrate::Metadata::decode(HonestClient::bytes(client_.call("state_getMetadata"))).value();
    EXPECT_EQ(told.find_pallet("Teerex"), nullptr);
    EXPECT_NE(told.find_pallet("Balances"), nullptr);
    EXPECT_NE(called(), honestly_called);
    clear();
    EXPECT_EQ(client_.call("state_getMetadata"), honest);
    EXPECT_EQ(called(), honestly_called);
}

TEST_F(FaultsTest, runtime_version_is_too_high) {
    const auto honest = client_.call("state_getRuntimeVersion");
    const auto called = client_.call("state_call", {"Core_version", "0x"});
    set("wrong-runtime-version");
    EXPECT_EQ(client_.call("state_getRuntimeVersion").at("specVersion"),
              honest.at("specVersion").get<unsigned>() + 1);
    EXPECT_NE(client_.call("state_call", {"Core_version", "0x"}), called);
    clear();
    EXPECT_EQ(client_.call("state_getRuntimeVersion"), honest);
}

// Bodies ------------------------------------------------------------------------------------------------

class OtherBody : public FaultsTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(OtherBody, is_not_the_body_of_the_header) {
    begin();
    set(GetParam());
    ASSERT_TRUE(chain_->submit(transfer(*chain_, "Alice", "Bob", kUnit, 0)).has_value());
    build(*chain_, 1);
    ASSERT_OK(client_.follow());
    EXPECT_EQ(client_.check_body(), Noticed::kOtherBody);
    expect_it_goes_on();
}

const std::vector<std::string> kOtherBodies{"extra-extrinsic", "removed-extrinsic", "reordered-extrinsics",
                                            "withheld-body", "wrong-extrinsics-root"};
INSTANTIATE_TEST_SUITE_P(Faults, OtherBody, ::testing::ValuesIn(kOtherBodies), test_name);

// The chain as a whole ----------------------------------------------------------------------------------

TEST_F(FaultsTest, stale_head_stands_still) {
    begin();
    const auto id = client_.call("chain_subscribeFinalizedHeads");
    set("stale-finalized-head");
    build(*chain_, 3);
    EXPECT_EQ(client_.check_progress(), Noticed::kNothingNewIsFinal);
    EXPECT_EQ(client_.listener().heard(id).said.size(), 1U);
    EXPECT_EQ(client_.reply("grandpa_proveFinality", {3}).at("error").at("code"), 1);
    EXPECT_EQ(client_.call("chain_getHeader").at("number"), "0x5") << "blocks go on";
    expect_it_goes_on();
    EXPECT_EQ(client_.listener().heard(id).said.size(), 5U);
}

TEST_F(FaultsTest, stale_head_may_lie_further_back) {
    build(*chain_, 5);
    set("stale-finalized-head", 3);
    EXPECT_EQ(client_.call("archive_v1_finalizedHeight"), 2);
    expect_it_goes_on();
}

TEST_F(FaultsTest, rolled_back_chain_shows_an_older_view) {
    build(*chain_, 5);
    ASSERT_OK(client_.follow());
    const auto newest = to_hex_0x(chain_->best().hash.view());
    set("rolled-back-chain", 2);
    EXPECT_EQ(client_.call("chain_getHeader").at("number"), "0x3");
    EXPECT_EQ(client_.check_progress(), Noticed::kNothingNewIsFinal);
    EXPECT_EQ(client_.call("chain_getBlockHash", {4}), json());
    EXPECT_EQ(client_.call("chain_getBlock", {newest}), json());
    EXPECT_FALSE(client_.reply("state_getStorage", {"0x00", newest}).contains("result"));
    build(*chain_, 1);
    EXPECT_EQ(client_.call("chain_getHeader").at("number"), "0x3");
    expect_it_goes_on();
}

TEST_F(FaultsTest, wrong_genesis_is_another_chain) {
    begin();
    set("wrong-genesis");
    EXPECT_EQ(client_.check_genesis(), Noticed::kOtherGenesis);
    expect_it_goes_on();
}

TEST(StalledTime, keeps_transactions_waiting_until_it_is_over) {
    auto options = test_options();
    options.seal = Seal::kInstant;
    const auto chain = open_chain(std::move(options));
    const auto control = std::make_shared<FaultControl>(*chain);
    ASSERT_TRUE(control->start({"stalled-time", {}, {}}).has_value());
    EXPECT_FALSE(chain->is_author_awake());
    ASSERT_TRUE(chain->submit(transfer(*chain, "Alice", "Bob", kUnit, 0)).has_value());
    EXPECT_EQ(chain->best().number, 0U);
    ASSERT_TRUE(control->clear("stalled-time").has_value());
    EXPECT_TRUE(chain->is_author_awake());
    EXPECT_EQ(chain->best().number, 1U);
}

// Messages ----------------------------------------------------------------------------------------------

class Delivered : public FaultsTest {
  protected:
    struct Message {
        std::string text = R"({"jsonrpc":"2.0","id":1,"result":[]})";
        rpc::Delivery delivery;
    };
    Message deliver() {
        Message message;
        message.delivery = control_->deliver(message.text);
        return message;
    }
    const std::string honest_ = Message{}.text;
};

TEST_F(Delivered, without_faults_as_it_is) {
    const auto message = deliver();
    EXPECT_EQ(message.text, honest_);
    EXPECT_EQ(message.delivery.delay.count(), 0);
    EXPECT_FALSE(message.delivery.drop_connection);
}

TEST_F(Delivered, slowly) {
    set("slow-connection", 30);
    EXPECT_EQ(deliver().delivery.delay.count(), 30);
    clear();
    EXPECT_EQ(deliver().delivery.delay.count(), 0);
}

TEST_F(Delivered, not_at_all) {
    set("dying-connection", 2);
    EXPECT_FALSE(deliver().delivery.drop_connection);
    EXPECT_TRUE(deliver().delivery.drop_connection);
    EXPECT_FALSE(deliver().delivery.drop_connection);
    clear();
    EXPECT_FALSE(deliver().delivery.drop_connection);
}

TEST_F(Delivered, as_garbage) {
    for (const auto* name : {"garbage-json", "truncated-json"}) {
        set(name, 1);
        EXPECT_FALSE(json::accept(deliver().text)) << name;
        clear();
        EXPECT_EQ(deliver().text, honest_);
    }
}

TEST_F(Delivered, under_another_id) {
    set("wrong-response-id", 1);
    EXPECT_EQ(json::parse(deliver().text).at("id"), 1'000'001);
    clear();
    EXPECT_EQ(deliver().text, honest_);
}

// Completeness ------------------------------------------------------------------------------------------

TEST(AllFaults, have_a_test_here) {
    std::set<std::string, std::less<>> tested{"replayed-justification",
                                              "skipped-set-change",
                                              "hidden-set-change",
                                              "withheld-blocks",
                                              "wrong-state-root",
                                              "wrong-storage-value",
                                              "forged-events",
                                              "wrong-call-result",
                                              "wrong-metadata",
                                              "wrong-runtime-version",
                                              "failed-extrinsic-as-success",
                                              "stale-finalized-head",
                                              "rolled-back-chain",
                                              "wrong-genesis",
                                              "stalled-time",
                                              "slow-connection",
                                              "dying-connection",
                                              "garbage-json",
                                              "truncated-json",
                                              "wrong-response-id"};
    tested.insert(kOtherBodies.begin(), kOtherBodies.end());
    for (const auto& name : names_of(kRefusedByTracker)) {
        tested.insert(name);
    }
    for (const auto& name : names_of(kRefusedByReadProof)) {
        tested.insert(name);
    }
    for (const auto& fault : all_faults()) {
        EXPECT_TRUE(tested.contains(fault.name)) << fault.name;
    }
    EXPECT_EQ(tested.size(), all_faults().size());
}

}  // namespace
}  // namespace redoubt::devchain::faults
