#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <node/chain_retry.hpp>

#include <map>

namespace redoubt::node {

using registry_client::ChainError;
using rpc::RpcError;

bool is_permanent(const rpc::Failure& failure) {
    return failure == ChainError::kWrongGenesis || failure == ChainError::kFinalizedReorg ||
           failure == ChainError::kBadMetadata || failure == ChainError::kUnknownPallet ||
           failure == RpcError::kBadUrl || failure == RpcError::kCertificateRejected ||
           failure == RpcError::kPeerKeyMismatch || failure == RpcError::kClosed;
}

Problem chain_problem(const rpc::Failure& failure, const std::string& url) {
    const auto cause = fmt::format("the chain node {}: {}", url, failure.describe());
    if (failure == ChainError::kWrongGenesis) {
        return {ExitCode::kChain, cause,
                "Connect to the chain the data directory was made for, or name another --data-dir."};
    }
    if (failure == ChainError::kFinalizedReorg) {
        return {
            ExitCode::kChain, cause,
            "The node does not have the blocks this worker has processed: it serves another chain, or its "
            "database was reset. Connect to the right node, or name another --data-dir for a new chain."};
    }
    if (failure == ChainError::kUnknownPallet || failure == ChainError::kBadMetadata) {
        return {ExitCode::kChain, cause,
                "Connect to a chain with the pallets Teerex and EnclaveBridge (--chain)."};
    }
    if (failure == RpcError::kBadUrl) {
        return {ExitCode::kUsage, cause, "Give a ws:// or wss:// URL with --chain."};
    }
    if (failure == RpcError::kCertificateRejected || failure == RpcError::kPeerKeyMismatch) {
        return {ExitCode::kChain, cause,
                "Use a node whose certificate is valid for its name, or ws:// on a trusted network."};
    }
    return {ExitCode::kChain, cause, "Start the node, or name a reachable one with --chain."};
}

void log_chain_trouble(const std::string& what, const std::string& reason) {
    static std::map<std::string, std::chrono::steady_clock::time_point> logged;
    const auto now = std::chrono::steady_clock::now();
    const auto text = what + ": " + reason;
    std::erase_if(logged, [now](const auto& entry) { return now - entry.second > std::chrono::seconds{30}; });
    if (logged.emplace(text, now).second) {
        spdlog::warn("{}; trying again", text);
    }
}

std::function<void(const registry_client::TransactionProgress&)> log_retries(std::string what) {
    return [what = std::move(what)](const registry_client::TransactionProgress& progress) {
        using Step = registry_client::TransactionStep;
        if (progress.step == Step::kRetrying) {
            log_chain_trouble(what, progress.detail.empty() ? "not in a block so far" : progress.detail);
        }
    };
}

}  // namespace redoubt::node
