/// Reading the attestation vectors: vectors/attestation/INDEX.json and the files it names.
#pragma once

#include <gtest/gtest.h>

#include <attestation/dcap/collateral.hpp>
#include <attestation/dcap/verifier.hpp>
#include <attestation/policy/policy.hpp>
#include <attestation/trust_roots.hpp>
#include <attestation/verdict.hpp>
#include <primitives/bytes.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

#include <algorithm>
#include <iostream>
#include <set>
#include <sstream>
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

/// A number as the index writes flags.
inline std::string numeral(std::uint64_t value) {
    std::ostringstream out;
    out << "0x" << std::hex << value;
    return out.str();
}

/// Counts refusals, and those among them with the index's own reason.
class RefusalCount {
  public:
    explicit RefusalCount(std::string title) : title_(std::move(title)) {}
    RefusalCount(const RefusalCount&) = delete;
    RefusalCount& operator=(const RefusalCount&) = delete;
    ~RefusalCount() {
        std::cout << "[ vectors  ] attestation / " << title_ << ": " << canonical_ << " of " << refused_
                  << " refusals with the canonical reason\n";
    }

    void record(const json& appraisal, Reason reason) {
        ++refused_;
        canonical_ += reason_code(reason) == appraisal.at("reason") ? 1U : 0U;
    }

  private:
    std::string title_;
    std::size_t refused_ = 0;
    std::size_t canonical_ = 0;
};

/// What the index states of a TCB; an object without members where the verdict has none.
inline json tcb_of(const Verdict& verdict) {
    json out = json::object();
    if (!verdict.tcb) {
        return out;
    }
    const auto& tcb = *verdict.tcb;
    out["tcb_status"] = status_text(tcb.status);
    out["platform_status"] = status_text(tcb.platform.status);
    out["qe_status"] = status_text(tcb.quoting_enclave.status);
    if (tcb.tdx_module) {
        out["tdx_module_status"] = status_text(tcb.tdx_module->status);
    }
    out["tcb_date"] = to_utc(tcb.platform.date);
    out["advisories"] = tcb.advisories;
    out["fmspc"] = to_hex(tcb.fmspc.view());
    out["pceid"] = to_hex(tcb.pce_id.view());
    return out;
}

/// Whether every member that the index states has its value; lists are compared as sets.
inline bool has_all(const json& actual, const json& expected, const json& id) {
    bool out = true;
    for (const auto& [name, value] : expected.items()) {
        const auto given = actual.value(name, json{});
        const bool is_equal =
            value.is_array() && given.is_array()
                ? std::set<json>(value.begin(), value.end()) == std::set<json>(given.begin(), given.end())
                : actual.contains(name) && given == value;
        EXPECT_TRUE(is_equal) << id << ": " << name << " is " << given << ", expected " << value;
        out = out && is_equal;
    }
    return out;
}

/// Whether the evidence is verified, or refused for a reason that the index allows, as the index says.
inline bool check_outcome(const Verdict& verdict, const json& entry, RefusalCount& count) {
    const auto& expected = entry.at("expect").at("appraisal");
    const bool passed = verdict.is_verified() == expected.at("verified").get<bool>() &&
                        (!verdict.refusal || is_allowed_reason(expected, verdict.refusal->reason));
    EXPECT_TRUE(passed) << entry.at("id") << ": "
                        << (verdict.refusal ? reason_code(verdict.refusal->reason) : "verified") << " "
                        << (verdict.refusal ? verdict.refusal->detail : "") << ", expected " << expected;
    if (verdict.refusal) {
        count.record(expected, verdict.refusal->reason);
    }
    return passed;
}

/// Whether the policy decides as the index says, and of verified evidence for all of its reasons.
inline bool check_policy(const Verdict& verdict, const Policy& policy, const json& entry) {
    const auto& expected = entry.at("expect").at("policy");
    std::set<std::string> actual;
    for (const auto reason : violations(verdict, policy, verdict.time)) {
        actual.emplace(reason_code(reason));
    }
    const bool passed =
        (expected.at("default") == "accept") == actual.empty() &&
        (!verdict.is_verified() || actual == expected.at("reasons").get<std::set<std::string>>());
    EXPECT_TRUE(passed) << entry.at("id") << ": " << json(actual) << ", expected " << expected;
    return passed;
}

/// Whether one check has failed of a refusal, and none of verified evidence.
inline bool has_one_failed_check_of_a_refusal(const Verdict& verdict) {
    const auto failed = std::ranges::count(verdict.checks, CheckOutcome::kFailed, &Check::outcome);
    return failed == (verdict.is_verified() ? 0 : 1);
}

}  // namespace redoubt::attestation::vectors
