/// One piece of evidence for many verifiers: their nonces are the leaves of a Merkle tree, its root is the
/// nonce of the binding block, and each verifier gets a proof that its own nonce is in the tree.
///
/// A verifier that chose its nonce at random knows by the proof that the evidence was made after that.
///
/// @source RFC 9162, sections 2.1.1 and 2.1.3 (the tree of SHA-256), over nonces as entries
#pragma once

#include <attestation/reason.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace redoubt::attestation {

inline constexpr std::size_t kNoncesMax = 65'536;
/// Hashes of the longest proof: the depth of a tree of kNoncesMax leaves.
inline constexpr std::size_t kNonceProofHashesMax = 16;

/// That a nonce is one of those under a root.
struct NonceProof {
    std::uint32_t index = 0;    ///< of the nonce among all, from 0
    std::uint32_t count = 1;    ///< of the nonces, at most kNoncesMax
    std::vector<Hash256> path;  ///< from the leaf's sibling up

    bool operator==(const NonceProof&) const = default;
};

/// The whole tree, kept so that each proof is a look at its levels: 64 bytes for each nonce.
class NonceTree {
  public:
    /// @pre 1 to kNoncesMax nonces, each of kNonceBytesMin to kNonceBytesMax bytes
    explicit NonceTree(std::span<const Bytes> nonces);

    [[nodiscard]] const Hash256& root() const { return levels_.back().front(); }
    /// @pre index below the number of nonces
    [[nodiscard]] NonceProof prove(std::size_t index) const;

  private:
    /// The leaves, then their pairs. A last node without a sibling is on the next level as it is.
    std::vector<std::vector<Hash256>> levels_;
};

/// The root over the nonces.
/// @pre 1 to kNoncesMax nonces, each of kNonceBytesMin to kNonceBytesMax bytes
[[nodiscard]] Hash256 nonce_root(std::span<const Bytes> nonces);
/// One proof; who needs several keeps a NonceTree.
/// @pre as of nonce_root, and index < nonces.size()
[[nodiscard]] NonceProof prove_nonce(std::span<const Bytes> nonces, std::size_t index);

/// The root that `nonce` and `proof` lead to: compare it with the nonce of a binding block.
/// @errors kBindMalformed: no proof has this index, count or length, or the nonce has a wrong length
[[nodiscard]] Result<Hash256> root_of_proof(ByteView nonce, const NonceProof& proof);

}  // namespace redoubt::attestation
