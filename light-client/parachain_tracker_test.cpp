#include <gtest/gtest.h>

#include <light-client/anchor.hpp>
#include <light-client/parachain_tracker.hpp>
#include <tests/support/grandpa_voters.hpp>
#include <tests/support/result_matchers.hpp>
#include <trie/state_trie.hpp>

namespace redoubt::light_client {
namespace {

using tests::child_of;
using tests::ref_to;

constexpr std::uint32_t kPara = 2015;

FinalizedBlock block_of(const substrate::Header& header) {
    return {.block = ref_to(header), .state_root = header.state_root};
}

/// A relay chain with one parachain's head in its state, and the trackers of both.
class ParachainTracking : public ::testing::Test {
  protected:
    struct RelayBlock {
        Hash256 hash;
        std::vector<Bytes> proof;
    };

    void SetUp() override {
        substrate::Header genesis;
        relay_ = FinalityTracker::from({.finalized = block_of(genesis),
                                        .set_id = 0,
                                        .authorities = voters_.list(),
                                        .pending = std::nullopt})
                     .value();
        para_.push_back(genesis);
        tracker_.emplace(ParachainState{.para_id = kPara, .head = ref_to(genesis), .relay_number = 0});
    }

    /// Parachain blocks on top of the last one.
    void grow(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            para_.push_back(child_of(ref_to(para_.back()), 7));
        }
    }
    /// The headers between two blocks of the parachain, without both.
    std::vector<Bytes> between(std::size_t from, std::size_t to) const {
        std::vector<Bytes> out;
        for (auto i = from + 1; i < to; ++i) {
            out.push_back(substrate::encode(para_[i]));
        }
        return out;
    }

    /// Finalizes a relay block whose state holds `head`; nothing when nullopt.
    RelayBlock finalize(const std::optional<Bytes>& head) {
        trie::StateTrie state;
        for (std::uint8_t i = 0; i < 40; ++i) {
            state.put(Bytes{i, 1, 2}, Bytes(40, i));
        }
        const auto key = parachain_head_key(kPara);
        if (head) {
            state.put(key, scale::encode(*head));
        }
        auto header = child_of(relay_->state().finalized.block);
        header.state_root = state.root();
        const std::vector<Bytes> headers{substrate::encode(header)};
        EXPECT_OK(relay_->submit(headers, encode(voters_.justify(ref_to(header), 0))));
        const std::vector<Bytes> keys{key};
        return {substrate::header_hash(header), state.prove(keys)};
    }
    RelayBlock finalize_head(std::size_t number) { return finalize(substrate::encode(para_[number])); }

    auto anchor(const RelayBlock& relay, const std::vector<Bytes>& headers) {
        return tracker_->anchor(*relay_, relay.hash, relay.proof, headers);
    }
    /// Refused, and nothing has changed.
    template <class Error>
    void expect_refused(const RelayBlock& relay, const std::vector<Bytes>& headers, Error error) {
        const auto before = tracker_->state();
        EXPECT_ERROR(anchor(relay, headers), error);
        EXPECT_EQ(tracker_->state(), before);
        EXPECT_FALSE(tracker_->halted().has_value());
    }

