// What a chain is entered and anchored by: checkpoints, parachain heads on their relay chain, and the roots
// of block bodies, over vectors/chain/checkpoints, vectors/chain/parachain and vectors/chain/blocks.
#include <gtest/gtest.h>

#include <light-client/finality_tracker.hpp>
#include <light-client/parachain_head.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <trie/read_proof.hpp>
#include <trie/trie_root.hpp>

namespace redoubt::light_client {
namespace {

using nlohmann::json;
using tests::VectorCount;

Bytes bytes_at(const json& value) {
    return parse_hex(value.get<std::string>()).value();
}

Hash256 hash_at(const json& value) {
    return parse_hex_fixed<Hash256>(value.get<std::string>()).value();
}

std::vector<Bytes> list_at(const json& value) {
    std::vector<Bytes> out;
    for (const auto& item : value) {
        out.push_back(bytes_at(item));
    }
    return out;
}

/// Integers stand as numbers or, where they may be large, as text.
bool is_number(std::uint64_t value, const json& expected) {
    return expected.is_string() ? std::to_string(value) == expected : value == expected;
}

bool is_authority(const Authority& authority, const json& expected) {
    return to_hex_0x(authority.id.view()) == expected.at("id") &&
           is_number(authority.weight, expected.at("weight"));
}

void check_checkpoint(const json& one, VectorCount& count) {
    const auto& decoded = one.at("decoded");
    const auto name = one.at("chain").get<std::string>() + " " + decoded.at("header").at("number").dump();
    const auto encoded = bytes_at(one.at("lightSyncState").at("finalizedBlockHeader"));
    const auto header = substrate::decode_header(encoded);
    ASSERT_OK(header) << name;
    const FinalizedBlock block{
        .block = {.hash = substrate::header_hash(ByteView{encoded}), .number = header.value().number},
        .state_root = header.value().state_root};
    count.record("header", name,
                 block.block.hash == hash_at(decoded.at("header").at("hash")) &&
                     block.block.number == decoded.at("header").at("number") &&
                     header.value().parent_hash == hash_at(decoded.at("header").at("parentHash")) &&
                     block.state_root == hash_at(decoded.at("header").at("stateRoot")));

    const auto set = bytes_at(one.at("lightSyncState").at("grandpaAuthoritySet"));
    const auto& grandpa = decoded.at("grandpa");
    ByteCursor in{set};
    auto authorities = scale::read<AuthorityList>(in);
    ASSERT_OK(authorities) << name;
    const auto set_id = scale::read<std::uint64_t>(in);
    ASSERT_OK(set_id) << name;
    const auto voters = VoterSet::from(authorities.value());
    count.record("authority set", name,
                 voters && is_number(set_id.value(), grandpa.at("setId")) &&
                     authorities.value().size() == grandpa.at("authorityCount") &&
                     is_number(voters.value().total_weight(), grandpa.at("totalWeight")) &&
                     is_authority(authorities.value().front(), grandpa.at("first")) &&
                     is_authority(authorities.value().back(), grandpa.at("last")));
    if (!grandpa.at("pendingStandard").empty()) {
        return;  // another checkpoint has to be taken
    }
    const auto roots = scale::read_compact_u32(in);
    const auto best = scale::read<std::optional<std::uint32_t>>(in);
    const auto forced = scale::read_compact_u32(in);
    const auto changes = scale::read<std::vector<std::pair<std::uint64_t, std::uint32_t>>>(in);
    count.record("set changes", name,
                 roots && roots.value() == 0U && best && best.value() == grandpa.at("bestFinalizedNumber") &&
                     forced && forced.value() == grandpa.at("pendingForced") && changes &&
                     changes.value().size() == grandpa.at("setChanges").at("count") && in.empty());
    const auto tracker = FinalityTracker::from({.finalized = block,
                                                .set_id = set_id.value(),
                                                .authorities = std::move(authorities).value(),
                                                .pending = std::nullopt});
    count.record("tracker", name, tracker && tracker.value().recent().back() == block);
}

void check_head(const json& one, VectorCount& count) {
    const auto name = one.at("id").get<std::string>();
    const auto para_id = one.at("paraId").get<std::uint32_t>();
    const auto root = hash_at(one.at("relayStateRoot"));
    const auto nodes = list_at(one.at("proofNodes"));
    if (one.contains("relayHeader")) {
        const auto relay = bytes_at(one["relayHeader"]);
        const auto header = substrate::decode_header(relay);
        count.record("relay header", name,
                     header && header.value().state_root == root &&
                         header.value().number == one.at("relayNumber") &&
                         substrate::header_hash(ByteView{relay}) == hash_at(one.at("relayHash")));
    }
    count.record("storage key", name, parachain_head_key(para_id) == bytes_at(one.at("storageKey")));
    const auto head = read_parachain_head(root, para_id, nodes);
    const auto& expected = one.at("paraHead");
    count.record("head", name,
                 head && head.value().header == bytes_at(one.at("headData")) &&
                     head.value().block.block.number == expected.at("number") &&
                     head.value().block.block.hash == hash_at(expected.at("hash")) &&
                     head.value().parent_hash == hash_at(expected.at("parentHash")) &&
                     head.value().block.state_root == hash_at(expected.at("stateRoot")));
    count.record("head of another parachain", name, !read_parachain_head(root, para_id + 1, nodes));
    auto fewer = nodes;
    fewer.pop_back();
    count.record("proof without a node", name, !read_parachain_head(root, para_id, fewer));
    if (one.contains("ancestorsIncluded")) {
        count.record("link to the ancestors", name,
                     head.value().parent_hash == hash_at(one["ancestorsIncluded"].back().at("hash")) &&
                         one.at("linksToProvenHead") == true);
    }
    if (one.contains("paraStorage")) {
        const auto& storage = one["paraStorage"];
        const auto value = trie::read_with_proof(
            head.value().block.state_root, list_at(storage.at("proofNodes")), bytes_at(storage.at("key")));
        count.record("storage of the parachain", name,
                     value && value.value() == std::optional{bytes_at(storage.at("value"))});
    }
}

void check_body(const json& block, VectorCount& count) {
    const auto name = block.at("chain").get<std::string>() + " " + block.at("number").dump();
    const auto extrinsics = list_at(block.at("extrinsics"));
    const auto root = hash_at(block.at("extrinsicsRoot"));
    const bool is_v0 = block.at("extrinsicsRootStateVersion") == 0;
    const auto version = is_v0 ? trie::StateVersion::kV0 : trie::StateVersion::kV1;
    const auto other = is_v0 ? trie::StateVersion::kV1 : trie::StateVersion::kV0;
    count.record("extrinsics root", name, trie::ordered_trie_root(extrinsics, version) == root);
    count.record(
        "extrinsics root, other version", name,
        (trie::ordered_trie_root(extrinsics, other) == root) == block.at("bothVersionsGiveSameRoot"));
    auto fewer = extrinsics;
    fewer.pop_back();
    count.record("extrinsics root of a shorter body", name, trie::ordered_trie_root(fewer, version) != root);
}

void check_folder(const std::filesystem::path& folder,
                  const std::string& title,
                  void (*check)(const json&, VectorCount&)) {
    VectorCount count{title};
    for (const auto& file : tests::indexed_files(folder)) {
        for (const auto& one : tests::read_json(file)) {
            check(one, count);
        }
    }
}

TEST(CheckpointVectors, decode_and_start_a_tracker) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/checkpoints");
    check_folder(folder, "chain/checkpoints", check_checkpoint);
}

TEST(ParachainVectors, prove_heads_and_storage_below_them) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/parachain");
    check_folder(folder, "chain/parachain", check_head);
}

TEST(BodyVectors, hash_to_their_extrinsics_root) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/blocks");
    check_folder(folder, "chain/blocks", check_body);
}

}  // namespace
}  // namespace redoubt::light_client
