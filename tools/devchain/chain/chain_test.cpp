#include <gmock/gmock.h>
#include <tests/support/result_matchers.hpp>

#include <primitives/crypto/hashing.hpp>
#include <substrate/seal.hpp>
#include <substrate/storage_key.hpp>
#include <tools/devchain/chain/test_support.hpp>
#include <trie/read_proof.hpp>
#include <trie/trie_root.hpp>

namespace redoubt::devchain {
namespace {

using namespace tests;
using trie::StateVersion;
using Kind = PoolEventKind;

Hash256 root_of_all(const trie::StateTrie& trie) {
    std::vector<std::pair<Bytes, Bytes>> owned;
    trie.for_each({}, {}, [&](ByteView key, ByteView value) {
        owned.emplace_back(to_bytes(key), to_bytes(value));
        return true;
    });
    std::vector<trie::TrieEntry> entries;
    for (const auto& [key, value] : owned) {
        entries.push_back({key, value});
    }
    return trie::trie_root(entries, StateVersion::kV1);
}

Bytes account_key(const AccountId& account) {
    Bytes key = concat(crypto::twox_128(bytes_of("System")), crypto::twox_128(bytes_of("Account")),
                       crypto::blake2b_128(account.view()));
    append(key, account.view());
    return key;
}

TEST(Chain, genesis_header_commits_to_the_genesis_state) {
    const auto chain = open_chain();
    const auto header = chain->header(chain->genesis_hash()).value();
    EXPECT_EQ(substrate::header_hash(header), chain->genesis_hash());
    EXPECT_EQ(header.number, 0U);
    EXPECT_TRUE(header.parent_hash.is_zero());
    EXPECT_TRUE(header.digest.empty());
    EXPECT_EQ(header.extrinsics_root, trie::empty_trie_root());
    EXPECT_EQ(header.state_root, root_of_all(chain->state(chain->genesis_hash()).value()->main()));
    EXPECT_EQ(chain->best().hash, chain->genesis_hash());
    EXPECT_EQ(chain->finalized().hash, chain->genesis_hash());
    EXPECT_EQ(open_chain()->genesis_hash(), chain->genesis_hash());
}

TEST(Chain, other_funds_are_another_chain) {
    auto options = test_options();
    options.genesis.balances.front().second += 1;
    EXPECT_NE(open_chain(std::move(options))->genesis_hash(), open_chain()->genesis_hash());
}

TEST(Chain, rejects_a_genesis_without_authorities) {
    auto options = test_options();
    options.authorities = 0;
    EXPECT_ERROR(Chain::open(std::move(options)), ChainError::kBadGenesis);
}

TEST(Chain, block_commits_to_its_transfers_and_its_state) {
    const auto chain = open_chain();
    Recorder recorder{*chain};
    const auto extrinsic = transfer(*chain, "Alice", "Bob", 5 * kUnit, 0);
    const auto txn = chain->submit(extrinsic);
    ASSERT_TRUE(txn.has_value());
    const auto hash = chain->build_block().value();

    const auto header = chain->header(hash).value();
    const auto body = chain->body(hash).value();
    ASSERT_EQ(body.size(), 2U);
    EXPECT_EQ(body[1], extrinsic);
    EXPECT_EQ(header.parent_hash, chain->genesis_hash());
    EXPECT_EQ(header.extrinsics_root, trie::ordered_trie_root(body, StateVersion::kV0));
    EXPECT_EQ(header.state_root, root_of_all(chain->state(hash).value()->main()));
    EXPECT_EQ(recorder.fate(txn.value()), (std::vector{Kind::kReady, Kind::kInBlock, Kind::kFinalized}));
    EXPECT_EQ(chain->finalized().hash, hash);
    EXPECT_EQ(chain->hash_by_number(1), hash);
    EXPECT_EQ(chain->hash_by_number(2), std::nullopt);
}

TEST(Chain, slots_rotate_among_sealing_authors) {
    auto options = test_options();
    options.authorities = 3;
    const auto chain = open_chain(std::move(options));
    const auto& authors = chain->options().genesis.aura;
    ASSERT_EQ(authors.size(), 3U);
    std::uint64_t slot_before = 0;
    for (int i = 0; i < 4; ++i) {
        const auto header = chain->header(chain->build_block().value()).value();
        EXPECT_OK(substrate::verify_aura_block(header, substrate::AuraScheme::kSr25519, authors));
        const auto slot = substrate::aura_slot(header).value();
        EXPECT_GT(slot, slot_before);
        slot_before = slot;
    }
}

TEST(Chain, proofs_show_values_and_absence) {
    const auto chain = open_chain();
    ASSERT_TRUE(chain->submit(transfer(*chain, "Alice", "Dave", 7 * kUnit, 0)).has_value());
    const auto hash = chain->build_block().value();
    const auto root = chain->header(hash).value().state_root;
    const std::vector<Bytes> keys{account_key(key_of("Dave").account_id()),
                                  account_key(key_of("Eve").account_id())};
    const auto proof = chain->read_proof(hash, keys).value();
    const auto verified = trie::ReadProof::verify(root, proof).value();
    EXPECT_TRUE(verified.read(keys[0]).value().has_value());
    EXPECT_FALSE(verified.read(keys[1]).value().has_value());
}

TEST(Chain, proofs_reach_into_child_tries) {
    auto options = test_options();
    const auto child_key = to_bytes(bytes_of("chest"));
    const auto key = to_bytes(bytes_of("gold"));
    options.genesis.raw_children[child_key] = {{key, Bytes(40, 7)}};
    const auto chain = open_chain(std::move(options));
    const auto hash = chain->build_block().value();
    const auto root = chain->header(hash).value().state_root;
    const std::vector<Bytes> keys{key, to_bytes(bytes_of("silver"))};
    const auto proof = chain->child_read_proof(hash, child_key, keys).value();
    const auto verified = trie::ReadProof::verify(root, proof, std::vector<Bytes>{child_key}).value();
    const auto value = verified.read_child(child_key, keys[0]).value();
    ASSERT_TRUE(value.has_value());
    EXPECT_EQ(to_bytes(*value), Bytes(40, 7));
    EXPECT_FALSE(verified.read_child(child_key, keys[1]).value().has_value());
}

TEST(Chain, old_states_are_pruned_and_say_so) {
    auto options = test_options();
    options.states_kept = 3;
    const auto chain = open_chain(std::move(options));
    build(*chain, 5);
    EXPECT_ERROR(chain->state(chain->hash_by_number(2).value()), ChainError::kStatePruned);
    EXPECT_OK(chain->state(chain->hash_by_number(3).value()));
    EXPECT_ERROR(chain->state(Hash256{{9}}), ChainError::kUnknownBlock);
    EXPECT_EQ(chain->header(chain->hash_by_number(2).value()).value().number, 2U);
    EXPECT_ERROR(chain->build_block({.parent = chain->hash_by_number(2), .now_ms = {}, .extrinsics = {}}),
                 ChainError::kStatePruned);
}

TEST(Chain, keeps_all_states_since_finality) {
    auto options = test_options();
    options.states_kept = 2;
    const auto chain = open_chain(std::move(options));
    ASSERT_OK(chain->stall_finality(true));
    build(*chain, 5);
    EXPECT_OK(chain->state(chain->genesis_hash()));
    ASSERT_OK(chain->stall_finality(false));
    EXPECT_ERROR(chain->state(chain->genesis_hash()), ChainError::kStatePruned);
}

TEST(Chain, refuses_an_extrinsic_that_does_not_apply) {
    const auto chain = open_chain();
    EXPECT_ERROR(
        chain->build_block({.parent = {},
                            .now_ms = {},
                            .extrinsics = std::vector<Bytes>{transfer(*chain, "Alice", "Bob", 1, 1)}}),
        ChainError::kBadExtrinsic);
}

TEST(Chain, nonces_wait_replace_and_expire) {
    const auto chain = open_chain();
    Recorder recorder{*chain};
    const auto second = chain->submit(transfer(*chain, "Alice", "Bob", kUnit, 1)).value();
    EXPECT_EQ(recorder.fate(second), std::vector{Kind::kFuture});
    const auto first = chain->submit(transfer(*chain, "Alice", "Bob", kUnit, 0)).value();
    EXPECT_EQ(recorder.fate(second), (std::vector{Kind::kFuture, Kind::kReady}));
    TransferTerms generous;
    generous.tip = kUnit;
    const auto better = chain->submit(transfer(*chain, "Alice", "Charlie", kUnit, 0, generous)).value();
    EXPECT_EQ(recorder.fate(first), (std::vector{Kind::kReady, Kind::kUsurped}));
    ASSERT_OK(chain->build_block());
    EXPECT_EQ(recorder.fate(better), (std::vector{Kind::kReady, Kind::kInBlock, Kind::kFinalized}));
    EXPECT_EQ(recorder.fate(second),
              (std::vector{Kind::kFuture, Kind::kReady, Kind::kInBlock, Kind::kFinalized}));
    const auto stale = chain->submit(transfer(*chain, "Alice", "Bob", 2 * kUnit, 1));
    ASSERT_FALSE(stale.has_value());
    EXPECT_EQ(stale.error().failure, SubmitFailure::kInvalid);
    EXPECT_TRUE(stale.error().validity->is(InvalidTransaction::kStale));
}

TEST(Chain, mortal_transaction_expires_in_the_pool) {
    const auto chain = open_chain();
    Recorder recorder{*chain};
    build(*chain, 4);
    TransferTerms mortal;
    mortal.era = substrate::Era::mortal(4, 4);
    mortal.birth_hash = chain->hash_by_number(4).value();
    // The gap in the nonces keeps it out of blocks.
    const auto txn = chain->submit(transfer(*chain, "Alice", "Bob", kUnit, 1, mortal)).value();
    build(*chain, 2);
    EXPECT_EQ(recorder.fate(txn), std::vector{Kind::kFuture});
    // Block 8 is the first in which it is not valid any more.
    build(*chain, 1);
    EXPECT_EQ(recorder.fate(txn), (std::vector{Kind::kFuture, Kind::kInvalid}));
}

TEST(Chain, reorganisation_returns_transactions_to_the_pool) {
    const auto chain = open_chain();
    ASSERT_OK(chain->stall_finality(true));
    Recorder recorder{*chain};
    const auto txn = chain->submit(transfer(*chain, "Alice", "Bob", kUnit, 0)).value();
    const auto left = chain->build_block().value();

    BuildRequest other;
    other.parent = chain->genesis_hash();
    other.now_ms = kStartMs + 60'000;
    other.extrinsics.emplace();
    const auto right = chain->build_block(other).value();
    EXPECT_EQ(chain->best().hash, left) << "of equally high blocks the first one stays best";
    EXPECT_EQ(chain->hashes_at(1), (std::vector{left, right}));
    other.parent = right;
    const auto tip = chain->build_block(other).value();
    EXPECT_EQ(chain->best().hash, tip);
    EXPECT_EQ(recorder.best_changes.back().retracted, std::vector{left});
    EXPECT_EQ(recorder.best_changes.back().enacted, (std::vector{right, tip}));
    EXPECT_EQ(recorder.fate(txn),
              (std::vector{Kind::kReady, Kind::kInBlock, Kind::kRetracted, Kind::kReady}));

    ASSERT_OK(chain->stall_finality(false));
    EXPECT_EQ(chain->finalized().hash, tip);
    EXPECT_EQ(recorder.finalizations.back().finalized, (std::vector{right, tip}));
    EXPECT_EQ(recorder.finalizations.back().pruned, std::vector{left});
    EXPECT_EQ(chain->hashes_at(1), std::vector{right});
    other.parent = left;
    EXPECT_ERROR(chain->build_block(other), ChainError::kStatePruned);
    ASSERT_OK(chain->build_block());
    EXPECT_EQ(recorder.fate(txn), (std::vector{Kind::kReady, Kind::kInBlock, Kind::kRetracted, Kind::kReady,
                                               Kind::kInBlock, Kind::kFinalized}));
}

TEST(Chain, finalizing_another_branch_moves_the_best_block) {
    const auto chain = open_chain();
    ASSERT_OK(chain->stall_finality(true));
    build(*chain, 3);
    const auto fork =
        chain
            ->build_block({.parent = chain->hash_by_number(1), .now_ms = kStartMs + 90'000, .extrinsics = {}})
            .value();
    EXPECT_NE(chain->best().hash, fork);
    const auto abandoned = chain->best().hash;
    ASSERT_OK(chain->finalize(fork));
    EXPECT_EQ(chain->best().hash, fork);
    EXPECT_EQ(chain->finalized().hash, fork);
    EXPECT_ERROR(chain->finalize(abandoned), ChainError::kNotOnFinalizedBranch);
    EXPECT_OK(chain->finalize(chain->genesis_hash()));
}

TEST(Chain, hooks_change_what_is_served_and_not_what_is_true) {
    const auto chain = open_chain();
    chain->hooks().new_header = [](substrate::Header header) {
        header.state_root.bytes[0] ^= 1;
        return header;
    };
    const auto hash = chain->build_block().value();
    EXPECT_NE(chain->header(hash).value().state_root, chain->state(hash).value()->root());
    chain->hooks() = {};
    chain->hooks().header = [](const Hash256&, substrate::Header) { return std::nullopt; };
    chain->hooks().finalized_head = [&](light_client::BlockRef) {
        return light_client::BlockRef{chain->genesis_hash(), 0};
    };
    EXPECT_EQ(chain->header(hash), std::nullopt);
    EXPECT_EQ(chain->body(hash), std::nullopt);
    EXPECT_EQ(chain->hash_by_number(1), std::nullopt);
    EXPECT_ERROR(chain->state(hash), ChainError::kUnknownBlock);
    EXPECT_EQ(chain->finalized().number, 0U);
    chain->hooks() = {};
    EXPECT_EQ(chain->finalized().number, 1U);
    EXPECT_OK(chain->build_block());
}

}  // namespace
}  // namespace redoubt::devchain
