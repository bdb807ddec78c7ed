#include <light-client/state_trie.hpp>

#include <light-client/trie_node.hpp>
#include <primitives/crypto/hashing.hpp>

#include <bit>
#include <set>

namespace redoubt::light_client {
namespace {

Bytes bytes_of_nibbles(ByteView nibbles) {
    Bytes out;
    out.reserve(nibbles.size() / 2);
    for (std::size_t i = 0; i + 1 < nibbles.size(); i += 2) {
        out.push_back(static_cast<std::uint8_t>(nibbles[i] << 4 | nibbles[i + 1]));
    }
    return out;
}

constexpr std::uint16_t bit_of(std::uint8_t nibble) {
    return static_cast<std::uint16_t>(1U << nibble);
}

}  // namespace

// Building -----------------------------------------------------------------------------------------------

StateTrie::NodePtr StateTrie::build(std::span<const TrieEntry> entries, std::size_t depth) {
    const auto first = NibbleView{entries.front().key}.subview(depth);
    if (entries.size() == 1) {
        return PackedNode::make(first, entries.front().value);
    }
    const auto common = common_length(first, NibbleView{entries.back().key}.subview(depth));
    const auto branch_at = depth + common;
    std::optional<ByteView> value;
    if (first.size() == common) {
        value = entries.front().value;
        entries = entries.subspan(1);
    }
    std::array<NodePtr, 16> children;
    std::size_t child_count = 0;
    std::uint16_t child_bits = 0;
    while (!entries.empty()) {
        const auto nibble = NibbleView{entries.front().key}[branch_at];
        const auto end = std::ranges::partition_point(
            entries, [&](const TrieEntry& entry) { return NibbleView{entry.key}[branch_at] <= nibble; });
        const auto count = static_cast<std::size_t>(end - entries.begin());
        children[child_count++] = build(entries.first(count), branch_at + 1);
        child_bits = static_cast<std::uint16_t>(child_bits | bit_of(nibble));
        entries = entries.subspan(count);
    }
    auto node = PackedNode::make(first.first(common), value, child_bits);
    std::ranges::move(std::span{children}.first(child_count), node->children().begin());
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

// Reading ------------------------------------------------------------------------------------------------

std::optional<ByteView> StateTrie::get(ByteView key) const {
    NibbleView path{key};
    const auto* node = root_.get();
    while (node != nullptr) {
        const auto partial = node->partial();
        if (!begins_with(path, partial)) {
            return std::nullopt;
        }
        path = path.subview(partial.size());
        if (path.empty()) {
            return node->value();
        }
        node = node->has_child(path[0]) ? node->child(path[0]).get() : nullptr;
        path = path.subview(1);
    }
    return std::nullopt;
}

// Changing -----------------------------------------------------------------------------------------------

/// The node for changing: a copy when other tries share it.
PackedNode& StateTrie::own(NodePtr& node) {
    if (node.is_shared()) {
        node = PackedNode::remade(node, node->partial(), node->value(), node->child_bits());
    }
    return *node;
}

void StateTrie::put_value(NodePtr& node, ByteView value) {
    const auto present = node->value();
    if (present && present->size() == value.size() && !node.is_shared()) {
        node->overwrite_value(value);
        return;
    }
    node = PackedNode::remade(node, node->partial(), value, node->child_bits());
}

/// Moves a node below a new branch that takes the first `at` nibbles of its partial key.
void StateTrie::split(NodePtr& node, std::size_t at) {
    const auto partial = node->partial();
    const auto nibble = partial[at];
    auto branch = PackedNode::make(partial.first(at), std::nullopt, bit_of(nibble));
    branch->child(nibble) =
        PackedNode::remade(node, partial.subview(at + 1), node->value(), node->child_bits());
    node = std::move(branch);
}

void StateTrie::put(ByteView key, ByteView value) {
    root_hash_.reset();
    const NibbleView path{key};
    if (!root_) {
        root_ = PackedNode::make(path, value);
        size_ = 1;
    } else if (put_at(root_, path, value)) {
        ++size_;
    }
}

/// True when the key is new.
bool StateTrie::put_at(NodePtr& node, NibbleView path, ByteView value) {
    const auto common = common_length(path, node->partial());
    if (common < node->partial().size()) {
        split(node, common);
    }
    if (common == path.size()) {
        const bool is_new = !node->value();
        put_value(node, value);
        return is_new;
    }
    const auto nibble = path[common];
    const auto below = path.subview(common + 1);
    if (!node->has_child(nibble)) {
        const auto child_bits = static_cast<std::uint16_t>(node->child_bits() | bit_of(nibble));
        node = PackedNode::remade(node, node->partial(), node->value(), child_bits);
        node->child(nibble) = PackedNode::make(below, value);
        return true;
    }
    auto& here = own(node);
    here.forget_reference(here.position_of(nibble));
    return put_at(here.child(nibble), below, value);
}

void StateTrie::erase(ByteView key) {
    if (!get(key)) {
        return;
    }
    root_hash_.reset();
    --size_;
    erase_at(root_, NibbleView{key});
}

/// Leaves no branch without value and with fewer than two children. @pre there is a value at `path`
void StateTrie::erase_at(NodePtr& node, NibbleView path) {
    const auto rest = path.subview(node->partial().size());
    auto child_bits = node->child_bits();
    if (!rest.empty()) {
        const auto nibble = rest[0];
        auto& here = own(node);
        here.forget_reference(here.position_of(nibble));
        auto& child = here.child(nibble);
        erase_at(child, rest.subview(1));
        if (child) {
            return;
        }
        child_bits = static_cast<std::uint16_t>(child_bits & ~bit_of(nibble));
    }
    const auto value = rest.empty() ? std::nullopt : node->value();
    if (!value && child_bits == 0) {
        node.reset();
        return;
    }
    node = PackedNode::remade(node, node->partial(), value, child_bits);
    if (!value && node->child_count() == 1) {
        merge_with_only_child(node);
    }
}

void StateTrie::merge_with_only_child(NodePtr& node) {
    const auto partial = node->partial();
    const auto& child = node->children().front();
    // In the bytes as they lie in the whole key: a nibble before the first one fills its byte.
    Bytes nibbles(partial.starts_low() ? 1 : 0);
    append_unpacked(nibbles, partial);
    nibbles.push_back(static_cast<std::uint8_t>(std::countr_zero(node->child_bits())));
    append_unpacked(nibbles, child->partial());
    const auto count = nibbles.size();
    nibbles.resize(count + count % 2);
    const auto bytes = bytes_of_nibbles(nibbles);
    const auto joined = NibbleView{bytes}.first(count).subview(partial.starts_low() ? 1 : 0);
    node = PackedNode::remade(child, joined, child->value(), child->child_bits());
}

// Hashing ------------------------------------------------------------------------------------------------

/// Appends the encoding of a node. References of children that are not known are found and remembered.
void StateTrie::append_node(Bytes& out, const PackedNode& node) const {
    const auto children = node.children();
    for (std::size_t i = 0; i < children.size(); ++i) {
        if (!node.reference(i).empty()) {
            continue;
        }
        const auto at = out.size();
        append_node(out, *children[i]);
        const auto encoded = ByteView{out}.subspan(at);
        if (encoded.size() < kInlineNodeBytesEnd) {
            node.remember_reference(i, encoded);
        } else {
            node.remember_reference(i, crypto::blake2b_256(encoded).view());
        }
        out.resize(at);
    }
    const auto value = node.value();
    append_node_start(out, node.partial(), node.child_bits(),
                      value ? node_value(*value, version_) : NodeValue{});
    for (std::size_t i = 0; i < children.size(); ++i) {
        append(out, node.encoded_reference(i));
    }
}

Hash256 StateTrie::root() const {
    if (!root_) {
        return empty_trie_root();
    }
    if (!root_hash_) {
        Bytes encoded;
        append_node(encoded, *root_);
        root_hash_ = crypto::blake2b_256(encoded);
    }
    return *root_hash_;
}

// Proofs and ranges --------------------------------------------------------------------------------------

std::vector<Bytes> StateTrie::prove(std::span<const Bytes> keys) const {
    std::vector<Bytes> out;
    std::set<ByteView,
             decltype([](ByteView a, ByteView b) { return std::ranges::lexicographical_compare(a, b); })>
        listed;
    const auto list = [&](Bytes entry) {
        // A view of a vector's bytes stays good when the vector is moved.
        if (listed.insert(entry).second) {
            out.push_back(std::move(entry));
        }
    };
    for (const auto& key : keys) {
        NibbleView path{key};
        const auto* node = root_.get();
        bool is_inline = false;
        while (node != nullptr) {
            if (!is_inline) {
                Bytes encoded;
                append_node(encoded, *node);
                list(std::move(encoded));
            }
            const auto partial = node->partial();
            if (!begins_with(path, partial)) {
                break;
            }
            path = path.subview(partial.size());
            if (path.empty()) {
                const auto value = node->value();
                if (value && std::holds_alternative<Hash256>(node_value(*value, version_))) {
                    list(to_bytes(*value));
                }
                break;
            }
            if (!node->has_child(path[0])) {
                break;
            }
            const auto position = node->position_of(path[0]);
            is_inline = node->reference(position).size() < kInlineNodeBytesEnd;
            node = node->children()[position].get();
            path = path.subview(1);
        }
    }
    return out;
}

/// False when the visit is over. `path` holds the nibbles above this node.
bool StateTrie::visit_subtrie(const PackedNode& node,
                              Bytes& path,
                              ByteView prefix,
                              ByteView after,
                              const std::function<bool(ByteView, ByteView)>& visit) {
    const auto above = path.size();
    append_unpacked(path, node.partial());
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
    const auto value = node.value();
    if (value && path.size() >= prefix.size() && std::ranges::lexicographical_compare(after, path)) {
        goes_on = visit(bytes_of_nibbles(path), *value);
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
    static_cast<void>(visit_subtrie(*root_, path, prefix_nibbles, after_nibbles, visit));
}

}  // namespace redoubt::light_client
