// Dynamic values and storage keys over vectors/chain/dynamic, vectors/chain/storage_keys and
// vectors/integritee/storage-keys.json.
#include <gtest/gtest.h>

#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <registry-client/value_json.hpp>
#include <substrate/dynamic_codec.hpp>
#include <substrate/events.hpp>
#include <substrate/storage_key.hpp>
#include <tests/vectors/substrate_support.hpp>

namespace redoubt::substrate {
namespace {

using registry_client::to_json;
using registry_client::value_from_json;
using tests::VectorCount;

/// Bytes to value to JSON, JSON to value to bytes, and skipping: all have to agree.
bool round_trips(const TypeRegistry& types, TypeId type, const Bytes& bytes, const json& expected) {
    const auto value = decode_value(types, type, ByteView{bytes});
    EXPECT_OK(value);
    if (!value) {
        return false;
    }
    const auto found = to_json(value.value());
    EXPECT_EQ(found, expected) << json::diff(expected, found).dump().substr(0, 400);
    Bytes encoded;
    EXPECT_OK(encode_value(types, type, value.value(), encoded));
    EXPECT_EQ(encoded, bytes);

    const auto from_json = value_from_json(types, type, expected);
    EXPECT_OK(from_json);
    Bytes encoded_from_json;
    if (from_json) {
        EXPECT_OK(encode_value(types, type, from_json.value(), encoded_from_json));
    }
    ByteCursor in{bytes};
    EXPECT_OK(skip_value(types, type, in));
    return found == expected && encoded == bytes && encoded_from_json == bytes && in.empty();
}

struct DynamicChecks {
    MetadataLibrary& library;
    VectorCount& count;

    void values(const std::filesystem::path& file, const std::string& kind) const {
        for (const auto& one : tests::read_json(file)) {
            const auto& metadata = library.get(one.at("metadata"));
            const auto name = one.at("metadata").get<std::string>() + " " + one.at("type").dump();
            const auto bytes = bytes_at(one.at("hex"));
            count.record(kind, name, round_trips(metadata.types(), one.at("type"), bytes, one.at("value")));
            // Nothing shorter than a value is a value, and nothing longer.
            auto longer = bytes;
            longer.push_back(0);
            bool refused = decode_value(metadata.types(), one.at("type"), ByteView{longer}).has_error();
            if (!bytes.empty()) {
                const auto shorter = ByteView{bytes}.first(bytes.size() - 1);
                refused = refused && decode_value(metadata.types(), one.at("type"), shorter).has_error();
            }
            count.record(kind + ", one byte more or less", name, refused);
        }
    }

    void constants(const std::filesystem::path& file) const {
        values(file, "constant");
        for (const auto& one : tests::read_json(file)) {
            const auto bytes =
                library.get(one.at("metadata"))
                    .constant(one.at("pallet").get<std::string>(), one.at("name").get<std::string>());
            count.record("constant look-up", one.dump(), bytes && to_hex_0x(*bytes) == one.at("hex"));
        }
    }

    void events(const std::filesystem::path& file) const {
        values(file, "events");
        for (const auto& one : tests::read_json(file)) {
            const auto& metadata = library.get(one.at("metadata"));
            const auto bytes = bytes_at(one.at("hex"));
            const auto records = decode_events(metadata, bytes);
            ASSERT_OK(records);
            bool same = records.value().size() == one.at("value").size();
            for (std::size_t i = 0; same && i < records.value().size(); ++i) {
                same = matches(records.value()[i], one["value"][i]);
            }
            std::size_t walked = 0;
            EXPECT_OK(walk_events(metadata, bytes, [&](const EventView& view) {
                same = same && records.value()[walked].is(view.pallet->name, view.event->name);
                ++walked;
            }));
            count.record("event records", one.at("hex"), same && walked == records.value().size());
        }
    }

