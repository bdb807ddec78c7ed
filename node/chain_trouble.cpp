#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <boundary/refusal.hpp>
#include <node/chain_trouble.hpp>
#include <node/log.hpp>
#include <registry-client/chain_client.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace redoubt::node {

using boundary::Refusal;
using registry_client::ChainError;
using rpc::RpcError;

namespace {

struct Named {
    Refusal refusal;
    std::string_view name;
};

constexpr std::array kNames = {
    Named{Refusal::kHeaderUnusable, "header_unusable"},
    Named{Refusal::kWrongParent, "wrong_parent"},
    Named{Refusal::kBlockTooLarge, "block_too_large"},
    Named{Refusal::kEventsUnusable, "events_unusable"},
    Named{Refusal::kRuntimeOutdated, "runtime_mismatch"},
    Named{Refusal::kMetadataUnusable, "metadata_unusable"},
    Named{Refusal::kMetadataChanged, "metadata_changed"},
    Named{Refusal::kNotFinal, "not_final"},
    Named{Refusal::kExtrinsicsRootMismatch, "extrinsics_root_mismatch"},
    Named{Refusal::kStateProofMissing, "state_proof_missing"},
    Named{Refusal::kStateProofBad, "state_proof_bad"},
    Named{Refusal::kJustificationMissing, "justification_missing"},
    Named{Refusal::kJustificationUnreadable, "justification_unreadable"},
    Named{Refusal::kJustificationWrongTarget, "justification_wrong_target"},
    Named{Refusal::kJustificationBadAncestry, "justification_bad_ancestry"},
    Named{Refusal::kJustificationForeign, "justification_foreign"},
    Named{Refusal::kJustificationTooLight, "justification_too_light"},
    Named{Refusal::kJustificationBadSignature, "justification_bad_signature"},
    Named{Refusal::kHeadersUnlinked, "headers_unlinked"},
    Named{Refusal::kSealBad, "seal_bad"},
    Named{Refusal::kActivityUnproven, "activity_unproven"},
    Named{Refusal::kFinalityStale, "finality_stale"},
    Named{Refusal::kSetChangeSkipped, "set_change_skipped"},
    Named{Refusal::kAuthoritiesUnusable, "authorities_unusable"},
    Named{Refusal::kWarpSyncUnusable, "warp_sync_unusable"},
    Named{Refusal::kHaltForcedChange, "halt_forced_change"},
    Named{Refusal::kHaltOverlappingChange, "halt_overlapping_change"},
    Named{Refusal::kHaltConflict, "halt_conflict"},
    Named{Refusal::kRelayBlockUnknown, "relay_block_unknown"},
    Named{Refusal::kRelayBlockStale, "relay_block_stale"},
    Named{Refusal::kParachainUnknown, "parachain_unknown"},
    Named{Refusal::kHeadProofMissing, "head_proof_missing"},
    Named{Refusal::kHeadProofBad, "head_proof_bad"},
    Named{Refusal::kHeadUnusable, "head_unusable"},
    Named{Refusal::kGenesisUnproven, "genesis_unproven"},
    Named{Refusal::kOtherParachain, "other_parachain"},
    Named{Refusal::kHaltParachain, "halt_parachain"},
};

constexpr std::string_view kAskAgain =
    "Nothing was believed and nothing was lost. The worker asks again; if this goes on, connect to another "
    "node of the same chain (--chain).";

constexpr std::string_view kKeepsTooLittle =
    "The worker needs the states of all blocks since the last one that it has imported. Connect to a node "
    "that "
    "keeps them (--chain): an archive node, started with --state-pruning archive. Nothing was lost; the "
    "worker "
    "asks again.";

/// True when the node says that it threw the state away. polkadot-sdk says it in words only.
bool means_state_pruned(const rpc::Failure& failure) {
    if (!failure.remote) {
        return false;
    }
    const auto text = failure.remote->message + " " + failure.remote->data;
    return text.find("discarded") != std::string::npos || text.find("not kept") != std::string::npos;
}

/// The name of what a node does wrong; empty for failures of the connection.
std::string_view unusable_name(const rpc::Failure& failure) {
    if (failure == ChainError::kNoSuchBlock) {
        return "block_missing";
    }
    if (failure == ChainError::kBadAnswer || failure == RpcError::kBadAnswer ||
        failure == RpcError::kMessageTooLarge) {
        return "answer_unusable";
    }
    if (failure == RpcError::kRemoteError) {
        return "answer_refused";
    }
    if (failure == ChainError::kFinalizedReorg) {
        return "other_branch";
    }
    return {};
}

}  // namespace

bool is_about_the_chain(const std::error_code& error) {
    return std::ranges::any_of(kNames, [&](const Named& one) { return error == one.refusal; });
}

std::string reason_name(const std::error_code& error) {
    const auto found = std::ranges::find_if(kNames, [&](const Named& one) { return error == one.refusal; });
    return found == kNames.end() ? "other" : std::string{found->name};
}

std::string chain_remedy(const std::error_code& error) {
    if (error == Refusal::kHaltForcedChange || error == Refusal::kHaltOverlappingChange) {
        return "Stop the worker. A new shard can begin at a checkpoint after the change (--data-dir, "
               "--checkpoint).";
    }
    if (error == Refusal::kHaltConflict || error == Refusal::kHaltParachain) {
        return "Stop the worker and find out from the chain's operators which branch holds.";
    }
    if (error == Refusal::kOtherParachain || error == Refusal::kParachainUnknown) {
        return "Compare --chain, --relay and --para-id: they have to name one parachain.";
    }
    if (error == Refusal::kBlockTooLarge) {
        return "Connect to a chain whose blocks are smaller.";
    }
    return std::string{kAskAgain};
}

std::string chain_remedy(const rpc::Failure& failure) {
    return std::string{means_state_pruned(failure) ? kKeepsTooLittle : kAskAgain};
}

void ChainTrouble::refused(std::uint32_t block, const std::error_code& error, const std::string& url) {
    stuck(block, reason_name(error),
          fmt::format("the enclave does not believe the chain node {}: {}", url, error.message()),
          chain_remedy(error));
}

void ChainTrouble::unusable(std::uint32_t block, const rpc::Failure& failure, const std::string& url) {
    const auto name = unusable_name(failure);
    if (name.empty()) {
        return;
    }
    stuck(block, std::string{name},
          fmt::format("the chain node {} gives nothing that can be used: {}", url, failure.describe()),
          chain_remedy(failure));
}

void ChainTrouble::stuck(std::uint32_t block,
                         const std::string& reason,
                         const std::string& cause,
                         const std::string& remedy) {
    if (reason_ == reason) {
        spdlog::debug("block {}: {}", block, cause);
        return;
    }
    reason_ = reason;
    spdlog::warn("block {}: {}. {}", block, cause, remedy);
    announce("chain_refused", {{"block", block}, {"reason", reason}, {"cause", cause}, {"remedy", remedy}});
}

void ChainTrouble::over(std::uint32_t block) {
    if (!reason_) {
        return;
    }
    spdlog::info("block {} is final and was imported: the trouble with the chain node is over", block);
    announce("chain_accepted", {{"block", block}, {"reason", *reason_}});
    reason_.reset();
}

}  // namespace redoubt::node
