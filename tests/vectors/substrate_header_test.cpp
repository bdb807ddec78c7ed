// Headers, digests, seals and blocks over vectors/chain/headers and vectors/chain/blocks.
#include <gtest/gtest.h>

#include <substrate/extrinsic.hpp>
#include <substrate/header.hpp>
#include <substrate/seal.hpp>
#include <tests/vectors/substrate_support.hpp>

namespace redoubt::substrate {
namespace {

using tests::VectorCount;

std::string_view kind_name(DigestKind kind) {
    switch (kind) {
        case DigestKind::kOther:
            return "Other";
        case DigestKind::kConsensus:
            return "Consensus";
        case DigestKind::kSeal:
            return "Seal";
        case DigestKind::kPreRuntime:
            return "PreRuntime";
        case DigestKind::kRuntimeEnvironmentUpdated:
            return "RuntimeEnvironmentUpdated";
    }
    return "";
}

json pre_digest_json(const BabePreDigest& claim) {
    constexpr std::string_view kNames[] = {"", "Primary", "SecondaryPlain", "SecondaryVRF"};
    json out = {{"kind", kNames[static_cast<std::size_t>(claim.claim)]},
                {"authorityIndex", claim.authority_index},
                {"slot", claim.slot}};
    if (claim.claim != BabeClaim::kSecondaryPlain) {
        out["vrfOutput"] = to_hex_0x(claim.vrf_output.view());
        out["vrfProof"] = to_hex_0x(claim.vrf_proof.view());
    }
    return out;
}

json authority_json(const BabeAuthority& authority) {
    return {{"id", to_hex_0x(authority.key.view())}, {"weight", std::to_string(authority.weight)}};
}

/// What a digest item of the vectors says when it is decoded.
void check_decoded(const Header& header, const json& item, const std::string& name, VectorCount& count) {
    if (!item.contains("decoded") || item["decoded"].empty()) {
        return;
    }
    const auto& expected = item["decoded"];
    const auto engine = item.at("engine").get<std::string>();
    if (item.at("type") == "PreRuntime" && engine == "BABE") {
        const auto claim = babe_pre_digest(header);
        count.record("BABE pre-digest", name, claim && pre_digest_json(claim.value()) == expected);
    } else if (item["type"] == "PreRuntime" && engine == "aura") {
        const auto slot = aura_slot(header);
        count.record("Aura pre-digest", name, slot && slot.value() == expected.at("slot"));
    } else if (engine == "BABE" && expected.at("kind") == "NextEpochData") {
        const auto epoch = babe_next_epoch(header);
        ASSERT_OK(epoch);
        ASSERT_TRUE(epoch.value().has_value());
        const auto& authorities = epoch.value()->authorities;
        count.record("BABE next epoch", name,
                     authorities.size() == expected.at("authorities").at("count") &&
                         authority_json(authorities.front()) == expected["authorities"].at("first") &&
                         authority_json(authorities.back()) == expected["authorities"].at("last") &&
                         to_hex_0x(epoch.value()->randomness.view()) == expected.at("randomness"));
    } else if (engine == "FRNK") {
        // GRANDPA's own logs belong to the light client.
        count.record("left to the light client", name, true);
    } else {
        ADD_FAILURE() << "unknown digest item " << item;
    }
}

void check_header(const json& one, VectorCount& count) {
    const auto name = one.value("chain", "") + " " + one.at("number").dump();
    const auto bytes = bytes_at(one.at("header"));
    const auto decoded = decode_header(bytes);
    ASSERT_OK(decoded) << name;
    const auto& header = decoded.value();
    bool same = header.number == one["number"] &&
                to_hex_0x(header.parent_hash.view()) == one.at("parentHash") &&
                to_hex_0x(header.state_root.view()) == one.at("stateRoot") &&
                to_hex_0x(header.extrinsics_root.view()) == one.at("extrinsicsRoot") &&
                header.digest.size() == one.at("digest").size();
    for (std::size_t i = 0; same && i < header.digest.size(); ++i) {
        const auto& item = header.digest[i];
        const auto& expected = one["digest"][i];
        same = kind_name(item.kind) == expected.at("type") &&
               (!expected.contains("engine") || text_of(item.engine) == expected["engine"]) &&
               (!expected.contains("data") || to_hex_0x(item.data) == expected["data"]);
    }
    count.record("fields", name, same);
    count.record("hash", name, to_hex_0x(header_hash(bytes).view()) == one.at("hash"));
    count.record("encoding", name, encode(header) == bytes && header_hash(header) == header_hash(bytes));
    for (const auto& item : one["digest"]) {
        check_decoded(header, item, name, count);
    }
    if (one.contains("json")) {
        bool logs = true;
        const auto& texts = one["json"].at("digest").at("logs");
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const auto item = decode_digest_item(bytes_at(texts[i]));
            logs = logs && item && item.value() == header.digest.at(i) &&
                   encode(item.value()) == bytes_at(texts[i]);
        }
        count.record("JSON logs", name, logs);
    }
    auto longer = bytes;
    longer.push_back(0);
    count.record("one byte more or less", name,
                 decode_header(longer).has_error() &&
                     decode_header(ByteView{bytes}.first(bytes.size() - 1)).has_error());
}

void check_babe(const json& one, VectorCount& count) {
    const auto name = one.at("number").dump();
    const auto header = decode_header(bytes_at(one.at("header")));
    ASSERT_OK(header);
    const auto author = hash_at(one.at("author"));
    const auto unsealed = unseal(header.value());
    ASSERT_OK(unsealed);
    count.record("BABE pre-seal hash", name,
                 to_hex_0x(unsealed.value().hash.view()) == one.at("preSealHash"));
    const auto claim = babe_pre_digest(header.value());
    ASSERT_OK(claim);
    count.record("BABE pre-digest", name, pre_digest_json(claim.value()) == one.at("preDigest"));
    count.record("BABE seal", name,
                 verify_babe_seal(header.value(), author).has_value() == one.at("sealValid"));
    const auto randomness = hash_at(one.at("randomness"));
    const auto epoch = one.at("epochIndex").get<std::uint64_t>();
    const auto value = verify_babe_vrf(claim.value(), author, epoch, randomness);
    count.record("BABE VRF", name, value.has_value() == one.at("vrfValid"));
    count.record("BABE VRF of another epoch", name,
                 verify_babe_vrf(claim.value(), author, epoch + 1, randomness).has_error());

    // The other authorities of the epoch are not in the vectors: only their number and weight matter.
    std::vector<BabeAuthority> authorities(one.at("authorityCount").get<std::size_t>(), {Hash256{}, 1});
    authorities.at(claim.value().authority_index).key = author;
    const BabeEpoch whole{.index = epoch,
                          .randomness = randomness,
                          .authorities = authorities,
                          .config = {.c_numerator = one.at("c").at(0).get<std::uint64_t>(),
                                     .c_denominator = one.at("c").at(1).get<std::uint64_t>(),
                                     .allowed_slots = 2}};
    count.record("BABE block", name, verify_babe_block(header.value(), whole).has_value());
    if (one.contains("primaryValue128")) {
        const auto threshold = babe_primary_threshold(whole.config.c_numerator, whole.config.c_denominator, 1,
                                                      authorities.size());
        count.record("BABE primary claim", name,
                     value && value.value() == number_at(one["primaryValue128"]) &&
                         threshold == number_at(one.at("primaryThreshold128")));
    }
    if (one.contains("secondaryAuthorIndex")) {
        count.record("BABE secondary author", name,
                     babe_secondary_author(randomness, claim.value().slot, authorities.size()) ==
                         one["secondaryAuthorIndex"].get<std::uint32_t>());
    }
    auto altered = header.value();
    altered.state_root.bytes[0] ^= 1;
    count.record("BABE seal over another header", name,
                 verify_babe_block(altered, whole).error() == make_error_code(HeaderError::kBadSeal));
}

void check_aura(const json& one, VectorCount& count) {
    const auto kind = one.at("kind").get<std::string>();
    const auto bytes = bytes_at(one.at("header"));
    const auto header = decode_header(bytes);
    ASSERT_OK(header);
    count.record("Aura hash", kind, to_hex_0x(header_hash(bytes).view()) == one.at("hash"));
    std::vector<Hash256> authorities;
    for (const auto& authority : one.at("authorities")) {
        authorities.push_back(hash_at(authority));
    }
    const auto scheme = one.at("keyType") == "ed25519" ? AuraScheme::kEd25519 : AuraScheme::kSr25519;
    const auto verdict = verify_aura_block(header.value(), scheme, authorities);
    count.record("Aura, " + one.at("expected").get<std::string>(), kind,
                 verdict.has_value() == (one["expected"] == "valid"));
    if (one["expected"] == "valid") {
        count.record("Aura slot", kind, aura_slot(header.value()).value() == one.at("slot"));
    }
    if (one.contains("preSealHash")) {
        count.record("Aura pre-seal hash", kind,
                     to_hex_0x(unseal(header.value()).value().hash.view()) == one["preSealHash"]);
    }
}

TEST(HeaderVectors, decode_and_verify) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/headers");
    VectorCount count{"headers"};
    const auto with = [&count](void (*check)(const json&, VectorCount&)) {
        return [&count, check](const std::filesystem::path& file) {
            for (const auto& one : tests::read_json(file)) {
                check(one, count);
            }
        };
    };
    for_each_indexed_file(folder, {{"headers.json", with(check_header)},
                                   {"babe_seals.json", with(check_babe)},
                                   {"aura_seals.json", with(check_aura)}});
}

