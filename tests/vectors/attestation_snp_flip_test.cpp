// Every field of every accepted SEV-SNP vector, changed in one bit, makes the evidence refused, and so does a
// change anywhere in its certificates. Nothing of a report is free but the second form of its signature.
#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <attestation/snp/report.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/vectors/attestation_snp_support.hpp>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::Index;
using vectors::SnpCase;

struct Field {
    std::string_view name;
    std::size_t bytes = 0;
};

/// All fields of a report, in order and without a gap.
constexpr auto kFields = std::to_array<Field>({
    {"version", 4},
    {"guest_svn", 4},
    {"policy", 8},
    {"family_id", 16},
    {"image_id", 16},
    {"vmpl", 4},
    {"signature_algorithm", 4},
    {"current_tcb", 8},
    {"platform_info", 8},
    {"key_info", 4},
    {"reserved1", 4},
    {"report_data", 64},
    {"measurement", 48},
    {"host_data", 32},
    {"id_key_digest", 48},
    {"author_key_digest", 48},
    {"report_id", 32},
    {"report_id_ma", 32},
    {"reported_tcb", 8},
    {"cpuid_family", 1},
    {"cpuid_model", 1},
    {"cpuid_stepping", 1},
    {"reserved2", 21},
    {"chip_id", 64},
    {"committed_tcb", 8},
    {"current_version", 3},
    {"reserved3", 1},
    {"committed_version", 3},
    {"reserved4", 1},
    {"launch_tcb", 8},
    {"launch_mitigations", 8},
    {"current_mitigations", 8},
    {"reserved5", 152},
    {"signature_r", 48},
    {"signature_r_rest", 24},
    {"signature_s", 48},
    {"signature_s_rest", 24},
    {"reserved6", 368},
});

/// Which byte of a field is changed: another one in each vector, the same in each run.
std::size_t chosen(std::size_t seed, std::size_t count) {
    return (seed * 2654435761U) % count;
}

/// Calls `visit` with each accepted SEV-SNP case.
template <class Visit>
void for_each_accepted(const Index& index, Visit&& visit) {
    for (const auto& entry : index.entries()) {
        if (!vectors::is_snp(entry) || !entry.at("expect").at("appraisal").at("verified").get<bool>()) {
            continue;
        }
        const auto one = vectors::snp_case(index, entry);
        visit(entry.at("id").get<std::string>(), one, vectors::snp_roots(one, entry));
    }
}

TEST(FlippedSnpReport, is_refused_whichever_field_it_is) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, one bit changed"};
    std::size_t seed = 0;
    for_each_accepted(index, [&](const std::string& id, const SnpCase& one, const TrustRoots& roots) {
        ASSERT_TRUE(one.appraise(roots).is_verified()) << id;
        std::size_t offset = 0;
        for (const auto& field : kFields) {
            ++seed;
            auto changed = one;
            changed.report[offset + chosen(seed, field.bytes)] ^= static_cast<std::uint8_t>(1U << (seed % 8));
            count.record("SEV-SNP report fields", id + " " + std::string{field.name},
                         !changed.appraise(roots).is_verified());
            offset += field.bytes;
        }
        EXPECT_EQ(offset, kSnpReportBytes);
    });
}

TEST(FlippedSnpCertificate, is_refused_wherever_it_is_changed) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, one bit changed"};
    std::size_t seed = 0;
    constexpr std::size_t kStride = 24;
    for_each_accepted(index, [&](const std::string& id, const SnpCase& one, const TrustRoots& roots) {
        for (const auto part : {&snp::Certificates::vek, &snp::Certificates::ask, &snp::Certificates::ark}) {
            auto changed = one;
            auto& bytes = changed.certificates.*part;
            for (std::size_t start = 0; start < bytes.size(); start += kStride) {
                ++seed;
                auto& byte = bytes[start + chosen(seed, std::min(kStride, bytes.size() - start))];
                const auto before = byte;
                byte ^= static_cast<std::uint8_t>(1U << (seed % 8));
                count.record("SEV-SNP certificates", id + " at " + std::to_string(start),
                             !changed.appraise(roots).is_verified());
                byte = before;
            }
        }
    });
}

/// n - s, little-endian, for the order n of P-384.
Bytes second_form(ByteView s) {
    auto out = parse_hex(
                   "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196ac"
                   "cc52973")
                   .value();
    std::ranges::reverse(out);
    int borrow = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int difference = out[i] - s[i] - borrow;
        borrow = difference < 0 ? 1 : 0;
        out[i] = static_cast<std::uint8_t>(difference);
    }
    return out;
}

TEST(FreeSnpBytes, are_the_second_form_of_the_signature_alone) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, free bytes"};
    for_each_accepted(index, [&](const std::string& id, const SnpCase& one, const TrustRoots& roots) {
        constexpr std::size_t kS = kSnpSignedBytes + 72;
        auto changed = one;
        std::ranges::copy(second_form(ByteView{one.report}.subspan(kS, 48)),
                          changed.report.begin() + static_cast<std::ptrdiff_t>(kS));
        EXPECT_NE(changed.report, one.report);
        const auto before = one.appraise(roots);
        const auto after = changed.appraise(roots);
        count.record("the other s of SEV-SNP", id,
                     after.is_verified() && measurement(after.claims) == measurement(before.claims));
    });
}

}  // namespace
}  // namespace redoubt::attestation
