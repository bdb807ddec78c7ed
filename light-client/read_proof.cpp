#include <light-client/read_proof.hpp>

#include <light-client/trie_root.hpp>
#include <primitives/crypto/hashing.hpp>

namespace redoubt::light_client {
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

Result<ReadProof> ReadProof::collect(const Hash256& root,
                                     std::span<const Bytes> entries,
                                     bool allows_duplicates) {
    if (entries.size() > kProofEntriesMax) {
        return TrieError::kTooLarge;
    }
    std::size_t bytes_total = 0;
    ReadProof proof;
    proof.root_ = root;
    for (const auto& bytes : entries) {
        bytes_total += bytes.size();
        if (bytes_total > kProofBytesMax) {
            return TrieError::kTooLarge;
        }
        const auto [at, is_new] = proof.entries_.try_emplace(crypto::blake2b_256(bytes), Entry{bytes});
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
    struct Pending {
        ByteView bytes;
        bool is_root;
    };
    top->second.is_reached = true;
    std::vector<Pending> pending{{top->second.bytes, true}};
    while (!pending.empty()) {
        const auto [bytes, is_root] = pending.back();
        pending.pop_back();
        BOOST_OUTCOME_TRY(const auto node, decode_trie_node(bytes));
        if (!is_root && is_empty_node(node)) {
            return TrieError::kNonCanonicalNode;
        }
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
                pending.push_back({*child, false});
                continue;
            }
            const auto found = entries_.find(hash_of_reference(*child));
            if (found == entries_.end()) {
                continue;
            }
            if (found->second.bytes.size() < kInlineNodeBytesEnd) {
                return TrieError::kNonCanonicalNode;
            }
            // A node that several parents share was walked with the first of them.
            if (!found->second.is_reached) {
                found->second.is_reached = true;
                pending.push_back({found->second.bytes, false});
            }
        }
    }
    return success();
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
    ByteView bytes = top->second.bytes;
    for (;;) {
        BOOST_OUTCOME_TRY(const auto node, decode_trie_node(bytes));
        if (rest.size() < node.partial_key.size() ||
            !equal(rest.first(node.partial_key.size()), node.partial_key)) {
            return std::optional<ByteView>{};
        }
        rest = rest.subspan(node.partial_key.size());
        if (rest.empty()) {
            if (const auto* value = std::get_if<ByteView>(&node.value)) {
                return std::optional{*value};
            }
            if (const auto* value_hash = std::get_if<Hash256>(&node.value)) {
                const auto value = entries_.find(*value_hash);
                if (value == entries_.end()) {
                    return TrieError::kIncomplete;
                }
                return std::optional{value->second.bytes};
            }
            return std::optional<ByteView>{};
        }
        const auto& child = node.children[rest.front()];
        if (!child) {
            return std::optional<ByteView>{};
        }
        rest = rest.subspan(1);
        if (!is_hash_reference(*child)) {
            bytes = *child;
            continue;
        }
        const auto found = entries_.find(hash_of_reference(*child));
        if (found == entries_.end()) {
            return TrieError::kIncomplete;
        }
        bytes = found->second.bytes;
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

}  // namespace redoubt::light_client
