/// Keeps the enclave's account able to act: money, a fresh registration, and the shard's configuration.
///
/// It runs beside the import of blocks and never stops it. Sending from the outbox waits for it.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <node/enclave_link.hpp>
#include <node/registration.hpp>
#include <node/signal.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace redoubt::node {

/// How long is waited between two looks or attempts.
struct KeeperPauses {
    using Duration = std::chrono::milliseconds;
    Duration retry{2'000};         ///< what failed in a way that passes by itself
    Duration evidence{500};        ///< for the file with the evidence, before the first registration
    Duration look{10'000};         ///< how soon a removed registration is noticed
    Duration collateral{600'000};  ///< how often the files with collateral are compared with the chain
    /// A renewal that was refused: doubled each time, from the first to the last.
    Duration renewal_first{60'000};
    Duration renewal_last{600'000};
};

struct KeeperOptions {
    EnclaveIdentity identity;
    bool dev = false;  ///< take money from //Alice
    std::uint32_t confirmations_funded = 100;
    std::chrono::milliseconds reregister_after{std::chrono::hours{24}};
    AttestationOptions attestation;
    /// Where files are read and evidence is verified.
    std::shared_ptr<boost::asio::thread_pool> pool;
    /// False while blocks are being caught up with: what is signed then has a dead era.
    std::function<bool()> may_sign = [] { return true; };
    KeeperPauses pauses;
};

class AccountKeeper {
  public:
    /// @param on_able called whenever able() may have changed
    AccountKeeper(Executor executor,
                  registry_client::ChainClientPtr chain,
                  EnclaveLinkPtr enclave,
                  KeeperOptions options,
                  std::function<void()> on_able)
        : chain_(std::move(chain)),
          enclave_(std::move(enclave)),
          options_(std::move(options)),
          on_able_(std::move(on_able)),
          doubted_(executor) {}

    /// Works until the task is cancelled; gives the problem that makes going on pointless. What is wrong with
    /// a renewal is none: it is logged, and tried again later. The first imported block must be committed
    /// before. The keeper must outlive the task.
    [[nodiscard]] Task<Problem> run();

    /// Registered, with a shard that is ours, and money.
    [[nodiscard]] bool able() const { return registered_ && funded_; }
    /// A transaction was refused: look at money and registration again.
    void doubt();

  private:
    /// Waits until options_.may_sign().
    [[nodiscard]] Task<void> wait_until_may_sign();
    [[nodiscard]] Task<Outcome<>> ensure_funds(std::uint32_t transactions);
    /// Reads and verifies the evidence. Where no file is named, the enclave's TEE makes it.
    /// @param waits  for the file while it is missing; else that is a problem
    [[nodiscard]] Task<Outcome<>> ensure_proof(bool waits);
    [[nodiscard]] Task<void> wait_for_evidence(bool waits);
    /// Has the TEE make a quote, and verifies it.
    [[nodiscard]] Task<Outcome<RegistrationProof>> make_proof();
    /// Verifies a quote, with the collateral as it is now.
    [[nodiscard]] Task<Outcome<>> look_at_collateral();
    [[nodiscard]] Registrant registrant() const;
    /// Keeps a proof that this worker may send; tells what is to be said of the platform when it is new.
    [[nodiscard]] Outcome<> keep(Outcome<RegistrationProof> proof);
    /// Registers collateral that the chain lacks or has in an older form. That newer collateral is refused is
    /// logged only: the chain goes on judging by what it has.
    [[nodiscard]] Task<Outcome<>> ensure_collateral();
    /// The same for a registration that is in force: what is wrong is logged only.
    [[nodiscard]] Task<void> refresh_collateral();
    /// The own entry in the registry. @errors kChain, as until_answered
    [[nodiscard]] Task<Outcome<std::optional<registry_client::EnclaveEntry>>> read_entry();
    /// Registers where that is due. @return how long there is nothing to do; 0 to see to the money first
    [[nodiscard]] Task<Outcome<std::chrono::milliseconds>> ensure_registered();
    [[nodiscard]] Task<Outcome<std::chrono::milliseconds>> renew(bool waits_for_evidence);
    /// A renewal was refused: says so, and when the next one is due.
    [[nodiscard]] std::chrono::milliseconds put_off(const Problem& problem);
    [[nodiscard]] Task<Outcome<std::chrono::milliseconds>> register_now();
    [[nodiscard]] Task<Outcome<>> ensure_shard_config();
    /// Sends one of the two transactions above. nullopt: it failed in a way that may pass.
    [[nodiscard]] Task<Outcome<std::optional<registry_client::TransactionOutcome>>> send(
        registry_client::Signer signer,
        std::string what);

    registry_client::ChainClientPtr chain_;
    EnclaveLinkPtr enclave_;
    KeeperOptions options_;
    std::function<void()> on_able_;
    Signal doubted_;
    bool in_doubt_ = false;
    bool registered_ = false;
    bool was_registered_ = false;  ///< in the life of this keeper
    bool funded_ = false;
    /// Verified evidence; empty with Skip, and until it was read.
    std::optional<RegistrationProof> proof_;
    std::string told_;  ///< of the platform
    std::chrono::steady_clock::time_point collateral_looked_at_{};
    /// After a refusal: when the next renewal is due, and how long it was put off.
    std::optional<std::chrono::steady_clock::time_point> renewal_due_;
    std::chrono::milliseconds put_off_for_{0};
};

}  // namespace redoubt::node
