#include <primitives/crypto/blake2b_lanes.hpp>
#include <trie/packed_node_encoding.hpp>
#include <trie/trie_node.hpp>

#include <span>
#include <vector>

namespace redoubt::trie {
namespace {

/// So many nodes of one level are encoded and hashed together.
constexpr std::size_t kTogether = 128;

/// A child whose reference is not known.
struct Unreferenced {
    const PackedNode* parent;
    std::size_t position;

    [[nodiscard]] const PackedNode& node() const { return *parent->children()[position]; }
};

/// @pre the references of the node's children are known
void append_encoded(Bytes& out, const PackedNode& node, const NodeValue& value) {
    append_node_start(out, node.partial(), node.child_bits(), value);
    for (std::size_t i = 0; i < node.child_count(); ++i) {
        append(out, node.encoded_reference(i));
    }
}

/// Hashes what begins at each of `begins` and ends where the next begins.
std::vector<Hash256> hashes_of(ByteView all, std::span<const std::size_t> begins) {
    std::vector<ByteView> parts;
    parts.reserve(begins.size());
    for (std::size_t i = 0; i < begins.size(); ++i) {
        const auto end = i + 1 < begins.size() ? begins[i + 1] : all.size();
        parts.push_back(all.subspan(begins[i], end - begins[i]));
    }
    return crypto::blake2b_256_of_each(parts);
}

/// The values as the nodes' encodings carry them.
std::vector<NodeValue> values_of(std::span<const Unreferenced> children, StateVersion version) {
    std::vector<NodeValue> values(children.size());
    std::vector<ByteView> long_values;
    std::vector<std::size_t> long_at;
    for (std::size_t i = 0; i < children.size(); ++i) {
        const auto value = children[i].node().value();
        if (value && is_value_hashed(*value, version)) {
            long_values.push_back(*value);
            long_at.push_back(i);
        } else if (value) {
            values[i] = *value;
        }
    }
    const auto hashes = crypto::blake2b_256_of_each(long_values);
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        values[long_at[i]] = hashes[i];
    }
    return values;
}

void find_references(std::span<const Unreferenced> children, StateVersion version);

/// Finds the references of everything below the children of `nodes`, level by level from below.
template <class Range, class NodeOf>
void find_references_below(const Range& nodes, NodeOf node_of, StateVersion version) {
    std::vector<Unreferenced> below;
    for (const auto& entry : nodes) {
        const PackedNode& node = node_of(entry);
        for (std::size_t i = 0; i < node.child_count(); ++i) {
            if (node.reference(i).empty()) {
                below.push_back({&node, i});
            }
        }
        if (below.size() >= kTogether) {
            find_references(below, version);
            below.clear();
        }
    }
    if (!below.empty()) {
        find_references(below, version);
    }
}

void find_references(std::span<const Unreferenced> children, StateVersion version) {
    find_references_below(
        children, [](const Unreferenced& child) -> const PackedNode& { return child.node(); }, version);
    const auto values = values_of(children, version);
    Bytes encoded;
    std::vector<std::size_t> begins;
    std::vector<std::size_t> hashed;
    for (std::size_t i = 0; i < children.size(); ++i) {
        const auto at = encoded.size();
        append_encoded(encoded, children[i].node(), values[i]);
        if (encoded.size() - at < kInlineNodeBytesEnd) {
            children[i].parent->remember_reference(children[i].position, ByteView{encoded}.subspan(at));
            encoded.resize(at);
        } else {
            begins.push_back(at);
            hashed.push_back(i);
        }
    }
    const auto hashes = hashes_of(encoded, begins);
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        const auto& child = children[hashed[i]];
        child.parent->remember_reference(child.position, hashes[i].view());
    }
}

}  // namespace

void append_packed_node(Bytes& out, const PackedNode& node, StateVersion version) {
    find_references_below(
        std::span{&node, 1}, [](const PackedNode& only) -> const PackedNode& { return only; }, version);
    const auto value = node.value();
    append_encoded(out, node, value ? node_value(*value, version) : NodeValue{});
}

}  // namespace redoubt::trie
