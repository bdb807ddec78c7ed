#include <primitives/crypto/hashing.hpp>
#include <trie/packed_node_encoding.hpp>
#include <trie/trie_node.hpp>

namespace redoubt::trie {

void append_packed_node(Bytes& out, const PackedNode& node, StateVersion version) {
    const auto children = node.children();
    for (std::size_t i = 0; i < children.size(); ++i) {
        if (!node.reference(i).empty()) {
            continue;
        }
        const auto at = out.size();
        append_packed_node(out, *children[i], version);
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
                      value ? node_value(*value, version) : NodeValue{});
    for (std::size_t i = 0; i < children.size(); ++i) {
        append(out, node.encoded_reference(i));
    }
}

}  // namespace redoubt::trie