    static bool matches(const EventRecord& record, const json& expected) {
        const auto& phase = expected.at("phase");
        const auto& event = expected.at("event");
        const auto& inner = event.at("fields").at(0);
        constexpr std::string_view kPhases[] = {"ApplyExtrinsic", "Finalization", "Initialization"};
        json topics = json::array();
        for (const auto& topic : record.topics) {
            topics.push_back(json::array({to_hex_0x(topic.view())}));
        }
        const bool same_index = record.phase != PhaseKind::kApplyExtrinsic ||
                                std::to_string(record.extrinsic_index) == phase.at("fields").at(0);
        return kPhases[static_cast<std::size_t>(record.phase)] == phase.at("variant") && same_index &&
               record.pallet == event.at("variant") && record.name == inner.at("variant") &&
               to_json(record.fields) == inner.at("fields") && topics == expected.at("topics");
    }

    void storage_values(const std::filesystem::path& file) const {
        for (const auto& one : tests::read_json(file)) {
            const auto& metadata = library.get(one.at("metadata"));
            const auto pallet = one.at("pallet").get<std::string>();
            const auto item = one.at("item").get<std::string>();
            const auto name = pallet + "." + item;
            const auto bytes = bytes_at(one.at("hex"));
            count.record("storage value", name,
                         round_trips(metadata.types(), one.at("valueType"), bytes, one.at("value")));
            const auto read = decode_storage_value(metadata, pallet, item, ByteView{bytes});
            count.record("storage value by name", name,
                         read && read.value() && to_json(*read.value()) == one.at("value"));
            const auto key = decode_storage_key(metadata, pallet, item, bytes_at(one.at("key")));
            ASSERT_OK(key);
            json parts = json::array();
            for (const auto& part : key.value()) {
                parts.push_back(to_json(part));
            }
            const auto& expected = one.at("keyArgs");
            count.record("storage key read back", name,
                         parts == (expected.is_null() ? json::array() : expected));
        }
    }

    void runtime_apis(const std::filesystem::path& file) const {
        for (const auto& one : tests::read_json(file)) {
            const auto& metadata = library.get(one.at("metadata"));
            const auto call = one.at("call").get<std::string>();
            const RuntimeApiMethod* found = nullptr;
            for (const auto& api : metadata.apis()) {
                for (const auto& method : api.methods) {
                    if (std::string{api.name} + "_" + std::string{method.name} == call) {
                        found = &method;
                    }
                }
            }
            bool same = found != nullptr && found->output == one.at("output") &&
                        found->inputs.size() == one.at("inputs").size();
            for (std::size_t i = 0; same && i < found->inputs.size(); ++i) {
                same = found->inputs[i].name == one["inputs"][i].at("name") &&
                       found->inputs[i].type == one["inputs"][i].at("type");
            }
            count.record("runtime API", call, same);
            if (same && one.contains("parameters")) {
                const auto parameters = bytes_at(one["parameters"]);
                ByteCursor in{parameters};
                Bytes encoded;
                for (const auto& input : found->inputs) {
                    const auto value = decode_value(metadata.types(), input.type, in);
                    ASSERT_OK(value);
                    EXPECT_OK(encode_value(metadata.types(), input.type, value.value(), encoded));
                }
                count.record("runtime API parameters", call, in.empty() && encoded == parameters);
            }
        }
    }
};

TEST(DynamicVectors, decode_and_encode_the_same_bytes) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/dynamic");
    MetadataLibrary library{folder.parent_path() / "metadata"};
    VectorCount count{"dynamic"};
    const DynamicChecks checks{library, count};
    for_each_indexed_file(folder,
                          {
                              {"constants.json", [&](const auto& file) { checks.constants(file); }},
                              {"events.json", [&](const auto& file) { checks.events(file); }},
                              {"types.json", [&](const auto& file) { checks.values(file, "type"); }},
                              {"storage_values.json", [&](const auto& file) { checks.storage_values(file); }},
                              {"runtime_apis.json", [&](const auto& file) { checks.runtime_apis(file); }},
                          });
}

void check_key(const Metadata& metadata, const json& one, VectorCount& count) {
    const auto pallet = one.at("pallet").get<std::string>();
    const auto item = one.at("item").get<std::string>();
    const auto name = one.at("metadata").get<std::string>() + " " + pallet + "." + item;
    const auto* entry = metadata.find_pallet(pallet)->find_storage(item);
    ASSERT_NE(entry, nullptr) << name;
    const auto types = key_part_types(metadata.types(), *entry);
    ASSERT_OK(types);
    ASSERT_EQ(types.value().size(), one.at("args").size()) << name;
    std::vector<Bytes> parts;
    for (std::size_t i = 0; i < types.value().size(); ++i) {
        const auto value = value_from_json(metadata.types(), types.value()[i], one["args"][i]);
        ASSERT_OK(value) << name;
        Bytes part;
        ASSERT_OK(encode_value(metadata.types(), types.value()[i], value.value(), part)) << name;
        parts.push_back(std::move(part));
    }
    const auto expected = bytes_at(one.at("key"));
    const auto key = storage_key(metadata, pallet, item, parts);
    ASSERT_OK(key);
    count.record("key", name, key.value() == expected);
    const auto split = split_storage_key(metadata, pallet, item, expected);
    if (split) {
        count.record("key read back", name, split.value() == parts);
        auto damaged = expected;
        damaged[20] ^= 1;
        count.record("key of another item", name,
                     split_storage_key(metadata, pallet, item, damaged).has_error());
    } else {
        count.record("key that hides its parts", name,
                     split.error() == make_error_code(LookupError::kNotReversible));
    }
}

TEST(StorageKeyVectors, are_as_expected) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/storage_keys");
    MetadataLibrary library{folder.parent_path() / "metadata"};
    VectorCount count{"storage_keys"};
    for_each_indexed_file(folder, {{"keys.json", [&](const auto& file) {
                                        for (const auto& one : tests::read_json(file)) {
                                            check_key(library.get(one.at("metadata")), one, count);
                                        }
                                    }}});
}

