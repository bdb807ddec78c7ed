/// A node of a state trie in one piece of memory, counted and shared by the tries it belongs to.
///
/// It holds its children's references as its encoding carries them, so that a node is encoded without a look
/// at the children that did not change. A child whose reference is known may be absent from memory
/// (trie_page.hpp). Not thread-safe.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>
#include <trie/nibbles.hpp>

#include <bit>
#include <optional>
#include <span>
#include <utility>

namespace redoubt::trie {

class PackedNode;

/// A share of a node, or nothing. The last one frees the node, and with it its shares of children.
class PackedNodePtr {
  public:
    PackedNodePtr() = default;
    PackedNodePtr(const PackedNodePtr& other) noexcept;
    PackedNodePtr(PackedNodePtr&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
    PackedNodePtr& operator=(PackedNodePtr other) noexcept {
        std::swap(node_, other.node_);
        return *this;
    }
    ~PackedNodePtr();

    [[nodiscard]] explicit operator bool() const noexcept { return node_ != nullptr; }
    [[nodiscard]] PackedNode& operator*() const noexcept { return *node_; }
    [[nodiscard]] PackedNode* operator->() const noexcept { return node_; }
    [[nodiscard]] PackedNode* get() const noexcept { return node_; }
    /// Others hold the node too: it may not change.
    [[nodiscard]] bool is_shared() const noexcept;
    void reset() noexcept { *this = PackedNodePtr{}; }

  private:
    friend class PackedNode;
    explicit PackedNodePtr(PackedNode* node) noexcept : node_(node) {}
    PackedNode* node_ = nullptr;
};

class PackedNode {
  public:
    /// What a reference takes in the encoding: its SCALE length, which is one byte, and up to 32 bytes.
    static constexpr std::size_t kReferenceBytes = 33;

    /// A node whose children are absent still, with references unknown.
    /// @pre partial.size() and value.size() are below 2^32
    [[nodiscard]] static PackedNodePtr make(NibbleView partial,
                                            std::optional<ByteView> value,
                                            std::uint16_t child_bits = 0);
    /// A node with these parts and the children and references of `old` that it has places for; the children
    /// leave `old` unless it is shared. It is not saved, and begins a page where `old` did.
    [[nodiscard]] static PackedNodePtr remade(const PackedNodePtr& old,
                                              NibbleView partial,
                                              std::optional<ByteView> value,
                                              std::uint16_t child_bits);
    PackedNode(const PackedNode&) = delete;
    PackedNode& operator=(const PackedNode&) = delete;

    /// The nibbles between the parent's branch and here, lying in their bytes as in the whole key.
    [[nodiscard]] NibbleView partial() const noexcept {
        return NibbleView::in(partial_bytes(), starts_low_, partial_size_);
    }
    [[nodiscard]] std::optional<ByteView> value() const noexcept {
        return has_value_ ? std::optional{ByteView{value_bytes(), value_size_}} : std::nullopt;
    }
    /// Writes a value over one of the same size. @pre value().size() == value.size()
    void overwrite_value(ByteView value) noexcept;

    /// Bit n says that there is a child for nibble n.
    [[nodiscard]] std::uint16_t child_bits() const noexcept { return child_bits_; }
    [[nodiscard]] bool has_child(std::uint8_t nibble) const noexcept {
        return (child_bits_ >> nibble & 1) != 0;
    }
    [[nodiscard]] std::size_t child_count() const noexcept { return child_count_; }
    /// Children by position, in the order of their nibbles.
    [[nodiscard]] std::span<PackedNodePtr> children() noexcept { return {child_slots(), child_count()}; }
    [[nodiscard]] std::span<const PackedNodePtr> children() const noexcept {
        return {child_slots(), child_count()};
    }
    /// @pre has_child(nibble)
    [[nodiscard]] std::size_t position_of(std::uint8_t nibble) const noexcept {
        return static_cast<std::size_t>(std::popcount(child_bits_ & ((1U << nibble) - 1)));
    }
    [[nodiscard]] PackedNodePtr& child(std::uint8_t nibble) noexcept {
        return children()[position_of(nibble)];
    }
    [[nodiscard]] const PackedNodePtr& child(std::uint8_t nibble) const noexcept {
        return children()[position_of(nibble)];
    }

