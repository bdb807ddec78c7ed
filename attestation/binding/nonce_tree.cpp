#include <attestation/binding/nonce_tree.hpp>

#include <attestation/binding/binding_block.hpp>
#include <attestation/digest.hpp>

#include <array>
#include <bit>
#include <utility>

namespace redoubt::attestation {
namespace {

constexpr std::array<std::uint8_t, 1> kLeaf{0};
constexpr std::array<std::uint8_t, 1> kNode{1};

Hash256 leaf_hash(ByteView nonce) {
    return sha2_256({kLeaf, nonce});
}

Hash256 node_hash(const Hash256& left, const Hash256& right) {
    return sha2_256({kNode, left.view(), right.view()});
}

bool has_nonce_length(ByteView nonce) {
    return nonce.size() >= kNonceBytesMin && nonce.size() <= kNonceBytesMax;
}

}  // namespace

NonceTree::NonceTree(std::span<const Bytes> nonces) {
    REDOUBT_ASSERT(!nonces.empty() && nonces.size() <= kNoncesMax);
    std::vector<Hash256> level;
    level.reserve(nonces.size());
    for (const auto& nonce : nonces) {
        REDOUBT_ASSERT(has_nonce_length(nonce));
        level.push_back(leaf_hash(nonce));
    }
    while (level.size() > 1) {
        std::vector<Hash256> next;
        next.reserve((level.size() + 1) / 2);
        for (std::size_t i = 0; i + 1 < level.size(); i += 2) {
            next.push_back(node_hash(level[i], level[i + 1]));
        }
        if (level.size() % 2 != 0) {
            next.push_back(level.back());
        }
        levels_.push_back(std::exchange(level, std::move(next)));
    }
    levels_.push_back(std::move(level));
}

NonceProof NonceTree::prove(std::size_t index) const {
    REDOUBT_ASSERT(index < levels_.front().size());
    NonceProof out{.index = static_cast<std::uint32_t>(index),
                   .count = static_cast<std::uint32_t>(levels_.front().size()),
                   .path = {}};
    for (const auto& level : levels_) {
        if (const auto sibling = index ^ 1U; sibling < level.size()) {
            out.path.push_back(level[sibling]);
        }
        index /= 2;
    }
    return out;
}

Hash256 nonce_root(std::span<const Bytes> nonces) {
    return NonceTree{nonces}.root();
}

NonceProof prove_nonce(std::span<const Bytes> nonces, std::size_t index) {
    return NonceTree{nonces}.prove(index);
}

Result<Hash256> root_of_proof(ByteView nonce, const NonceProof& proof) {
    if (!has_nonce_length(nonce) || proof.count > kNoncesMax || proof.index >= proof.count) {
        return Reason::kBindMalformed;
    }
    auto index = proof.index;
    auto last = proof.count - 1;
    auto hash = leaf_hash(nonce);
    for (const auto& sibling : proof.path) {
        if (last == 0) {
            return Reason::kBindMalformed;
        }
        const bool is_right_edge = index == last;
        if (is_right_edge && (index & 1U) == 0) {
            // A last node without sibling moved up to the next level that has one.
            const auto levels = std::countr_zero(index);
            index >>= static_cast<unsigned>(levels);
            last >>= static_cast<unsigned>(levels);
        }
        hash = (index & 1U) != 0 ? node_hash(sibling, hash) : node_hash(hash, sibling);
        index >>= 1U;
        last >>= 1U;
    }
    if (last != 0) {
        return Reason::kBindMalformed;
    }
    return hash;
}

}  // namespace redoubt::attestation
