// State tries and proofs over vectors/chain/trie and vectors/chain/storage_proofs.
#include <gtest/gtest.h>

#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <trie/compact_proof.hpp>
#include <trie/read_proof.hpp>
#include <trie/trie_root.hpp>

#include <functional>
#include <set>

namespace redoubt::trie {
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

StateVersion version_at(const json& value) {
    return value.get<int>() == 0 ? StateVersion::kV0 : StateVersion::kV1;
}

using EntryMap = std::map<Bytes, Bytes>;

Hash256 root_of(const EntryMap& entries, StateVersion version) {
    std::vector<TrieEntry> list;
    for (const auto& [key, value] : entries) {
        list.push_back({key, value});
    }
    return trie_root(list, version);
}

EntryMap read_key_values(const std::filesystem::path& file) {
    const auto text = tests::read_file(file);
    ByteCursor in{bytes_of(text)};
    EntryMap out;
    const auto count = scale::read_compact_u32(in).value();
    for (std::uint32_t i = 0; i < count; ++i) {
        auto key = to_bytes(scale::read_bytes(in).value());
        out[std::move(key)] = to_bytes(scale::read_bytes(in).value());
    }
    EXPECT_TRUE(in.empty()) << file;
    return out;
}

/// Whether the proof answers the query as the vector says: value, absent, or incomplete.
bool answers(const Result<std::optional<ByteView>>& read, const json& query) {
    if (query.contains("value")) {
        return read.has_value() && read.value() && equal(*read.value(), bytes_at(query["value"]));
    }
    if (query.contains("absent")) {
        return read.has_value() && !read.value();
    }
    if (query.contains("incomplete") || query.value("verdict", "") == "incomplete") {
        return read.has_error() && read.error() == make_error_code(TrieError::kIncomplete);
    }
    ADD_FAILURE() << "unknown query " << query;
    return false;
}

void check_roots(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        EntryMap entries;
        for (const auto& entry : one["entries"]) {
            entries[bytes_at(entry[0])] = bytes_at(entry[1]);
        }
        count.record("root", one["name"],
                     root_of(entries, version_at(one["stateVersion"])) == hash_at(one["root"]));
    }
}

void check_ordered_roots(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        const auto root = ordered_trie_root(list_at(one["items"]), version_at(one["stateVersion"]));
        count.record("ordered root", one["root"], root == hash_at(one["root"]));
    }
}

void check_nodes(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        const auto bytes = bytes_at(one["node"]);
        const auto node = decode_trie_node(bytes);
        bool passed = node.has_value();
        if (passed) {
            std::string partial;
            for (const auto nibble : node.value().partial_key) {
                partial += "0123456789abcdef"[nibble];
            }
            passed = partial == one.value("partial", "");
            if (one.contains("children")) {
                passed = passed && node.value().child_count() == one["children"].size();
                for (const auto& [nibble, reference] : one["children"].items()) {
                    const auto& child = node.value().children[std::stoul(nibble, nullptr, 16)];
                    passed = passed && child && equal(*child, bytes_at(reference));
                }
            }
            Bytes again;
            encode_trie_node(again, node.value());
            passed = passed && again == bytes;
        }
        count.record("node", one["node"], passed);
    }
}

void check_invalid_nodes(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        count.record("invalid node", one["reason"], decode_trie_node(bytes_at(one["node"])).has_error());
    }
}

void check_queries(const ReadProof& proof,
                   const json& queries,
                   const std::string& kind,
                   const std::string& name,
                   VectorCount& count) {
    for (const auto& query : queries) {
        count.record(kind, name + " " + query["key"].get<std::string>(),
                     answers(proof.read(bytes_at(query["key"])), query));
    }
}

void check_read_proofs(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        const auto nodes = list_at(one["nodes"]);
        const auto proof = ReadProof::verify(hash_at(one["root"]), nodes);
        count.record("read proof", one.value("name", one.value("id", "")), proof.has_value());
        if (proof && one.contains("queries")) {
            check_queries(proof.value(), one["queries"], "read proof query",
                          one.value("name", one.value("id", "")), count);
        }
    }
}

void check_compact(const json& one, const std::string& name, VectorCount& count) {
    const auto items = list_at(one["items"]);
    const auto expanded = expand_compact_proof(items);
    bool passed = expanded.has_value() && expanded.value().root == hash_at(one["root"]);
    if (passed && one.contains("reconstructedNodes")) {
        std::set<Bytes> expected;
        for (const auto& node : one["reconstructedNodes"]) {
            expected.insert(bytes_at(node));
        }
        passed =
            std::set<Bytes>{expanded.value().entries.begin(), expanded.value().entries.end()} == expected;
    }
    count.record("compact proof", name, passed);
    if (!passed) {
        return;
    }
    const auto proof = ReadProof::verify_expanded(expanded.value().root, expanded.value().entries);
    ASSERT_OK(proof) << name;
    check_queries(proof.value(), one["queries"], "compact proof query", name, count);
}

void check_compact_proofs(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        check_compact(one, one["name"], count);
    }
}

void check_compact_adversarial(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        const auto items = list_at(one["items"]);
        const auto expanded = expand_compact_proof(items);
        const bool accepted = expanded && expanded.value().root == hash_at(one["expectedRoot"]) &&
                              ReadProof::verify_expanded(expanded.value().root, expanded.value().entries);
        count.record("compact adversarial", one["name"], accepted == (one["expected"] == "ok"));
    }
}

