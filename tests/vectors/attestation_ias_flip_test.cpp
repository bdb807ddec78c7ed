// Every accepted report of the attestation service, changed in one bit anywhere, is refused: in its body, its
// signature and its certificate no bit is free.
#include <gtest/gtest.h>

#include <tests/vectors/attestation_ias_support.hpp>

namespace redoubt::attestation {
namespace {

using tests::VectorCount;
using vectors::Index;

TEST(FlippedIasReport, is_refused_wherever_it_is_changed) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, one bit changed"};
    std::size_t bit = 0;
    for (const auto& entry : index.entries()) {
        if (!vectors::is_ias(entry) || !entry.at("expect").at("appraisal").at("verified").get<bool>()) {
            continue;
        }
        auto one = vectors::ias_case(index, entry);
        const auto id = entry.at("id").get<std::string>();
        ASSERT_TRUE(one.appraise().is_verified()) << id;
        const auto flip = [&](const char* name, Bytes& part, std::size_t stride) {
            for (std::size_t at = 0; at < part.size(); at += stride) {
                const auto changed = static_cast<std::uint8_t>(1U << (++bit % 8));
                part[at] ^= changed;
                count.record(name, id + " at " + std::to_string(at), !one.appraise().is_verified());
                part[at] ^= changed;
            }
        };
        flip("IAS report bodies", one.evidence.report, 7);
        flip("IAS signatures", one.evidence.signature, 3);
        flip("IAS certificates", one.evidence.certificate, 5);
    }
}

}  // namespace
}  // namespace redoubt::attestation
