// Read proofs: entries chosen, dropped and altered by the input never prove anything about a genuine state
// but the truth, and foreign entries never crash the reader.
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <trie/read_proof.hpp>
#include <trie/state_trie.hpp>

using namespace redoubt;        // NOLINT: a fuzz target is one function
using namespace redoubt::trie;  // NOLINT

namespace {

struct Genuine {
    StateTrie state;
    std::vector<Bytes> keys;
    std::vector<Bytes> proof;
};

const Genuine& genuine() {
    static const auto made = [] {
        Genuine out;
        for (std::uint8_t i = 0; i < 24; ++i) {
            out.keys.push_back({static_cast<std::uint8_t>(i % 3), static_cast<std::uint8_t>(i * 37), i});
            if (i % 4 != 3) {  // the others are proven to be absent
                out.state.put(out.keys.back(), Bytes(i * 3U, i));
            }
        }
        out.proof = out.state.prove(out.keys);
        return out;
    }();
    return made;
}

void check_truth(std::span<const Bytes> entries) {
    auto state = genuine().state;
    const auto proof = ReadProof::verify(state.root(), entries);
    if (!proof) {
        return;
    }
    for (const auto& key : genuine().keys) {
        const auto read = proof.value().read(key);
        const auto value = state.get(key);
        REDOUBT_ASSERT(!read || read.value().has_value() == value.has_value());
        REDOUBT_ASSERT(!read || !value || equal(*read.value(), *value));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    // Two bytes each: an entry, and what becomes of it.
    auto entries = genuine().proof;
    for (std::size_t i = 0; i + 1 < size && i < 16; i += 2) {
        if (entries.empty()) {
            break;
        }
        auto& entry = entries[data[i] % entries.size()];
        if (data[i + 1] == 0) {
            entry = entries.back();
            entries.pop_back();
        } else if (data[i + 1] == 1) {
            entries.push_back(entry);
        } else if (!entry.empty()) {
            entry[data[i + 1] % entry.size()] ^= static_cast<std::uint8_t>(1U << (data[i] % 8));
        }
    }
    check_truth(entries);
    if (const auto foreign = scale::decode<std::vector<Bytes>>(input); foreign && !foreign.value().empty()) {
        check_truth(foreign.value());
        const auto root = crypto::blake2b_256(foreign.value().front());
        const std::vector<Bytes> child_keys{Bytes{1}};
        for (const auto& proof :
             {ReadProof::verify(root, foreign.value()), ReadProof::verify(root, foreign.value(), child_keys),
              ReadProof::verify_expanded(root, foreign.value())}) {
            if (proof) {
                static_cast<void>(proof.value().read(foreign.value().back()));
                static_cast<void>(proof.value().read(Bytes{}));
                static_cast<void>(proof.value().read_child(child_keys.front(), Bytes{1, 2}));
            }
        }
    }
    return 0;
}
