// Vectors of the original worker and its clients: calls, getters, answers, signatures, leaves and roots.
// Source: vectors/integritee, whose entries name repository and commit.
#include <gtest/gtest.h>

#include <enclave/sim_tee.hpp>
#include <functional>
#include <primitives/crypto/ed25519.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/hex.hpp>
#include <stf/state_encoding.hpp>
#include <stf/types/bytes_wrapping.hpp>
#include <stf/types/indirect_call.hpp>
#include <stf/types/returns.hpp>
#include <stf/types/trusted_operation.hpp>
#include <tests/support/memory_state.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::tests {
namespace {

using nlohmann::json;

Bytes hex_of(const json& text) {
    return parse_hex(text.get<std::string>()).value();
}

Hash256 hash_of(const json& text) {
    return parse_hex_fixed<Hash256>(text.get<std::string>()).value();
}

/// Decodes and encodes again.
template <class T>
bool round_trip(const Bytes& bytes) {
    const auto value = scale::decode<T>(bytes);
    return value && scale::encode(value.value()) == bytes;
}

TEST(StfVectors, calls_and_getters) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/integritee");
    const auto file = read_json(folder / "stf-calls-and-getters.json");
    VectorCount count{"stf-calls-and-getters"};
    const auto check_calls = [&](const json& calls, const char* kind) {
        for (const auto& entry : calls) {
            const auto name = entry.at("variant").get<std::string>();
            const auto bytes = hex_of(entry.at("scale"));
            const auto call = scale::decode<stf::TrustedCall>(bytes);
            const bool passed = call && scale::encode(call.value()) == bytes &&
                                stf::name_of(call.value()) == name && bytes.size() > 32;
            count.record(kind, name, passed);
        }
    };
    check_calls(file.at("trusted_calls"), "call");
    check_calls(file.at("trusted_calls_known_only_to_newer_clients").at("calls"), "call of newer clients");
    for (const auto& entry : file.at("trusted_getters_unsigned")) {
        count.record("trusted getter", entry.at("variant").get<std::string>(),
                     round_trip<stf::TrustedGetter>(hex_of(entry.at("scale"))));
    }
    for (const auto& entry : file.at("public_getters_as_Getter")) {
        const auto bytes = hex_of(entry.at("getter_scale"));
        const auto getter = scale::decode<stf::Getter>(bytes);
        count.record("public getter", entry.at("variant").get<std::string>(),
                     getter && std::holds_alternative<stf::PublicGetter>(getter.value()) &&
                         scale::encode(getter.value()) == bytes);
    }
}

TEST(StfVectors, signatures) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/integritee");
    const auto file = read_json(folder / "stf-signatures.json");
    VectorCount count{"stf-signatures"};
    for (const auto& entry : file.at("browser_extension_vectors")) {
        const auto type = entry.at("type").get<std::string>();
        const auto bytes = hex_of(entry.at("scale"));
        bool passed = false;
        if (type == "TrustedCallSigned") {
            const auto call = scale::decode<stf::TrustedCallSigned>(bytes);
            ASSERT_OK(call);
            const auto payload =
                stf::signing_payload(call.value().call, call.value().nonce, hash_of(entry.at("mrenclave")),
                                     hash_of(entry.at("shard")));
            const auto& expect = entry.at("expect");
            const auto signer = stf::sender_of(call.value().call);
            passed = payload == hex_of(entry.at("payload_unwrapped")) &&
                     stf::wrap_in_bytes(payload) == hex_of(entry.at("signed_message")) &&
                     crypto::verify(call.value().signature, signer, payload) ==
                         expect.at("verify_unwrapped").get<bool>() &&
                     stf::verify(call.value(), hash_of(entry.at("mrenclave")), hash_of(entry.at("shard"))) ==
                         expect.at("accepted").get<bool>();
        } else if (type == "Getter") {
            const auto getter = scale::decode<stf::Getter>(bytes);
            ASSERT_OK(getter);
            const auto& signed_getter = std::get<stf::TrustedGetterSigned>(getter.value());
            passed = stf::signing_payload(signed_getter.getter) == hex_of(entry.at("getter_payload")) &&
                     stf::verify(signed_getter) == entry.at("expect").at("accepted").get<bool>();
        }
        count.record("browser extension", type, passed);
    }
    const auto& payload = file.at("signing_payload");
    const auto call = scale::decode<stf::TrustedCall>(hex_of(payload.at("call")));
    ASSERT_OK(call);
    const auto message = stf::signing_payload(call.value(), payload.at("nonce").get<std::uint32_t>(),
                                              hash_of(payload.at("mrenclave")), hash_of(payload.at("shard")));
    count.record("signing payload", "plain", message == hex_of(payload.at("payload")));
    count.record("signing payload", "wrapped",
                 stf::wrap_in_bytes(message) == hex_of(payload.at("payload_wrapped")));
}

