#include <attestation/policy/rollback_floors.hpp>

#include <algorithm>

namespace redoubt::attestation {
namespace {

std::vector<ListNumber> lists_of(const CollateralFacts& collateral) {
    std::vector<ListNumber> out;
    for (const auto& list : {collateral.root_list, collateral.issuer_list}) {
        if (list) {
            out.push_back(*list);
        }
    }
    return out;
}

bool is_list_older(const ListNumber& list, const std::vector<ListNumber>& floors) {
    const auto floor = std::ranges::find(floors, list.issuer_sha256, &ListNumber::issuer_sha256);
    return floor != floors.end() && is_older_number(list.number, floor->number);
}

}  // namespace

void RollbackFloors::raise(const Verdict& accepted) {
    REDOUBT_ASSERT(accepted.is_verified());
    if (!accepted.collateral) {
        return;
    }
    const auto latest = accepted.collateral->latest_issue;
    time = time ? std::max(*time, latest) : latest;
    for (auto& list : lists_of(*accepted.collateral)) {
        const auto known = std::ranges::find(lists, list.issuer_sha256, &ListNumber::issuer_sha256);
        if (known == lists.end()) {
            lists.push_back(std::move(list));
        } else if (is_older_number(known->number, list.number)) {
            known->number = std::move(list.number);
        }
    }
}

std::optional<Reason> RollbackFloors::find_older_policy(std::uint64_t revision) const {
    return revision < policy_revision ? std::optional{Reason::kPolicyVersion} : std::nullopt;
}

std::vector<Reason> violations(const Verdict& verdict, const RollbackFloors& floors, VerificationTime now) {
    std::vector<Reason> out;
    if (floors.time && now < *floors.time) {
        out.push_back(Reason::kPolicyTimeRollback);
    }
    if (verdict.tcb) {
        const auto least = verdict.type == EvidenceType::kSgxDcap ? floors.sgx_evaluation_number
                                                                  : floors.tdx_evaluation_number;
        if (verdict.tcb->evaluation_data_number < least) {
            out.push_back(Reason::kPolicyEvaluationNumber);
        }
    }
    const auto lists = verdict.collateral ? lists_of(*verdict.collateral) : std::vector<ListNumber>{};
    if (std::ranges::any_of(lists, [&](const auto& list) { return is_list_older(list, floors.lists); })) {
        out.push_back(Reason::kPolicyListNumber);
    }
    return out;
}

}  // namespace redoubt::attestation
