#include <light-client/parachain_head.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <trie/read_proof.hpp>

namespace redoubt::light_client {

Bytes parachain_head_key(std::uint32_t para_id) {
    const auto id = scale::encode(para_id);
    return concat(crypto::twox_128(bytes_of("Paras")), crypto::twox_128(bytes_of("Heads")),
                  crypto::twox_64(id), id);
}

Result<ParachainHead> read_parachain_head(const Hash256& state_root,
                                          std::uint32_t para_id,
                                          std::span<const Bytes> proof) {
    BOOST_OUTCOME_TRY(const auto value,
                      trie::read_with_proof(state_root, proof, parachain_head_key(para_id)));
    if (!value) {
        return ParachainError::kNotRegistered;
    }
    auto bytes = scale::decode<Bytes>(*value);
    if (!bytes) {
        return ParachainError::kBadHead;
    }
    const auto header = substrate::decode_header(bytes.value());
    if (!header) {
        return ParachainError::kBadHead;
    }
    return ParachainHead{.block = {.block = {.hash = substrate::header_hash(ByteView{bytes.value()}),
                                             .number = header.value().number},
                                   .state_root = header.value().state_root},
                         .parent_hash = header.value().parent_hash,
                         .header = std::move(bytes).value()};
}

}  // namespace redoubt::light_client
