/// One transaction on its way: the state behind submit_until_finalized.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <registry-client/account_nonces.hpp>
#include <registry-client/chain_client.hpp>
#include <registry-client/pool_verdict.hpp>
#include <registry-client/transaction.hpp>
#include <rpc/subscription.hpp>
#include <rpc/task_group.hpp>
#include <string>
#include <vector>

namespace redoubt::registry_client {

/// What the node says about a submitted extrinsic; written by the watching task.
struct WatchHints {
    std::optional<std::string> trouble;  ///< set when the transaction needs attention
    bool in_block = false;
};

/// Owned by a shared_ptr: its watching tasks share it until they end, which stop() asks of them.
class Submission : public std::enable_shared_from_this<Submission> {
  public:
    using Clock = std::chrono::steady_clock;

    /// @param strand everything here runs on it
    Submission(Executor strand, ChainClientPtr client, Signer signer, SubmitOptions options);

    [[nodiscard]] Task<Reply<TransactionOutcome>> run();
    /// Ends the watching tasks.
    void stop() { watches_.cancel(); }

  private:
    struct Attempt {
        Bytes bytes;
        Hash256 hash;
        std::uint32_t nonce = 0;
        std::optional<std::uint32_t> valid_until_block;
        bool may_be_known = false;  ///< a node took it, or may have: it can still be included
        bool banned = false;        ///< the node does not take these bytes, however valid they are by now
        bool dead = false;          ///< finalized blocks show that it can never be included
    };
    /// What a round of submitting came to.
    enum class Round : std::uint8_t { kFollow, kWaitAndRepeat, kSignAgain, kSignAfresh };

    [[nodiscard]] Task<Reply<void>> sign(bool same_nonce);
    [[nodiscard]] Task<Reply<Round>> submit();
    [[nodiscard]] Reply<Round> judge(const rpc::Failure& failure);
    [[nodiscard]] Task<Reply<Round>> attend();
    [[nodiscard]] Task<Reply<std::optional<TransactionOutcome>>> follow(std::chrono::milliseconds limit);
    [[nodiscard]] Task<Reply<std::optional<TransactionOutcome>>> look_into(BlockHeader header);
    /// After a finalized block that the node does not have: goes on with those that it has.
    /// @returns false when the node insists that the block is there
    [[nodiscard]] Task<Reply<bool>> go_back();
    [[nodiscard]] Task<Reply<TransactionOutcome>> describe(BlockHeader header,
                                                           std::uint32_t index,
                                                           Attempt attempt);
    [[nodiscard]] Task<Reply<bool>> nothing_can_be_included();
    [[nodiscard]] static Task<void> watch(std::shared_ptr<Submission> self,
                                          rpc::Subscription subscription,
                                          Attempt attempt,
                                          std::shared_ptr<WatchHints> hints);
    [[nodiscard]] Task<void> pause(std::chrono::milliseconds time);

    void report(TransactionStep step, const Attempt& attempt, std::string detail = {}) const;
    [[nodiscard]] bool any_may_be_included() const;
    [[nodiscard]] std::chrono::milliseconds left() const;
    [[nodiscard]] rpc::Failure given_up(TransactionError error) const;

    Executor strand_;
    ChainClientPtr client_;
    Signer signer_;
    SubmitOptions options_;
    Clock::time_point deadline_;
    std::chrono::milliseconds tick_;
    rpc::TaskGroup watches_;
    std::optional<FinalizedHeads> heads_;
    std::vector<Attempt> attempts_;  ///< all that were signed, the current one last
    std::shared_ptr<AccountNonces::Held> held_;
    std::shared_ptr<WatchHints> hints_;
    unsigned signatures_ = 0;
    unsigned repeats_ = 0;  ///< of the current attempt; the pauses between them grow
    unsigned blocks_without_it_ = 0;
    bool watch_offered_ = true;
    std::string last_trouble_;
};

}  // namespace redoubt::registry_client
