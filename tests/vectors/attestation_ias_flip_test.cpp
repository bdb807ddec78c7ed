// Every accepted report of the attestation service, changed in one bit anywhere, is refused: in its body, its
// signature and its certificate no bit is free.
#include <gtest/gtest.h>

#include <tests/vectors/attestation_flip_support.hpp>
#include <tests/vectors/attestation_ias_support.hpp>

namespace redoubt::attestation {
namespace {

using vectors::Flips;
using vectors::Index;

TEST(FlippedIasReport, is_refused_wherever_it_is_changed) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    Flips flips;
    for (const auto& entry : index.entries()) {
        if (!vectors::is_ias(entry) || !entry.at("expect").at("appraisal").at("verified").get<bool>()) {
            continue;
        }
        auto one = vectors::ias_case(index, entry);
        const auto id = entry.at("id").get<std::string>();
        const auto is_refused = [&] { return !one.appraise().is_verified(); };
        ASSERT_FALSE(is_refused()) << id;
        auto& [report, signature, certificate] = one.evidence;
        if (flips.is_new("report", report)) {
            flips.each("IAS report bodies", id, report, vectors::each_byte(report.size()), is_refused);
            flips.each("IAS signatures", id, signature, vectors::each_byte(signature.size()), is_refused);
        }
        if (flips.is_new("certificate", certificate)) {
            flips.each("IAS certificates", id, certificate, vectors::each_byte(certificate.size()),
                       is_refused);
        }
    }
}

}  // namespace
}  // namespace redoubt::attestation
