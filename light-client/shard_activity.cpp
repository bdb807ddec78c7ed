#include <light-client/shard_activity.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <substrate/storage_key.hpp>
#include <trie/read_proof.hpp>

#include <tuple>
#include <vector>

namespace redoubt::light_client {
namespace {

/// ShardSignerStatus.
struct SignerStatus {
    AccountId signer;
    Hash256 fingerprint;
    std::uint32_t last_activity = 0;
    static constexpr auto kScaleFields =
        std::tuple{&SignerStatus::signer, &SignerStatus::fingerprint, &SignerStatus::last_activity};
};

}  // namespace

Bytes shard_status_key(const Hash256& shard) {
    return concat(substrate::storage_prefix("EnclaveBridge", "ShardStatus"),
                  crypto::blake2b_128(shard.view()), shard);
}

Result<std::optional<std::uint32_t>> last_activity(const Hash256& state_root,
                                                   std::span<const Bytes> nodes,
                                                   const Hash256& shard,
                                                   const AccountId& worker) {
    BOOST_OUTCOME_TRY(const auto proof, trie::ReadProof::verify(state_root, nodes));
    BOOST_OUTCOME_TRY(const auto value, proof.read(shard_status_key(shard)));
    if (!value) {
        return std::nullopt;
    }
    BOOST_OUTCOME_TRY(const auto signers, scale::decode<std::vector<SignerStatus>>(*value));
    std::optional<std::uint32_t> last;
    for (const auto& status : signers) {
        if (status.signer == worker) {
            last = std::max(last.value_or(0), status.last_activity);
        }
    }
    return last;
}

}  // namespace redoubt::light_client