TEST(StorageKeyVectors, of_the_integritee_pallets) {
    REDOUBT_NEEDS_SHARED(folder, "vectors");
    MetadataLibrary library{folder / "chain" / "metadata"};
    const auto& metadata = library.get("integritee_polkadot_v15");
    const auto cases = tests::read_json(folder / "integritee" / "storage-keys.json");
    VectorCount count{"integritee storage keys"};
    for (const auto& one : cases.at("blake2_128_concat_maps")) {
        const auto pallet = one.at("pallet").get<std::string>();
        const auto item = one.at("item").get<std::string>();
        const std::vector<Bytes> parts{bytes_at(one.at("key"))};
        const auto key = storage_key(metadata, pallet, item, parts);
        count.record("map", pallet + "." + item, key && to_hex_0x(key.value()) == one.at("storage_key"));
    }
    for (const auto& one : cases.at("values")) {
        const auto prefix =
            storage_prefix(one.at("pallet").get<std::string>(), one.at("item").get<std::string>());
        count.record("value", one.at("item"), to_hex_0x(prefix) == one.at("storage_key"));
    }
    const auto& assets = cases.at("assets_account_double_map");
    auto key = storage_prefix("Assets", "Account");
    append_hashed(key, StorageHasher::kBlake2_128Concat,
                  scale::encode(assets.at("asset_id_u32").get<std::uint32_t>()));
    append_hashed(key, StorageHasher::kBlake2_128Concat, bytes_at(assets.at("account")));
    count.record("double map", "Assets.Account", to_hex_0x(key) == assets.at("storage_key"));
    for (const auto& one : cases.at("pallet_storage_version")) {
        const auto version_key = storage_prefix(one.at("pallet").get<std::string>(), ":__STORAGE_VERSION__:");
        count.record("pallet version", one.at("pallet"), to_hex_0x(version_key) == one.at("storage_key"));
    }
    const auto& postfix = cases.at("storage_version_postfix");
    count.record("twox_128", "storage version",
                 to_hex_0x(crypto::twox_128(bytes_of(postfix.at("preimage").get<std::string>())).view()) ==
                     "0x" + postfix.at("twox128").get<std::string>().substr(2));
    for (const auto& one : cases.at("well_known")) {
        count.record("well known", one.at("name"),
                     to_hex_0x(bytes_of(one.at("name").get<std::string>())) == one.at("storage_key"));
    }
}

}  // namespace
}  // namespace redoubt::substrate
