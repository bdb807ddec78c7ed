/// Reading the attestation vectors: vectors/attestation/INDEX.json and the files it names.
#pragma once

#include <gtest/gtest.h>

#include <attestation/dcap/collateral.hpp>
#include <attestation/dcap/verifier.hpp>
#include <attestation/trust_roots.hpp>
#include <attestation/verdict.hpp>
#include <primitives/bytes.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

#include <algorithm>
#include <set>
#include <string>

namespace redoubt::attestation::vectors {

using nlohmann::json;

/// The folder, its index and the files of its entries.
class Index {
  public:
    explicit Index(std::filesystem::path folder)
        : folder_(std::move(folder)), json_(tests::read_json(folder_ / "INDEX.json")) {}

    [[nodiscard]] const json& entries() const { return json_.at("entries"); }
    [[nodiscard]] std::string text(const json& entry, const char* file) const {
        return tests::read_file(folder_ / entry.at("files").at(file).get<std::string>());
    }
    [[nodiscard]] Bytes bytes(const json& entry, const char* file) const {
        return to_bytes(bytes_of(text(entry, file)));
    }

  private:
    std::filesystem::path folder_;
    json json_;
};

/// What a DCAP entry hands to the verifier.
struct DcapCase {
    Bytes quote;
    Result<dcap::Collateral> collateral = Reason::kCollateralMissing;
    Result<TrustRoots> roots = Reason::kMalformed;
    EvidenceType type = EvidenceType::kSgxDcap;
    VerificationTime time;

    [[nodiscard]] dcap::Setting setting() const {
        return {.type = type, .time = time, .roots = roots.value()};
    }
};

/// A quote states its TEE at offset 4; the sender of these vectors names the type accordingly.
inline EvidenceType type_of_quote(ByteView quote) {
    return quote.size() > 4 && quote[4] == 0x81 ? EvidenceType::kTdxDcap : EvidenceType::kSgxDcap;
}

inline DcapCase dcap_case(const Index& index, const json& entry) {
    DcapCase out;
    out.quote = index.bytes(entry, "quote");
    out.collateral = dcap::parse_collateral(index.text(entry, "collateral"));
    out.roots = TrustRoots::with_intel_root(index.bytes(entry, "trust_anchor"));
    out.type = type_of_quote(out.quote);
    out.time = {entry.at("verify_at").get<std::int64_t>()};
    return out;
}

/// The verdict over a case; one whose collateral cannot be read is refused for that.
inline Verdict appraise(const DcapCase& one) {
    if (!one.collateral) {
        return refuse(one.type, one.time, CheckLog{dcap::kChecks}, {reason_of(one.collateral.error()), {}});
    }
    return dcap::verify_quote(one.quote, one.collateral.value(), one.setting());
}

inline std::string family(const std::string& reason) {
    return reason.substr(0, reason.find('_'));
}

/// Whether a refusal's reason is one that the index allows.
inline bool is_allowed_reason(const json& appraisal, Reason reason) {
    const auto canonical = appraisal.at("reason").get<std::string>();
    const std::string given{reason_code(reason)};
    if (appraisal.contains("reason_any_of")) {
        const auto allowed = appraisal.at("reason_any_of").get<std::set<std::string>>();
        return given == canonical || allowed.contains(given);
    }
    return family(given) == family(canonical);
}

}  // namespace redoubt::attestation::vectors
