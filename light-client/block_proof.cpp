#include <light-client/block_proof.hpp>
#include <primitives/scale.hpp>
#include <substrate/storage_key.hpp>
#include <trie/read_proof.hpp>

namespace redoubt::light_client {
namespace {

Bytes events_key() {
    return substrate::storage_prefix("System", "Events");
}

Bytes last_upgrade_key() {
    return substrate::storage_prefix("System", "LastRuntimeUpgrade");
}

Bytes aura_authorities_key() {
    return substrate::storage_prefix("Aura", "Authorities");
}

}  // namespace

std::vector<Bytes> block_proof_keys() {
    return {events_key(), last_upgrade_key(), aura_authorities_key()};
}

Result<BlockFacts> read_block_proof(const Hash256& state_root, std::span<const Bytes> nodes) {
    BOOST_OUTCOME_TRY(const auto proof, trie::ReadProof::verify(state_root, nodes));
    BlockFacts facts;
    BOOST_OUTCOME_TRY(const auto events, proof.read(events_key()));
    facts.events = events ? to_bytes(*events) : Bytes{0};
    BOOST_OUTCOME_TRY(const auto upgrade, proof.read(last_upgrade_key()));
    if (upgrade) {
        ByteCursor in{*upgrade};
        BOOST_OUTCOME_TRY(const auto spec_version, scale::read_compact_u32(in));
        BOOST_OUTCOME_TRY(auto spec_name, scale::read<std::string>(in));
        BOOST_OUTCOME_TRY(in.expect_end());
        facts.executed_by = ExecutedBy{.spec_version = spec_version, .spec_name = std::move(spec_name)};
    }
    BOOST_OUTCOME_TRY(const auto authorities, proof.read(aura_authorities_key()));
    if (authorities) {
        BOOST_OUTCOME_TRY(facts.aura_authorities, scale::decode<std::vector<Hash256>>(*authorities));
    }
    return facts;
}

}  // namespace redoubt::light_client
