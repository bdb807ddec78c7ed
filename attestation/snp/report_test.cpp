#include <attestation/snp/report.hpp>

#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::attestation::snp {
namespace {

Bytes kept_report(const std::string& name) {
    const auto file = tests::read_file(tests::source_folder() / "tests/fuzz/corpus/snp_report" / name);
    return to_bytes(bytes_of(file));
}

Bytes with_byte(Bytes report, std::size_t at, std::uint8_t value) {
    report.at(at) = value;
    return report;
}

TEST(SnpReport, says_what_its_version_has) {
    const auto v2 = kept_report("milan_v2");
    const auto v3 = kept_report("genoa_v3_lists");
    const auto v5 = kept_report("turin_v5");
    const auto first = parse_report(v2);
    ASSERT_OK(first);
    EXPECT_EQ(first.value().claims.version, 2U);
    EXPECT_FALSE(first.value().claims.cpuid);
    EXPECT_FALSE(first.value().claims.launch_mitigations);
    EXPECT_EQ(first.value().claims.vmpl, 1U);
    EXPECT_EQ(first.value().claims.guest_svn, 3U);
    EXPECT_EQ(first.value().claims.current_version.minor, 55U);
    const auto second = parse_report(v3);
    ASSERT_OK(second);
    ASSERT_TRUE(second.value().claims.cpuid);
    EXPECT_EQ(product_of(*second.value().claims.cpuid), SnpProduct::kGenoa);
    EXPECT_FALSE(second.value().claims.current_mitigations);
    const auto third = parse_report(v5);
    ASSERT_OK(third);
    EXPECT_EQ(third.value().claims.launch_mitigations, 1U);
    EXPECT_EQ(third.value().claims.current_mitigations, 3U);
}

TEST(SnpReport, rejects_every_other_size) {
    auto report = kept_report("milan_v2");
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kSnpSignedBytes, kSnpReportBytes - 1}) {
        EXPECT_ERROR(parse_report(ByteView{report}.first(size)), Reason::kSnpSize) << size;
    }
    report.push_back(0);
    EXPECT_ERROR(parse_report(report), Reason::kSnpSize);
}

TEST(SnpReport, rejects_versions_that_have_no_layout) {
    const auto report = kept_report("milan_v2");
    for (const auto version : std::to_array<std::uint8_t>({0, 1, 4, 6, 255})) {
        EXPECT_ERROR(parse_report(with_byte(report, 0, version)), Reason::kSnpVersionUnsupported);
    }
    EXPECT_ERROR(parse_report(with_byte(report, 3, 1)), Reason::kSnpVersionUnsupported);
}

TEST(SnpReport, rejects_other_algorithms_and_keys) {
    const auto report = kept_report("milan_v2");
    EXPECT_ERROR(parse_report(with_byte(report, 0x34, 2)), Reason::kSnpSigAlgoUnsupported);
    EXPECT_ERROR(parse_report(with_byte(report, 0x37, 1)), Reason::kSnpSigAlgoUnsupported);
    for (std::uint8_t key = 2; key < 8; ++key) {
        EXPECT_ERROR(parse_report(with_byte(report, 0x48, static_cast<std::uint8_t>(key << 2U))),
                     Reason::kSnpSigningKeyInvalid);
    }
    EXPECT_ERROR(parse_report(with_byte(report, 0x48, 0x20)), Reason::kSnpSigningKeyInvalid);
    EXPECT_ERROR(parse_report(with_byte(report, 0x4b, 0x80)), Reason::kSnpSigningKeyInvalid);
    const auto vlek = parse_report(with_byte(report, 0x48, 0x07));
    ASSERT_OK(vlek);
    EXPECT_EQ(vlek.value().claims.signing_key(), SnpSigningKey::kVlek);
    EXPECT_TRUE(vlek.value().claims.is_chip_key_masked());
}

