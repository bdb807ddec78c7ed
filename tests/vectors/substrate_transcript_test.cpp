// Real transactions of the Integritee runtime: vectors/chainspec/teerex-paseo50-transcript.json.
#include <gtest/gtest.h>

#include <primitives/crypto/ss58.hpp>
#include <primitives/scale.hpp>
#include <registry-client/value_json.hpp>
#include <substrate/call.hpp>
#include <substrate/dispatch_error.hpp>
#include <substrate/dynamic_codec.hpp>
#include <substrate/events.hpp>
#include <substrate/extrinsic.hpp>
#include <substrate/storage_key.hpp>
#include <tests/vectors/substrate_support.hpp>

#include <cctype>

namespace redoubt::substrate {
namespace {

using registry_client::to_json;
using tests::VectorCount;

/// "register_sgx_enclave" as "registerSgxEnclave".
std::string camel(std::string_view snake) {
    std::string out;
    bool raise = false;
    for (const char c : snake) {
        if (c == '_') {
            raise = true;
        } else {
            out.push_back(raise ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c);
            raise = false;
        }
    }
    return out;
}

std::string lower_first(std::string_view name) {
    std::string out{name};
    out.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(out.front())));
    return out;
}

/// Whether a text of the transcript's "human" form says the same as one of ours.
bool same_text(std::string human, const std::string& found) {
    if (human == found) {
        return true;
    }
    if (found.starts_with("0x")) {
        const auto bytes = parse_hex(found).value();
        const auto address = crypto::decode_ss58(human);
        return (address && equal(address.value().body, bytes)) || equal(bytes_of(human), bytes);
    }
    std::erase(human, ',');
    return human == found;
}

/// The transcript is written as @polkadot/api prints values; ours is the neutral model.
bool same_value(const json& human, const json& found) {
    if (found.is_object() && found.contains("variant")) {
        const auto name = found["variant"].get<std::string>();
        const auto& fields = found["fields"];
        if (name == "None" && human.is_null()) {
            return true;
        }
        if (name == "Some") {
            return same_value(human, fields[0]);
        }
        if (fields.empty()) {
            return human == name;
        }
        return human.is_object() && human.contains(name) &&
               same_value(human[name], fields.is_array() && fields.size() == 1 ? fields[0] : fields);
    }
    if (found.is_object()) {
        if (!human.is_object() || human.size() != found.size()) {
            return false;
        }
        for (const auto& [key, value] : found.items()) {
            // There "hash" is a method of every value, so that a field of that name gets another one.
            const auto human_key = key == "hash" ? "hash_" : camel(key);
            if (!human.contains(human_key) || !same_value(human[human_key], value)) {
                return false;
            }
        }
        return true;
    }
    if (found.is_array()) {
        if (human.is_array() && human.size() == found.size()) {
            return std::equal(human.begin(), human.end(), found.begin(), same_value);
        }
        return found.size() == 1 && same_value(human, found[0]);
    }
    return found.is_string() && human.is_string()
               ? same_text(human.get<std::string>(), found.get<std::string>())
               : human == found;
}

class Transcript : public ::testing::Test {
  protected:
    static Metadata load(const std::filesystem::path& folder) {
        auto text = tests::read_file(folder / "integritee-paseo-50.metadata-v14.hex");
        while (!text.empty() && text.back() == '\n') {
            text.pop_back();
        }
        return Metadata::decode(parse_hex(text).value()).value();
    }

    static void check_transaction(const Metadata& metadata, const json& one, VectorCount& count) {
        const auto label = one.at("label").get<std::string>();
        const auto bytes = bytes_at(one.at("extrinsicHex"));
        const auto call = bytes_at(one.at("callHex"));
        const auto extrinsic = decode_extrinsic(metadata, bytes);
        ASSERT_OK(extrinsic) << label;
        count.record("extrinsic", label,
                     extrinsic.value().kind == ExtrinsicKind::kSigned && extrinsic.value().signer &&
                         equal(extrinsic.value().call, call) &&
                         to_hex_0x(extrinsic_hash(bytes).view()) == one.at("xthash"));
        const auto decoded = decode_call(metadata, call);
        ASSERT_OK(decoded) << label;
        const auto encoded =
            encode_call(metadata, decoded.value().pallet, decoded.value().call, decoded.value().args);
        count.record(
            "call", label,
            encoded && encoded.value() == call &&
                lower_first(decoded.value().pallet) + "." + camel(decoded.value().call) == one.at("call"));
        const auto index = call_index(metadata, decoded.value().pallet, decoded.value().call);
        count.record("call index", label, index && to_hex_0x(index.value()) == one.at("callIndex"));
        ByteCursor in{call};
        count.record("call, skipped", label, skip_call(metadata, in).has_value() && in.empty());
        check_events(metadata, one, label, count);
    }

