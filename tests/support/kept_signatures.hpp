/// What a fuzz target of a verifier holds on to: whoever changes its inputs has no key, so that nothing can
/// ever be verified but what the kept inputs sign.
#pragma once

#include <attestation/digest.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <set>

namespace redoubt::tests {

class KeptSignatures {
  public:
    /// @param kept how many different signed texts the kept inputs have
    explicit KeptSignatures(std::size_t kept) : kept_(kept) {}

    /// Something was verified in which this is signed: one of the kept texts, or a forgery.
    void verified(ByteView text) {
        texts_.insert(attestation::sha2_256({text}));
        REDOUBT_ASSERT(texts_.size() <= kept_);
    }

  private:
    std::size_t kept_;
    std::set<Hash256> texts_;
};

}  // namespace redoubt::tests
