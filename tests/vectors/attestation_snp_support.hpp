/// What an SEV-SNP entry of vectors/attestation/INDEX.json hands to the verifier.
#pragma once

#include <attestation/digest.hpp>
#include <attestation/snp/verifier.hpp>
#include <tests/vectors/attestation_support.hpp>

namespace redoubt::attestation::vectors {

struct SnpCase {
    Bytes report;
    snp::Certificates certificates;
    VerificationTime time;

    [[nodiscard]] Verdict appraise(const TrustRoots& roots) const {
        return snp::verify_report(report, certificates, {.time = time, .roots = roots});
    }
};

inline bool is_snp(const json& entry) {
    return entry.at("kind").get<std::string>().starts_with("snp-report");
}

inline SnpCase snp_case(const Index& index, const json& entry) {
    SnpCase out;
    out.report = index.bytes(entry, "report");
    out.certificates = {.vek = index.bytes(entry, "vek"),
                        .ask = index.bytes(entry, "ask"),
                        .ark = index.bytes(entry, "ark"),
                        .revocation_lists = {}};
    out.time = {entry.at("verify_at").get<std::int64_t>()};
    return out;
}

/// The vendors' roots; for an entry with synthetic certificates its own ARK in Milan's place, unless what
/// the entry shows is that it is none.
inline TrustRoots snp_roots(const SnpCase& one, const json& entry) {
    auto roots = TrustRoots::built_in().amd;
    const bool is_synthetic = entry.at("kind") == "snp-report-synthetic";
    const bool is_refused_root =
        entry.at("expect").at("appraisal").value("reason", std::string{}) == "SNP_ROOT_UNTRUSTED";
    if (is_synthetic && !is_refused_root) {
        const auto ark = x509::Certificate::decode(one.certificates.ark);
        EXPECT_OK(ark);
        const auto milan = std::ranges::find(roots, std::string_view{"Milan"}, &AmdRoot::product);
        milan->key_sha256 = sha2_256({ark.value().public_key_info()});
    }
    return TrustRoots::with_amd_roots(roots);
}

}  // namespace redoubt::attestation::vectors
