#include <attestation/nitro/document.hpp>

#include <gtest/gtest.h>

#include <attestation/cbor/cbor_writer.hpp>
#include <attestation/limits.hpp>
#include <tests/support/result_matchers.hpp>

#include <map>

namespace redoubt::attestation::nitro {
namespace {

using cbor::append_bytes;
using cbor::append_head;
using cbor::append_text;
using cbor::Kind;

Bytes text(std::string_view content) {
    Bytes out;
    append_text(out, content);
    return out;
}
Bytes byte_string(std::size_t size) {
    Bytes out;
    append_bytes(out, Bytes(size, 7));
    return out;
}
Bytes number(std::uint64_t value) {
    Bytes out;
    append_head(out, Kind::kUnsigned, value);
    return out;
}
Bytes null() {
    Bytes out;
    append_head(out, Kind::kNull);
    return out;
}
Bytes pcrs(std::size_t count, std::size_t first = 0, std::size_t size = NitroPcr::kSize) {
    Bytes out;
    append_head(out, Kind::kMap, count);
    for (std::size_t i = 0; i < count; ++i) {
        append(out, number(first + i));
        append(out, byte_string(size));
    }
    return out;
}
Bytes bundle(std::size_t count, std::size_t size = 10) {
    Bytes out;
    append_head(out, Kind::kArray, count);
    for (std::size_t i = 0; i < count; ++i) {
        append(out, byte_string(size));
    }
    return out;
}

/// The members of a payload, each already encoded.
using Members = std::map<std::string, Bytes>;

Members members() {
    return {{"module_id", text("i-1")},         {"digest", text("SHA384")},
            {"timestamp", number(1)},           {"pcrs", pcrs(16)},
            {"certificate", byte_string(1024)}, {"cabundle", bundle(4)},
            {"public_key", byte_string(3)},     {"user_data", null()},
            {"nonce", byte_string(0)}};
}

Bytes payload_of(const Members& all) {
    Bytes out;
    append_head(out, Kind::kMap, all.size());
    for (const auto& [name, value] : all) {
        append_text(out, name);
        append(out, value);
    }
    return out;
}

Bytes document(ByteView payload, std::uint64_t algorithm = 34, std::size_t signature_bytes = 96) {
    Bytes header;
    append_head(header, Kind::kMap, 1);
    append_head(header, Kind::kUnsigned, 1);
    append_head(header, Kind::kNegative, algorithm);  // -1 - algorithm
    Bytes out;
    append_head(out, Kind::kArray, 4);
    append_bytes(out, header);
    append_head(out, Kind::kMap, 0);
    append_bytes(out, payload);
    append_bytes(out, Bytes(signature_bytes));
    return out;
}

std::optional<Reason> reason(ByteView bytes) {
    const auto parsed = parse_document(bytes);
    return parsed ? std::nullopt : std::optional{reason_of(parsed.error())};
}

/// Why a document with this member is refused.
std::optional<Reason> with(const std::string& name, const Bytes& value) {
    auto all = members();
    all[name] = value;
    return reason(document(payload_of(all)));
}

TEST(NitroDocument, holds_what_it_says) {
    const auto bytes = document(payload_of(members()));
    const auto parsed = parse_document(bytes);
    ASSERT_OK(parsed);
    const auto& claims = parsed.value().claims;
    EXPECT_EQ(claims.module_id, "i-1");
    EXPECT_EQ(claims.timestamp_ms, 1U);
    EXPECT_EQ(std::ranges::count_if(claims.pcrs, [](const auto& pcr) { return pcr.has_value(); }), 16);
    EXPECT_EQ(claims.public_key, Bytes(3, 7));
    EXPECT_EQ(claims.user_data, std::nullopt) << "null";
    EXPECT_EQ(claims.nonce, Bytes{}) << "empty";
    EXPECT_EQ(parsed.value().certificate.size(), 1024U);
    EXPECT_EQ(parsed.value().bundle.size(), 4U);
    EXPECT_FALSE(claims.is_debug());
}

TEST(NitroDocument, needs_its_first_six_members_and_takes_the_others_as_they_come) {
    for (const auto& [name, value] : members()) {
        auto all = members();
        all.erase(name);
        const bool is_optional = name == "public_key" || name == "user_data" || name == "nonce";
        EXPECT_EQ(reason(document(payload_of(all))),
                  is_optional ? std::nullopt : std::optional{Reason::kNitroDocInvalid})
            << name;
        EXPECT_EQ(with(name, null()), is_optional ? std::nullopt : std::optional{Reason::kNitroDocInvalid})
            << name;
    }
    EXPECT_EQ(with("something", null()), Reason::kNitroDocInvalid) << "an unknown member";
}

TEST(NitroDocument, rejects_fields_beyond_their_range) {
    struct Case {
        const char* member;
        Bytes value;
        bool is_taken;
    };
    for (const auto& one : {
             Case{"module_id", text(""), false},
             Case{"digest", text("SHA256"), false},
             Case{"digest", text("sha384"), false},
             Case{"timestamp", number(0), false},
             Case{"timestamp", text("1"), false},
             Case{"timestamp", number(~std::uint64_t{0}), true},
             Case{"pcrs", pcrs(0), false},
             Case{"pcrs", pcrs(32), true},
             Case{"pcrs", pcrs(33), false},
             Case{"pcrs", pcrs(1, 31), true},
             Case{"pcrs", pcrs(1, 32), false},
             Case{"pcrs", pcrs(16, 0, 47), false},
             Case{"pcrs", pcrs(16, 0, 32), false},
             Case{"pcrs", pcrs(16, 0, 64), false},
             Case{"certificate", byte_string(0), false},
             Case{"certificate", byte_string(1025), false},
             Case{"cabundle", bundle(0), false},
             Case{"cabundle", bundle(kNitroBundleCertificatesMax), true},
             Case{"cabundle", bundle(kNitroBundleCertificatesMax + 1), false},
             Case{"cabundle", bundle(4, 0), false},
             Case{"cabundle", bundle(4, 1025), false},
             Case{"public_key", byte_string(1024), true},
             Case{"public_key", byte_string(1025), false},
             Case{"user_data", byte_string(1025), false},
             Case{"nonce", byte_string(1025), false},
             Case{"nonce", text("1"), false},
         }) {
        EXPECT_EQ(with(one.member, one.value),
                  one.is_taken ? std::nullopt : std::optional{Reason::kNitroDocInvalid})
            << one.member << " " << one.value.size();
    }
}

TEST(NitroDocument, rejects_a_member_twice_as_what_cannot_be_read) {
    auto payload = payload_of(members());
    payload[0] += 1;
    append_text(payload, "nonce");
    append(payload, null());
    EXPECT_EQ(reason(document(payload)), Reason::kNitroCborMalformed);
}

TEST(NitroDocument, rejects_what_is_not_signed_as_the_security_module_signs) {
    const auto payload = payload_of(members());
    EXPECT_EQ(reason(document(payload)), std::nullopt);
    EXPECT_EQ(reason(document(payload, 6)), Reason::kNitroAlgUnsupported) << "ES256";
    EXPECT_EQ(reason(document(payload, 35)), Reason::kNitroAlgUnsupported) << "ES512";
    EXPECT_EQ(reason(document(payload, 34, 95)), Reason::kNitroCoseMalformed);
    EXPECT_EQ(reason(document(payload, 34, 97)), Reason::kNitroCoseMalformed);
    EXPECT_EQ(reason(document({})), Reason::kNitroCoseMalformed);
    EXPECT_EQ(reason(document(Bytes(16 * 1024 + 1))), Reason::kNitroCoseMalformed);
    EXPECT_EQ(reason(document(Bytes(16 * 1024))), Reason::kNitroCborMalformed);
}

TEST(NitroDocument, rejects_one_that_is_too_long_before_it_is_read) {
    EXPECT_EQ(reason(Bytes(kNitroDocumentBytesMax + 1)), Reason::kLimitExceeded);
    EXPECT_EQ(reason(Bytes(kNitroDocumentBytesMax)), Reason::kNitroCoseMalformed);
}

TEST(NitroClaims, are_of_an_enclave_in_debug_mode_when_a_register_of_the_image_is_zero_or_missing) {
    NitroClaims claims;
    for (auto& pcr : claims.pcrs) {
        pcr = NitroPcr{{1}};
    }
    EXPECT_FALSE(claims.is_debug());
    EXPECT_TRUE(claims.image_digest());
    for (std::size_t i = 0; i < kNitroPcrs; ++i) {
        auto other = claims;
        other.pcrs.at(i) = NitroPcr{};
        EXPECT_EQ(other.is_debug(), i < kNitroImagePcrs) << i;
        EXPECT_EQ(other.image_digest() == claims.image_digest(), i >= kNitroImagePcrs) << i;
        other.pcrs.at(i).reset();
        EXPECT_EQ(other.is_debug(), i < kNitroImagePcrs) << i;
        EXPECT_EQ(other.image_digest().has_value(), i >= kNitroImagePcrs) << i;
    }
}

}  // namespace
}  // namespace redoubt::attestation::nitro
