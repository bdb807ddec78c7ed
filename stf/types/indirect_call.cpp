#include <primitives/crypto/hashing.hpp>
#include <stf/types/indirect_call.hpp>
#include <vector>

namespace redoubt::stf {

namespace {

template <class Leaf>
Hash256 root_over(std::span<const Leaf> leaves) {
    std::vector<Hash256> level;
    level.reserve(leaves.size());
    for (const auto& leaf : leaves) {
        level.push_back(crypto::keccak_256(ByteView{leaf.data(), leaf.size()}));
    }
    if (level.empty()) {
        return {};
    }
    while (level.size() > 1) {
        std::vector<Hash256> above;
        above.reserve((level.size() + 1) / 2);
        for (std::size_t i = 0; i + 1 < level.size(); i += 2) {
            const auto& smaller = std::min(level[i], level[i + 1]);
            const auto& larger = std::max(level[i], level[i + 1]);
            above.push_back(crypto::keccak_256(concat(smaller, larger)));
        }
        if (level.size() % 2 == 1) {
            above.push_back(level.back());
        }
        level = std::move(above);
    }
    return level.front();
}

}  // namespace

Hash256 leaf_of(const IndirectCall& call) {
    return crypto::blake2b_256(scale::encode(call));
}

Hash256 sorted_merkle_root(std::span<const Bytes> leaves) {
    return root_over(leaves);
}

Hash256 sorted_merkle_root(std::span<const Hash256> leaves) {
    return root_over(leaves);
}

}  // namespace redoubt::stf
