#include <attestation/binding/nonce_tree.hpp>

#include <gtest/gtest.h>

#include <attestation/digest.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation {
namespace {

std::vector<Bytes> nonces(std::size_t count) {
    std::vector<Bytes> out;
    for (std::size_t i = 0; i < count; ++i) {
        Bytes nonce(16 + i % 49);
        nonce[0] = static_cast<std::uint8_t>(i);
        nonce[1] = static_cast<std::uint8_t>(i >> 8U);
        out.push_back(std::move(nonce));
    }
    return out;
}

// The shape and the prefixes of RFC 9162, written out for three leaves: the third has no sibling below.
TEST(NonceTree, hashes_leaves_and_nodes_as_rfc_9162_says) {
    const auto all = nonces(3);
    const Bytes zero{0};
    const Bytes one{1};
    const auto leaf = [&](std::size_t i) { return sha2_256({zero, all[i]}); };
    const auto left = sha2_256({one, leaf(0).view(), leaf(1).view()});
    EXPECT_EQ(nonce_root(all), sha2_256({one, left.view(), leaf(2).view()}));
    EXPECT_EQ(nonce_root(std::span{all}.first(1)), leaf(0));
}

TEST(NonceTree, proves_each_nonce_of_trees_of_every_shape) {
    for (std::size_t count = 1; count <= 70; ++count) {
        const auto all = nonces(count);
        const NonceTree tree{all};
        for (std::size_t i = 0; i < count; ++i) {
            const auto found = root_of_proof(all[i], tree.prove(i));
            ASSERT_OK(found);
            EXPECT_EQ(found.value(), tree.root()) << i << " of " << count;
        }
    }
}

TEST(NonceTree, leads_elsewhere_with_another_nonce_index_or_path) {
    const auto all = nonces(13);
    const auto root = nonce_root(all);
    for (std::uint32_t i = 0; i < all.size(); ++i) {
        const auto proof = prove_nonce(all, i);
        EXPECT_NE(root_of_proof(all[(i + 1) % all.size()], proof).value(), root);
        for (std::uint32_t index = 0; index < all.size(); ++index) {
            auto other = proof;
            other.index = index;
            const auto found = root_of_proof(all[i], other);
            EXPECT_TRUE(index == i || !found || found.value() != root) << i << " as " << index;
        }
        for (std::size_t k = 0; k < proof.path.size(); ++k) {
            auto other = proof;
            other.path[k].bytes[31] ^= 1U;
            EXPECT_NE(root_of_proof(all[i], other).value(), root);
        }
    }
}

TEST(NonceTree, rejects_proofs_that_no_tree_has) {
    const auto all = nonces(13);
    const auto proof = prove_nonce(all, 5);
    const auto rejects = [&](auto change) {
        auto other = proof;
        change(other);
        EXPECT_ERROR(root_of_proof(all[5], other), Reason::kBindMalformed);
    };
    rejects([](NonceProof& other) { other.path.pop_back(); });
    rejects([](NonceProof& other) { other.path.emplace_back(); });
    rejects([](NonceProof& other) { other.index = other.count; });
    rejects([](NonceProof& other) { other.count = 0; });
    rejects([](NonceProof& other) { other.count = kNoncesMax + 1; });
    EXPECT_ERROR(root_of_proof(Bytes(15), proof), Reason::kBindMalformed);
    EXPECT_ERROR(root_of_proof(Bytes(65), proof), Reason::kBindMalformed);
}

TEST(NonceTree, has_a_proof_of_bounded_length_at_its_largest) {
    const auto all = nonces(kNoncesMax);
    const NonceTree tree{all};
    // All of them: who hashes the tree for each would take hours.
    for (std::size_t i = 0; i < all.size(); ++i) {
        ASSERT_EQ(tree.prove(i).path.size(), kNonceProofHashesMax);
    }
    EXPECT_EQ(root_of_proof(all.back(), tree.prove(kNoncesMax - 1)).value(), tree.root());
}

}  // namespace
}  // namespace redoubt::attestation
