#include <attestation/cca/token.hpp>

#include <gtest/gtest.h>

#include <attestation/cbor/cbor_writer.hpp>
#include <attestation/limits.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

#include <map>

namespace redoubt::attestation::cca {
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
Bytes byte_string(std::size_t size, std::uint8_t fill = 1) {
    Bytes out;
    append_bytes(out, Bytes(size, fill));
    return out;
}
Bytes wrap(ByteView content) {
    Bytes out;
    append_bytes(out, content);
    return out;
}
Bytes number(std::int64_t value) {
    Bytes out;
    append_head(out, value < 0 ? Kind::kNegative : Kind::kUnsigned,
                static_cast<std::uint64_t>(value < 0 ? -1 - value : value));
    return out;
}
Bytes array(const std::vector<Bytes>& items) {
    Bytes out;
    append_head(out, Kind::kArray, items.size());
    for (const auto& item : items) {
        append(out, item);
    }
    return out;
}

/// Keys with values that are already encoded.
using Map = std::map<std::int64_t, Bytes>;

Bytes map(const Map& entries) {
    Bytes out;
    append_head(out, Kind::kMap, entries.size());
    for (const auto& [key, value] : entries) {
        append(out, number(key));
        append(out, value);
    }
    return out;
}
Bytes tag(std::uint64_t number, const Bytes& content) {
    Bytes out;
    append_head(out, Kind::kTag, number);
    append(out, content);
    return out;
}

Bytes component() {
    return map({{1, text("BL")}, {2, byte_string(32)}, {4, text("1")}, {5, byte_string(32)}});
}
Map platform() {
    return {{10, byte_string(32)},
            {256, byte_string(33)},
            {265, text("http://arm.com/CCA-SSD/1.0.0")},
            {2395, number(0x3000)},
            {2396, byte_string(32)},
            {2399, array({component()})},
            {2400, text("verifier.example")},
            {2401, byte_string(0)},
            {2402, text("sha-256")}};
}
Map realm() {
    const std::vector<Bytes> extensible(4, byte_string(32));
    return {{10, byte_string(64)},       {44235, byte_string(64)}, {44236, text("sha-256")},
            {44237, byte_string(97, 4)}, {44238, byte_string(32)}, {44239, array(extensible)},
            {44240, text("sha-256")}};
}

Bytes sign1(const Map& claims, std::int64_t algorithm = cose::kEs384) {
    return tag(18, array({wrap(map({{1, number(algorithm)}})), map({}), wrap(map(claims)), byte_string(96)}));
}

Bytes token(const Map& platform_claims, const Map& realm_claims) {
    return tag(399, map({{44234, wrap(sign1(platform_claims))}, {44241, wrap(sign1(realm_claims))}}));
}

std::optional<Reason> reason(ByteView bytes) {
    const auto parsed = parse_token(bytes);
    return parsed ? std::nullopt : std::optional{reason_of(parsed.error())};
}
std::optional<Reason> with_platform(std::int64_t claim, const Bytes& value) {
    auto claims = platform();
    claims[claim] = value;
    return reason(token(claims, realm()));
}
std::optional<Reason> with_realm(std::int64_t claim, const Bytes& value) {
    auto claims = realm();
    claims[claim] = value;
    return reason(token(platform(), claims));
}

TEST(CcaToken, is_one_of_two_collections) {
    const auto one = wrap(sign1(platform()));
    const auto two = wrap(sign1(realm()));
    const auto format = number(263);
    EXPECT_EQ(reason(tag(399, map({{44234, one}, {44241, two}}))), std::nullopt);
    EXPECT_EQ(reason(tag(907, map({{44234, array({format, one})}, {44241, array({format, two})}}))),
              std::nullopt);
    for (const auto& other : {
             tag(400, map({{44234, one}, {44241, two}})),
             tag(907, map({{44234, one}, {44241, two}})),
             tag(399, map({{44234, array({format, one})}, {44241, array({format, two})}})),
             tag(907, map({{44234, array({number(264), one})}, {44241, array({format, two})}})),
             tag(907, map({{44234, array({format, one, one})}, {44241, array({format, two})}})),
             tag(399, map({{44234, one}})),
             tag(399, map({{44234, one}, {44242, two}})),
             tag(399, map({{44234, one}, {44241, two}, {44242, two}})),
             tag(399, map({{44234, two}, {44241, one}})),
             tag(399, map({{44234, sign1(platform())}, {44241, sign1(realm())}})),
             map({{44234, one}, {44241, two}}),
             Bytes{},
         }) {
        EXPECT_EQ(reason(other), Reason::kCcaMalformed)
            << to_hex(ByteView{other}.first(std::min<std::size_t>(other.size(), 24)));
    }
}

TEST(CcaToken, is_signed_with_one_of_three_algorithms) {
    for (const auto algorithm : {cose::kEs256, cose::kEs384, cose::kEs512}) {
        EXPECT_EQ(reason(tag(399, map({{44234, wrap(sign1(platform(), algorithm))},
                                       {44241, wrap(sign1(realm(), algorithm))}}))),
                  std::nullopt);
    }
    for (const std::int64_t algorithm : {-8, -37, 5, 0}) {
        EXPECT_EQ(reason(tag(399, map({{44234, wrap(sign1(platform(), algorithm))},
                                       {44241, wrap(sign1(realm()))}}))),
                  Reason::kCcaAlgUnsupported);
        EXPECT_EQ(reason(tag(399, map({{44234, wrap(sign1(platform()))},
                                       {44241, wrap(sign1(realm(), algorithm))}}))),
                  Reason::kCcaAlgUnsupported);
    }
}

TEST(CcaToken, needs_every_claim_but_the_verification_service_and_the_realms_profile) {
    for (const auto& [claim, value] : platform()) {
        auto claims = platform();
        claims.erase(claim);
        EXPECT_EQ(reason(token(claims, realm())),
                  claim == 2400 ? std::nullopt : std::optional{Reason::kCcaMalformed})
            << claim;
    }
    for (const auto& [claim, value] : realm()) {
        auto claims = realm();
        claims.erase(claim);
        EXPECT_EQ(reason(token(platform(), claims)), Reason::kCcaMalformed) << claim;
    }
    EXPECT_EQ(with_realm(265, text("tag:arm.com,2023:realm#1.0.0")), std::nullopt);
    EXPECT_EQ(with_realm(265, text("http://arm.com/CCA-SSD/1.0.0")), Reason::kCcaMalformed);
}

TEST(CcaToken, passes_over_claims_that_it_does_not_know) {
    EXPECT_EQ(with_platform(7, array({text("x"), map({})})), std::nullopt);
    EXPECT_EQ(with_realm(-7, byte_string(3)), std::nullopt);
}

TEST(CcaToken, rejects_claims_beyond_their_range) {
    struct Case {
        std::int64_t claim;
        Bytes value;
        bool is_taken;
    };
    const auto one = component();
    for (const auto& each : {
             Case{10, byte_string(48), true},
             Case{10, byte_string(31), false},
             Case{10, byte_string(33), false},
             Case{10, byte_string(65), false},
             Case{256, byte_string(32), false},
             Case{256, byte_string(33, 2), false},
             Case{265, text("tag:arm.com,2023:cca_platform#1.0.0"), true},
             Case{265, text("tag:arm.com,2023:cca_platform#1.0.1"), false},
             Case{2395, number(0xffff), true},
             Case{2395, number(0x10000), false},
             Case{2395, number(-1), false},
             Case{2396, byte_string(33), false},
             Case{2399, array({}), false},
             Case{2399, array(std::vector<Bytes>(kCcaComponentsMax, one)), true},
             Case{2399, array(std::vector<Bytes>(kCcaComponentsMax + 1, one)), false},
             Case{2399, array({map({{2, byte_string(32)}, {5, byte_string(64)}})}), true},
             Case{2399, array({map({{2, byte_string(32)}})}), false},
             Case{2399, array({map({{5, byte_string(32)}})}), false},
             Case{2399, array({map({{2, byte_string(20)}, {5, byte_string(32)}})}), false},
             Case{2399, array({map({{1, byte_string(2)}, {2, byte_string(32)}, {5, byte_string(32)}})}),
                  false},
             Case{2402, text("sha-384"), true},
             Case{2402, text("sha-1"), false},
         }) {
        EXPECT_EQ(with_platform(each.claim, each.value),
                  each.is_taken ? std::nullopt : std::optional{Reason::kCcaMalformed})
            << each.claim << " " << each.value.size();
    }
    for (const auto& each : {
             Case{10, byte_string(32), false},
             Case{44235, byte_string(63), false},
             Case{44236, text("SHA-256"), false},
             Case{44237, byte_string(0), false},
             Case{44237, byte_string(257), false},
             Case{44238, byte_string(64), false},  // as long as the others
             Case{44239, array(std::vector<Bytes>(3, byte_string(32))), false},
             Case{44239, array(std::vector<Bytes>(5, byte_string(32))), false},
             Case{44240, text("sha-512"), true},
             Case{44240, text(""), false},
         }) {
        EXPECT_EQ(with_realm(each.claim, each.value),
                  each.is_taken ? std::nullopt : std::optional{Reason::kCcaMalformed})
            << each.claim << " " << each.value.size();
    }
}

/// The base point of P-384.
constexpr std::string_view kX =
    "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7";
constexpr std::string_view kY =
    "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f";

TEST(CcaRealmKey, is_a_point_of_p384_in_one_of_two_forms) {
    const auto x = parse_hex(kX).value();
    const auto y = parse_hex(kY).value();
    const auto point = concat(Bytes{4}, x, y);
    EXPECT_OK(read_realm_key(point));
    const Map key{{1, number(2)}, {-1, number(2)}, {-2, wrap(x)}, {-3, wrap(y)}};
    EXPECT_OK(read_realm_key(map(key)));
    auto off = point;
    off.back() ^= 1;
    EXPECT_ERROR(read_realm_key(off), Reason::kCcaRakInvalid);
    EXPECT_ERROR(read_realm_key(concat(Bytes{3}, x, y)), Reason::kCcaRakInvalid);
    EXPECT_ERROR(read_realm_key(concat(x, y)), Reason::kCcaRakInvalid);
    EXPECT_ERROR(read_realm_key({}), Reason::kCcaRakInvalid);
    for (const auto& [label, value] : std::vector<std::pair<std::int64_t, Bytes>>{
             {1, number(1)}, {-1, number(1)}, {-2, wrap(y)}, {-3, byte_string(47)}, {4, number(1)}}) {
        auto other = key;
        other[label] = value;
        EXPECT_ERROR(read_realm_key(map(other)), Reason::kCcaRakInvalid) << label;
    }
    for (const auto& [label, value] : key) {
        auto other = key;
        other.erase(label);
        EXPECT_ERROR(read_realm_key(map(other)), Reason::kCcaRakInvalid) << label;
    }
}

}  // namespace
}  // namespace redoubt::attestation::cca
