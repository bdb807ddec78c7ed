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

namespace redoubt::node {

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

    /// Works until the task is cancelled; gives the problem that makes going on pointless. The first imported
    /// block must be committed before. The keeper must outlive the task.
    [[nodiscard]] Task<Problem> run();

    /// Registered, with a shard that is ours, and money.
    [[nodiscard]] bool able() const { return registered_ && funded_; }
    /// A transaction was refused: look at money and registration again.
    void doubt();

  private:
    /// Waits until options_.may_sign().
    [[nodiscard]] Task<void> wait_until_may_sign();
    [[nodiscard]] Task<Outcome<>> ensure_funds(std::uint32_t transactions);
    /// Reads and verifies the evidence; waits for its file when there is none yet. Where no file is named,
    /// the enclave's TEE makes it.
    [[nodiscard]] Task<Outcome<>> ensure_proof();
    /// Has the TEE make a quote, and verifies it.
    [[nodiscard]] Task<Outcome<RegistrationProof>> make_proof();
    /// Verifies a quote, with the collateral as it is now.
    [[nodiscard]] Task<Outcome<>> look_at_collateral();
    [[nodiscard]] Registrant registrant() const;
    /// Tells what the operator can do about the platform, once, and keeps the proof.
    void keep(RegistrationProof proof);
    /// Registers collateral that the chain lacks or has in an older form.
    [[nodiscard]] Task<Outcome<>> ensure_collateral();
    /// The same for a registration that is in force: what is wrong with the files is logged only.
    [[nodiscard]] Task<Outcome<>> refresh_collateral();
    [[nodiscard]] Task<Outcome<std::chrono::milliseconds>> ensure_registered();
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
    bool funded_ = false;
    /// Verified evidence; empty with Skip, and until it was read.
    std::optional<RegistrationProof> proof_;
    std::chrono::steady_clock::time_point collateral_looked_at_{};
};

}  // namespace redoubt::node
