#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <trie/packed_node_encoding.hpp>
#include <trie/trie_node.hpp>
#include <trie/trie_page.hpp>

namespace redoubt::trie {

namespace {

enum class ChildKind : std::uint8_t { kInPage = 0, kOwnPage = 1 };

constexpr std::size_t kPageBytesMax = std::size_t{16} << 20;

/// What of the first and of the last byte of a partial key is nibbles of its own.
struct EdgeMasks {
    explicit EdgeMasks(NibbleView nibbles)
        : first(nibbles.starts_low() ? 0x0f : 0xff),
          last((nibbles.size() + (nibbles.starts_low() ? 1 : 0)) % 2 == 1 ? 0xf0 : 0xff) {}
    std::uint8_t first;
    std::uint8_t last;
};

/// Appends the bytes that hold a partial key, with zeros where nibbles of others lie.
void append_lone_bytes(Bytes& out, NibbleView nibbles) {
    const auto at = out.size();
    append(out, nibbles.bytes());
    if (out.size() == at) {
        return;
    }
    const EdgeMasks masks{nibbles};
    out[at] &= masks.first;
    out.back() &= masks.last;
}

/// The bytes that hold a partial key have zeros where nibbles of others lie.
bool are_lone_bytes(ByteView bytes, NibbleView nibbles) {
    if (bytes.empty()) {
        return true;
    }
    const EdgeMasks masks{nibbles};
    return (bytes.front() & static_cast<std::uint8_t>(~masks.first)) == 0 &&
           (bytes.back() & static_cast<std::uint8_t>(~masks.last)) == 0;
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
    if (!are_lone_bytes(partial, nibbles)) {
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
    auto node = PackedNode::make(nibbles, value, child_bits);
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
    PageCutter(PageChanges& out, const PageWriter& write) : out_(out), write_(write) {}

    void cut(const PackedNodePtr& root) {
        if (!root->is_saved()) {
            append_fragment(*root);
            begin_page(root, 0);
        }
    }

  private:
    /// Appends what stands in a page for a node and what is below it. `path_` leads to the node.
    void append_fragment(const PackedNode& node) {
        const auto partial = node.partial();
        const auto value = node.value();
        scale::append_compact(open_, partial.size());
        append_lone_bytes(open_, partial);
        open_.push_back(value ? 1 : 0);
        if (value) {
            scale::append_compact(open_, value->size());
            append(open_, *value);
        }
        scale::encode_scale(open_, node.child_bits());
        if (node.child_bits() == 0) {
            return;
        }
        node.prefetch_children();
        const auto above = path_.size();
        append_unpacked(path_, partial);
        std::size_t position = 0;
        for (std::uint8_t nibble = 0; nibble < 16; ++nibble) {
            if (node.has_child(nibble)) {
                path_.push_back(nibble);
                append_child(node, position++);
                path_.pop_back();
            }
        }
        path_.resize(above);
    }

    void append_child(const PackedNode& node, std::size_t position) {
        const auto& child = node.children()[position];
        const auto append_hash = [&] {
            open_.push_back(static_cast<std::uint8_t>(ChildKind::kOwnPage));
            REDOUBT_ASSERT(node.reference(position).size() == Hash256::kSize);
            append(open_, node.reference(position));
        };
        if (!child || (child->is_saved() && child->begins_page())) {
            append_hash();
            return;
        }
        const auto at = open_.size();
        open_.push_back(static_cast<std::uint8_t>(ChildKind::kInPage));
        append_fragment(*child);
        if (child->is_saved()) {
            // As large as it was when it was last written: in this page.
            return;
        }
        if (open_.size() - at - 1 >= kPageBytesBegin) {
            begin_page(child, at + 1);
            open_.resize(at);
            append_hash();
            return;
        }
        if (child->begins_page()) {
            out_.removed.push_back(to_bytes(name()));
        }
        out_.marks.emplace_back(child, false);
    }

    /// What was appended from `at` on is a page.
    void begin_page(const PackedNodePtr& node, std::size_t at) {
        write_(name(), ByteView{open_}.subspan(at));
        out_.marks.emplace_back(node, true);
    }

    /// Good until the next name.
    [[nodiscard]] ByteView name() {
        name_.clear();
        scale::encode_scale(name_, static_cast<std::uint32_t>(path_.size()));
        for (std::size_t i = 0; i < path_.size(); i += 2) {
            const auto low = i + 1 < path_.size() ? path_[i + 1] : 0;
            name_.push_back(static_cast<std::uint8_t>(path_[i] << 4 | low));
        }
        return name_;
    }

    PageChanges& out_;
    const PageWriter& write_;
    Bytes open_;  ///< pages that are not complete, one behind the other
    Bytes path_;  ///< nibbles, one in a byte
    Bytes name_;
};

}  // namespace

Bytes page_name(NibbleView path) {
    Bytes name;
    name.reserve(sizeof(std::uint32_t) + (path.size() + 1) / 2);
    scale::encode_scale(name, static_cast<std::uint32_t>(path.size()));
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

void cut_pages(const PackedNodePtr& root, PageChanges& out, const PageWriter& write) {
    PageCutter{out, write}.cut(root);
}

}  // namespace redoubt::trie
