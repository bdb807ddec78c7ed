#include <registry-client/pooled_nonces.hpp>

#include <limits>
#include <substrate/extrinsic.hpp>

namespace redoubt::registry_client {

std::set<std::uint32_t> nonces_of(const substrate::Metadata& metadata,
                                  std::span<const Bytes> pool,
                                  const AccountId& account) {
    std::set<std::uint32_t> out;
    for (const auto& extrinsic : pool) {
        const auto decoded = substrate::decode_extrinsic(metadata, extrinsic);
        if (decoded && decoded.value().signer == account && decoded.value().nonce &&
            *decoded.value().nonce <= std::numeric_limits<std::uint32_t>::max()) {
            out.insert(static_cast<std::uint32_t>(*decoded.value().nonce));
        }
    }
    return out;
}

}  // namespace redoubt::registry_client
