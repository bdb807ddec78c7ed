#include <trie/trie_error.hpp>

namespace redoubt::trie {

std::string_view error_domain(TrieError) {
    return "trie";
}

std::string_view error_message(TrieError error) {
    switch (error) {
        case TrieError::kTooLarge:
            return "the proof has more entries or bytes than allowed";
        case TrieError::kBadNode:
            return "bytes are no trie node";
        case TrieError::kNonCanonicalNode:
            return "a node could not be part of a correct trie";
        case TrieError::kDuplicateEntry:
            return "the proof lists the same bytes twice";
        case TrieError::kUnusedEntry:
            return "the proof holds bytes that belong to no path from the root";
        case TrieError::kMissingRoot:
            return "the proof does not hold the node of the root: it is for another state";
        case TrieError::kIncomplete:
            return "the proof is incomplete for this key";
        case TrieError::kBadCompactForm:
            return "the compact proof cannot be expanded";
        case TrieError::kBadChildRoot:
            return "the child trie has no valid root in the main trie";
        case TrieError::kOtherPage:
            return "the page is an older one, or belongs elsewhere";
    }
    return "unknown trie error";
}

}  // namespace redoubt::trie
