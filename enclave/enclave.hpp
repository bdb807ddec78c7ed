/// The enclave: a synchronous state machine, message in, reply out. Everything that comes in is hostile.
///
/// While it works on a message it may read pages of its state from storage. When that fails the message is
/// refused, as if it had not come.
///
/// Phases: Hello, Start, Restore…RestoreDone, then SetRuntime and everything else; or Hello, StartVerifying,
/// Restore…, VerifyState…. It reads no clock and opens nothing; what it must keep goes out sealed in its
/// replies.
#pragma once

#include <boundary/messages.hpp>
#include <enclave/endpoint_backend.hpp>
#include <enclave/evidence_desk.hpp>
#include <enclave/shard.hpp>
#include <enclave/state/state_verifier.hpp>
#include <enclave/tee.hpp>
#include <memory>
#include <primitives/result.hpp>
#include <string_view>

namespace redoubt::enclave {

class Enclave {
  public:
    /// @param tee, endpoints, storage  outlive the enclave
    /// @param version                  the release of the program; outlives the enclave
    /// @param producer                 makes evidence; outlives the enclave; nullptr where none is made
    Enclave(const Tee& tee,
            EndpointFactory& endpoints,
            std::string_view version,
            PageStorage& storage,
            const StateLimits& limits = {},
            EvidenceProducer* producer = nullptr)
        : tee_(tee),
          endpoints_(endpoints),
          version_(version),
          storage_(storage),
          limits_(limits),
          evidence_(producer) {}

    /// Carries out one message. A failure is answered with Refused and changes nothing.
    [[nodiscard]] boundary::FromEnclave handle(const boundary::ToEnclave& message);

  private:
    enum class Phase : std::uint8_t { kHello, kStart, kRestoring, kRunning, kVerifying };
    using Reply = Result<boundary::FromEnclave>;

    [[nodiscard]] Reply on(const boundary::Hello& message);
    [[nodiscard]] Reply on(const boundary::Start& message);
    [[nodiscard]] Reply on(const boundary::Restore& message);
    [[nodiscard]] Reply on(const boundary::RestoreDone& message);
    [[nodiscard]] Reply on(const boundary::SetRuntime& message);
    [[nodiscard]] Reply on(const boundary::ImportBlock& message);
    [[nodiscard]] Reply on(const boundary::CommitPersisted& message);
    [[nodiscard]] Reply on(const boundary::Outbox& message);
    [[nodiscard]] Reply on(const boundary::SignOutbox& message);
    [[nodiscard]] Reply on(const boundary::SignRegistration& message);
    [[nodiscard]] Reply on(const boundary::SignCollateral& message);
    [[nodiscard]] Reply on(const boundary::SignShardConfig& message);
    [[nodiscard]] Reply on(const boundary::ClientOpened& message);
    [[nodiscard]] Reply on(const boundary::ClientBytes& message);
    [[nodiscard]] Reply on(const boundary::ClientClosed& message);
    [[nodiscard]] Reply on(const boundary::Status& message);
    [[nodiscard]] Reply on(const boundary::Finality& message);
    [[nodiscard]] Reply on(const boundary::FinalityHop& message);
    [[nodiscard]] Reply on(const boundary::ChainState& message);
    [[nodiscard]] Reply on(const boundary::ParachainHead& message);
    [[nodiscard]] Reply on(const boundary::ClientState& message);
    [[nodiscard]] Reply on(const boundary::Page& message);
    [[nodiscard]] Reply on(const boundary::CheckActivity& message);
    [[nodiscard]] Reply on(const boundary::StartVerifying& message);
    [[nodiscard]] Reply on(const boundary::VerifyState& message);
    [[nodiscard]] Reply on(const boundary::TakeEvidence& message);
    [[nodiscard]] Reply on(const boundary::RegistrationEvidence& message);

    /// Takes the questions for evidence that a client's message brought, and says whether somebody waits.
    [[nodiscard]] Reply with_questions(Result<boundary::ClientEffects> effects);
    /// What evidence says of this worker.
    [[nodiscard]] attestation::BindingBlock binding_block(Bytes nonce) const;

    [[nodiscard]] Result<void> expect(Phase phase) const;
    /// That clients may be served. @errors Refusal::kOutOfOrder, kActivityUnchecked
    [[nodiscard]] Result<void> expect_serving() const;
    /// @errors those of Identity; Refusal: kOtherChain, kOtherShard, kDevMismatch, kDevRefused,
    /// kUnverifiedRefused,
    ///   kFinalityMismatch, kRelayMismatch, kOtherAnchor, and those of new_scope
    [[nodiscard]] Result<Identity> identity_for(const boundary::Start& message);

    /// What a new identity is made for.
    /// @errors Refusal: kAnchorMissing, kAnchorUnusable, kAnchorPending, kOtherChain, kRelayMismatch
    [[nodiscard]] Result<IdentityScope> new_scope(const boundary::Start& message) const;

    const Tee& tee_;
    EndpointFactory& endpoints_;
    std::string_view version_;
    PageStorage& storage_;
    StateLimits limits_;
    EvidenceDesk evidence_;
    Phase phase_ = Phase::kHello;
    /// On the heap: the endpoint refers to it.
    std::unique_ptr<Shard> shard_;
    std::unique_ptr<ClientEndpoint> endpoint_;
    /// In place of both when what is stored is only looked at.
    std::unique_ptr<StateVerifier> verifier_;
};

}  // namespace redoubt::enclave
