#include <trie/read_proof.hpp>

#include <primitives/crypto/blake2b_lanes.hpp>
#include <primitives/crypto/random.hpp>
#include <trie/trie_root.hpp>

#include <bit>
#include <cstring>

namespace redoubt::trie {
namespace {

constexpr std::string_view kChildStoragePrefix = ":child_storage:default:";

Hash256 hash_of_reference(ByteView reference) {
    return Hash256::copy_of(reference.first<32>());
}

bool is_hash_reference(ByteView reference) {
    return reference.size() == kInlineNodeBytesEnd;
}

bool is_empty_node(const TrieNode& node) {
    return !node.is_branch && std::holds_alternative<std::monostate>(node.value);
}

}  // namespace

std::size_t ReadProof::MaskedPrefix::operator()(const Hash256& hash) const {
    std::uint64_t prefix = 0;
    std::memcpy(&prefix, hash.data(), sizeof prefix);
    return prefix ^ mask;
}

ReadProof::ReadProof(const Hash256& root)
    : root_(root), entries_(0, [] {
          std::array<std::uint8_t, sizeof(std::uint64_t)> random{};
          crypto::fill_random(random);
          return MaskedPrefix{std::bit_cast<std::uint64_t>(random)};
      }()) {
}

Result<ReadProof> ReadProof::collect(const Hash256& root,
                                     std::span<const Bytes> entries,
                                     bool allows_duplicates) {
    if (entries.size() > kProofEntriesMax) {
        return TrieError::kTooLarge;
    }
    std::size_t bytes_total = 0;
    ReadProof proof{root};
    proof.entries_.reserve(entries.size());
    for (const auto& bytes : entries) {
        bytes_total += bytes.size();
        if (bytes_total > kProofBytesMax) {
            return TrieError::kTooLarge;
        }
    }
    const std::vector<ByteView> views(entries.begin(), entries.end());
    const auto hashes = crypto::blake2b_256_of_each(views);
    for (std::size_t i = 0; i < views.size(); ++i) {
        const auto [at, is_new] = proof.entries_.try_emplace(hashes[i], Entry{views[i]});
        if (!is_new && !allows_duplicates) {
            return TrieError::kDuplicateEntry;
        }
    }
    return proof;
}

Result<ReadProof> ReadProof::verify(const Hash256& root,
                                    std::span<const Bytes> entries,
                                    std::span<const Bytes> child_storage_keys) {
    BOOST_OUTCOME_TRY(auto proof, collect(root, entries, false));
    BOOST_OUTCOME_TRY(proof.walk(root));
    for (const auto& child : child_storage_keys) {
        BOOST_OUTCOME_TRY(const auto child_root, proof.child_root(child));
        if (child_root) {
            BOOST_OUTCOME_TRY(proof.walk(*child_root));
        }
    }
    for (const auto& [hash, entry] : proof.entries_) {
        if (!entry.is_reached) {
            return TrieError::kUnusedEntry;
        }
    }
    return proof;
}

Result<ReadProof> ReadProof::verify_expanded(const Hash256& root, std::span<const Bytes> entries) {
    BOOST_OUTCOME_TRY(auto proof, collect(root, entries, true));
    BOOST_OUTCOME_TRY(proof.walk(root));
    return proof;
}

Result<void> ReadProof::walk(const Hash256& root) {
    if (entries_.empty()) {
        if (root == empty_trie_root()) {
            return success();
        }
        return TrieError::kMissingRoot;
    }
    const auto top = entries_.find(root);
    if (top == entries_.end()) {
        return TrieError::kMissingRoot;
    }
    if (top->second.node != nullptr) {
        return success();  // child tries can share a root
    }
    BOOST_OUTCOME_TRY(const auto* top_node, take_as_node(top->second));
    std::vector<const TrieNode*> pending{top_node};
    std::vector<ByteView> inlined;
    for (;;) {
        if (!inlined.empty()) {
            const auto bytes = inlined.back();
            inlined.pop_back();
            BOOST_OUTCOME_TRY(const auto node, decode_trie_node(bytes));
            if (is_empty_node(node)) {
                return TrieError::kNonCanonicalNode;
            }
            BOOST_OUTCOME_TRY(visit(node, pending, inlined));
        } else if (!pending.empty()) {
            const auto* node = pending.back();
            pending.pop_back();
            BOOST_OUTCOME_TRY(visit(*node, pending, inlined));
        } else {
            return success();
        }
    }
}

Result<void> ReadProof::visit(const TrieNode& node,
                              std::vector<const TrieNode*>& pending,
                              std::vector<ByteView>& inlined) {
    if (const auto* value_hash = std::get_if<Hash256>(&node.value)) {
        const auto value = entries_.find(*value_hash);
        if (value != entries_.end()) {
            value->second.is_reached = true;
        }
    }
    for (const auto& child : node.children) {
        if (!child) {
            continue;
        }
        if (!is_hash_reference(*child)) {
            inlined.push_back(*child);
            continue;
        }
        const auto found = entries_.find(hash_of_reference(*child));
        // A node that several parents share was visited with the first of them.
        if (found == entries_.end() || found->second.node != nullptr) {
            continue;
        }
        if (found->second.bytes.size() < kInlineNodeBytesEnd) {
            return TrieError::kNonCanonicalNode;
        }
        BOOST_OUTCOME_TRY(const auto* child_node, take_as_node(found->second));
        pending.push_back(child_node);
    }
    return success();
}

Result<const TrieNode*> ReadProof::take_as_node(Entry& entry) {
    BOOST_OUTCOME_TRY(auto node, decode_trie_node(entry.bytes));
    entry.is_reached = true;
    entry.node = &nodes_.emplace_back(std::move(node));
    return entry.node;
}

Result<std::optional<ByteView>> ReadProof::read_under(const Hash256& root, ByteView key) const {
    if (root == empty_trie_root()) {
        return std::optional<ByteView>{};
    }
    const auto top = entries_.find(root);
    if (top == entries_.end()) {
        return TrieError::kIncomplete;
    }
    const auto path = nibbles_of(key);
    ByteView rest{path};
    TrieNode decoded;  // a node that the walk has not kept
    const auto node_of = [&decoded](const Entry& entry) -> Result<const TrieNode*> {
        if (entry.node == nullptr) {
            BOOST_OUTCOME_TRY(decoded, decode_trie_node(entry.bytes));
        }
        return entry.node == nullptr ? &decoded : entry.node;
    };
    BOOST_OUTCOME_TRY(const auto* node, node_of(top->second));
    for (;;) {
        if (rest.size() < node->partial_key.size() ||
            !equal(rest.first(node->partial_key.size()), node->partial_key)) {
            return std::optional<ByteView>{};
        }
        rest = rest.subspan(node->partial_key.size());
        if (rest.empty()) {
            if (const auto* value = std::get_if<ByteView>(&node->value)) {
                return std::optional{*value};
            }
            if (const auto* value_hash = std::get_if<Hash256>(&node->value)) {
                const auto value = entries_.find(*value_hash);
                if (value == entries_.end()) {
                    return TrieError::kIncomplete;
                }
                return std::optional{value->second.bytes};
            }
            return std::optional<ByteView>{};
        }
        const auto child = node->children[rest.front()];
        if (!child) {
            return std::optional<ByteView>{};
        }
        rest = rest.subspan(1);
        if (!is_hash_reference(*child)) {
            BOOST_OUTCOME_TRY(decoded, decode_trie_node(*child));
            node = &decoded;
            continue;
        }
        const auto found = entries_.find(hash_of_reference(*child));
        if (found == entries_.end()) {
            return TrieError::kIncomplete;
        }
        BOOST_OUTCOME_TRY(node, node_of(found->second));
    }
}

Result<std::optional<ByteView>> ReadProof::read(ByteView key) const {
    return read_under(root_, key);
}

Result<std::optional<Hash256>> ReadProof::child_root(ByteView child_storage_key) const {
    const auto key = concat(bytes_of(kChildStoragePrefix), child_storage_key);
    BOOST_OUTCOME_TRY(const auto value, read(key));
    if (!value) {
        return std::optional<Hash256>{};
    }
    if (value->size() != Hash256::kSize) {
        return TrieError::kBadChildRoot;
    }
    return std::optional{hash_of_reference(*value)};
}

Result<std::optional<ByteView>> ReadProof::read_child(ByteView child_storage_key, ByteView key) const {
    BOOST_OUTCOME_TRY(const auto root, child_root(child_storage_key));
    if (!root) {
        return std::optional<ByteView>{};
    }
    return read_under(*root, key);
}

Result<std::optional<Bytes>> read_with_proof(const Hash256& root,
                                             std::span<const Bytes> proof,
                                             ByteView key) {
    BOOST_OUTCOME_TRY(const auto verified, ReadProof::verify(root, proof));
    BOOST_OUTCOME_TRY(const auto value, verified.read(key));
    if (!value) {
        return std::optional<Bytes>{};
    }
    return std::optional{to_bytes(*value)};
}

}  // namespace redoubt::trie
