// Every accepted TPM quote and every part of a paravisor's accepted evidence, changed in one bit, is refused.
// Free is what the blob's header says of the request that it answered, what of a TD's own report the CPU
// alone can judge, and what nobody reads of the registers: there is none of that in these vectors.
#include <gtest/gtest.h>

#include <attestation/paravisor/hcl_report.hpp>
#include <attestation/tdx/td_report.hpp>
#include <tests/vectors/attestation_layouts.hpp>
#include <tests/vectors/attestation_tpm_support.hpp>

namespace redoubt::attestation {
namespace {

using nlohmann::json;
using tests::VectorCount;
using vectors::each_byte;
using vectors::Flips;
using vectors::Index;
using vectors::moved;

bool is_accepted(const json& entry) {
    return entry.at("expect").at("appraisal").at("verified") == true;
}

/// A quote of a TPM, its signature and its registers: every byte.
template <class IsRefused>
void flip_tpm(Flips& flips,
              const std::string& of,
              const std::string& id,
              tpm::Evidence& evidence,
              const IsRefused& is_refused) {
    auto& [attest, signature, pcrs] = evidence;
    flips.each("TPM quotes" + of, id, attest, each_byte(attest.size()), is_refused);
    flips.each("TPM signatures" + of, id, signature.number, each_byte(signature.number.size()), is_refused);
    for (auto& pcr : pcrs) {
        const auto name = id + " register " + std::to_string(pcr.index);
        flips.each("TPM registers" + of, name, pcr.value, each_byte(pcr.value.size()), is_refused);
    }
}

TEST(FlippedTpmQuote, is_refused_wherever_it_is_changed) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    Flips flips;
    for (const auto& entry : index.entries()) {
        if (!vectors::is_tpm(entry) || !is_accepted(entry)) {
            continue;
        }
        const auto id = entry.at("id").get<std::string>();
        auto one = vectors::tpm_case(index, entry);
        const auto is_refused = [&] { return !one.appraise().is_verified(); };
        ASSERT_FALSE(is_refused()) << id;
        flip_tpm(flips, "", id, one.evidence, is_refused);
        auto& key = one.key.public_key_info;
        flips.each("TPM attestation keys", id, key, each_byte(key.size()), is_refused);
        // What stands around the number of a signature.
        auto signature = index.bytes(entry, "signature");
        const auto head = signature.size() - one.evidence.signature.number.size();
        flips.each("TPM signature heads", id, signature, each_byte(head), [&] {
            auto changed = one;
            auto parsed = tpm::parse_signature(signature);
            if (parsed) {
                changed.evidence.signature = std::move(parsed).value();
            }
            return !parsed || !changed.appraise().is_verified();
        });
    }
}

/// Where things stand in a paravisor's blob.
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kRuntimeHeader = kHeaderBytes + kSnpReportBytes;
constexpr std::size_t kClaims = kRuntimeHeader + 20;

std::vector<vectors::Field> blob_fields(const Bytes& blob) {
    const auto claims = paravisor::parse_hcl_report(blob).value().claims;
    auto out = vectors::Layout{}.add("magic", 4).add("version", 4).add("size", 4).fields();
    vectors::Layout runtime{kRuntimeHeader};
    runtime.add("runtime size", 4).add("runtime version", 4).add("report type", 4);
    runtime.add("hash type", 4).add("claims size", 4);
    EXPECT_EQ(runtime.end(), kClaims);
    const auto members = moved(vectors::json_fields(claims), kClaims);
    const auto zeros = each_byte(blob.size() - kClaims - claims.size(), kClaims + claims.size());
    for (const auto& more : {runtime.fields(), members, zeros}) {
        out.insert(out.end(), more.begin(), more.end());
    }
    return out;
}

TEST(FlippedComposite, is_refused_whichever_field_it_is) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    Flips flips;
    for (const auto& entry : index.entries()) {
        if (!vectors::is_composite(entry) || !is_accepted(entry)) {
            continue;
        }
        const auto id = entry.at("id").get<std::string>();
        auto one = vectors::composite_case(index, entry);
        const auto is_refused = [&] { return !one.appraise().is_verified(); };
        ASSERT_FALSE(is_refused()) << id;
        flip_tpm(flips, " of paravisors", id, one.evidence.tpm, is_refused);
        auto& blob = one.evidence.hcl_report;
        flips.each("blobs of paravisors", id, blob, blob_fields(blob), is_refused);
        if (one.certificates) {
            flips.each("reports of paravisors", id, blob, moved(vectors::snp_report_fields(), kHeaderBytes),
                       is_refused);
            for (const auto part :
                 {&snp::Certificates::vek, &snp::Certificates::ask, &snp::Certificates::ark}) {
                auto& bytes = *one.certificates.*part;
                flips.each("certificates of paravisors", id, bytes, vectors::der_fields(bytes), is_refused);
            }
        } else {
            flips.each("TD reports of paravisors", id, blob, moved(vectors::td_report_fields(), kHeaderBytes),
                       is_refused);
            flips.each("zeros after TD reports", id, blob,
                       each_byte(kSnpReportBytes - tdx::kTdReportBytes, kHeaderBytes + tdx::kTdReportBytes),
                       is_refused);
            vectors::flip_quote(flips, " of paravisors", id, one.evidence.td_quote, is_refused);
        }
        EXPECT_FALSE(is_refused());
    }
}

bool says_the_same(const Claims& one, const Claims& other) {
    const auto& [hardware, tpm, claims_text] = std::get<ParavisorClaims>(one);
    const auto& [other_hardware, other_tpm, other_text] = std::get<ParavisorClaims>(other);
    return measurement(one) == measurement(other) && equal(report_data(one), report_data(other)) &&
           claims_text == other_text && tpm.pcrs == other_tpm.pcrs && tpm.extra_data == other_tpm.extra_data;
}

TEST(FreeCompositeBytes, change_nothing_that_is_said_of_the_guest) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/attestation");
    const Index index{folder};
    VectorCount count{"attestation, free bytes"};
    for (const auto& entry : index.entries()) {
        if (!vectors::is_composite(entry) || !is_accepted(entry)) {
            continue;
        }
        auto one = vectors::composite_case(index, entry);
        const auto before = one.appraise();
        auto fields = vectors::Layout{12}.add("request", 4).add("reserved", 16).fields();
        if (one.collateral) {
            const auto more = moved(vectors::td_report_free_fields(), kHeaderBytes);
            fields.insert(fields.end(), more.begin(), more.end());
        }
        for (const auto& field : fields) {
            auto& byte = one.evidence.hcl_report.at(field.offset + field.bytes / 2);
            byte ^= 1;
            const auto after = one.appraise();
            count.record("headers and TD reports", entry.at("id").get<std::string>() + " " + field.name,
                         after.is_verified() && says_the_same(after.claims, before.claims));
            byte ^= 1;
        }
    }
}

}  // namespace
}  // namespace redoubt::attestation
