#include <trie/state_trie.hpp>

#include <primitives/crypto/hashing.hpp>
#include <trie/entry_branch.hpp>
#include <trie/packed_node_encoding.hpp>
#include <trie/trie_node.hpp>

#include <bit>
#include <set>

namespace redoubt::trie {
namespace {

Bytes bytes_of_nibbles(ByteView nibbles) {
    Bytes out;
    out.reserve(nibbles.size() / 2);
    for (std::size_t i = 0; i + 1 < nibbles.size(); i += 2) {
        out.push_back(static_cast<std::uint8_t>(nibbles[i] << 4 | nibbles[i + 1]));
    }
    return out;
}

/// Two nibbles in a byte; an odd last one has a byte of its own.
Bytes packed_nibbles(Bytes nibbles) {
    nibbles.resize(nibbles.size() + nibbles.size() % 2);
    return bytes_of_nibbles(nibbles);
}

constexpr std::uint16_t bit_of(std::uint8_t nibble) {
    return static_cast<std::uint16_t>(1U << nibble);
}

}  // namespace

// Building -----------------------------------------------------------------------------------------------

StateTrie::NodePtr StateTrie::build(std::span<const TrieEntry> entries, std::size_t depth) {
    const auto branch = split_entries(entries, depth);
    auto node = PackedNode::make(branch.partial, branch.value, branch.child_bits);
    std::ranges::transform(branch.children(), node->children().begin(),
                           [&](const auto& child) { return build(child, branch.child_depth); });
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

StateTrie StateTrie::in_pages(const Hash256& root,
                              std::size_t size,
                              PageSource& source,
                              StateVersion version) {
    StateTrie trie{version};
    trie.root_hash_ = root;
    trie.size_ = size;
    trie.source_ = &source;
    return trie;
}

// Reading ------------------------------------------------------------------------------------------------

StateTrie::NodePtr StateTrie::load(NibbleView path, const Hash256& hash) const {
    auto node = source_ == nullptr ? NodePtr{} : source_->load(path, hash);
    if (node) {
        grown_bytes_ += kPageBytesBegin * 4;
    }
    return node;
}

const PackedNode* StateTrie::root_node() const {
    if (!root_ && size_ > 0) {
        root_ = load({}, *root_hash_);
    }
    return root_.get();
}

const PackedNode* StateTrie::child_of(const PackedNode& node, std::size_t position, NibbleView path) const {
    const auto& child = node.children()[position];
    if (!child) {
        const auto reference = node.reference(position);
        REDOUBT_ASSERT(reference.size() == Hash256::kSize);
        node.keep_child(position, load(path, Hash256::copy_of(reference.first<Hash256::kSize>())));
    } else if (child->begins_page()) {
        child->set_recent(true);
    }
    return child.get();
}

std::optional<ByteView> StateTrie::get(ByteView key) const {
    const NibbleView whole{key};
    std::size_t depth = 0;
    const auto* node = root_node();
    while (node != nullptr) {
        const auto partial = node->partial();
        if (!begins_with(whole.subview(depth), partial)) {
            return std::nullopt;
        }
        depth += partial.size();
        if (depth == whole.size()) {
            return node->value();
        }
        const auto nibble = whole[depth++];
        node = node->has_child(nibble) ? child_of(*node, node->position_of(nibble), whole.first(depth))
                                       : nullptr;
    }
    return std::nullopt;
}

// Changing -----------------------------------------------------------------------------------------------

/// The node for changing: a copy when other tries share it.
PackedNode& StateTrie::own(NodePtr& node) {
    if (node.is_shared()) {
        node = PackedNode::remade(node, node->partial(), node->value(), node->child_bits());
    }
    node->set_saved(false);
    return *node;
}

void StateTrie::put_value(NodePtr& node, ByteView value) {
    const auto present = node->value();
    if (present && present->size() == value.size() && !node.is_shared()) {
        node->overwrite_value(value);
        node->set_saved(false);
        return;
    }
    node = PackedNode::remade(node, node->partial(), value, node->child_bits());
}

/// Moves a node below a new branch that takes the first `at` nibbles of its partial key.
void StateTrie::split(NodePtr& node, std::size_t at) {
    const auto partial = node->partial();
    const auto nibble = partial[at];
    auto branch = PackedNode::make(partial.first(at), std::nullopt, bit_of(nibble));
    auto& child = branch->child(nibble);
    child = PackedNode::remade(node, partial.subview(at + 1), node->value(), node->child_bits());
    // The page that storage has begins at the place, which is the branch's now.
    branch->set_begins_page(node->begins_page());
    child->set_begins_page(false);
    node = std::move(branch);
}

void StateTrie::put(ByteView key, ByteView value) {
    if (root_node() == nullptr && size_ > 0) {
        return;
    }
    grown_bytes_ += sizeof(PackedNode) + key.size() + value.size();
    if (!root_) {
        root_ = PackedNode::make(NibbleView{key}, value);
        size_ = 1;
        root_hash_.reset();
        return;
    }
    const auto put = put_at(root_, key, 0, value);
    size_ += put == Put::kNew ? 1 : 0;
    root_hash_.reset();
}

StateTrie::Put StateTrie::put_at(NodePtr& node, ByteView key, std::size_t depth, ByteView value) {
    const auto path = NibbleView{key}.subview(depth);
    const auto common = common_length(path, node->partial());
    if (common < node->partial().size()) {
        split(node, common);
    }
    if (common == path.size()) {
        const bool is_new = !node->value();
        put_value(node, value);
        return is_new ? Put::kNew : Put::kReplaced;
    }
    const auto nibble = path[common];
    const auto below = depth + common + 1;
    if (!node->has_child(nibble)) {
        const auto child_bits = static_cast<std::uint16_t>(node->child_bits() | bit_of(nibble));
        node = PackedNode::remade(node, node->partial(), node->value(), child_bits);
        node->child(nibble) = PackedNode::make(NibbleView{key}.subview(below), value);
        return Put::kNew;
    }
    const auto position = node->position_of(nibble);
    if (child_of(*node, position, NibbleView{key}.first(below)) == nullptr) {
        return Put::kNoPage;
    }
    auto& here = own(node);
    here.forget_reference(position);
    return put_at(here.children()[position], key, below, value);
}

void StateTrie::erase(ByteView key) {
    if (!get(key)) {
        return;
    }
    root_hash_.reset();
    --size_;
    erase_at(root_, key, 0);
}

/// Leaves no branch without value and with fewer than two children. @pre there is a value at `key`
void StateTrie::erase_at(NodePtr& node, ByteView key, std::size_t depth) {
    const auto rest = NibbleView{key}.subview(depth + node->partial().size());
    auto child_bits = node->child_bits();
    if (!rest.empty()) {
        const auto nibble = rest[0];
        auto& here = own(node);
        here.forget_reference(here.position_of(nibble));
        auto& child = here.child(nibble);
        erase_at(child, key, depth + here.partial().size() + 1);
        if (child) {
            return;
        }
        child_bits = static_cast<std::uint16_t>(child_bits & ~bit_of(nibble));
    }
    const auto value = rest.empty() ? std::nullopt : node->value();
    if (!value && child_bits == 0) {
        if (node->begins_page()) {
            lost_places_.push_back(page_name(NibbleView{key}.first(depth)));
        }
        node.reset();
        return;
    }
    node = PackedNode::remade(node, node->partial(), value, child_bits);
    if (!value && node->child_count() == 1) {
        merge_with_only_child(node, key, depth);
    }
}

void StateTrie::merge_with_only_child(NodePtr& node, ByteView key, std::size_t depth) {
    const auto partial = node->partial();
    // In the bytes as they lie in the whole key: a nibble before the first one fills its byte.
    Bytes nibbles(partial.starts_low() ? 1 : 0);
    append_unpacked(nibbles, partial);
    nibbles.push_back(static_cast<std::uint8_t>(std::countr_zero(node->child_bits())));
    Bytes place;
    append_unpacked(place, NibbleView{key}.first(depth));
    append(place, ByteView{nibbles}.subspan(partial.starts_low() ? 1 : 0));
    const auto packed_place = packed_nibbles(place);
    const auto place_path = NibbleView{packed_place}.first(place.size());
    const auto* child = child_of(*node, 0, place_path);
    if (child == nullptr) {
        return;
    }
    if (child->begins_page()) {
        lost_places_.push_back(page_name(place_path));
    }
    append_unpacked(nibbles, child->partial());
    const auto bytes = packed_nibbles(nibbles);
    const auto joined = NibbleView{bytes}.first(nibbles.size()).subview(partial.starts_low() ? 1 : 0);
    const bool begins_page = node->begins_page();
    node = PackedNode::remade(node->children().front(), joined, child->value(), child->child_bits());
    node->set_begins_page(begins_page);
}

// Hashing ------------------------------------------------------------------------------------------------

Hash256 StateTrie::root() const {
    if (size_ == 0) {
        return empty_trie_root();
    }
    if (!root_hash_) {
        Bytes encoded;
        append_packed_node(encoded, *root_, version_);
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
        const NibbleView whole{key};
        std::size_t depth = 0;
        const auto* node = root_node();
        bool is_inline = false;
        while (node != nullptr) {
            if (!is_inline) {
                Bytes encoded;
                append_packed_node(encoded, *node, version_);
                list(std::move(encoded));
            }
            const auto partial = node->partial();
            if (!begins_with(whole.subview(depth), partial)) {
                break;
            }
            depth += partial.size();
            if (depth == whole.size()) {
                const auto value = node->value();
                if (value && std::holds_alternative<Hash256>(node_value(*value, version_))) {
                    list(to_bytes(*value));
                }
                break;
            }
            const auto nibble = whole[depth++];
            if (!node->has_child(nibble)) {
                break;
            }
            const auto position = node->position_of(nibble);
            is_inline = node->reference(position).size() < kInlineNodeBytesEnd;
            node = child_of(*node, position, whole.first(depth));
        }
    }
    return out;
}

namespace {

/// True when a key that begins with `path` can begin with `prefix` and be above `after`. All are nibbles.
bool may_hold(ByteView path, ByteView prefix, ByteView after) {
    const auto shared = std::min(path.size(), prefix.size());
    if (!equal(path.first(shared), prefix.first(shared))) {
        return false;
    }
    // None is above `after` when path is smaller and no prefix of it.
    const auto compared = std::min(path.size(), after.size());
    return !std::ranges::lexicographical_compare(path.first(compared), after.first(compared));
}

}  // namespace

/// False when the visit is over. `path` holds the nibbles above this node.
bool StateTrie::visit_subtrie(const PackedNode& node,
                              Bytes& path,
                              ByteView prefix,
                              ByteView after,
                              const std::function<bool(ByteView, ByteView)>& visit) const {
    const auto above = path.size();
    append_unpacked(path, node.partial());
    const auto restore = [&] { path.resize(above); };
    if (!may_hold(path, prefix, after)) {
        restore();
        return true;
    }
    bool goes_on = true;
    const auto value = node.value();
    if (value && path.size() >= prefix.size() && std::ranges::lexicographical_compare(after, path)) {
        goes_on = visit(bytes_of_nibbles(path), *value);
    }
    for (std::uint8_t nibble = 0; goes_on && nibble < 16; ++nibble) {
        if (!node.has_child(nibble)) {
            continue;
        }
        path.push_back(nibble);
        if (may_hold(path, prefix, after)) {
            const auto packed = packed_nibbles(path);
            const auto* child =
                child_of(node, node.position_of(nibble), NibbleView{packed}.first(path.size()));
            goes_on = child == nullptr || visit_subtrie(*child, path, prefix, after, visit);
        }
        path.pop_back();
    }
    restore();
    return goes_on;
}

void StateTrie::for_each(ByteView prefix,
                         ByteView after,
                         const std::function<bool(ByteView key, ByteView value)>& visit) const {
    const auto* root = root_node();
    if (root == nullptr) {
        return;
    }
    Bytes path;
    const auto prefix_nibbles = nibbles_of(prefix);
    const auto after_nibbles = nibbles_of(after);
    static_cast<void>(visit_subtrie(*root, path, prefix_nibbles, after_nibbles, visit));
}

// Pages --------------------------------------------------------------------------------------------------

namespace {

/// Memory of a node and of what is below it.
std::size_t memory_below(const PackedNode& node) {
    auto bytes = node.memory_bytes();
    for (const auto& child : node.children()) {
        bytes += child ? memory_below(*child) : 0;
    }
    return bytes;
}

/// Takes pages below a node out of memory: those that were not passed, or all that storage has.
void free_below(const PackedNode& node, bool all) {
    const auto children = node.children();
    for (std::size_t i = 0; i < children.size(); ++i) {
        const auto& child = children[i];
        if (!child) {
            continue;
        }
        if (child->begins_page() && child->is_saved() && (all || !child->is_recent())) {
            node.keep_child(i, {});
            continue;
        }
        child->set_recent(false);
        free_below(*child, all);
    }
}

}  // namespace

PageChanges StateTrie::page_changes(const PageWriter& write) const {
    PageChanges changes;
    static_cast<void>(root());
    changes.removed = lost_places_;
    if (root_) {
        cut_pages(root_, changes, write);
    }
    return changes;
}

void StateTrie::saved(const PageChanges& changes) {
    for (const auto& [node, begins_page] : changes.marks) {
        node->set_saved(true);
        node->set_begins_page(begins_page);
    }
    lost_places_.clear();
}

void StateTrie::free_memory(std::size_t bytes_max) {
    if (!root_ || grown_bytes_ < bytes_max / 2) {
        return;
    }
    grown_bytes_ = 0;
    free_below(*root_, false);
    if (memory_below(*root_) > bytes_max) {
        free_below(*root_, true);
    }
}

std::size_t StateTrie::memory_bytes() const {
    return root_ ? memory_below(*root_) : 0;
}

}  // namespace redoubt::trie
