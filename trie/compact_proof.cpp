#include <trie/compact_proof.hpp>

#include <primitives/crypto/hashing.hpp>
#include <trie/read_proof.hpp>
#include <trie/trie_node.hpp>

#include <deque>

namespace redoubt::trie {
namespace {

/// First byte of an item whose value follows as the next item.
constexpr std::uint8_t kDetachedValueEscape = 0x01;

/// A node whose children are still being rebuilt.
struct OpenNode {
    TrieNode node;
    /// Rebuilt hashes that `node.children` will view.
    std::array<Hash256, 16> hashes;
    std::size_t next_child = 0;
};

class Expander {
  public:
    explicit Expander(std::span<const Bytes> items) : items_(items) {}

    Result<ExpandedProof> run() {
        BOOST_OUTCOME_TRY(open_next_item());
        while (!open_.empty()) {
            auto& top = open_.back();
            while (top.next_child < 16 && !is_left_out(top, top.next_child)) {
                ++top.next_child;
            }
            if (top.next_child < 16) {
                BOOST_OUTCOME_TRY(open_next_item());
                continue;
            }
            BOOST_OUTCOME_TRY(close_top());
        }
        if (next_item_ != items_.size()) {
            return TrieError::kBadCompactForm;
        }
        return std::move(proof_);
    }

  private:
    static bool is_left_out(const OpenNode& open, std::size_t child) {
        return open.node.children[child] && open.node.children[child]->empty();
    }

    Result<ByteView> take_item() {
        if (next_item_ == items_.size()) {
            return TrieError::kBadCompactForm;
        }
        return ByteView{items_[next_item_++]};
    }

    Result<void> keep(Bytes entry) {
        bytes_total_ += entry.size();
        if (bytes_total_ > kExpandedProofBytesMax) {
            return TrieError::kTooLarge;
        }
        proof_.entries.push_back(std::move(entry));
        return success();
    }

    Result<void> open_next_item() {
        BOOST_OUTCOME_TRY(auto item, take_item());
        const bool is_detached = !item.empty() && item.front() == kDetachedValueEscape;
        if (is_detached) {
            item = item.subspan(1);
        }
        OpenNode open;
        BOOST_OUTCOME_TRY(open.node, decode_trie_node(item, ChildReferences::kCompact));
        if (is_detached) {
            const auto* slot = std::get_if<ByteView>(&open.node.value);
            if (slot == nullptr || !slot->empty()) {
                return TrieError::kBadCompactForm;
            }
            BOOST_OUTCOME_TRY(const auto value, take_item());
            open.node.value = crypto::blake2b_256(value);
            BOOST_OUTCOME_TRY(keep(to_bytes(value)));
        }
        open_.push_back(std::move(open));
        return success();
    }

    /// All children of the innermost node are known: rebuilds it and names it in its parent.
    Result<void> close_top() {
        Bytes encoded;
        encode_trie_node(encoded, open_.back().node);
        const auto hash = crypto::blake2b_256(encoded);
        BOOST_OUTCOME_TRY(keep(std::move(encoded)));
        open_.pop_back();
        if (open_.empty()) {
            proof_.root = hash;
            return success();
        }
        auto& parent = open_.back();
        const auto child = parent.next_child++;
        parent.hashes[child] = hash;
        parent.node.children[child] = parent.hashes[child].view();
        return success();
    }

    std::span<const Bytes> items_;
    std::size_t next_item_ = 0;
    std::size_t bytes_total_ = 0;
    /// A deque: nodes view hashes inside their own OpenNode, which must not move.
    std::deque<OpenNode> open_;
    ExpandedProof proof_;
};

}  // namespace

Result<ExpandedProof> expand_compact_proof(std::span<const Bytes> items) {
    if (items.size() > kProofEntriesMax) {
        return TrieError::kTooLarge;
    }
    return Expander{items}.run();
}

}  // namespace redoubt::trie