void check_adversarial(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        const auto nodes = list_at(one["nodes"]);
        const auto proof = ReadProof::verify(hash_at(one["root"]), nodes);
        const auto& expected = one["expected"];
        const bool passed =
            expected.value("verdict", "") == "reject"
                ? proof.has_error()
                : proof.has_value() && answers(proof.value().read(bytes_at(one["key"])), expected);
        count.record("adversarial", one["name"], passed);
    }
}

void check_child_tries(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        const auto nodes = list_at(one["nodes"]);
        const std::vector<Bytes> children{bytes_at(one["childStorageKey"])};
        const auto proof = ReadProof::verify(hash_at(one["mainRoot"]), nodes, children);
        ASSERT_OK(proof) << one["childStorageKey"];
        for (const auto& query : one["queries"]) {
            const auto& key = query["childKey"];
            count.record("child trie", key,
                         answers(proof.value().read_child(children.front(), bytes_at(key)), query));
        }
    }
}

void check_state_sequence(const json& sequence, const std::filesystem::path& folder, VectorCount& count) {
    auto entries = read_key_values(folder / sequence["base"].get<std::string>());
    const auto version = version_at(sequence["stateVersion"]);
    count.record("state sequence", "base", root_of(entries, version) == hash_at(sequence["baseRoot"]));
    for (const auto& step : sequence["steps"]) {
        for (const auto& change : step["changes"]) {
            const auto key = bytes_at(change[0]);
            if (change[1].is_null()) {
                entries.erase(key);
            } else {
                entries[key] = bytes_at(change[1]);
            }
        }
        count.record("state sequence", step["root"], root_of(entries, version) == hash_at(step["root"]));
    }
}

void check_genesis(const json& cases, const std::filesystem::path& folder, VectorCount& count) {
    for (const auto& one : cases) {
        const auto entries = read_key_values(folder / one["file"].get<std::string>());
        const auto version = version_at(one["stateVersion"]);
        const auto other = version == StateVersion::kV0 ? StateVersion::kV1 : StateVersion::kV0;
        count.record("genesis root", one["chain"], root_of(entries, version) == hash_at(one["root"]));
        count.record("genesis root, other version", one["chain"],
                     root_of(entries, other) == hash_at(one["rootOtherVersion"]));
    }
}

void check_genesis_proofs(const json& cases, VectorCount& count) {
    check_read_proofs(cases, count);
    for (const auto& one : cases) {
        json compact = one;
        compact["items"] = one["compactItems"];
        check_compact(compact, one["name"], count);
    }
}

void check_events_proofs(const json& cases, VectorCount& count) {
    for (const auto& one : cases) {
        const auto nodes = list_at(one["proofNodes"]);
        const auto value = read_with_proof(hash_at(one["stateRoot"]), nodes, bytes_at(one["key"]));
        count.record("proof of events", one["id"],
                     value.has_value() && value.value() == std::optional{bytes_at(one["value"])});
    }
}

void check_large_compact_proof(const json& one, const std::filesystem::path& folder, VectorCount& count) {
    const auto text = tests::read_file(folder / one["file"].get<std::string>());
    const auto items = scale::decode<std::vector<Bytes>>(bytes_of(text));
    ASSERT_OK(items);
    const auto expanded = expand_compact_proof(items.value());
    ASSERT_OK(expanded);
    count.record("large compact proof", one["file"],
                 expanded.value().root == hash_at(one["root"]) && items.value().size() == one["items"]);
}

TEST(TrieVectors, all_pass) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/trie");
    VectorCount count{"chain/trie"};
    const std::map<std::string, std::function<void(const json&)>> checks{
        {"roots.json", [&](const json& all) { check_roots(all, count); }},
        {"ordered_roots.json", [&](const json& all) { check_ordered_roots(all, count); }},
        {"nodes.json", [&](const json& all) { check_nodes(all, count); }},
        {"nodes_invalid.json", [&](const json& all) { check_invalid_nodes(all, count); }},
        {"read_proofs.json", [&](const json& all) { check_read_proofs(all, count); }},
        {"compact_proofs.json", [&](const json& all) { check_compact_proofs(all, count); }},
        {"genesis_proofs.json", [&](const json& all) { check_genesis_proofs(all, count); }},
        {"child_tries.json", [&](const json& all) { check_child_tries(all, count); }},
        {"adversarial.json", [&](const json& all) { check_adversarial(all, count); }},
        {"compact_adversarial.json", [&](const json& all) { check_compact_adversarial(all, count); }},
        {"state_sequence.json", [&](const json& all) { check_state_sequence(all, folder, count); }},
        {"genesis.json", [&](const json& all) { check_genesis(all, folder, count); }},
        {"compact-proof-worst-dedup-child.json",
         [&](const json& all) { check_large_compact_proof(all, folder, count); }},
    };
    for (const auto& file : tests::indexed_files(folder)) {
        if (file.extension() != ".json") {
            continue;  // binary files are named by the JSON file that describes them
        }
        const auto check = checks.find(file.filename().string());
        ASSERT_NE(check, checks.end()) << "no check for " << file;
        check->second(tests::read_json(file));
    }
}

TEST(StorageProofVectors, all_pass) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/storage_proofs");
    VectorCount count{"chain/storage_proofs"};
    for (const auto& file : tests::indexed_files(folder)) {
        const auto cases = tests::read_json(file);
        if (file.filename() == "events.json") {
            check_events_proofs(cases, count);
        } else if (file.filename() == "real.json") {
            check_read_proofs(cases, count);
        } else {
            FAIL() << "no check for " << file;
        }
    }
}

}  // namespace
}  // namespace redoubt::trie
