#include <primitives/crypto/hashing.hpp>

#include <bit>

namespace redoubt::crypto {
namespace {

using Words8 = std::array<std::uint32_t, 8>;
using Words16 = std::array<std::uint32_t, 16>;

constexpr std::size_t kBlockBytes = 64;
constexpr std::size_t kChunkBytes = 1024;

constexpr std::uint32_t kChunkStart = 1;
constexpr std::uint32_t kChunkEnd = 2;
constexpr std::uint32_t kParent = 4;
constexpr std::uint32_t kRoot = 8;

constexpr Words8 kInitial{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                          0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
constexpr std::array<std::size_t, 16> kPermutation{2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};

/// A compression that is not carried out yet, because only the last one is marked as the root.
struct Node {
    Words8 chaining = kInitial;
    Words16 block{};
    std::uint64_t counter = 0;
    std::uint32_t block_bytes = kBlockBytes;
    std::uint32_t flags = 0;
};

void mix(Words16& v,
         std::size_t a,
         std::size_t b,
         std::size_t c,
         std::size_t d,
         std::uint32_t x,
         std::uint32_t y) {
    v[a] = v[a] + v[b] + x;
    v[d] = std::rotr(v[d] ^ v[a], 16);
    v[c] = v[c] + v[d];
    v[b] = std::rotr(v[b] ^ v[c], 12);
    v[a] = v[a] + v[b] + y;
    v[d] = std::rotr(v[d] ^ v[a], 8);
    v[c] = v[c] + v[d];
    v[b] = std::rotr(v[b] ^ v[c], 7);
}

/// The first 32 bytes of the compression's output, as words.
Words8 compress(const Node& node) {
    Words16 v{};
    std::copy(node.chaining.begin(), node.chaining.end(), v.begin());
    std::copy(kInitial.begin(), kInitial.begin() + 4, v.begin() + 8);
    v[12] = static_cast<std::uint32_t>(node.counter);
    v[13] = static_cast<std::uint32_t>(node.counter >> 32);
    v[14] = node.block_bytes;
    v[15] = node.flags;
    Words16 m = node.block;
    for (int round = 0; round < 7; ++round) {
        mix(v, 0, 4, 8, 12, m[0], m[1]);
        mix(v, 1, 5, 9, 13, m[2], m[3]);
        mix(v, 2, 6, 10, 14, m[4], m[5]);
        mix(v, 3, 7, 11, 15, m[6], m[7]);
        mix(v, 0, 5, 10, 15, m[8], m[9]);
        mix(v, 1, 6, 11, 12, m[10], m[11]);
        mix(v, 2, 7, 8, 13, m[12], m[13]);
        mix(v, 3, 4, 9, 14, m[14], m[15]);
        Words16 permuted{};
        for (std::size_t i = 0; i < m.size(); ++i) {
            permuted[i] = m[kPermutation[i]];
        }
        m = permuted;
    }
    Words8 out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = v[i] ^ v[i + 8];
    }
    return out;
}

Words16 load_block(ByteView bytes) {
    Words16 out{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        out[i / 4] |= static_cast<std::uint32_t>(bytes[i]) << (8 * (i % 4));
    }
    return out;
}

/// At most kChunkBytes; only the whole input may be empty.
Node hash_chunk(ByteView chunk, std::uint64_t counter) {
    Node node{.counter = counter, .flags = kChunkStart};
    while (chunk.size() > kBlockBytes) {
        node.block = load_block(chunk.first(kBlockBytes));
        node.chaining = compress(node);
        node.flags = 0;
        chunk = chunk.subspan(kBlockBytes);
    }
    node.block = load_block(chunk);
    node.block_bytes = static_cast<std::uint32_t>(chunk.size());
    node.flags |= kChunkEnd;
    return node;
}

/// The left half of a tree is the largest power of two of whole chunks that leaves something for the right.
Node hash_tree(ByteView input, std::uint64_t first_chunk) {
    if (input.size() <= kChunkBytes) {
        return hash_chunk(input, first_chunk);
    }
    const std::size_t left_chunks = std::bit_floor((input.size() - 1) / kChunkBytes);
    const auto left = compress(hash_tree(input.first(left_chunks * kChunkBytes), first_chunk));
    const auto right =
        compress(hash_tree(input.subspan(left_chunks * kChunkBytes), first_chunk + left_chunks));
    Node parent{.flags = kParent};
    std::copy(left.begin(), left.end(), parent.block.begin());
    std::copy(right.begin(), right.end(), parent.block.begin() + 8);
    return parent;
}

}  // namespace

Hash256 blake3_256(ByteView input) {
    auto root = hash_tree(input, 0);
    root.flags |= kRoot;
    root.counter = 0;
    const auto words = compress(root);
    Hash256 out;
    for (std::size_t i = 0; i < out.size(); ++i) {
        out.bytes[i] = static_cast<std::uint8_t>(words[i / 4] >> (8 * (i % 4)));
    }
    return out;
}

}  // namespace redoubt::crypto