TEST(BlockVectors, decode_headers_and_extrinsics) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/blocks");
    VectorCount count{"blocks"};
    // These blocks hold inherents only, whose envelope is the same under every runtime.
    MetadataLibrary library{folder.parent_path() / "metadata"};
    const auto& metadata = library.get("polkadot_v14");
    for_each_indexed_file(
        folder,
        {{"blocks.json", [&](const std::filesystem::path& file) {
              for (const auto& block : tests::read_json(file)) {
                  const auto name = block.at("chain").get<std::string>() + " " + block.at("number").dump();
                  const auto bytes = bytes_at(block.at("header"));
                  const auto header = decode_header(bytes);
                  ASSERT_OK(header);
                  count.record(
                      "header", name,
                      header.value().number == block["number"] && encode(header.value()) == bytes &&
                          to_hex_0x(header_hash(bytes).view()) == block.at("blockHash") &&
                          to_hex_0x(header.value().extrinsics_root.view()) == block.at("extrinsicsRoot"));
                  for (const auto& text : block.at("extrinsics")) {
                      const auto extrinsic = bytes_at(text);
                      const auto decoded = decode_extrinsic(metadata, extrinsic);
                      count.record("extrinsic", name,
                                   decoded && decoded.value().kind == ExtrinsicKind::kBare &&
                                       decoded.value().format_version == 4 &&
                                       bare_extrinsic(decoded.value().call) == extrinsic);
                  }
              }
          }}});
}

}  // namespace
}  // namespace redoubt::substrate
