#include <attestation/cbor/cose_sign1.hpp>

#include <gtest/gtest.h>

#include <attestation/cbor/cbor_writer.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::cose {
namespace {

/// RFC 9052, appendix C.2.1: one signature with ES256 and key 11.
constexpr std::string_view kExample =
    "d28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c465ab05aac34cc6b23d58f"
    "ef5c083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36";
constexpr std::string_view kKey11 =
    "bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff20138bf82dc1b6d562be0fa54ab7804a3a64b6d7"
    "2ccfed6b6fb6ed28bbfc117e";

Bytes hex(std::string_view text) {
    return parse_hex(text).value();
}

PublicKey key11() {
    return PublicKey::from_point(Curve::kP256, hex(kKey11)).value();
}

/// A structure of these four items, each already encoded.
Bytes structure(const std::array<std::string_view, 4>& items) {
    Bytes out = hex("84");
    for (const auto item : items) {
        append(out, hex(item));
    }
    return out;
}

std::optional<Reason> reason(const std::array<std::string_view, 4>& items) {
    const auto parsed = parse_sign1(structure(items), Tagging::kOptional);
    return parsed ? std::nullopt : std::optional{reason_of(parsed.error())};
}

TEST(CoseSign1, verifies_the_example_of_its_specification) {
    const auto bytes = hex(kExample);
    const auto parsed = parse_sign1(bytes, Tagging::kRequired);
    ASSERT_OK(parsed);
    EXPECT_EQ(text_of(parsed.value().payload), "This is the content.");
    EXPECT_EQ(parsed.value().algorithm, kEs256);
    EXPECT_EQ(to_hex(signed_bytes(parsed.value())),
              "846a5369676e61747572653143a101264054546869732069732074686520636f6e74656e742e");
    EXPECT_TRUE(is_signed_by(parsed.value(), key11()));
}

TEST(CoseSign1, refuses_a_change_of_all_but_the_unprotected_header) {
    auto bytes = hex(kExample);
    constexpr std::size_t kUnprotected = 6;  // {4: '11'}
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const bool is_content_of_unprotected = at > kUnprotected && at < kUnprotected + 5;
        bytes[at] ^= 1;
        const auto parsed = parse_sign1(bytes, Tagging::kRequired);
        EXPECT_TRUE(is_content_of_unprotected || !parsed || !is_signed_by(parsed.value(), key11())) << at;
        bytes[at] ^= 1;
    }
}

TEST(CoseSign1, takes_its_tag_alone_and_none_only_where_that_is_allowed) {
    const auto tagged = hex(kExample);
    const Bytes untagged{tagged.begin() + 1, tagged.end()};
    EXPECT_OK(parse_sign1(tagged, Tagging::kOptional));
    EXPECT_OK(parse_sign1(untagged, Tagging::kOptional));
    EXPECT_ERROR(parse_sign1(untagged, Tagging::kRequired), Reason::kMalformed);
    const auto other = concat(hex("d1"), untagged);
    EXPECT_ERROR(parse_sign1(other, Tagging::kOptional), Reason::kMalformed);
    const auto twice = concat(hex("d2"), tagged);
    EXPECT_ERROR(parse_sign1(twice, Tagging::kOptional), Reason::kMalformed);
}

TEST(CoseSign1, takes_four_items_of_their_kinds_alone) {
    EXPECT_EQ(reason({"43a10126", "a0", "4101", "4102"}), std::nullopt);
    EXPECT_EQ(reason({"43a10126", "80", "4101", "4102"}), Reason::kMalformed) << "unprotected is no map";
    EXPECT_EQ(reason({"43a10126", "a0", "f6", "4102"}), Reason::kMalformed) << "a detached payload";
    EXPECT_EQ(reason({"43a10126", "a0", "40", "4102"}), Reason::kMalformed) << "an empty payload";
    EXPECT_EQ(reason({"43a10126", "a0", "6161", "4102"}), Reason::kMalformed) << "a text";
    EXPECT_EQ(reason({"43a10126", "a0", "4101", "6161"}), Reason::kMalformed) << "a text as signature";
    EXPECT_EQ(reason({"43a10126", "a0", "4101", "410200"}), Reason::kMalformed) << "a byte more";
    auto five = structure({"43a10126", "a0", "4101", "410200"});
    five[0] = 0x85;
    EXPECT_ERROR(parse_sign1(five, Tagging::kOptional), Reason::kMalformed);
}

TEST(CoseSign1, takes_an_algorithm_alone_in_the_protected_header) {
    for (const auto* header : {"40", "41a0", "43a10226", "43a1012600", "45a201260300", "44a1616126",
                               "43810126", "44a1016161", "45a201260126", "41f6"}) {
        EXPECT_EQ(reason({header, "a0", "4101", "4102"}), Reason::kMalformed) << header;
    }
    EXPECT_EQ(reason({"40", "a10126", "4101", "4102"}), Reason::kMalformed)
        << "moved out of the signed bytes";
}

TEST(CoseSign1, refuses_algorithms_that_it_does_not_know_and_keys_of_another_curve) {
    EXPECT_FALSE(ecdsa_algorithm(-8));
    EXPECT_FALSE(ecdsa_algorithm(7));
    for (const auto algorithm : {kEs384, kEs512, std::int64_t{-8}}) {
        const auto bytes = hex(kExample);
        auto parsed = parse_sign1(bytes, Tagging::kRequired).value();
        parsed.algorithm = algorithm;
        EXPECT_FALSE(is_signed_by(parsed, key11())) << algorithm;
    }
}

}  // namespace
}  // namespace redoubt::attestation::cose
