// Proofs that a nonce is in a batch: only the path and place that the tree has lead to its root.
#include <attestation/binding/binding_block.hpp>
#include <attestation/binding/nonce_tree.hpp>
#include <primitives/byte_cursor.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteCursor in{{data, size}};
    NonceProof proof;
    const auto index = in.take_le<std::uint32_t>();
    const auto count = in.take_le<std::uint32_t>();
    if (!index || !count) {
        return 0;
    }
    proof.index = index.value();
    proof.count = count.value();
    while (const auto hash = in.take_fixed<Hash256>()) {
        proof.path.push_back(hash.value());
    }
    const std::vector<Bytes> nonces = {Bytes(16, 1), Bytes(32, 2), Bytes(64, 3)};
    const auto root = nonce_root(nonces);
    for (std::size_t i = 0; i < nonces.size(); ++i) {
        const auto reached = root_of_proof(nonces[i], proof);
        if (reached && reached.value() == root) {
            REDOUBT_ASSERT(proof.path == prove_nonce(nonces, i).path);
        }
    }
    return 0;
}
