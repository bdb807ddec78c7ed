// Binding blocks over vectors/attestation.
#include <gtest/gtest.h>

#include <attestation/binding/binding_block.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/vectors/attestation_support.hpp>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::Index;

template <class Key>
std::string key_hex(const Key& key) {
    return to_hex(concat(Bytes{static_cast<std::uint8_t>(key.algorithm)}, key.key));
}

json fields_of(const BindingBlock& block) {
    json out{{"nonce", to_hex(block.nonce)}};
    const auto put = [&](const char* name, const std::optional<Hash256>& hash) {
        if (hash) {
            out[name] = to_hex(hash->view());
        }
    };
    if (!block.role.empty()) {
        out["role"] = to_hex(bytes_of(block.role));
    }
    if (block.signing_key) {
        out["signing_key"] = key_hex(*block.signing_key);
    }
    if (block.shielding_key) {
        out["shielding_key"] = key_hex(*block.shielding_key);
    }
    put("genesis_hash", block.genesis_hash);
    put("shard", block.shard);
    put("tls_spki_sha256", block.tls_key_sha256);
    put("channel_binding", block.channel_binding);
    return out;
}

std::optional<Hash256> hash_at(const json& input, const char* name) {
    return input.contains(name)
               ? std::optional{parse_hex_fixed<Hash256>(input[name].get<std::string>()).value()}
               : std::nullopt;
}

/// The reasons of a verifier that expects what the entry's policy input says.
std::vector<std::string> reasons(ByteView block,
                                 BindingProfile profile,
                                 const json& input,
                                 ByteView own_report_data) {
    const auto given = input.contains("evidence_report_data")
                           ? parse_hex(input["evidence_report_data"].get<std::string>()).value()
                           : to_bytes(own_report_data);
    const auto opened = open_binding_block(block, profile, given);
    if (!opened) {
        return {std::string{reason_code(reason_of(opened.error()))}};
    }
    BindingExpectation expected{.genesis_hash = hash_at(input, "genesis_hash"),
                                .shard = hash_at(input, "shard")};
    if (input.contains("nonce")) {
        expected.nonce = parse_hex(input["nonce"].get<std::string>()).value();
    }
    std::vector<std::string> out;
    for (const auto reason : violations(opened.value(), expected, {0})) {
        out.emplace_back(reason_code(reason));
    }
    return out;
}

TEST(BindingVectors, give_report_data_and_reasons_of_the_index) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation"};
    for (const auto& entry : index.entries()) {
        const auto kind = entry.at("kind").get<std::string>();
        if (!kind.starts_with("report-data-binding")) {
            continue;
        }
        const auto& expect = entry.at("expect");
        const auto bytes = index.bytes(entry, "block");
        const auto block = decode_binding_block(bytes);
        bool passed = block.has_value() == expect.at("valid").get<bool>();
        if (!block) {
            passed = passed && reason_code(reason_of(block.error())) == expect.at("reason");
        } else {
            const auto profile =
                expect.at("mode") == "T" ? BindingProfile::kRegistry : BindingProfile::kDigest;
            const auto report_data = binding_report_data(bytes, profile);
            ASSERT_OK(report_data);
            passed = passed && to_hex(report_data.value().view()) == expect.at("report_data");
            passed = passed && encode(block.value()) == bytes;
            if (expect.contains("fields")) {
                EXPECT_EQ(fields_of(block.value()), expect.at("fields")) << entry.at("id");
                passed = passed && fields_of(block.value()) == expect.at("fields");
            }
            if (expect.contains("policy")) {
                const auto actual =
                    reasons(bytes, profile, entry.at("policy_input"), report_data.value().view());
                passed = passed && json(actual) == expect.at("policy").at("reasons");
            }
        }
        count.record(kind, entry.at("id"), passed);
    }
}

}  // namespace
}  // namespace redoubt::attestation
