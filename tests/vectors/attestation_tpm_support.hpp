/// What entries of vectors/attestation/INDEX.json about TPMs and paravisors hand to the verifiers.
#pragma once

#include <attestation/paravisor/verifier.hpp>
#include <attestation/tpm/verifier.hpp>
#include <primitives/hex.hpp>
#include <tests/vectors/attestation_support.hpp>

#include <optional>

namespace redoubt::attestation::vectors {

inline bool is_tpm(const json& entry) {
    return entry.at("kind").get<std::string>().starts_with("tpm-quote");
}

inline bool is_composite(const json& entry) {
    return entry.at("kind") == "azure-vtpm-composite";
}

/// The values of the SHA-256 bank, by their place in the file.
inline std::vector<PcrValue> pcrs_of(const Index& index, const json& entry) {
    std::vector<PcrValue> out;
    for (const auto& value : json::parse(index.text(entry, "pcrs"))) {
        const auto number = static_cast<std::uint8_t>(out.size());
        out.push_back({kTpmSha256, number, parse_hex(value.get<std::string>()).value()});
    }
    return out;
}

struct TpmCase {
    tpm::Evidence evidence;
    tpm::AttestationKey key;

    [[nodiscard]] Verdict appraise() const { return tpm::verify_quote(evidence, key, {}); }
};

inline TpmCase tpm_case(const Index& index, const json& entry) {
    TpmCase out;
    out.evidence.attest = index.bytes(entry, "attest");
    out.evidence.signature = tpm::parse_signature(index.bytes(entry, "signature")).value();
    out.evidence.pcrs = pcrs_of(index, entry);
    out.key.public_key_info = index.bytes(entry, "ak_public");
    return out;
}

struct CompositeCase {
    paravisor::Evidence evidence;
    std::optional<snp::Certificates> certificates;
    std::optional<dcap::Collateral> collateral;
    VerificationTime time;

    [[nodiscard]] Verdict appraise() const {
        return paravisor::verify_composite(evidence,
                                           {.certificates = certificates ? &*certificates : nullptr,
                                            .collateral = collateral ? &*collateral : nullptr},
                                           {.time = time});
    }
};

inline CompositeCase composite_case(const Index& index, const json& entry) {
    CompositeCase out;
    out.evidence.hcl_report = index.bytes(entry, "hcl_report");
    out.evidence.tpm.attest = index.bytes(entry, "attest");
    out.evidence.tpm.signature = tpm::bare_rsassa_signature(index.bytes(entry, "signature"));
    out.evidence.tpm.pcrs = pcrs_of(index, entry);
    if (entry.at("files").contains("quote")) {
        out.evidence.td_quote = index.bytes(entry, "quote");
        out.collateral = dcap::parse_collateral(index.text(entry, "collateral")).value();
    } else {
        out.certificates = snp::Certificates{.vek = index.bytes(entry, "vek"),
                                             .ask = index.bytes(entry, "ask"),
                                             .ark = index.bytes(entry, "ark")};
    }
    out.time = {entry.at("verify_at").get<std::int64_t>()};
    return out;
}

}  // namespace redoubt::attestation::vectors
