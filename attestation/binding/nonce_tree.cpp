#include <attestation/binding/nonce_tree.hpp>

#include <attestation/binding/binding_block.hpp>
#include <attestation/digest.hpp>

#include <algorithm>
#include <array>
#include <bit>

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

/// The largest power of two below `count`, which is at least 2.
std::size_t split_of(std::size_t count) {
    return std::bit_floor(count - 1);
}

bool has_nonce_length(ByteView nonce) {
    return nonce.size() >= kNonceBytesMin && nonce.size() <= kNonceBytesMax;
}

}  // namespace

Hash256 nonce_root(std::span<const Bytes> nonces) {
    REDOUBT_ASSERT(!nonces.empty() && nonces.size() <= kNoncesMax);
    if (nonces.size() == 1) {
        REDOUBT_ASSERT(has_nonce_length(nonces.front()));
        return leaf_hash(nonces.front());
    }
    const auto split = split_of(nonces.size());
    return node_hash(nonce_root(nonces.first(split)), nonce_root(nonces.subspan(split)));
}

NonceProof prove_nonce(std::span<const Bytes> nonces, std::size_t index) {
    REDOUBT_ASSERT(index < nonces.size() && nonces.size() <= kNoncesMax);
    NonceProof out{.index = static_cast<std::uint32_t>(index),
                   .count = static_cast<std::uint32_t>(nonces.size()),
                   .path = {}};
    auto rest = nonces;
    while (rest.size() > 1) {
        const auto split = split_of(rest.size());
        const bool is_left = index < split;
        out.path.push_back(nonce_root(is_left ? rest.subspan(split) : rest.first(split)));
        rest = is_left ? rest.first(split) : rest.subspan(split);
        index -= is_left ? 0 : split;
    }
    std::ranges::reverse(out.path);
    return out;
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
