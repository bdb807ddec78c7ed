#include <trie/packed_node.hpp>

#include <limits>
#include <new>

namespace redoubt::trie {

PackedNode::PackedNode(NibbleView partial, std::optional<ByteView> value, std::uint16_t child_bits) noexcept
    : partial_size_(static_cast<std::uint32_t>(partial.size())),
      value_size_(value ? static_cast<std::uint32_t>(value->size()) : 0),
      child_bits_(child_bits),
      child_count_(static_cast<std::uint8_t>(std::popcount(child_bits))),
      starts_low_(partial.starts_low()),
      has_value_(value.has_value()) {
    std::uninitialized_default_construct_n(child_slots(), child_count());
    for (std::size_t i = 0; i < child_count(); ++i) {
        forget_reference(i);
    }
    std::ranges::copy(partial.bytes(), partial_bytes());
    if (value) {
        std::ranges::copy(*value, value_bytes());
    }
}

PackedNode::~PackedNode() {
    prefetch_children();
    std::destroy_n(child_slots(), child_count());
}

PackedNodePtr PackedNode::make(NibbleView partial, std::optional<ByteView> value, std::uint16_t child_bits) {
    static_assert(sizeof(PackedNode) % alignof(PackedNodePtr) == 0);
    constexpr std::size_t kMax = std::numeric_limits<std::uint32_t>::max();
    REDOUBT_ASSERT(partial.size() <= kMax && (!value || value->size() <= kMax));
    const auto child_count = static_cast<std::size_t>(std::popcount(child_bits));
    const auto size = sizeof(PackedNode) + child_count * (sizeof(PackedNodePtr) + kReferenceBytes) +
                      partial.bytes().size() + (value ? value->size() : 0);
    return PackedNodePtr{new (::operator new(size)) PackedNode{partial, value, child_bits}};
}

void PackedNode::free(PackedNode* node) noexcept {
    node->~PackedNode();
    ::operator delete(node);
}

PackedNodePtr PackedNode::remade(const PackedNodePtr& old,
                                 NibbleView partial,
                                 std::optional<ByteView> value,
                                 std::uint16_t child_bits) {
    auto made = make(partial, value, child_bits);
    made->set_begins_page(old->begins_page());
    const bool is_shared = old.is_shared();
    if (is_shared) {
        old->prefetch_children();
    }
    const auto from = old->children();
    const auto to = made->children();
    std::size_t from_position = 0;
    std::size_t to_position = 0;
    for (std::uint8_t nibble = 0; nibble < 16; ++nibble) {
        const bool is_kept = old->has_child(nibble) && made->has_child(nibble);
        if (is_kept) {
            auto& child = from[from_position];
            to[to_position] = is_shared ? child : std::move(child);
            std::copy_n(old->reference_place(from_position), kReferenceBytes,
                        made->reference_place(to_position));
        }
        from_position += static_cast<std::size_t>(old->has_child(nibble));
        to_position += static_cast<std::size_t>(made->has_child(nibble));
    }
    return made;
}

void PackedNode::overwrite_value(ByteView value) noexcept {
    std::ranges::copy(value, value_bytes());
}

void PackedNode::remember_reference(std::size_t position, ByteView reference) const noexcept {
    auto* place = reference_place(position);
    place[0] = static_cast<std::uint8_t>(reference.size() << 2);
    std::ranges::copy(reference, place + 1);
}

}  // namespace redoubt::trie