TEST(StfVectors, states_and_their_hashes) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/integritee");
    const auto files = indexed_files(folder);
    const auto path = std::ranges::find(files, "state-and-provisioning.json",
                                        [](const auto& file) { return file.filename().string(); });
    ASSERT_NE(path, files.end());
    const auto file = read_json(*path);
    VectorCount count{"state-and-provisioning"};

    const auto& state = file.at("state_encoding");
    stf::MemoryState::Entries entries;
    for (const auto& entry : state.at("entries_sorted")) {
        entries[hex_of(entry.at("key"))] = hex_of(entry.at("value"));
    }
    const auto encoded = hex_of(state.at("encoded"));
    const auto decoded = stf::decode_state(encoded);
    count.record("state", "encoding", stf::encode_state(stf::MemoryState{entries}) == encoded);
    count.record("state", "decoding",
                 decoded && std::ranges::equal(decoded.value(), entries, [](const auto& a, const auto& b) {
                     return equal(a.key, b.first) && equal(a.value, b.second);
                 }));
    const auto hash = stf::state_hash(stf::MemoryState{entries});
    count.record("state hash", "of the state", hash == hash_of(state.at("state_hash_blake2_256")));

    const auto& diff = file.at("diff_encoding");
    stf::Changes changes;
    for (const auto& entry : diff.at("entries_sorted")) {
        const auto& value = entry.at("value");
        changes[hex_of(entry.at("key"))] = value.is_null() ? std::nullopt : std::optional{hex_of(value)};
    }
    const auto encoded_diff = hex_of(diff.at("encoded"));
    const auto decoded_diff = stf::decode_state_diff(encoded_diff);
    count.record("diff", "encoding", stf::encode_state_diff(changes) == encoded_diff);
    count.record("diff", "decoding", decoded_diff && decoded_diff.value() == changes);

    // What a sidechain block says of a state: its hash before and after, and the diff.
    const auto& payload = file.at("sidechain_state_payload");
    count.record("state hash", "in a sidechain block", hash == hash_of(payload.at("state_hash_apriori")));
    const auto bytes = hex_of(payload.at("payload"));
    const auto in_block = stf::decode_state_diff(ByteView{bytes}.subspan(2 * Hash256::kSize));
    count.record("diff", "in a sidechain block", in_block && in_block.value() == changes);
}

