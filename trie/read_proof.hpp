/// Read proofs: a list of trie nodes that shows the values, or the absence, of keys under a state root.
///
/// A proof is checked as a whole before anything is read from it: every entry must be reached from the root,
/// none may be listed twice, and each node must be one that a correct trie contains.
///
/// @source light-client.md, sections 10.1 and 10.3
#pragma once

#include <primitives/bytes.hpp>
#include <trie/trie_error.hpp>
#include <trie/trie_node.hpp>

#include <deque>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace redoubt::trie {

inline constexpr std::size_t kProofEntriesMax = 65'536;
inline constexpr std::size_t kProofBytesMax = std::size_t{16} * 1024 * 1024;

/// A verified proof. It views the bytes of its entries, which must outlive it.
class ReadProof {
  public:
    ReadProof(ReadProof&&) = default;
    ReadProof& operator=(ReadProof&&) = default;
    ReadProof(const ReadProof&) = delete;
    ReadProof& operator=(const ReadProof&) = delete;

    /// Checks a proof against `root`, and against the child tries named by `child_storage_keys` (without the
    /// `:child_storage:default:` prefix), whose roots are read from the main trie.
    /// @errors kTooLarge, kDuplicateEntry, kMissingRoot, kBadNode, kNonCanonicalNode, kUnusedEntry; for child
    ///         tries also kIncomplete and kBadChildRoot
    [[nodiscard]] static Result<ReadProof> verify(const Hash256& root,
                                                  std::span<const Bytes> entries,
                                                  std::span<const Bytes> child_storage_keys = {});

    /// As verify, for entries that an expanded compact proof yields: duplicates and entries that are not
    /// reached are allowed, because the expansion itself has fixed what belongs to the proof.
    [[nodiscard]] static Result<ReadProof> verify_expanded(const Hash256& root,
                                                           std::span<const Bytes> entries);

    /// The value of `key`, or nullopt when the proof shows that there is none.
    /// @errors kIncomplete when the proof shows neither
    [[nodiscard]] Result<std::optional<ByteView>> read(ByteView key) const;

    /// As read, in the child trie `child_storage_key`. A proven absent child trie has no keys.
    /// @errors kIncomplete, kBadChildRoot
    [[nodiscard]] Result<std::optional<ByteView>> read_child(ByteView child_storage_key, ByteView key) const;

  private:
    struct Entry {
        ByteView bytes;
        bool is_reached = false;         ///< as a node or as a value
        const TrieNode* node = nullptr;  ///< in nodes_, once it was reached as a node
    };
    /// Part of the hash that an entry has anyway, under a random mask: who writes proofs cannot choose hashes
    /// that meet in one bucket.
    struct MaskedPrefix {
        std::uint64_t mask;
        [[nodiscard]] std::size_t operator()(const Hash256& hash) const;
    };

    explicit ReadProof(const Hash256& root);
    [[nodiscard]] static Result<ReadProof> collect(const Hash256& root,
                                                   std::span<const Bytes> entries,
                                                   bool allows_duplicates);
    [[nodiscard]] Result<void> walk(const Hash256& root);
    /// Decodes an entry as a node and keeps it.
    [[nodiscard]] Result<const TrieNode*> take_as_node(Entry& entry);
    /// Marks what a node points to. @param pending, inlined  where children are appended
    [[nodiscard]] Result<void> visit(const TrieNode& node,
                                     std::vector<const TrieNode*>& pending,
                                     std::vector<ByteView>& inlined);
    [[nodiscard]] Result<std::optional<ByteView>> read_under(const Hash256& root, ByteView key) const;
    [[nodiscard]] Result<std::optional<Hash256>> child_root(ByteView child_storage_key) const;

    Hash256 root_;
    std::unordered_map<Hash256, Entry, MaskedPrefix> entries_;
    std::deque<TrieNode> nodes_;  ///< a deque: entries point into it
};

/// Reads one key: verifies the proof and looks the key up. @errors those of ReadProof
[[nodiscard]] Result<std::optional<Bytes>> read_with_proof(const Hash256& root,
                                                           std::span<const Bytes> proof,
                                                           ByteView key);

}  // namespace redoubt::trie
