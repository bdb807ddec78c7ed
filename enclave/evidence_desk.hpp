/// Who waits for evidence: clients, each with a nonce of its own, and the host for the registration. All
/// clients that wait when a piece is begun share it: the nonce of its binding block is the root over theirs.
///
/// Nothing here waits. The desk moves on when it is told to, and begins one piece at a time: so the host's
/// calls say how often the TEE is asked, and however many clients ask, the TEE makes no more than that.
///
/// @source docs/PROTOCOL.md, "Evidence"; docs/adr/0029-evidence-is-made-beside-the-enclave.md
#pragma once

#include <attestation/appraisal/endorsements.hpp>
#include <attestation/binding/binding_block.hpp>
#include <attestation/binding/nonce_tree.hpp>
#include <boundary/messages.hpp>
#include <enclave/endpoint_backend.hpp>
#include <enclave/evidence_producer.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace redoubt::enclave {

/// Clients that wait at the same time; as many as may be connected.
inline constexpr std::size_t kEvidenceQuestionsMax = 512;
/// Answers that are handed out at once.
inline constexpr std::size_t kEvidenceAnswersMax = 64;

class EvidenceDesk {
  public:
    /// What the evidence shall say of this worker, answering `nonce`.
    using MakeBlock = std::function<attestation::BindingBlock(Bytes nonce)>;

    /// @param producer  outlives the desk; nullptr: whoever asks is told that nothing makes evidence here
    explicit EvidenceDesk(EvidenceProducer* producer) : producer_(producer) {}

    /// What the host wants verifiers to have beside the evidence; empty for nothing. It is added to evidence
    /// of the type that it belongs to, unless the TEE gave its own. Verifiers check it, and nothing else is
    /// done with it here.
    /// @errors those of attestation::parse_endorsements; what was handed out before stays
    [[nodiscard]] Result<void> hand_out(ByteView endorsements);

    void ask(EvidenceQuestion question);
    /// A client waits, or its answer does.
    [[nodiscard]] bool is_asked() const;

    /// Takes what has been made, and begins what is to be made next. The registration goes first.
    void go_on(const MakeBlock& make_block);
    /// Who waits is told that the TEE does not answer. What is under way is dropped when it comes.
    void give_up();
    /// Of what makes evidence.
    [[nodiscard]] ProducerHealth health() const;
    /// At most kEvidenceAnswersMax answers, each once.
    [[nodiscard]] std::vector<EvidenceAnswer> take_answers();

    /// Evidence for the registration that answers `nonce`; nullopt while it is made, also when what made it
    /// has ended meanwhile and is started again.
    /// @errors those of EvidenceProducer::poll but kEnded, once: then it is begun anew
    [[nodiscard]] Result<std::optional<boundary::ProducedEvidence>> registration(const Hash256& nonce,
                                                                                 const MakeBlock& make_block);

  private:
    using Made = attestation::produce::Evidence;

    struct Batch {
        std::vector<EvidenceQuestion> questions;
        Bytes block;
        /// Over the nonces of the questions; none where there is no answer to prove.
        std::optional<attestation::NonceTree> tree = std::nullopt;
    };
    struct Registration {
        Hash256 nonce;
        Bytes block;
    };
    /// An answered batch, and who of it was not served yet.
    struct Served {
        Batch batch;
        Result<Made> made;
        std::size_t next = 0;
    };

    void take_made();
    void begin_next(const MakeBlock& make_block);
    [[nodiscard]] EvidenceAnswer answer_of(const Served& served, std::size_t index) const;
    [[nodiscard]] attestation::Endorsements endorsements_of(const Made& made) const;
    void fail(std::vector<EvidenceQuestion> questions, EvidenceError error);

    EvidenceProducer* producer_;
    attestation::Endorsements handed_out_;
    std::vector<EvidenceQuestion> waiting_;
    /// monostate: nothing, or something that nobody waits for any more when is_busy_.
    std::variant<std::monostate, Batch, Registration> under_way_;
    bool is_busy_ = false;
    std::deque<Served> served_;
    std::optional<Hash256> registration_wanted_;
    std::optional<std::pair<Hash256, Result<boundary::ProducedEvidence>>> registration_made_;
};

}  // namespace redoubt::enclave