TEST(StfVectors, deterministic_operation) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/integritee");
    const auto entry = read_json(folder / "stf-signatures.json").at("deterministic_ed25519");
    VectorCount count{"deterministic operation"};
    const auto seed_text = entry.at("seed_ascii").get<std::string>();
    const auto seed =
        crypto::SecretBytes<32>::copy_of(std::span<const std::uint8_t, 32>{bytes_of(seed_text)});
    const auto key = crypto::KeyPair::from_seed(crypto::Scheme::kEd25519, seed).value();
    const auto call = scale::decode<stf::TrustedCall>(hex_of(entry.at("call")));
    ASSERT_OK(call);
    stf::TrustedCallSigned signed_call;
    signed_call.call = call.value();
    signed_call.nonce = entry.at("nonce").get<std::uint32_t>();
    const auto payload = stf::signing_payload(signed_call.call, signed_call.nonce,
                                              hash_of(entry.at("mrenclave")), hash_of(entry.at("shard")));
    signed_call.signature = key.sign(payload);
    const stf::TrustedOperation direct = stf::DirectCallOperation{.signed_call = signed_call};
    const stf::TrustedOperation indirect = stf::IndirectCallOperation{.signed_call = signed_call};
    stf::TrustedGetterSigned getter;
    getter.getter = stf::trusted_getter::AccountInfo{.account = key.account_id()};
    getter.signature = key.sign(stf::signing_payload(getter.getter));
    const stf::Request request{.shard = hash_of(entry.at("shard")),
                               .cyphertext = scale::encode(stf::Getter{getter})};
    const auto check = [&](const char* field, const Bytes& bytes) {
        count.record("field", field, bytes == hex_of(entry.at(field)));
    };
    check("public", key.public_key());
    check("payload", payload);
    check("signature", to_bytes(signed_call.signature.bytes()));
    check("trusted_call_signed", scale::encode(signed_call));
    check("direct_top", scale::encode(direct));
    check("direct_top_hash", to_bytes(stf::operation_hash(direct).view()));
    check("indirect_top", scale::encode(indirect));
    check("indirect_top_hash", to_bytes(stf::operation_hash(indirect).view()));
    check("call_hash", to_bytes(crypto::blake2b_256(scale::encode(call.value())).view()));
    check("getter_payload", stf::signing_payload(getter.getter));
    check("getter_signature", to_bytes(getter.signature.bytes()));
    check("getter", scale::encode(stf::Getter{getter}));
    check("get_request", scale::encode(request));
}

TEST(StfVectors, merkle_roots) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/integritee");
    const auto file = read_json(folder / "merkle-keccak.json");
    VectorCount count{"merkle-keccak"};
    const auto root_of = [](const json& entry) {
        std::vector<Bytes> leaves;
        if (entry.contains("leaves_hex")) {
            for (const auto& leaf : entry.at("leaves_hex")) {
                leaves.push_back(hex_of(leaf));
            }
        } else {
            for (const auto& leaf : entry.at("leaves_utf8")) {
                leaves.push_back(to_bytes(bytes_of(leaf.get<std::string>())));
            }
        }
        return stf::sorted_merkle_root(std::span<const Bytes>{leaves});
    };
    for (const auto& entry : file.at("sorted_pairs")) {
        count.record("sorted pairs", entry.dump(), root_of(entry) == hash_of(entry.at("root")));
    }
    for (const auto& entry : file.at("unsorted_pairs_for_contrast").at("cases")) {
        count.record("differs from unsorted", entry.dump(), root_of(entry) != hash_of(entry.at("root")));
    }
    for (const auto& entry : file.at("worker_style_h256_leaves").at("cases")) {
        std::vector<Hash256> leaves;
        for (const auto& leaf : entry.at("leaves_hex")) {
            leaves.push_back(hash_of(leaf));
        }
        count.record("hash leaves", entry.dump(),
                     stf::sorted_merkle_root(std::span<const Hash256>{leaves}) == hash_of(entry.at("root")));
    }
}

TEST(StfVectors, indirect_call_leaves) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/integritee");
    const auto leaves = read_json(folder / "parentchain-calls.json").at("indirect_call_leaves");
    VectorCount count{"indirect call leaves"};
    std::map<std::string, Hash256> by_name;
    for (const auto& entry : leaves.at("cases")) {
        const auto name = entry.at("variant").get<std::string>();
        const auto bytes = hex_of(entry.at("scale"));
        const auto call = scale::decode<stf::IndirectCall>(bytes);
        ASSERT_OK(call);
        by_name[name] = stf::leaf_of(call.value());
        count.record("leaf", name,
                     scale::encode(call.value()) == bytes && by_name[name] == hash_of(entry.at("leaf")));
    }
    const std::vector<Hash256> pair = {by_name.at("TimestampSet"), by_name.at("Invoke")};
    count.record("root", "timestamp then invoke",
                 stf::sorted_merkle_root(std::span<const Hash256>{pair}) ==
                     hash_of(leaves.at("root_of_timestamp_then_invoke")));
}