TEST(SnpReport, rejects_what_is_reserved) {
    const auto report = kept_report("milan_v2");
    for (const std::size_t at : {0x4cU, 0x4fU, 0x330U, 0x49fU}) {
        EXPECT_ERROR(parse_report(with_byte(report, at, 1)), Reason::kSnpReservedNonzero) << at;
    }
    EXPECT_ERROR(parse_report(with_byte(report, 0x0a, 0x01)), Reason::kSnpReservedNonzero) << "bit 17 is one";
    EXPECT_ERROR(parse_report(with_byte(report, 0x0b, 0x04)), Reason::kSnpReservedNonzero) << "bit 26";
    EXPECT_ERROR(parse_report(with_byte(report, 0x0f, 0x80)), Reason::kSnpReservedNonzero) << "bit 63";
    EXPECT_OK(parse_report(with_byte(report, 0x0b, 0x03))) << "bits 24 and 25 have a meaning";
    EXPECT_OK(parse_report(with_byte(report, 0x40, 0xff))) << "platform information may grow";
}

TEST(SnpReport, has_no_signature_when_a_number_is_too_long) {
    const auto report = kept_report("milan_v2");
    ASSERT_OK(parse_report(report));
    EXPECT_TRUE(parse_report(report).value().signature);
    for (const std::size_t at : {0x2d0U, 0x2e7U, 0x318U, 0x32fU}) {
        const auto changed = with_byte(report, at, 1);
        const auto parsed = parse_report(changed);
        ASSERT_OK(parsed);
        EXPECT_FALSE(parsed.value().signature) << at;
    }
}

TEST(SnpProduct, follows_from_family_and_model) {
    const auto product = [](std::uint8_t family, std::uint8_t model) {
        return product_of({.family = family, .model = model});
    };
    EXPECT_EQ(product(0x19, 0x00), SnpProduct::kMilan);
    EXPECT_EQ(product(0x19, 0x0f), SnpProduct::kMilan);
    EXPECT_EQ(product(0x19, 0x10), SnpProduct::kGenoa);
    EXPECT_EQ(product(0x19, 0x1f), SnpProduct::kGenoa);
    EXPECT_EQ(product(0x19, 0x20), std::nullopt);
    EXPECT_EQ(product(0x19, 0x9f), std::nullopt);
    EXPECT_EQ(product(0x19, 0xa0), SnpProduct::kGenoa);
    EXPECT_EQ(product(0x19, 0xaf), SnpProduct::kGenoa);
    EXPECT_EQ(product(0x19, 0xb0), std::nullopt);
    EXPECT_EQ(product(0x1a, 0x00), SnpProduct::kTurin);
    EXPECT_EQ(product(0x1a, 0x11), SnpProduct::kTurin);
    EXPECT_EQ(product(0x1a, 0x12), std::nullopt);
    EXPECT_EQ(product(0x1a, 0x50), std::nullopt) << "the next generation has no root yet";
    EXPECT_EQ(product(0x17, 0x01), std::nullopt);
}

TEST(SnpProduct, has_a_name_that_finds_it) {
    for (const auto product : {SnpProduct::kMilan, SnpProduct::kGenoa, SnpProduct::kTurin}) {
        EXPECT_EQ(snp_product_named(product_name(product)), product);
    }
    EXPECT_EQ(snp_product_named("milan"), std::nullopt);
    EXPECT_EQ(snp_product_named(""), std::nullopt);
}

TEST(SnpSvns, are_read_as_the_product_has_them) {
    const SnpTcb tcb{{1, 2, 3, 4, 5, 6, 7, 8}};
    const SnpSvns older{.boot_loader = 1, .tee = 2, .snp = 7, .microcode = 8};
    EXPECT_EQ(svns_of(tcb, SnpProduct::kMilan), older);
    EXPECT_EQ(svns_of(tcb, SnpProduct::kGenoa), older);
    EXPECT_EQ(svns_of(tcb, SnpProduct::kTurin),
              (SnpSvns{.fmc = 1, .boot_loader = 2, .tee = 3, .snp = 4, .microcode = 8}));
}

TEST(SnpSvns, are_compared_one_by_one) {
    const SnpSvns floor{.fmc = 1, .boot_loader = 2, .tee = 3, .snp = 4, .microcode = 5};
    EXPECT_TRUE(floor.is_at_least(floor));
    for (const auto member :
         {&SnpSvns::fmc, &SnpSvns::boot_loader, &SnpSvns::tee, &SnpSvns::snp, &SnpSvns::microcode}) {
        SnpSvns high{.fmc = 255, .boot_loader = 255, .tee = 255, .snp = 255, .microcode = 255};
        high.*member = 0;
        EXPECT_FALSE(high.is_at_least(floor));
        EXPECT_FALSE(floor.is_at_least(high));
    }
}

}  // namespace
}  // namespace redoubt::attestation::snp
