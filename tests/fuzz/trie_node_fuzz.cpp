// Trie nodes: what decodes encodes to the same bytes; a node read strictly reads the same in compact form.
#include <trie/trie_node.hpp>

using namespace redoubt;        // NOLINT: a fuzz target is one function
using namespace redoubt::trie;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto compact = decode_trie_node(input, ChildReferences::kCompact);
    const auto node = decode_trie_node(input);
    REDOUBT_ASSERT(!node || compact);
    for (const auto* one : {&node, &compact}) {
        if (*one) {
            Bytes again;
            encode_trie_node(again, one->value());
            REDOUBT_ASSERT(equal(again, input));
        }
    }
    return 0;
}
