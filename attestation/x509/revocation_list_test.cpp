#include <attestation/x509/revocation_list.hpp>

#include <gtest/gtest.h>

#include <attestation/digest.hpp>
#include <attestation/limits.hpp>
#include <attestation/trust_roots.hpp>
#include <attestation/x509/path.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::attestation::x509 {
namespace {

Bytes tlv(std::uint8_t tag, ByteView content) {
    Bytes out{tag};
    if (content.size() < 0x80) {
        out.push_back(static_cast<std::uint8_t>(content.size()));
    } else {
        out.push_back(0x84);
        for (const unsigned shift : {24U, 16U, 8U, 0U}) {
            out.push_back(static_cast<std::uint8_t>(content.size() >> shift));
        }
        // The shortest form: leading zeros of the length are cut.
        while (out[2] == 0) {
            out.erase(out.begin() + 2);
            --out[1];
        }
    }
    append(out, content);
    return out;
}

Bytes hex(std::string_view text) {
    return parse_hex(text).value();
}

const Bytes kEcdsaSha256 = hex("300a06082a8648ce3d040302");
const Bytes kTime = tlv(0x17, bytes_of("260101000000Z"));
const Bytes kNextTime = tlv(0x17, bytes_of("260201000000Z"));
const Bytes kNumber = hex("300a0603551d140403020105");
const Bytes kAuthorityKey = hex("300b0603551d2304040302aabb");

Bytes extension_list(ByteView extensions) {
    return tlv(0xa0, tlv(0x30, extensions));
}

Bytes entry(std::uint32_t serial, ByteView rest = {}) {
    const Bytes number{0x02,
                       0x04,
                       0x01,
                       static_cast<std::uint8_t>(serial >> 16U),
                       static_cast<std::uint8_t>(serial >> 8U),
                       static_cast<std::uint8_t>(serial)};
    return tlv(0x30, concat(number, kTime, rest));
}

/// The parts of a list; the signature is of no importance to decoding.
struct Parts {
    Bytes version = hex("020101");
    Bytes issuer = to_bytes(TrustRoots::built_in().intel_sgx.subject());
    Bytes next_update = kNextTime;
    Bytes entries = tlv(0x30, concat(entry(1), entry(2)));
    Bytes extensions = extension_list(concat(kNumber, kAuthorityKey));

