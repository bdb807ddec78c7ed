#include <trie/trie_node.hpp>

#include <primitives/scale.hpp>

namespace redoubt::trie {
namespace {

/// The kinds of node that the first byte tells apart.
struct NodeKind {
    std::uint8_t prefix;
    std::uint8_t size_max;  ///< largest nibble count that fits the first byte, and the mask of its bits
    bool is_branch;
    bool has_value;
    bool is_value_hashed;
};

constexpr NodeKind kHashedValueBranch{0x10, 0x0f, true, true, true};
constexpr NodeKind kHashedValueLeaf{0x20, 0x1f, false, true, true};
constexpr NodeKind kLeaf{0x40, 0x3f, false, true, false};
constexpr NodeKind kBranch{0x80, 0x3f, true, false, false};
constexpr NodeKind kBranchWithValue{0xc0, 0x3f, true, true, false};

std::optional<NodeKind> kind_of(std::uint8_t first) {
    for (const auto& kind : {kBranchWithValue, kBranch, kLeaf, kHashedValueLeaf, kHashedValueBranch}) {
        if ((first & static_cast<std::uint8_t>(~kind.size_max)) == kind.prefix) {
            return kind;
        }
    }
    return std::nullopt;
}

NodeKind kind_of(bool is_branch, const NodeValue& value) {
    const bool is_hashed = std::holds_alternative<Hash256>(value);
    if (is_branch) {
        if (std::holds_alternative<std::monostate>(value)) {
            return kBranch;
        }
        return is_hashed ? kHashedValueBranch : kBranchWithValue;
    }
    return is_hashed ? kHashedValueLeaf : kLeaf;
}

Result<std::size_t> read_nibble_count(ByteCursor& in, std::uint8_t first, const NodeKind& kind) {
    std::size_t count = first & kind.size_max;
    if (count < kind.size_max) {
        return count;
    }
    for (;;) {
        BOOST_OUTCOME_TRY(const auto more, in.take_byte());
        count += more;
        if (count > kPartialKeyNibblesMax) {
            return TrieError::kBadNode;
        }
        if (more < 255) {
            return count;
        }
    }
}

Result<Bytes> read_partial_key(ByteCursor& in, std::size_t nibble_count) {
    BOOST_OUTCOME_TRY(const auto packed, in.take((nibble_count + 1) / 2));
    Bytes nibbles = nibbles_of(packed);
    if (nibble_count % 2 == 1) {
        if (nibbles.front() != 0) {
            return TrieError::kBadNode;
        }
        nibbles.erase(nibbles.begin());
    }
    return nibbles;
}

Result<TrieNode> decode_parts(ByteCursor& in, ChildReferences references) {
    BOOST_OUTCOME_TRY(const auto first, in.take_byte());
    if (first == 0) {
        BOOST_OUTCOME_TRY(in.expect_end());
        return TrieNode{};
    }
    const auto kind = kind_of(first);
    if (!kind) {
        return TrieError::kBadNode;
    }
    TrieNode node;
    node.is_branch = kind->is_branch;
    BOOST_OUTCOME_TRY(const auto nibble_count, read_nibble_count(in, first, *kind));
    BOOST_OUTCOME_TRY(node.partial_key, read_partial_key(in, nibble_count));
    std::uint16_t bitmap = 0;
    if (kind->is_branch) {
        BOOST_OUTCOME_TRY(bitmap, in.take_le<std::uint16_t>());
        if (bitmap == 0) {
            return TrieError::kBadNode;
        }
    }
    if (kind->is_value_hashed) {
        BOOST_OUTCOME_TRY(const auto hash, in.take_fixed<Hash256>());
        node.value = hash;
    } else if (kind->has_value) {
        BOOST_OUTCOME_TRY(const auto value, scale::read_bytes(in));
        node.value = value;
    }
    for (std::size_t i = 0; i < 16; ++i) {
        if ((bitmap >> i & 1) == 0) {
            continue;
        }
        BOOST_OUTCOME_TRY(const auto reference, scale::read_bytes(in, kInlineNodeBytesEnd));
        if (reference.empty() && references == ChildReferences::kComplete) {
            return TrieError::kBadNode;
        }
        node.children[i] = reference;
    }
    BOOST_OUTCOME_TRY(in.expect_end());
    return node;
}

/// Nibbles given one in a byte, two in a byte from the first on.
Bytes packed_from_start(ByteView nibbles) {
    Bytes out((nibbles.size() + 1) / 2);
    for (std::size_t i = 0; i < nibbles.size(); ++i) {
        const auto shifted = i % 2 == 0 ? nibbles[i] << 4 : nibbles[i];
        out[i / 2] = static_cast<std::uint8_t>(out[i / 2] | shifted);
    }
    return out;
}

void append_start(Bytes& out,
                  const NodeKind& kind,
                  NibbleView partial,
                  std::uint16_t child_bits,
                  const NodeValue& value) {
    if (partial.size() < kind.size_max) {
        out.push_back(static_cast<std::uint8_t>(kind.prefix | partial.size()));
    } else {
        out.push_back(kind.prefix | kind.size_max);
        auto rest = partial.size() - kind.size_max;
        for (; rest >= 255; rest -= 255) {
            out.push_back(255);
        }
        out.push_back(static_cast<std::uint8_t>(rest));
    }
    append_packed(out, partial);
    if (kind.is_branch) {
        scale::encode_scale(out, child_bits);
    }
    if (const auto* hash = std::get_if<Hash256>(&value)) {
        append(out, hash->view());
    } else if (const auto* bytes = std::get_if<ByteView>(&value)) {
        scale::append_compact(out, bytes->size());
        append(out, *bytes);
    }
}

}  // namespace

Bytes nibbles_of(ByteView key) {
    Bytes out;
    append_unpacked(out, NibbleView{key});
    return out;
}

Result<TrieNode> decode_trie_node(ByteView bytes, ChildReferences references) {
    ByteCursor in{bytes};
    auto node = decode_parts(in, references);
    if (!node) {
        return TrieError::kBadNode;
    }
    const auto& parts = node.value();
    if (parts.is_branch && std::holds_alternative<std::monostate>(parts.value) && parts.child_count() < 2) {
        return TrieError::kNonCanonicalNode;
    }
    return node;
}

void append_node_start(Bytes& out, NibbleView partial, std::uint16_t child_bits, const NodeValue& value) {
    append_start(out, kind_of(child_bits != 0, value), partial, child_bits, value);
}

void encode_trie_node(Bytes& out, const TrieNode& node) {
    if (!node.is_branch && std::holds_alternative<std::monostate>(node.value)) {
        out.push_back(0);
        return;
    }
    std::uint16_t child_bits = 0;
    for (std::size_t child = 0; child < 16; ++child) {
        if (node.children[child]) {
            child_bits = static_cast<std::uint16_t>(child_bits | (1U << child));
        }
    }
    const auto key = packed_from_start(node.partial_key);
    append_start(out, kind_of(node.is_branch, node.value), NibbleView{key}.first(node.partial_key.size()),
                 child_bits, node.value);
    for (const auto& child : node.children) {
        if (child) {
            scale::append_compact(out, child->size());
            append(out, *child);
        }
    }
}

}  // namespace redoubt::trie
