/// Brings what the enclave wants on the chain to the chain: confirmations and payments.
///
/// The enclave drops an item itself when it sees it succeed in an imported block; its place among those in
/// flight is free then, whatever its tracker still waits for. Until then the sender may submit it again; a
/// repetition has no second effect on the chain, and the transaction tracker avoids it.
#pragma once

#include <node/enclave_link.hpp>
#include <registry-client/transaction.hpp>
#include <rpc/task_group.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace redoubt::node {

class OutboxSender {
  public:
    using Submit =
        std::function<Task<rpc::Reply<registry_client::TransactionOutcome>>(registry_client::Signer signer)>;

    struct Hooks {
        /// Follows one transaction to finality.
        Submit submit;
        /// False while nothing can be sent: not registered, not at the head, no money.
        std::function<bool()> may_send;
        std::function<void(const boundary::OutboxItem&, const registry_client::TransactionOutcome&)> on_sent;
        /// A transaction was refused or its call failed; `reason` is for people.
        std::function<void(const boundary::OutboxItem&, const std::string& reason)> on_failed;
    };

    /// Runs on `executor`, which must run one handler at a time.
    OutboxSender(Executor executor, EnclaveLinkPtr enclave, std::size_t in_flight_max, Hooks hooks);
    OutboxSender(const OutboxSender&) = delete;
    OutboxSender& operator=(const OutboxSender&) = delete;
    ~OutboxSender();

    /// Sends until the task is cancelled or the enclave is lost. The sender must outlive the task.
    [[nodiscard]] Task<void> run();
    /// Cancels what is under way and waits until it has ended; no hook is called any more. The enclave still
    /// has the items. To be awaited before the sender goes.
    [[nodiscard]] Task<void> stop();
    /// A block was committed, or may_send() may have changed: look at the outbox.
    void wake(std::uint32_t block_number);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

/// Signs one outbox item with the nonce it is asked for.
[[nodiscard]] registry_client::Signer outbox_signer(EnclaveLinkPtr enclave, std::uint64_t item);

/// "confirmation", "unshielding" or "state root".
[[nodiscard]] std::string_view outbox_kind_name(std::uint8_t kind);

}  // namespace redoubt::node
