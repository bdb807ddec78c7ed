/// What an entry of vectors/attestation/INDEX.json about the attestation service hands to the verifier.
#pragma once

#include <attestation/ias/verifier.hpp>
#include <tests/vectors/attestation_support.hpp>

namespace redoubt::attestation::vectors {

struct IasCase {
    ias::Evidence evidence;
    TrustRoots roots;
    VerificationTime time;

    [[nodiscard]] Verdict appraise() const {
        return ias::verify_report(evidence, {.time = time, .roots = roots, .certificate_time = {}});
    }
};

inline bool is_ias(const json& entry) {
    return entry.at("kind").get<std::string>().starts_with("ias-report");
}

inline IasCase ias_case(const Index& index, const json& entry) {
    return {.evidence = {.report = index.bytes(entry, "report"),
                         .signature = index.bytes(entry, "signature"),
                         .certificate = index.bytes(entry, "signing_cert")},
            .roots = TrustRoots::with_ias_ca(index.bytes(entry, "trust_anchor")).value(),
            .time = {entry.at("verify_at").get<std::int64_t>()}};
}

}  // namespace redoubt::attestation::vectors
