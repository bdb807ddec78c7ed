#include <attestation/snp/certificate_table.hpp>

#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/support/snp_evidence.hpp>

namespace redoubt::attestation::snp {
namespace {

constexpr std::string_view kVcek = "63da758de6644564adc5f4b93be8accd";
constexpr std::string_view kVcekMixed = "8d75da6364e66445adc5f4b93be8accd";
constexpr std::string_view kVlek = "a8074bc2a25a483eaae639c045a0b8a1";
constexpr std::string_view kAsk = "4ab7b379bbac4fe4a02f05aef327c782";
constexpr std::string_view kArk = "c0b406a4a803495297433fb6014cd0ae";
constexpr std::string_view kCrl = "92f81bc358114d3d97ffd19f88dc67ea";
constexpr std::size_t kEntryBytes = 24;

void append_le(Bytes& out, std::size_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
        out.push_back(static_cast<std::uint8_t>(value >> shift));
    }
}

void append_entry(Bytes& out, std::string_view guid, std::size_t offset, std::size_t size) {
    append(out, parse_hex(guid).value());
    append_le(out, offset);
    append_le(out, size);
}

struct Part {
    std::string_view guid;
    Bytes content;
};

/// A table as a host writes it: entries, the end, then the parts.
Bytes table_of(const std::vector<Part>& parts) {
    Bytes out;
    auto offset = (parts.size() + 1) * kEntryBytes;
    for (const auto& part : parts) {
        append_entry(out, part.guid, offset, part.content.size());
        offset += part.content.size();
    }
    out.resize(out.size() + kEntryBytes);
    for (const auto& part : parts) {
        append(out, part.content);
    }
    return out;
}

tests::SnpEvidence kept_evidence(const std::string& name) {
    const auto file = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/snp_verify" / name);
    return tests::split_snp_evidence(bytes_of(file)).value();
}

TEST(CertificateTable, gives_what_verifies_a_report) {
    for (const std::string name : {"milan_v2", "milan_v3_vlek"}) {
        const auto evidence = kept_evidence(name);
        const bool is_vlek = name == "milan_v3_vlek";
        const auto bytes = table_of({{kArk, evidence.certificates.ark},
                                     {is_vlek ? kVlek : kVcek, evidence.certificates.vek},
                                     {kAsk, evidence.certificates.ask}});
        const auto table = read_certificate_table(bytes);
        ASSERT_OK(table);
        const Setting setting{.time = tests::kSnpTestTime, .roots = tests::snp_test_roots()};
        const auto verify = [&](SnpSigningKey key) {
            return verify_report(evidence.report, table.value().certificates(key), setting).is_verified();
        };
        EXPECT_TRUE(verify(is_vlek ? SnpSigningKey::kVlek : SnpSigningKey::kVcek));
        EXPECT_FALSE(verify(is_vlek ? SnpSigningKey::kVcek : SnpSigningKey::kVlek));
    }
}

TEST(CertificateTable, takes_identifiers_in_both_byte_orders_and_unknown_ones) {
    const auto bytes =
        table_of({{kVcekMixed, {1, 2}}, {"00112233445566778899aabbccddeeff", {9}}, {kCrl, {3}}, {kArk, {}}});
    const auto table = read_certificate_table(bytes);
    ASSERT_OK(table);
    EXPECT_EQ(to_bytes(table.value().vcek), (Bytes{1, 2}));
    EXPECT_EQ(to_bytes(table.value().revocation_list), (Bytes{3}));
    EXPECT_TRUE(table.value().ark.empty());
    const auto certificates = table.value().certificates(SnpSigningKey::kVcek);
    EXPECT_EQ(certificates.revocation_lists.size(), 1U);
    EXPECT_TRUE(certificates.ask.empty());
}

TEST(CertificateTable, takes_an_empty_one_and_refuses_one_without_an_end) {
    EXPECT_OK(read_certificate_table(Bytes(kEntryBytes)));
    EXPECT_FALSE(read_certificate_table({}));
    EXPECT_FALSE(read_certificate_table(Bytes(kEntryBytes - 1)));
    auto bytes = table_of({{kVcek, {1}}});
    bytes.resize(2 * kEntryBytes - 1);
    EXPECT_FALSE(read_certificate_table(bytes));
}

TEST(CertificateTable, refuses_parts_that_are_not_inside) {
    const auto with = [](std::size_t offset, std::size_t size) {
        Bytes out;
        append_entry(out, kVcek, offset, size);
        out.resize(2 * kEntryBytes + 10);
        return out;
    };
    EXPECT_OK(read_certificate_table(with(48, 10)));
    EXPECT_OK(read_certificate_table(with(58, 0)));
    EXPECT_ERROR(read_certificate_table(with(48, 11)), Reason::kMalformed);
    EXPECT_ERROR(read_certificate_table(with(59, 0)), Reason::kMalformed);
    EXPECT_ERROR(read_certificate_table(with(UINT32_MAX, UINT32_MAX)), Reason::kMalformed);
    EXPECT_ERROR(read_certificate_table(with(50, UINT32_MAX - 10)), Reason::kMalformed);
}

TEST(CertificateTable, refuses_an_identifier_that_is_there_twice) {
    EXPECT_ERROR(read_certificate_table(table_of({{kVcek, {1}}, {kVcek, {1}}})), Reason::kMalformed);
    EXPECT_ERROR(read_certificate_table(table_of({{kVcek, {1}}, {kVcekMixed, {2}}})), Reason::kMalformed);
}

TEST(CertificateTable, has_limits) {
    const Part unknown{"00112233445566778899aabbccddeeff", {}};
    EXPECT_OK(read_certificate_table(table_of(std::vector<Part>(32, unknown))));
    EXPECT_ERROR(read_certificate_table(table_of(std::vector<Part>(33, unknown))), Reason::kLimitExceeded);
    EXPECT_OK(read_certificate_table(Bytes(kEvidenceBytesMax)));
    EXPECT_ERROR(read_certificate_table(Bytes(kEvidenceBytesMax + 1)), Reason::kLimitExceeded);
}

}  // namespace
}  // namespace redoubt::attestation::snp