    /// The reference to a child without its length: a hash of 32 bytes, or fewer bytes that are the child's
    /// encoding. Empty when it is not known.
    [[nodiscard]] ByteView reference(std::size_t position) const noexcept {
        const auto* place = reference_place(position);
        return {place + 1, static_cast<std::size_t>(place[0] >> 2)};
    }
    /// The reference with its length, as it stands in the encoding.
    [[nodiscard]] ByteView encoded_reference(std::size_t position) const noexcept {
        const auto* place = reference_place(position);
        return {place, static_cast<std::size_t>(place[0] >> 2) + 1};
    }
    /// Remembers a reference. It follows from the child, so that this changes shared nodes too.
    /// @pre 0 < reference.size() <= 32
    void remember_reference(std::size_t position, ByteView reference) const noexcept;
    void forget_reference(std::size_t position) noexcept { reference_place(position)[0] = 0; }

    /// Puts a child that was absent from memory into its place, or takes it out. What the node says does not
    /// change, so that this changes shared nodes too.
    void keep_child(std::size_t position, PackedNodePtr child) const noexcept {
        child_slots()[position] = std::move(child);
    }

    // Where the node stands in storage (trie_page.hpp). Not part of what it says: shared nodes change too.
    /// Storage has a page that begins at this node's place.
    [[nodiscard]] bool begins_page() const noexcept { return begins_page_; }
    void set_begins_page(bool begins) const noexcept { begins_page_ = begins; }
    /// Storage has this node and all below it as they are.
    [[nodiscard]] bool is_saved() const noexcept { return is_saved_; }
    void set_saved(bool saved) const noexcept { is_saved_ = saved; }
    /// It was passed since the last time that memory was freed.
    [[nodiscard]] bool is_recent() const noexcept { return is_recent_; }
    void set_recent(bool recent) const noexcept { is_recent_ = recent; }

    /// Begins to bring the children that are in memory into the processor's cache: what follows looks at all.
    void prefetch_children() const noexcept {
        for (const auto& child : children()) {
            const auto* bytes = reinterpret_cast<const std::uint8_t*>(child.get());
            __builtin_prefetch(bytes);
            __builtin_prefetch(bytes + 64);
        }
    }

    /// Memory that the node takes, without its children.
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return static_cast<std::size_t>(value_bytes() - tail()) + sizeof(PackedNode) + value_size_;
    }

  private:
    friend class PackedNodePtr;
    // Behind the members lie: a PackedNodePtr for each child, a reference for each child, the bytes of the
    // partial key, the value.
    PackedNode(NibbleView partial, std::optional<ByteView> value, std::uint16_t child_bits) noexcept;
    ~PackedNode();
    static void free(PackedNode* node) noexcept;

    [[nodiscard]] std::uint8_t* tail() const noexcept {
        return reinterpret_cast<std::uint8_t*>(const_cast<PackedNode*>(this)) + sizeof(PackedNode);
    }
    [[nodiscard]] PackedNodePtr* child_slots() const noexcept {
        return reinterpret_cast<PackedNodePtr*>(tail());
    }
    [[nodiscard]] std::uint8_t* reference_place(std::size_t position) const noexcept {
        return tail() + child_count() * sizeof(PackedNodePtr) + position * kReferenceBytes;
    }
    [[nodiscard]] std::uint8_t* partial_bytes() const noexcept { return reference_place(child_count()); }
    [[nodiscard]] std::uint8_t* value_bytes() const noexcept {
        return partial_bytes() + (partial_size_ + (starts_low_ ? 1 : 0) + 1) / 2;
    }

    std::uint32_t use_count_ = 1;
    std::uint32_t partial_size_;
    std::uint32_t value_size_;
    std::uint16_t child_bits_;
    std::uint8_t child_count_;
    bool starts_low_ : 1;
    bool has_value_ : 1;
    mutable bool begins_page_ : 1 = false;
    mutable bool is_saved_ : 1 = false;
    mutable bool is_recent_ : 1 = false;
};

inline PackedNodePtr::PackedNodePtr(const PackedNodePtr& other) noexcept : node_(other.node_) {
    if (node_ != nullptr) {
        ++node_->use_count_;
    }
}

inline PackedNodePtr::~PackedNodePtr() {
    if (node_ != nullptr && --node_->use_count_ == 0) {
        PackedNode::free(node_);
    }
}

inline bool PackedNodePtr::is_shared() const noexcept {
    return node_->use_count_ > 1;
}

}  // namespace redoubt::trie