    [[nodiscard]] Bytes encoded() const {
        const auto body =
            tlv(0x30, concat(version, kEcdsaSha256, issuer, kTime, next_update, entries, extensions));
        return tlv(0x30, concat(body, kEcdsaSha256, hex("030200aa")));
    }
    [[nodiscard]] Result<RevocationList> decoded() const { return RevocationList::decode(encoded()); }
};

TEST(RevocationList, is_decoded_and_searched) {
    const auto list = Parts{}.decoded();
    ASSERT_OK(list);
    EXPECT_EQ(list.value().entry_count(), 2U);
    EXPECT_TRUE(list.value().lists(hex("01000001")));
    EXPECT_TRUE(list.value().lists(hex("01000002")));
    EXPECT_FALSE(list.value().lists(hex("01000003")));
    EXPECT_FALSE(list.value().lists({}));
    EXPECT_EQ(to_hex(list.value().number()), "05");
    EXPECT_EQ(list.value().list_number().number, hex("05"));
    EXPECT_EQ(list.value().list_number().issuer_sha256,
              sha2_256({TrustRoots::built_in().intel_sgx.subject()}));
    EXPECT_EQ(to_utc(list.value().validity().not_after), "2026-02-01T00:00:00Z");
}

TEST(ListNumber, is_compared_as_a_number) {
    EXPECT_TRUE(is_older_number(hex("01"), hex("02")));
    EXPECT_TRUE(is_older_number(hex("ff"), hex("0100")));
    EXPECT_TRUE(is_older_number({}, hex("01")));
    EXPECT_TRUE(is_older_number(hex("7f"), hex("0080")));
    for (const auto* same : {"01", "0001", "000001"}) {
        EXPECT_FALSE(is_older_number(hex(same), hex("01")));
        EXPECT_FALSE(is_older_number(hex("01"), hex(same)));
    }
    EXPECT_FALSE(is_older_number(hex("0100"), hex("ff")));
}

TEST(RevocationList, may_be_empty_but_not_absent) {
    Parts parts;
    parts.entries = {};
    const auto list = parts.decoded();
    ASSERT_OK(list);
    EXPECT_EQ(list.value().entry_count(), 0U);
    EXPECT_ERROR(RevocationList::decode({}), Reason::kCrlMalformed);
    EXPECT_ERROR(RevocationList::decode_any({}), Reason::kCrlMalformed);
}

TEST(RevocationList, is_taken_as_der_hexadecimal_digits_and_pem) {
    const auto der = Parts{}.encoded();
    EXPECT_OK(RevocationList::decode_any(der));
    EXPECT_OK(RevocationList::decode_any(bytes_of(to_hex(der))));
    EXPECT_ERROR(RevocationList::decode_any(bytes_of(to_hex(der) + "0")), Reason::kCrlMalformed);
    EXPECT_ERROR(
        RevocationList::decode_any(bytes_of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")),
        Reason::kCrlMalformed);
}

TEST(RevocationList, needs_its_end_number_and_key_identifier) {
    Parts parts;
    parts.next_update = {};
    EXPECT_ERROR(parts.decoded(), Reason::kCrlMalformed);
    for (const auto& extensions : {kNumber, kAuthorityKey, concat(kNumber, kNumber, kAuthorityKey),
                                   concat(kNumber, kAuthorityKey, kAuthorityKey)}) {
        parts = {};
        parts.extensions = extension_list(extensions);
        EXPECT_ERROR(parts.decoded(), Reason::kCrlMalformed);
    }
    parts = {};
    parts.version = hex("020100");
    EXPECT_ERROR(parts.decoded(), Reason::kCrlMalformed);
}

TEST(RevocationList, of_another_kind_is_refused) {
    Parts parts;
    // A critical extension such as the indicator of a delta list.
    const auto critical = hex("300d0603551d1b0101ff0403020105");
    parts.extensions = extension_list(concat(kNumber, kAuthorityKey, critical));
    EXPECT_ERROR(parts.decoded(), Reason::kCrlMalformed);
    parts = {};
    parts.entries = tlv(0x30, entry(1, tlv(0x30, critical)));
    EXPECT_ERROR(parts.decoded(), Reason::kCrlMalformed) << "an entry of another issuer";
    parts.entries = tlv(0x30, entry(1, tlv(0x30, hex("300a0603551d1504030a0101"))));
    EXPECT_OK(parts.decoded()) << "an entry with its cause";
}

TEST(RevocationList, stops_at_its_limits) {
    const auto with_entries = [](std::size_t count) {
        Bytes entries;
        for (std::size_t i = 0; i < count; ++i) {
            append(entries, entry(static_cast<std::uint32_t>(i)));
        }
        Parts parts;
        parts.entries = tlv(0x30, entries);
        return parts.decoded();
    };
    EXPECT_OK(with_entries(kCrlEntriesMax));
    EXPECT_ERROR(with_entries(kCrlEntriesMax + 1), Reason::kLimitExceeded);
    EXPECT_ERROR(RevocationList::decode(Bytes(kCrlBytesMax + 1)), Reason::kLimitExceeded);
    EXPECT_ERROR(RevocationList::decode_any(Bytes(2 * kCrlBytesMax + 1, '3')), Reason::kLimitExceeded);
}

TEST(RevocationList, is_refused_when_it_is_cut_or_longer) {
    const auto whole = Parts{}.encoded();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_ERROR(
            RevocationList::decode(Bytes{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}),
            Reason::kCrlMalformed);
    }
    EXPECT_ERROR(RevocationList::decode(concat(whole, Bytes{0})), Reason::kCrlMalformed);
}

TEST(RevocationListIssuer, has_to_have_signed_it) {
    const auto& root = TrustRoots::built_in().intel_sgx;
    const auto list = Parts{}.decoded();
    ASSERT_OK(list);
    EXPECT_ERROR(check_list_signature(list.value(), root), Reason::kCrlSignatureInvalid);
    Parts parts;
    parts.issuer = hex("300d310b3009060355040613024445");
    const auto other = parts.decoded();
    ASSERT_OK(other);
    EXPECT_ERROR(check_list_signature(other.value(), root), Reason::kCrlMissing);
    EXPECT_ERROR(check_not_revoked(root, other.value()), Reason::kCrlMissing);
    EXPECT_OK(check_not_revoked(root, list.value()));
    parts = {};
    const auto own_serial = tlv(0x30, concat(tlv(0x02, root.serial()), kTime));
    parts.entries = tlv(0x30, own_serial);
    EXPECT_ERROR(check_not_revoked(root, parts.decoded().value()), Reason::kCertRevoked);
}

}  // namespace
}  // namespace redoubt::attestation::x509
