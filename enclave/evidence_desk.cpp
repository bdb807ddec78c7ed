#include <algorithm>
#include <array>
#include <attestation/bundle/bundle.hpp>
#include <attestation/bundle/endorsement_codec.hpp>
#include <attestation/produce/produce_error.hpp>
#include <attestation/snp/certificate_table.hpp>
#include <attestation/snp/report.hpp>
#include <enclave/evidence_desk.hpp>
#include <utility>

namespace redoubt::enclave {

std::string_view error_domain(EvidenceError) {
    return "evidence desk";
}

std::string_view error_message(EvidenceError error) {
    switch (error) {
        case EvidenceError::kGone:
            return "the part of the enclave that makes evidence has ended, and comes back when the host has "
                   "started the enclave again: ask again later";
        case EvidenceError::kNoAnswer:
            return "the TEE has not answered in time: ask again later";
        case EvidenceError::kTooMany:
            return "too many wait for evidence: ask again later";
        case EvidenceError::kUnreadable:
            return "the part of the enclave that makes evidence is out of step: its operator has to restart "
                   "it";
        case EvidenceError::kEnded:
            return "the part of the enclave that makes evidence has ended and is started again: ask again "
                   "later";
    }
    return "unknown error of evidence";
}

namespace {

using attestation::BindingProfile;
using attestation::EvidenceType;

/// Whether the same question may be answered later without anybody doing something.
bool is_passing(const std::error_code& error) {
    using attestation::produce::ProduceError;
    constexpr std::array kPassing{EvidenceError::kGone, EvidenceError::kNoAnswer, EvidenceError::kTooMany,
                                  EvidenceError::kEnded};
    constexpr std::array kPassingOfTee{ProduceError::kTimedOut, ProduceError::kBusy,
                                       ProduceError::kInterfered};
    const auto is_it = [&](auto candidate) { return error == make_error_code(candidate); };
    return std::ranges::any_of(kPassing, is_it) || std::ranges::any_of(kPassingOfTee, is_it);
}

std::vector<Bytes> nonces_of(std::span<const EvidenceQuestion> questions) {
    std::vector<Bytes> out;
    out.reserve(questions.size());
    for (const auto& question : questions) {
        out.push_back(question.nonce);
    }
    return out;
}

/// The certificates that the hypervisor of an SEV-SNP guest gave, where they make a chain.
attestation::Endorsements certificates_beside(const attestation::produce::Evidence& made) {
    if (made.type != EvidenceType::kSnp || made.endorsements.empty()) {
        return {};
    }
    const auto report = attestation::snp::parse_report(made.evidence);
    const auto table = attestation::snp::read_certificate_table(made.endorsements);
    if (!report || !table) {
        return {};
    }
    auto certificates = table.value().certificates(report.value().claims.signing_key());
    if (certificates.vek.empty() || certificates.ask.empty() || certificates.ark.empty()) {
        return {};
    }
    return certificates;
}

bool belongs_to(EvidenceType type, const attestation::Endorsements& endorsements) {
    switch (type) {
        case EvidenceType::kSgxDcap:
        case EvidenceType::kTdxDcap:
            return std::holds_alternative<attestation::dcap::Collateral>(endorsements);
        case EvidenceType::kSnp:
            return std::holds_alternative<attestation::snp::Certificates>(endorsements);
        default:
            return false;
    }
}

}  // namespace

Result<void> EvidenceDesk::hand_out(ByteView endorsements) {
    if (endorsements.empty()) {
        handed_out_ = {};
        return success();
    }
    BOOST_OUTCOME_TRY(handed_out_, attestation::parse_endorsements(text_of(endorsements)));
    return success();
}

attestation::Endorsements EvidenceDesk::endorsements_of(const Made& made) const {
    auto given = certificates_beside(made);
    if (std::holds_alternative<std::monostate>(given) && belongs_to(made.type, handed_out_)) {
        return handed_out_;
    }
    return given;
}

ProducerHealth EvidenceDesk::health() const {
    return producer_ == nullptr ? ProducerHealth{} : producer_->health();
}

void EvidenceDesk::ask(EvidenceQuestion question) {
    if (producer_ == nullptr) {
        fail({std::move(question)}, EvidenceError::kGone);
    } else if (waiting_.size() >= kEvidenceQuestionsMax) {
        fail({std::move(question)}, EvidenceError::kTooMany);
    } else {
        waiting_.push_back(std::move(question));
    }
}

bool EvidenceDesk::is_asked() const {
    return !waiting_.empty() || !served_.empty() || std::holds_alternative<Batch>(under_way_);
}

void EvidenceDesk::go_on(const MakeBlock& make_block) {
    take_made();
    begin_next(make_block);
}

void EvidenceDesk::take_made() {
    if (!is_busy_) {
        return;
    }
    auto made = producer_->poll();
    if (!made) {
        return;
    }
    is_busy_ = false;
    auto done = std::exchange(under_way_, std::monostate{});
    if (auto* const batch = std::get_if<Batch>(&done)) {
        served_.push_back({.batch = std::move(*batch), .made = std::move(*made)});
    } else if (auto* const registration = std::get_if<Registration>(&done)) {
        auto result = [&]() -> Result<boundary::ProducedEvidence> {
            BOOST_OUTCOME_TRY(auto evidence, std::move(*made));
            return boundary::ProducedEvidence{.type = static_cast<std::uint16_t>(evidence.type),
                                              .evidence = std::move(evidence.evidence),
                                              .endorsements = std::move(evidence.endorsements),
                                              .binding_block = std::move(registration->block)};
        }();
        registration_made_.emplace(registration->nonce, std::move(result));
    }
}

void EvidenceDesk::begin_next(const MakeBlock& make_block) {
    if (is_busy_ || producer_ == nullptr) {
        return;
    }
    Bytes block;
    auto profile = BindingProfile::kDigest;
    if (registration_wanted_) {
        const auto nonce = *std::exchange(registration_wanted_, std::nullopt);
        block = encode(make_block(to_bytes(nonce.view())));
        profile = BindingProfile::kRegistry;
        under_way_ = Registration{.nonce = nonce, .block = block};
    } else if (!waiting_.empty()) {
        Batch batch{.questions = std::exchange(waiting_, {}), .block = {}};
        batch.tree.emplace(nonces_of(batch.questions));
        block = encode(make_block(to_bytes(batch.tree->root().view())));
        batch.block = block;
        under_way_ = std::move(batch);
    } else {
        return;
    }
    const auto report_data = attestation::binding_report_data(block, profile);
    REDOUBT_ASSERT(report_data.has_value());  // of a block that this program made
    is_busy_ = true;
    producer_->begin(report_data.value().bytes);
}

void EvidenceDesk::fail(std::vector<EvidenceQuestion> questions, EvidenceError error) {
    if (!questions.empty()) {
        served_.push_back({.batch = {.questions = std::move(questions), .block = {}}, .made = error});
    }
}

void EvidenceDesk::give_up() {
    fail(std::exchange(waiting_, {}), EvidenceError::kNoAnswer);
    if (auto* const batch = std::get_if<Batch>(&under_way_)) {
        fail(std::move(batch->questions), EvidenceError::kNoAnswer);
        under_way_ = std::monostate{};
    }
}

EvidenceAnswer EvidenceDesk::answer_of(const Served& served, std::size_t index) const {
    const auto& question = served.batch.questions[index];
    EvidenceAnswer out{.connection = question.connection, .nonce = question.nonce, .bundle = std::string{}};
    if (!served.made) {
        out.bundle = served.made.error();
        out.may_ask_again = is_passing(served.made.error());
        return out;
    }
    const auto& made = served.made.value();
    const attestation::Bundle bundle{.type = made.type,
                                     .evidence = made.evidence,
                                     .endorsements = endorsements_of(made),
                                     .binding_block = served.batch.block,
                                     .nonce_proof = attestation::ProvenNonce{
                                         .nonce = question.nonce, .proof = served.batch.tree->prove(index)}};
    out.bundle = attestation::encode(bundle);
    return out;
}

std::vector<EvidenceAnswer> EvidenceDesk::take_answers() {
    std::vector<EvidenceAnswer> out;
    while (!served_.empty() && out.size() < kEvidenceAnswersMax) {
        auto& served = served_.front();
        if (served.next == served.batch.questions.size()) {
            served_.pop_front();
            continue;
        }
        out.push_back(answer_of(served, served.next++));
    }
    while (!served_.empty() && served_.front().next == served_.front().batch.questions.size()) {
        served_.pop_front();
    }
    return out;
}

Result<std::optional<boundary::ProducedEvidence>> EvidenceDesk::registration(const Hash256& nonce,
                                                                             const MakeBlock& make_block) {
    if (producer_ == nullptr) {
        return EvidenceError::kGone;
    }
    take_made();
    if (registration_made_ && registration_made_->first == nonce) {
        if (registration_made_->second) {
            return std::optional{registration_made_->second.value()};
        }
        const auto error = std::exchange(registration_made_, std::nullopt)->second.error();
        if (error != EvidenceError::kEnded) {
            return error;
        }
    }
    const auto* const under_way = std::get_if<Registration>(&under_way_);
    if (under_way == nullptr || under_way->nonce != nonce) {
        registration_made_.reset();
        registration_wanted_ = nonce;
    }
    begin_next(make_block);
    return std::optional<boundary::ProducedEvidence>{};
}

}  // namespace redoubt::enclave