    tests::GrandpaVoters voters_{4};
    std::optional<FinalityTracker> relay_;
    std::vector<substrate::Header> para_;
    std::optional<ParachainTracker> tracker_;
};

TEST_F(ParachainTracking, follows_the_heads_of_finalized_relay_blocks) {
    grow(5);
    const auto first = finalize_head(1);
    auto blocks = anchor(first, {});
    ASSERT_OK(blocks);
    EXPECT_EQ(blocks.value(), std::vector{block_of(para_[1])});

    const auto second = finalize_head(5);
    blocks = anchor(second, between(1, 5));
    ASSERT_OK(blocks);
    ASSERT_EQ(blocks.value().size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(blocks.value()[i], block_of(para_[i + 2]));
    }
    EXPECT_EQ(tracker_->state().head, ref_to(para_[5]));
    EXPECT_EQ(tracker_->state().relay_number, 2U);

    // The same head again, in a later relay block.
    const auto third = finalize_head(5);
    blocks = anchor(third, {});
    ASSERT_OK(blocks);
    EXPECT_TRUE(blocks.value().empty());
    EXPECT_EQ(tracker_->state().relay_number, 3U);
    // What is kept restores the tracker.
    EXPECT_EQ(scale::decode<ParachainState>(scale::encode(tracker_->state())).value(), tracker_->state());
}

TEST_F(ParachainTracking, takes_a_head_from_a_finalized_relay_block_only) {
    grow(2);
    const auto relay = finalize_head(1);
    auto unknown = relay;
    unknown.hash.bytes[0] ^= 1;
    expect_refused(unknown, {}, ParachainError::kUnknownRelayBlock);
    ASSERT_OK(anchor(relay, {}));
    const auto next = finalize_head(2);
    // The proof belongs to the other block.
    expect_refused({next.hash, relay.proof}, {}, trie::TrieError::kMissingRoot);
    ASSERT_OK(anchor(next, {}));
    expect_refused(relay, {}, ParachainError::kStaleRelayBlock);
}

TEST_F(ParachainTracking, refuses_a_relay_block_that_is_no_longer_recent) {
    grow(1);
    const auto relay = finalize_head(1);
    for (std::size_t i = 0; i < kRecentBlocksMax - 1; ++i) {
        finalize(std::nullopt);
    }
    ASSERT_OK(ParachainTracker{*tracker_}.anchor(*relay_, relay.hash, relay.proof, {}));
    finalize(std::nullopt);
    expect_refused(relay, {}, ParachainError::kUnknownRelayBlock);
}

TEST_F(ParachainTracking, refuses_proofs_that_show_no_header) {
    expect_refused(finalize(std::nullopt), {}, ParachainError::kNotRegistered);
    expect_refused(finalize(Bytes{}), {}, ParachainError::kBadHead);
    grow(1);
    auto longer = substrate::encode(para_[1]);
    longer.push_back(0);
    expect_refused(finalize(longer), {}, ParachainError::kBadHead);
    auto relay = finalize_head(1);
    relay.proof.pop_back();
    const auto cut = anchor(relay, {});
    ASSERT_FALSE(cut.has_value());
    EXPECT_EQ(cut.error().category(), error_category<trie::TrieError>());
}

TEST_F(ParachainTracking, refuses_headers_that_do_not_link) {
    grow(4);
    const auto relay = finalize_head(4);
    auto headers = between(0, 4);
    expect_refused(relay, {}, ParachainError::kBrokenChain);
    expect_refused(relay, between(0, 3), ParachainError::kBrokenChain);
    expect_refused(relay, between(1, 4), ParachainError::kBrokenChain);
    auto longer = headers;
    longer.insert(longer.begin(), substrate::encode(para_[0]));
    expect_refused(relay, longer, ParachainError::kBrokenChain);
    std::swap(headers[0], headers[1]);
    expect_refused(relay, headers, ParachainError::kBrokenChain);
    std::swap(headers[0], headers[1]);
    headers[1].back() ^= 1;
    expect_refused(relay, headers, ParachainError::kBrokenChain);
    headers[1].back() ^= 1;
    EXPECT_OK(anchor(relay, headers));
    expect_refused(relay, headers, ParachainError::kBrokenChain);
}

TEST_F(ParachainTracking, refuses_a_number_that_does_not_count_up) {
    grow(1);
    auto skips = child_of(ref_to(para_[1]));
    skips.number = 4;
    auto head = child_of(ref_to(skips));
    head.number = 3;
    const auto relay = finalize(substrate::encode(head));
    expect_refused(relay, {substrate::encode(para_[1]), substrate::encode(skips)},
                   ParachainError::kBrokenChain);
}

TEST_F(ParachainTracking, refuses_more_headers_than_the_limit) {
    auto far = child_of(ref_to(para_[0]));
    far.number = kParachainHeadersMax + 2;
    const auto relay = finalize(substrate::encode(far));
    const auto some = substrate::encode(far);
    expect_refused(relay, std::vector<Bytes>(kParachainHeadersMax + 1, some),
                   ParachainError::kTooManyHeaders);
    expect_refused(relay, std::vector<Bytes>(kParachainHeadersMax, some), ParachainError::kBrokenChain);
    expect_refused(relay, {Bytes(kParachainHeaderBytesMax + 1)}, ParachainError::kTooManyHeaders);
}

TEST_F(ParachainTracking, halts_when_the_parachain_goes_back) {
    grow(2);
    ASSERT_OK(anchor(finalize_head(2), between(0, 2)));
    const auto back = finalize_head(1);
    EXPECT_ERROR(anchor(back, {}), ParachainError::kConflictingHead);
    EXPECT_TRUE(tracker_->halted().has_value());
    grow(1);
    EXPECT_ERROR(anchor(finalize_head(3), {}), ParachainError::kConflictingHead);
    EXPECT_EQ(tracker_->state().head, ref_to(para_[2]));
}

TEST_F(ParachainTracking, halts_on_another_branch) {
    grow(1);
    ASSERT_OK(anchor(finalize_head(1), {}));
    auto copy = *tracker_;
    // Beside the known head, and above it with its own ancestor.
    const auto other = child_of(ref_to(para_[0]), 9);
    const auto beside = finalize(substrate::encode(other));
    EXPECT_ERROR(anchor(beside, {}), ParachainError::kConflictingHead);
    EXPECT_TRUE(tracker_->halted().has_value());
    const auto above = finalize(substrate::encode(child_of(ref_to(other))));
    EXPECT_ERROR(copy.anchor(*relay_, above.hash, above.proof, {}), ParachainError::kConflictingHead);
    EXPECT_TRUE(copy.halted().has_value());
}

/// Parachain blocks whose state remembers a genesis block.
class ParachainLeap : public ParachainTracking {
  protected:
    struct FarHead {
        substrate::Header header;
        std::vector<Bytes> genesis_proof;
    };
    static FarHead far_head(std::uint32_t number, const Hash256& genesis) {
        trie::StateTrie state;
        state.put(genesis_hash_key(), genesis.view());
        state.put(Bytes{1}, Bytes(40, 1));
        substrate::Header header;
        header.number = number;
        header.parent_hash.bytes.fill(0x77);
        header.state_root = state.root();
        const std::vector<Bytes> keys{genesis_hash_key()};
        return {header, state.prove(keys)};
    }
    Hash256 genesis() const { return ref_to(para_[0]).hash; }
    Result<void> leap(const RelayBlock& relay, const std::vector<Bytes>& genesis_proof) {
        return tracker_->leap(*relay_, relay.hash, relay.proof, genesis(), genesis_proof);
    }
};

TEST_F(ParachainLeap, takes_a_far_head_whose_state_names_the_genesis_block) {
    const auto head = far_head(1'000'000, genesis());
    ASSERT_OK(leap(finalize(substrate::encode(head.header)), head.genesis_proof));
    EXPECT_EQ(tracker_->state().head, ref_to(head.header));
    EXPECT_EQ(tracker_->state().relay_number, 1U);
    // From there on headers link.
    const auto next = child_of(ref_to(head.header));
    EXPECT_OK(anchor(finalize(substrate::encode(next)), {}));
    EXPECT_EQ(tracker_->state().head, ref_to(next));
}

TEST_F(ParachainLeap, takes_the_genesis_block_itself_without_a_proof) {
    const auto relay = finalize_head(0);
    EXPECT_OK(leap(relay, {}));
    EXPECT_ERROR(leap(relay, {Bytes{1}}), ParachainError::kOtherGenesis);
}

TEST_F(ParachainLeap, refuses_a_head_of_another_chain) {
    const auto head = far_head(9, Hash256{});
    const auto relay = finalize(substrate::encode(head.header));
    EXPECT_ERROR(leap(relay, head.genesis_proof), ParachainError::kOtherGenesis);
    EXPECT_ERROR(leap(relay, far_head(9, genesis()).genesis_proof), ParachainError::kGenesisUnproven);
    EXPECT_ERROR(leap(relay, {}), ParachainError::kGenesisUnproven);
    EXPECT_ERROR(leap(finalize(substrate::encode(child_of({}, 3))), {}), ParachainError::kGenesisUnproven);
    EXPECT_FALSE(tracker_->halted().has_value());
    EXPECT_EQ(tracker_->state().head, ref_to(para_[0]));
}

TEST_F(ParachainLeap, halts_when_a_later_relay_block_goes_back) {
    const auto high = far_head(9, genesis());
    ASSERT_OK(leap(finalize(substrate::encode(high.header)), high.genesis_proof));
    const auto low = far_head(8, genesis());
    EXPECT_ERROR(leap(finalize(substrate::encode(low.header)), low.genesis_proof),
                 ParachainError::kConflictingHead);
    EXPECT_TRUE(tracker_->halted().has_value());
}

}  // namespace
}  // namespace redoubt::light_client
