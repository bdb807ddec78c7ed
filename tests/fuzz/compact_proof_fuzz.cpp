// Compact proofs: what expands gives entries that hash up to its root, and reads without crashing.
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <trie/compact_proof.hpp>
#include <trie/read_proof.hpp>

using namespace redoubt;        // NOLINT: a fuzz target is one function
using namespace redoubt::trie;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto items = scale::decode<std::vector<Bytes>>(ByteView{data, size});
    if (!items) {
        return 0;
    }
    const auto expanded = expand_compact_proof(items.value());
    if (!expanded) {
        return 0;
    }
    const auto& entries = expanded.value().entries;
    std::size_t bytes = 0;
    for (const auto& entry : entries) {
        bytes += entry.size();
    }
    REDOUBT_ASSERT(bytes <= kExpandedProofBytesMax);
    REDOUBT_ASSERT(!entries.empty() && crypto::blake2b_256(entries.back()) == expanded.value().root);
    const auto proof = ReadProof::verify_expanded(expanded.value().root, entries);
    if (proof) {
        for (const auto& key : {Bytes{}, Bytes{0}, Bytes{0x12, 0x34}, items.value().front()}) {
            static_cast<void>(proof.value().read(key));
        }
    }
    return 0;
}
