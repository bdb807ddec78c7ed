/// What the chain node says and cannot be believed or used, told to the operator: once when it begins, with
/// cause and remedy, and once when it is over.
#pragma once

#include <node/problem.hpp>
#include <rpc/failure.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace redoubt::node {

class ChainTrouble {
  public:
    /// The node's evidence for `block` was refused. Announces `chain_refused` unless the same was said
    /// before.
    void refused(std::uint32_t block, const std::error_code& error, const std::string& url);
    /// The node's answer about `block` is of no use before the enclave sees it: it cannot be read, or there
    /// is none. Failures of the connection are no trouble of this kind and are passed over.
    void unusable(std::uint32_t block, const rpc::Failure& failure, const std::string& url);
    /// Something else stands in the way of new blocks, for example no evidence at all.
    void stuck(std::uint32_t block,
               const std::string& reason,
               const std::string& cause,
               const std::string& remedy);
    /// A block was imported: announces `chain_accepted` when there was trouble before.
    void over(std::uint32_t block);

    /// The reason that holds now, as in the event.
    [[nodiscard]] const std::optional<std::string>& reason() const noexcept { return reason_; }

  private:
    std::optional<std::string> reason_;
};

/// True for refusals that are about what the chain node says: asking again, or another node, may help.
[[nodiscard]] bool is_about_the_chain(const std::error_code& error);

/// The name of a refusal in events, for example `justification_too_light`.
[[nodiscard]] std::string reason_name(const std::error_code& error);

/// What the operator can do about a refusal that is about the chain.
[[nodiscard]] std::string chain_remedy(const std::error_code& error);

/// What the operator can do about an answer that cannot be used.
[[nodiscard]] std::string chain_remedy(const rpc::Failure& failure);

}  // namespace redoubt::node
