#include <light-client/state_trie.hpp>

#include <light-client/trie_node.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/result.hpp>

#include <bit>
#include <set>

namespace redoubt::light_client {

/// A node with its own partial key. Shared between copies of a trie and never changed while shared, except
/// for the remembered Merkle value.
struct StateTrie::Node {
    Bytes partial;  ///< nibbles
    std::optional<Bytes> value;
    std::uint16_t child_bits = 0;
    std::vector<NodePtr> children;  ///< one for each bit, ascending
    /// The encoding when it is shorter than 32 bytes, else its hash; empty when not known.
    mutable Bytes merkle_value;

    [[nodiscard]] bool has_child(std::uint8_t nibble) const { return (child_bits >> nibble & 1) != 0; }
    [[nodiscard]] std::size_t child_position(std::uint8_t nibble) const {
        const auto below = static_cast<std::uint16_t>(child_bits & ((1U << nibble) - 1));
        return static_cast<std::size_t>(std::popcount(below));
    }
    [[nodiscard]] const NodePtr& child(std::uint8_t nibble) const { return children[child_position(nibble)]; }
    [[nodiscard]] NodePtr& child(std::uint8_t nibble) { return children[child_position(nibble)]; }
    void add_child(std::uint8_t nibble, NodePtr node) {
        children.insert(children.begin() + static_cast<std::ptrdiff_t>(child_position(nibble)),
                        std::move(node));
        child_bits = static_cast<std::uint16_t>(child_bits | (1U << nibble));
    }
    void remove_child(std::uint8_t nibble) {
        children.erase(children.begin() + static_cast<std::ptrdiff_t>(child_position(nibble)));
        child_bits = static_cast<std::uint16_t>(child_bits & ~(1U << nibble));
    }
};

namespace {

std::size_t common_length(ByteView a, ByteView b) {
    const auto [end, unused] = std::ranges::mismatch(a, b);
    return static_cast<std::size_t>(end - a.begin());
}

Bytes bytes_of_nibbles(ByteView nibbles) {
    Bytes out;
    out.reserve(nibbles.size() / 2);
    for (std::size_t i = 0; i + 1 < nibbles.size(); i += 2) {
        out.push_back(static_cast<std::uint8_t>(nibbles[i] << 4 | nibbles[i + 1]));
    }
    return out;
}

}  // namespace

StateTrie::NodePtr StateTrie::build(std::span<const TrieEntry> entries, std::size_t depth) {
    auto node = std::make_shared<Node>();
    const auto first = nibbles_of(entries.front().key);
    if (entries.size() == 1) {
        node->partial = to_bytes(ByteView{first}.subspan(depth));
        node->value = to_bytes(entries.front().value);
        return node;
    }
    const auto last = nibbles_of(entries.back().key);
    const auto branch_at =
        depth + common_length(ByteView{first}.subspan(depth), ByteView{last}.subspan(depth));
    node->partial = to_bytes(ByteView{first}.subspan(depth, branch_at - depth));
    if (first.size() == branch_at) {
        node->value = to_bytes(entries.front().value);
        entries = entries.subspan(1);
    }
    const auto nibble_at = [&](const TrieEntry& entry) {
        const auto byte = entry.key[branch_at / 2];
        return static_cast<std::uint8_t>(branch_at % 2 == 0 ? byte >> 4 : byte & 0x0f);
    };
    while (!entries.empty()) {
        const auto nibble = nibble_at(entries.front());
        const auto end = std::ranges::partition_point(
            entries, [&](const TrieEntry& entry) { return nibble_at(entry) <= nibble; });
        const auto count = static_cast<std::size_t>(end - entries.begin());
        node->add_child(nibble, build(entries.first(count), branch_at + 1));
        entries = entries.subspan(count);
    }
    return node;
}

StateTrie StateTrie::from_sorted(std::span<const TrieEntry> entries, StateVersion version) {
    StateTrie trie{version};
    if (!entries.empty()) {
        trie.root_ = build(entries, 0);
        trie.size_ = entries.size();
    }
    return trie;
}

std::optional<ByteView> StateTrie::get(ByteView key) const {
    const auto nibbles = nibbles_of(key);
    ByteView path{nibbles};
    const Node* node = root_.get();
    while (node != nullptr) {
        if (path.size() < node->partial.size() || !equal(path.first(node->partial.size()), node->partial)) {
            return std::nullopt;
        }
        path = path.subspan(node->partial.size());
        if (path.empty()) {
            return node->value ? std::optional<ByteView>{*node->value} : std::nullopt;
        }
        node = node->has_child(path.front()) ? node->child(path.front()).get() : nullptr;
        path = path.subspan(1);
    }
    return std::nullopt;
}

/// The node for changing: a copy when other tries share it. Its remembered Merkle value is forgotten.
StateTrie::Node& StateTrie::own(NodePtr& node) {
    if (node.use_count() > 1) {
        node = std::make_shared<Node>(*node);
    }
    node->merkle_value.clear();
    return *node;
}

void StateTrie::put(ByteView key, ByteView value) {
    const auto path = nibbles_of(key);
    if (put_at(root_, path, value)) {
        ++size_;
    }
}

/// True when the key is new.
bool StateTrie::put_at(NodePtr& node, ByteView path, ByteView value) {
    if (!node) {
        node = std::make_shared<Node>();
        node->partial = to_bytes(path);
        node->value = to_bytes(value);
        return true;
    }
    const auto common = common_length(path, node->partial);
    if (common < node->partial.size()) {
        // The paths part inside this node: it moves below a new branch.
        auto branch = std::make_shared<Node>();
        branch->partial = to_bytes(path.first(common));
        auto& lower = own(node);
        const auto nibble = lower.partial[common];
        lower.partial.erase(lower.partial.begin(),
                            lower.partial.begin() + static_cast<std::ptrdiff_t>(common + 1));
        branch->add_child(nibble, std::move(node));
        node = std::move(branch);
    }
    auto& here = own(node);
    const auto rest = path.subspan(common);
    if (rest.empty()) {
        const bool is_new = !here.value;
        here.value = to_bytes(value);
        return is_new;
    }
    if (!here.has_child(rest.front())) {
        here.add_child(rest.front(), nullptr);
    }
    return put_at(here.child(rest.front()), rest.subspan(1), value);
}

void StateTrie::erase(ByteView key) {
    if (!get(key)) {
        return;
    }
    const auto path = nibbles_of(key);
    if (erase_at(root_, path)) {
        --size_;
    }
}

/// True when the key was there. Leaves no branch without value and with fewer than two children.
bool StateTrie::erase_at(NodePtr& node, ByteView path) {
    if (!node || path.size() < node->partial.size() ||
        !equal(path.first(node->partial.size()), node->partial)) {
        return false;
    }
    auto& here = own(node);
    const auto rest = path.subspan(here.partial.size());
    if (rest.empty()) {
        if (!here.value) {
            return false;
        }
        here.value.reset();
    } else {
        const auto nibble = rest.front();
        if (!here.has_child(nibble) || !erase_at(here.child(nibble), rest.subspan(1))) {
            return false;
        }
        if (!here.child(nibble)) {
            here.remove_child(nibble);
        }
    }
    if (!here.value && here.children.empty()) {
        node.reset();
    } else if (!here.value && here.children.size() == 1) {
        merge_with_only_child(node);
    }
    return true;
}

void StateTrie::merge_with_only_child(NodePtr& node) {
    const auto nibble = static_cast<std::uint8_t>(std::countr_zero(node->child_bits));
    auto child = node->children.front();
    auto partial = node->partial;
    partial.push_back(nibble);
    append(partial, child->partial);
    node.reset();
    own(child).partial = std::move(partial);
    node = std::move(child);
}

Bytes StateTrie::encode(const Node& node) const {
    TrieNode parts;
    parts.partial_key = node.partial;
    parts.is_branch = !node.children.empty();
    if (node.value) {
        if (version_ == StateVersion::kV1 && node.value->size() >= kHashedValueBytesBegin) {
            parts.value = crypto::blake2b_256(*node.value);
        } else {
            parts.value = ByteView{*node.value};
        }
    }
    for (std::uint8_t nibble = 0; nibble < 16; ++nibble) {
        if (node.has_child(nibble)) {
            parts.children[nibble] = merkle_value(*node.child(nibble));
        }
    }
    Bytes out;
    encode_trie_node(out, parts);
    return out;
}

const Bytes& StateTrie::merkle_value(const Node& node) const {
    if (node.merkle_value.empty()) {
        node.merkle_value = encode(node);
        if (node.merkle_value.size() >= kInlineNodeBytesEnd) {
            node.merkle_value = to_bytes(crypto::blake2b_256(node.merkle_value).view());
        }
    }
    return node.merkle_value;
}

Hash256 StateTrie::root() const {
    if (!root_) {
        return empty_trie_root();
    }
    const auto& value = merkle_value(*root_);
    if (value.size() == Hash256::kSize) {
        return Hash256::copy_of(ByteView{value}.first<32>());
    }
    return crypto::blake2b_256(value);
}

std::vector<Bytes> StateTrie::prove(std::span<const Bytes> keys) const {
    std::vector<Bytes> out;
    if (!root_) {
        return out;
    }
    std::set<Bytes> listed;
    const auto list = [&](Bytes entry) {
        if (listed.insert(entry).second) {
            out.push_back(std::move(entry));
        }
    };
    for (const auto& key : keys) {
        const auto nibbles = nibbles_of(key);
        ByteView path{nibbles};
        const Node* node = root_.get();
        for (;;) {
            if (node == root_.get() || merkle_value(*node).size() == Hash256::kSize) {
                list(encode(*node));
            }
            if (path.size() < node->partial.size() ||
                !equal(path.first(node->partial.size()), node->partial)) {
                break;
            }
            path = path.subspan(node->partial.size());
            if (path.empty()) {
                if (version_ == StateVersion::kV1 && node->value &&
                    node->value->size() >= kHashedValueBytesBegin) {
                    list(*node->value);
                }
                break;
            }
            if (!node->has_child(path.front())) {
                break;
            }
            node = node->child(path.front()).get();
            path = path.subspan(1);
        }
    }
    return out;
}

/// False when the visit is over. `path` holds the nibbles above this node.
bool StateTrie::visit_subtrie(const Node& node,
                              Bytes& path,
                              ByteView prefix,
                              ByteView after,
                              const std::function<bool(ByteView, ByteView)>& visit) {
    const auto above = path.size();
    append(path, node.partial);
    const auto restore = [&] { path.resize(above); };
    const auto shared = std::min(path.size(), prefix.size());
    if (!equal(ByteView{path}.first(shared), prefix.first(shared))) {
        restore();
        return true;
    }
    // All keys below begin with `path`: none is above `after` when path is smaller and no prefix of it.
    const auto compared = std::min(path.size(), after.size());
    const bool is_below_after =
        std::ranges::lexicographical_compare(ByteView{path}.first(compared), after.first(compared));
    if (is_below_after) {
        restore();
        return true;
    }
    bool goes_on = true;
    if (node.value && path.size() >= prefix.size() && std::ranges::lexicographical_compare(after, path)) {
        goes_on = visit(bytes_of_nibbles(path), *node.value);
    }
    for (std::uint8_t nibble = 0; goes_on && nibble < 16; ++nibble) {
        if (node.has_child(nibble)) {
            path.push_back(nibble);
            goes_on = visit_subtrie(*node.child(nibble), path, prefix, after, visit);
            path.pop_back();
        }
    }
    restore();
    return goes_on;
}

void StateTrie::for_each(ByteView prefix,
                         ByteView after,
                         const std::function<bool(ByteView key, ByteView value)>& visit) const {
    if (!root_) {
        return;
    }
    Bytes path;
    const auto prefix_nibbles = nibbles_of(prefix);
    const auto after_nibbles = nibbles_of(after);
    visit_subtrie(*root_, path, prefix_nibbles, after_nibbles, visit);
}

}  // namespace redoubt::light_client
