#include <primitives/crypto/hashing.hpp>
#include <tools/devchain/faults/groups.hpp>

#include <algorithm>

namespace redoubt::devchain::faults {
namespace {

using Entries = std::vector<Bytes>;
constexpr std::string_view kGroup = "Read proofs";

bool holds(const Bytes& entry, const Hash256& hash) {
    const auto view = hash.view();
    return std::search(entry.begin(), entry.end(), view.begin(), view.end()) != entry.end();
}

/// An entry that refers to no other one: the end of a way. entries.end() for an empty proof.
Entries::iterator last_of_a_way(Entries& entries) {
    return std::ranges::find_if(entries, [&](const Bytes& each) {
        return std::ranges::none_of(
            entries, [&](const Bytes& other) { return holds(each, crypto::blake2b_256(other)); });
    });
}

/// A fault that changes the entries of a proof that has some.
auto changing(void (*change)(Entries&)) {
    return plain([change](Lie& lie, Chain&) {
        lie.hooks.proof = [change](const ProofRequest&, Entries entries) {
            if (!entries.empty()) {
                change(entries);
            }
            return entries;
        };
    });
}

void prove_parent(Lie& lie, Chain& chain) {
    lie.hooks.proof = [&chain](const ProofRequest& request, Entries entries) {
        const auto header = chain.header(request.at);
        const auto parent = header ? chain.state(header->parent_hash) : ChainError::kUnknownBlock;
        if (!parent) {
            return entries;
        }
        return request.child_key ? parent.value()->prove_child(*request.child_key, request.keys)
                                 : parent.value()->main().prove(request.keys);
    };
}

}  // namespace

std::vector<Fault> proof_faults() {
    return {
        {"missing-proof-node", kGroup, "", "Each read proof lacks the last node of a way to a key.",
         "The proof shows neither a value nor its absence; it must not be read as absence.",
         changing([](Entries& entries) { entries.erase(last_of_a_way(entries)); })},
        {"missing-proof-root", kGroup, "", "Each read proof lacks the root node.",
         "No entry hashes to the state root.",
         changing([](Entries& entries) { entries.erase(entries.begin()); })},
        {"empty-proof", kGroup, "", "Each read proof is an empty list.", "No entry hashes to the state root.",
         changing([](Entries& entries) { entries.clear(); })},
        {"forged-proof-node", kGroup, "", "The last byte of a node in each read proof is another.",
         "The node's hash is not one that the root reaches.",
         changing([](Entries& entries) { last_of_a_way(entries)->back() ^= 1; })},
        {"truncated-proof", kGroup, "", "The last entry of each read proof is cut in half.",
         "The entry's hash is not one that the root reaches.",
         changing([](Entries& entries) { entries.back().resize(entries.back().size() / 2); })},
        {"duplicate-proof-node", kGroup, "", "Each read proof lists one node twice.",
         "Two entries are the same.",
         changing([](Entries& entries) { entries.push_back(Bytes{entries.back()}); })},
        {"unused-proof-node", kGroup, "", "Each read proof holds a node that is not needed.",
         "An entry is not reached from the root.", changing([](Entries& entries) {
             entries.push_back(Bytes{0x40, 0x04, 0x2a});
         })},
        {"proof-of-other-block", kGroup, "", "Read proofs are of the state of the parent block.",
         "No entry hashes to the state root of the block that was asked for.", plain(prove_parent)},
    };
}

}  // namespace redoubt::devchain::faults
