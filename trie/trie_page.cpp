#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <trie/packed_node_encoding.hpp>
#include <trie/trie_node.hpp>
#include <trie/trie_page.hpp>

namespace redoubt::trie {

namespace {

enum class ChildKind : std::uint8_t { kInPage = 0, kOwnPage = 1 };

constexpr std::size_t kPageBytesMax = std::size_t{16} << 20;

/// The bytes that hold a partial key, with zeros where nibbles of others lie.
Bytes lone_bytes(NibbleView nibbles) {
    auto bytes = to_bytes(nibbles.bytes());
    if (nibbles.starts_low() && !bytes.empty()) {
        bytes.front() &= 0x0f;
    }
    if ((nibbles.size() + (nibbles.starts_low() ? 1 : 0)) % 2 == 1) {
        bytes.back() &= 0xf0;
    }
    return bytes;
}

Result<PackedNodePtr> decode_node(ByteCursor& in, std::size_t depth, std::size_t level) {
    if (level > kPageLevelsMax) {
        return TrieError::kBadNode;
    }
    BOOST_OUTCOME_TRY(const auto partial_size, scale::read_compact_u32(in));
    if (partial_size > kPartialKeyNibblesMax) {
        return TrieError::kBadNode;
    }
    const bool starts_low = depth % 2 != 0;
    BOOST_OUTCOME_TRY(const auto partial,
                      in.take((std::size_t{partial_size} + (starts_low ? 1 : 0) + 1) / 2));
    const auto nibbles = NibbleView::in(partial.data(), starts_low, partial_size);
    if (!equal(lone_bytes(nibbles), partial)) {
        return TrieError::kBadNode;
    }
    BOOST_OUTCOME_TRY(const auto has_value, in.take_byte());
    std::optional<ByteView> value;
    if (has_value == 1) {
        BOOST_OUTCOME_TRY(value, scale::read_bytes(in, kPageBytesMax));
    } else if (has_value != 0) {
        return TrieError::kBadNode;
    }
    BOOST_OUTCOME_TRY(const auto child_bits, in.take_le<std::uint16_t>());
    auto node = PackedNode::make(NibbleView::in(partial.data(), starts_low, partial_size), value, child_bits);
    node->set_saved(true);
    for (std::size_t i = 0; i < node->child_count(); ++i) {
        BOOST_OUTCOME_TRY(const auto kind, in.take_byte());
        if (kind == static_cast<std::uint8_t>(ChildKind::kOwnPage)) {
            BOOST_OUTCOME_TRY(const auto hash, in.take(Hash256::kSize));
            node->remember_reference(i, hash);
        } else if (kind == static_cast<std::uint8_t>(ChildKind::kInPage)) {
            BOOST_OUTCOME_TRY(auto child, decode_node(in, depth + partial_size + 1, level + 1));
            node->keep_child(i, std::move(child));
        } else {
            return TrieError::kBadNode;
        }
    }
    return node;
}

class PageCutter {
  public:
    explicit PageCutter(PageChanges& out) : out_(out) {}

    void cut(const PackedNodePtr& root) {
        if (!root->is_saved()) {
            auto page = fragment(root);
            begin_page(root, std::move(page));
        }
    }

  private:
    /// What stands in a page for a node and what is below it. `path_` leads to the node.
    Bytes fragment(const PackedNodePtr& node) {
        const auto partial = node->partial();
        const auto value = node->value();
        Bytes out;
        scale::append_compact(out, partial.size());
        append(out, lone_bytes(partial));
        out.push_back(value ? 1 : 0);
        if (value) {
            scale::append_compact(out, value->size());
            append(out, *value);
        }
        scale::encode_scale(out, node->child_bits());
        const auto above = path_.size();
        append_unpacked(path_, partial);
        std::size_t position = 0;
        for (std::uint8_t nibble = 0; nibble < 16; ++nibble) {
            if (node->has_child(nibble)) {
                path_.push_back(nibble);
                append_child(out, *node, position++);
                path_.pop_back();
            }
        }
        path_.resize(above);
        return out;
    }

    void append_child(Bytes& out, const PackedNode& node, std::size_t position) {
        const auto& child = node.children()[position];
        const auto append_hash = [&] {
            out.push_back(static_cast<std::uint8_t>(ChildKind::kOwnPage));
            REDOUBT_ASSERT(node.reference(position).size() == Hash256::kSize);
            append(out, node.reference(position));
        };
        if (!child || (child->is_saved() && child->begins_page())) {
            append_hash();
            return;
        }
        auto below = fragment(child);
        if (child->is_saved()) {
            // As large as it was when it was last written: in this page.
        } else if (below.size() >= kPageBytesBegin) {
            begin_page(child, std::move(below));
            append_hash();
            return;
        } else {
            if (child->begins_page()) {
                out_.removed.push_back(name());
            }
            out_.marks.emplace_back(child, false);
        }
        out.push_back(static_cast<std::uint8_t>(ChildKind::kInPage));
        append(out, below);
    }

    void begin_page(const PackedNodePtr& node, Bytes page) {
        out_.written.emplace_back(name(), std::move(page));
        out_.marks.emplace_back(node, true);
    }

    [[nodiscard]] Bytes name() const {
        Bytes packed((path_.size() + 1) / 2);
        for (std::size_t i = 0; i < path_.size(); ++i) {
            packed[i / 2] = static_cast<std::uint8_t>(packed[i / 2] | path_[i] << (i % 2 == 0 ? 4 : 0));
        }
        return page_name(NibbleView::in(packed.data(), false, path_.size()));
    }

    PageChanges& out_;
    Bytes path_;  ///< nibbles, one in a byte
};

}  // namespace

Bytes page_name(NibbleView path) {
    auto name = scale::encode(static_cast<std::uint32_t>(path.size()));
    for (std::size_t i = 0; i < path.size(); i += 2) {
        const auto low = i + 1 < path.size() ? path[i + 1] : 0;
        name.push_back(static_cast<std::uint8_t>(path[i] << 4 | low));
    }
    return name;
}

Result<PackedNodePtr> decode_page(ByteView page, NibbleView path, const Hash256& hash, StateVersion version) {
    ByteCursor in{page};
    auto node = decode_node(in, path.size(), 0);
    if (!node || !in.empty()) {
        return TrieError::kBadNode;
    }
    Bytes encoded;
    append_packed_node(encoded, *node.value(), version);
    if (crypto::blake2b_256(encoded) != hash) {
        return TrieError::kOtherPage;
    }
    node.value()->set_begins_page(true);
    node.value()->set_recent(true);
    return node;
}

void cut_pages(const PackedNodePtr& root, PageChanges& out) {
    PageCutter{out}.cut(root);
}

}  // namespace redoubt::trie