    static void check_events(const Metadata& metadata,
                             const json& one,
                             const std::string& label,
                             VectorCount& count) {
        // The transcript has the events one by one; put together they are the value of System.Events.
        const auto extrinsic_index = one.at("index").get<std::uint32_t>();
        Bytes value;
        scale::append_compact(value, one.at("events").size());
        for (const auto& event : one["events"]) {
            append(value, scale::encode_all(std::uint8_t{0}, extrinsic_index));
            append(value, bytes_at(event.at("scale")));
            value.push_back(0);
        }
        const auto records = decode_events(metadata, value);
        ASSERT_OK(records) << label;
        ASSERT_EQ(records.value().size(), one["events"].size());
        std::optional<bool> expected;
        for (std::size_t i = 0; i < records.value().size(); ++i) {
            const auto& record = records.value()[i];
            const auto& event = one["events"][i];
            const auto name = event.at("name").get<std::string>();
            const auto found = to_json(record.fields);
            count.record(
                "event", label + " " + name,
                lower_first(record.pallet) + "." + record.name == name && record.belongs_to(extrinsic_index));
            const bool same = same_value(event.at("data"), found);
            count.record("event data", label + " " + name + event["data"].dump() + found.dump(), same);
            if (name == "system.ExtrinsicSuccess" || name == "system.ExtrinsicFailed") {
                expected = name == "system.ExtrinsicSuccess";
            }
            if (name == "system.ExtrinsicFailed") {
                check_error(metadata, event["data"].at("dispatchError"),
                            *dispatch_error_of(records.value(), extrinsic_index), label, count);
            }
        }
        const auto outcomes = extrinsic_outcomes(metadata, value, one.at("of").get<std::size_t>());
        ASSERT_OK(outcomes);
        count.record("outcome", label,
                     extrinsic_succeeded(records.value(), extrinsic_index) == expected &&
                         expected.has_value() && outcomes.value()[extrinsic_index] == *expected);
    }

    static void check_error(const Metadata& metadata,
                            const json& expected,
                            const Value& error,
                            const std::string& label,
                            VectorCount& count) {
        const auto text = describe_dispatch_error(metadata, error);
        if (expected.is_string()) {
            count.record("dispatch error", label, text == expected);
            return;
        }
        const auto& module = expected.at("Module");
        const auto* pallet = metadata.pallet_by_index(
            static_cast<std::uint8_t>(std::stoul(module.at("index").get<std::string>())));
        const auto* errors = metadata.types().find_def<VariantDef>(*pallet->errors);
        const auto variant = bytes_at(module.at("error")).front();
        count.record("dispatch error", label + " " + text,
                     text == std::string{pallet->name} + "." + std::string{errors->by_index(variant)->name});
    }

    static void check_stored(const Metadata& metadata, const json& one, VectorCount& count) {
        const auto name = one.at("storage").get<std::string>();
        const auto dot = name.find('.');
        auto pallet_name = name.substr(0, dot);
        pallet_name.front() =
            static_cast<char>(std::toupper(static_cast<unsigned char>(pallet_name.front())));
        const auto* pallet = metadata.find_pallet(pallet_name);
        ASSERT_NE(pallet, nullptr);
        for (const auto& entry : pallet->storage) {
            if (lower_first(entry.name) != name.substr(dot + 1)) {
                continue;
            }
            const auto key = bytes_at(one.at("key"));
            const auto parts = split_storage_key(metadata, pallet_name, entry.name, key);
            ASSERT_OK(parts) << name;
            const auto again = storage_key(metadata, pallet_name, entry.name, parts.value());
            count.record("storage key", name, again && again.value() == key);
            const auto bytes = bytes_at(one.at("value"));
            const auto value = decode_value(metadata.types(), entry.value, ByteView{bytes});
            ASSERT_OK(value) << name;
            Bytes encoded;
            EXPECT_OK(encode_value(metadata.types(), entry.value, value.value(), encoded));
            count.record("storage value", name, encoded == bytes);
            return;
        }
        ADD_FAILURE() << "no storage item " << name;
    }
};

TEST_F(Transcript, decodes_as_recorded) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
    const auto metadata = load(folder);
    VectorCount count{"teerex transcript"};
    for (const auto& one : tests::read_json(folder / "teerex-paseo50-transcript.json")) {
        if (one.contains("extrinsicHex")) {
            check_transaction(metadata, one, count);
        } else if (one.contains("storage")) {
            check_stored(metadata, one, count);
        } else {
            ADD_FAILURE() << "unknown entry " << one;
        }
    }
}

}  // namespace
}  // namespace redoubt::substrate
