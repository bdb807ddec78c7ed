#pragma once

#include <attestation/policy/policy.hpp>

// Verdicts on evidence that is in order, for the tests of what a policy makes of them.
namespace redoubt::attestation {

inline constexpr VerificationTime kNow{1'000'000};

inline Verdict verified(EvidenceType type, Claims claims) {
    Verdict out;
    out.type = type;
    out.time = kNow;
    out.refusal.reset();
    out.is_hardware = true;
    out.claims = std::move(claims);
    out.tcb = TcbFacts{};
    out.tcb->status = TcbStatus::kUpToDate;
    out.tcb->evaluation_data_number = 17;
    out.collateral = CollateralFacts{};
    out.collateral->oldest_issue = {kNow.unix_seconds - 100};
    return out;
}

inline Verdict enclave(std::uint64_t flags = 5) {
    SgxClaims claims;
    claims.flags = flags;
    claims.xfrm = 7;
    return verified(EvidenceType::kSgxDcap, claims);
}

inline Verdict guest(std::uint64_t guest_policy = kSnpPolicyReservedOne) {
    SnpClaims claims;
    claims.policy = guest_policy;
    claims.product = SnpProduct::kMilan;
    claims.reported_tcb = SnpTcb{{4, 0, 0, 0, 0, 0, 24, 219}};
    claims.current_tcb = claims.committed_tcb = claims.launch_tcb = claims.reported_tcb;
    auto out = verified(EvidenceType::kSnp, claims);
    out.tcb.reset();
    return out;
}

inline std::vector<Reason> judged(const Verdict& verdict, const Policy& policy = {}) {
    return violations(verdict, policy, kNow);
}

inline Verdict ias_enclave(IasQuoteStatus status = IasQuoteStatus::kOk) {
    IasClaims claims;
    claims.status = status;
    auto out = verified(EvidenceType::kSgxIas, claims);
    out.tcb.reset();
    out.produced_at = kNow;
    out.nonce = to_bytes(bytes_of("0123"));
    return out;
}

inline Verdict service_report(std::int64_t age_s) {
    auto out = enclave();
    out.type = EvidenceType::kSgxIas;
    out.tcb.reset();
    out.produced_at = VerificationTime{kNow.unix_seconds - age_s};
    return out;
}

}  // namespace redoubt::attestation
