#include <attestation/snp/chain_cache.hpp>

#include <algorithm>

namespace redoubt::attestation::snp {

bool ChainCache::holds(const Hash256& key) const {
    return std::ranges::find(entries_, key) != entries_.end();
}

void ChainCache::insert(const Hash256& key) {
    if (entries_max_ == 0 || holds(key)) {
        return;
    }
    if (entries_.size() < entries_max_) {
        entries_.push_back(key);
        return;
    }
    entries_[next_] = key;
    next_ = (next_ + 1) % entries_max_;
}

}  // namespace redoubt::attestation::snp
