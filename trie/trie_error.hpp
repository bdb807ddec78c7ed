/// Why trie nodes or proofs are refused.
#pragma once

#include <primitives/result.hpp>
#include <string_view>

namespace redoubt::trie {

enum class TrieError : int {
    kTooLarge = 1,      ///< more entries or bytes than a proof may have
    kBadNode,           ///< bytes that are no trie node
    kNonCanonicalNode,  ///< a node that no correct trie contains
    kDuplicateEntry,    ///< the proof lists the same bytes twice
    kUnusedEntry,       ///< the proof lists bytes that the root does not reach
    kMissingRoot,       ///< the node of the wanted root is not in the proof
    kIncomplete,        ///< the proof does not reach far enough to tell; never to be read as absence
    kBadCompactForm,    ///< compact items that cannot be expanded
    kBadChildRoot,      ///< the root of a child trie is absent or not 32 bytes
    kOtherPage,         ///< a page of the trie is not the one that the hash above it names
};
[[nodiscard]] std::string_view error_domain(TrieError);
[[nodiscard]] std::string_view error_message(TrieError);
REDOUBT_ERROR_DOMAIN(TrieError)

}  // namespace redoubt::trie

template <>
struct std::is_error_code_enum<redoubt::trie::TrieError> : std::true_type {};
