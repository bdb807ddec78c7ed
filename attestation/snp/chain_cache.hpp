/// Chains of certificates whose signatures were verified before. A hit saves the three RSA signatures and
/// nothing else: root, product, times, profile and revocation are checked at each use.
///
/// @source attestation.md, section 19
#pragma once

#include <primitives/bytes.hpp>

#include <cstddef>
#include <vector>

namespace redoubt::attestation::snp {

/// A bounded number of chains by the SHA-256 of their certificates. Not thread-safe.
class ChainCache {
  public:
    explicit ChainCache(std::size_t entries_max) : entries_max_(entries_max) {}

    [[nodiscard]] bool holds(const Hash256& key) const;
    /// Takes the place of the oldest entry when the cache is full.
    void insert(const Hash256& key);

  private:
    std::size_t entries_max_;
    std::size_t next_ = 0;
    std::vector<Hash256> entries_;
};

}  // namespace redoubt::attestation::snp
