// Every field of every accepted SEV-SNP vector, changed in one bit, makes the evidence refused, and so does a
// change anywhere in its certificates. Nothing of a report is free but the second form of its signature.
#include <gtest/gtest.h>

#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tests/vectors/attestation_layouts.hpp>
#include <tests/vectors/attestation_snp_support.hpp>

namespace redoubt::attestation {
namespace {

using tests::VectorCount;
using vectors::Flips;
using vectors::Index;
using vectors::SnpCase;

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
    Flips flips;
    for_each_accepted(index, [&](const std::string& id, SnpCase one, const TrustRoots& roots) {
        ASSERT_TRUE(one.appraise(roots).is_verified()) << id;
        flips.each("SEV-SNP report fields", id, one.report, vectors::snp_report_fields(),
                   [&] { return !one.appraise(roots).is_verified(); });
    });
}

TEST(FlippedSnpCertificate, is_refused_whichever_field_it_is) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    Flips flips;
    for_each_accepted(index, [&](const std::string& id, SnpCase one, const TrustRoots& roots) {
        for (const auto& [name, part] : {std::pair{"VCEK and VLEK", &snp::Certificates::vek},
                                         std::pair{"ASK and ASVK", &snp::Certificates::ask},
                                         std::pair{"ARK", &snp::Certificates::ark}}) {
            auto& bytes = one.certificates.*part;
            if (flips.is_new(name, bytes)) {
                flips.each(name, id, bytes, vectors::der_fields(bytes),
                           [&] { return !one.appraise(roots).is_verified(); });
            }
        }
    });
}

/// n - s, little-endian.
Bytes second_form(ByteView s) {
    auto big_endian = to_bytes(s);
    std::ranges::reverse(big_endian);
    auto out = vectors::second_form(vectors::kOrderP384, big_endian);
    std::ranges::reverse(out);
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