TEST(StfVectors, getter_answers) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/integritee");
    const auto file = read_json(folder / "rpc-values.json");
    VectorCount count{"getter answers"};
    const std::map<std::string, std::function<bool(const Bytes&)>> types = {
        {"ParentchainsInfo", round_trip<stf::ParentchainsInfo>},
        {"ShardInfo", round_trip<stf::ShardInfo>},
        {"NotesBucketInfo", round_trip<stf::BucketRange>},
        {"TimestampedTrustedNote", round_trip<stf::TimestampedTrustedNote>},
        {"GuessTheNumberInfo", round_trip<stf::GuessTheNumberInfo>},
        {"AccountEssentials", round_trip<stf::AccountEssentials>},
    };
    for (const auto& [name, entry] : file.at("getter_return_types").at("values").items()) {
        const auto type = types.find(name);
        count.record("type", name, type != types.end() && type->second(hex_of(entry.at("scale"))));
    }
    const auto& entry = file.at("account_info");
    const auto bytes = hex_of(entry.at("scale"));
    const auto info = scale::decode<stf::AccountInfo>(bytes);
    ASSERT_OK(info);
    const auto number = [&](const char* field) {
        const auto& value = entry.at("value").at(field);
        return parse_decimal_u128(value.is_string() ? value.get<std::string>() : value.dump());
    };
    count.record("type", "AccountInfo",
                 bytes.size() == 80 && scale::encode(info.value()) == bytes &&
                     info.value().nonce == number("nonce") && info.value().free == number("free") &&
                     info.value().reserved == number("reserved") && info.value().frozen == number("frozen") &&
                     info.value().flags == number("flags") && info.value().flags == stf::kAccountFlags);
}

// The layout that the simulated TEE writes, held against evidence from another hand: every unmutated file is
// rebuilt from its fields and the published test key. Source: vectors/attestation/sim, attestation.md
// section 15.
TEST(SimEvidenceVectors, rebuilds_every_file_byte_for_byte) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const auto index = read_json(folder / "INDEX.json");
    VectorCount count{"SIMATT"};
    std::vector<json> entries;
    const std::function<void(const json&)> collect = [&](const json& node) {
        if (node.is_object() && node.value("kind", "").starts_with("sim-evidence")) {
            entries.push_back(node);
        } else if (node.is_structured()) {
            for (const auto& child : node) {
                collect(child);
            }
        }
    };
    collect(index);
    const auto key_text = std::string{"offchain-tee sim test vector key 1"};
    const auto digest = crypto::sha2_256(bytes_of(key_text));
    const auto seed = crypto::SecretBytes<32>::copy_of(digest.bytes);
    const auto key = crypto::KeyPair::from_seed(crypto::Scheme::kEd25519, seed).value();
    for (const auto& entry : entries) {
        const auto id = entry.at("id").get<std::string>();
        const auto text = read_file(folder / entry.at("files").at("evidence").get<std::string>());
        const auto bytes = to_bytes(bytes_of(text));
        ASSERT_EQ(bytes.size(), enclave::kSimEvidenceBytes);
        ByteCursor in{ByteView{bytes}.subspan(10)};
        enclave::SimEvidence evidence;
        evidence.flags = in.take_le<std::uint16_t>().value();
        evidence.measurement = in.take_fixed<Hash256>().value();
        evidence.signer = in.take_fixed<Hash256>().value();
        evidence.product_id = in.take_le<std::uint16_t>().value();
        evidence.security_version = in.take_le<std::uint16_t>().value();
        ASSERT_EQ(in.take_le<std::uint32_t>().value(), 0U);
        evidence.report_data = in.take_fixed<FixedBytes<64>>().value();
        evidence.unix_time_s = in.take_le<std::uint64_t>().value();
        const bool is_same = enclave::encode_sim_evidence(evidence, key) == bytes;
        const bool is_mutated = entry.at("kind") == "sim-evidence-mutated";
        count.record(is_mutated ? "mutated" : "genuine", id, is_same != is_mutated);
    }
}

}  // namespace
}  // namespace redoubt::tests
