#include <light-client/anchor.hpp>
#include <primitives/scale.hpp>
#include <substrate/storage_key.hpp>
#include <trie/read_proof.hpp>

namespace redoubt::light_client {
namespace {

constexpr std::string_view kOldAuthoritiesKey = ":grandpa_authorities";
/// The version byte in front of the list under the old key.
constexpr std::uint8_t kOldAuthoritiesVersion = 1;

template <class T>
Result<T> decode_stored(ByteView stored) {
    auto value = scale::decode<T>(stored);
    if (!value) {
        return FinalityError::kBadAnchor;
    }
    return std::move(value).value();
}

Result<AuthorityList> read_authorities(const trie::ReadProof& proof) {
    BOOST_OUTCOME_TRY(const auto stored, proof.read(substrate::storage_prefix("Grandpa", "Authorities")));
    if (stored) {
        return decode_stored<AuthorityList>(*stored);
    }
    BOOST_OUTCOME_TRY(const auto old, proof.read(bytes_of(kOldAuthoritiesKey)));
    if (!old || old->empty() || old->front() != kOldAuthoritiesVersion) {
        return FinalityError::kBadAnchor;
    }
    return decode_stored<AuthorityList>(old->subspan(1));
}

}  // namespace

Bytes genesis_hash_key() {
    auto key = substrate::storage_prefix("System", "BlockHash");
    substrate::append_hashed(key, substrate::StorageHasher::kTwox64Concat, scale::encode(std::uint32_t{0}));
    return key;
}

std::vector<Bytes> anchor_keys() {
    return {substrate::storage_prefix("Grandpa", "Authorities"),
            substrate::storage_prefix("Grandpa", "CurrentSetId"),
            substrate::storage_prefix("Grandpa", "PendingChange"), to_bytes(bytes_of(kOldAuthoritiesKey)),
            genesis_hash_key()};
}

Result<Anchor> read_anchor(ByteView header_bytes, std::span<const Bytes> nodes) {
    BOOST_OUTCOME_TRY(const auto header, substrate::decode_header(header_bytes));
    BOOST_OUTCOME_TRY(const auto proof, trie::ReadProof::verify(header.state_root, nodes));
    Anchor anchor;
    anchor.start.finalized = {{substrate::header_hash(header_bytes), header.number}, header.state_root};
    BOOST_OUTCOME_TRY(anchor.start.authorities, read_authorities(proof));
    BOOST_OUTCOME_TRY(const auto set_id, proof.read(substrate::storage_prefix("Grandpa", "CurrentSetId")));
    if (set_id) {
        BOOST_OUTCOME_TRY(anchor.start.set_id, decode_stored<std::uint64_t>(*set_id));
    }
    BOOST_OUTCOME_TRY(const auto pending, proof.read(substrate::storage_prefix("Grandpa", "PendingChange")));
    if (pending) {
        return FinalityError::kChangeAtAnchor;
    }
    BOOST_OUTCOME_TRY(VoterSet::from(anchor.start.authorities));
    if (header.number == 0) {
        anchor.genesis_hash = anchor.start.finalized.block.hash;
        return anchor;
    }
    BOOST_OUTCOME_TRY(const auto genesis, proof.read(genesis_hash_key()));
    if (genesis) {
        BOOST_OUTCOME_TRY(anchor.genesis_hash, decode_stored<Hash256>(*genesis));
    }
    return anchor;
}

}  // namespace redoubt::light_client
