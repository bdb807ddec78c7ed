#include <attestation/produce/produce_error.hpp>
#include <boundary/refusal.hpp>
#include <enclave/chain_refusal.hpp>
#include <enclave/enclave.hpp>
#include <light-client/anchor.hpp>
#include <substrate/header.hpp>

namespace redoubt::enclave {

namespace {

using boundary::FromEnclave;
using boundary::Refusal;

/// Wraps the reply of a typed handler.
template <class T>
Result<FromEnclave> reply(Result<T> result) {
    BOOST_OUTCOME_TRY(auto value, std::move(result));
    return FromEnclave{std::move(value)};
}

}  // namespace

FromEnclave Enclave::handle(const boundary::ToEnclave& message) {
    auto result = std::visit([this](const auto& typed) { return on(typed); }, message);
    if (shard_) {
        const auto fault = shard_->take_fault();
        if (fault && (std::holds_alternative<boundary::ImportBlock>(message) ||
                      std::holds_alternative<boundary::ChainState>(message))) {
            shard_->give_up_block();
        }
        // What goes to clients says so by itself, and their connections have moved on.
        if (fault && (!result || !std::holds_alternative<boundary::ClientEffects>(result.value()))) {
            result = make_error_code(*fault);
        }
        shard_->free_memory();
    }
    if (!result) {
        return boundary::refused(result.error());
    }
    return std::move(result).value();
}

Result<void> Enclave::expect(Phase phase) const {
    if (phase_ != phase) {
        return Refusal::kOutOfOrder;
    }
    return success();
}

Result<void> Enclave::expect_serving() const {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    if (!shard_->is_checked()) {
        return Refusal::kActivityUnchecked;
    }
    return success();
}

Enclave::Reply Enclave::on(const boundary::Hello& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kHello));
    if (message.protocol != boundary::kProtocolVersion) {
        return Refusal::kProtocolMismatch;
    }
    phase_ = Phase::kStart;
    return boundary::HelloReply{.protocol = boundary::kProtocolVersion,
                                .enclave_version = std::string{version_}};
}

Result<IdentityScope> Enclave::new_scope(const boundary::Start& message) const {
    IdentityScope scope{.genesis_hash = message.genesis_hash,
                        .shard = message.shard.value_or(tee_.measurement()),
                        .dev = message.dev,
                        .unverified_finality = message.unverified_finality,
                        .stale_after_ms = message.stale_after_ms,
                        .anchor = std::nullopt,
                        .relay = message.relay};
    if (message.unverified_finality) {
        if (message.relay) {
            return Refusal::kRelayMismatch;
        }
        return scope;
    }
    if (!message.anchor) {
        return Refusal::kAnchorMissing;
    }
    auto anchor = light_client::read_anchor(message.anchor->header, message.anchor->state_proof);
    if (!anchor) {
        return anchor_refusal(anchor.error());
    }
    auto& start = anchor.value().start;
    if (start.authorities.size() > boundary::kAnchorAuthoritiesMax || !anchor.value().genesis_hash) {
        return Refusal::kAnchorUnusable;
    }
    if (*anchor.value().genesis_hash !=
        (message.relay ? message.relay->genesis_hash : message.genesis_hash)) {
        return Refusal::kOtherChain;
    }
    scope.anchor = std::move(start);
    return scope;
}

Result<Identity> Enclave::identity_for(const boundary::Start& message) {
    if (message.dev && tee_.kind() != TeeKind::kSimulation) {
        return Refusal::kDevRefused;
    }
    if (!message.dev && (message.unverified_finality || message.stale_after_ms == 0)) {
        return Refusal::kUnverifiedRefused;
    }
    if (!message.sealed_identity) {
        BOOST_OUTCOME_TRY(const auto scope, new_scope(message));
        auto extension = endpoints_.create_identity();
        if (!extension) {
            return Refusal::kCryptoFailed;
        }
        return Identity::create(tee_, scope, std::move(extension).value());
    }
    BOOST_OUTCOME_TRY(auto identity, Identity::unseal(tee_, *message.sealed_identity));
    const auto& scope = identity.scope();
    if (scope.genesis_hash != message.genesis_hash) {
        return Refusal::kOtherChain;
    }
    if (message.shard && scope.shard != *message.shard) {
        return Refusal::kOtherShard;
    }
    if (scope.dev != message.dev) {
        return Refusal::kDevMismatch;
    }
    if (scope.unverified_finality != message.unverified_finality) {
        return Refusal::kFinalityMismatch;
    }
    if (scope.relay != message.relay) {
        return Refusal::kRelayMismatch;
    }
    if (message.anchor && (!scope.anchor || substrate::header_hash(message.anchor->header) !=
                                                scope.anchor->finalized.block.hash)) {
        return Refusal::kOtherAnchor;
    }
    return identity;
}

Enclave::Reply Enclave::on(const boundary::Start& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kStart));
    BOOST_OUTCOME_TRY(auto identity, identity_for(message));
    boundary::Started started;
    if (!message.sealed_identity) {
        BOOST_OUTCOME_TRY(started.sealed_identity, identity.seal(tee_));
    }
    BOOST_OUTCOME_TRY(auto shard,
                      Shard::make(std::move(identity), tee_.measurement(), version_, storage_, limits_));
    if (message.sealed_identity) {
        shard->expect_past();
    }
    shard->hear_time(message.host_time_ms);
    shard->shorten_stale_limit(message.stale_after_ms);
    auto endpoint = endpoints_.make(*shard, message.tls_names, message.host_time_ms);
    if (!endpoint) {
        return Refusal::kCryptoFailed;
    }
    started.measurement = tee_.measurement();
    started.account = shard->account();
    started.shielding_key_json = shard->shielding_key_json();
    started.shard = shard->shard();
    started.tls_spki_sha256 = endpoint.value()->tls_spki_sha256();
    if (const auto& anchor = shard->identity().scope().anchor) {
        const auto& block = anchor->finalized.block;
        started.anchor = boundary::BlockId{.number = block.number, .hash = block.hash};
    }
    started.stale_after_ms = shard->stale_after_ms();
    shard_ = std::move(shard);
    endpoint_ = std::move(endpoint).value();
    phase_ = Phase::kRestoring;
    return started;
}

Enclave::Reply Enclave::on(const boundary::StartVerifying& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kStart));
    BOOST_OUTCOME_TRY(auto identity, Identity::unseal(tee_, message.sealed_identity));
    BOOST_OUTCOME_TRY(verifier_, StateVerifier::make(std::move(identity), storage_, limits_));
    phase_ = Phase::kVerifying;
    return boundary::VerifyingStarted{.shard = verifier_->scope().shard,
                                      .genesis_hash = verifier_->scope().genesis_hash};
}

Enclave::Reply Enclave::on(const boundary::VerifyState& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kVerifying));
    return verifier_->go_on(message);
}

Enclave::Reply Enclave::on(const boundary::Restore& message) {
    if (phase_ == Phase::kVerifying) {
        BOOST_OUTCOME_TRY(verifier_->take(message));
        return boundary::Restored{};
    }
    BOOST_OUTCOME_TRY(expect(Phase::kRestoring));
    BOOST_OUTCOME_TRY(shard_->restore(message));
    return boundary::Restored{};
}

Enclave::Reply Enclave::on(const boundary::RestoreDone&) {
    BOOST_OUTCOME_TRY(expect(Phase::kRestoring));
    BOOST_OUTCOME_TRY(auto position, shard_->finish_restoring());
    phase_ = Phase::kRunning;
    return position;
}

Enclave::Reply Enclave::on(const boundary::SetRuntime& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return reply(shard_->set_runtime(message));
}

Enclave::Reply Enclave::on(const boundary::ImportBlock& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return shard_->import_block(message);
}

Enclave::Reply Enclave::on(const boundary::CommitPersisted& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return reply(shard_->commit_persisted(message.sequence));
}

Enclave::Reply Enclave::on(const boundary::Outbox& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return shard_->outbox(message.max);
}

Enclave::Reply Enclave::on(const boundary::SignOutbox& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return reply(shard_->sign_outbox(message));
}

Enclave::Reply Enclave::on(const boundary::SignRegistration& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return reply(shard_->sign_registration(message));
}

Enclave::Reply Enclave::on(const boundary::SignCollateral& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return reply(shard_->sign_collateral(message));
}

Enclave::Reply Enclave::on(const boundary::SignShardConfig& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return reply(shard_->sign_shard_config(message));
}

Enclave::Reply Enclave::on(const boundary::ClientOpened& message) {
    BOOST_OUTCOME_TRY(expect_serving());
    return with_questions(endpoint_->opened(message.connection));
}

Enclave::Reply Enclave::on(const boundary::ClientBytes& message) {
    BOOST_OUTCOME_TRY(expect_serving());
    return with_questions(endpoint_->received(message.connection, message.bytes));
}

Enclave::Reply Enclave::on(const boundary::ClientClosed& message) {
    BOOST_OUTCOME_TRY(expect_serving());
    return with_questions(endpoint_->closed(message.connection));
}

Enclave::Reply Enclave::on(const boundary::Finality& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return reply(shard_->take_finality(message));
}

Enclave::Reply Enclave::on(const boundary::FinalityHop& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return reply(shard_->hop_finality(message));
}

Enclave::Reply Enclave::on(const boundary::ChainState& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return shard_->take_chain_state(message);
}

Enclave::Reply Enclave::on(const boundary::ParachainHead& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return reply(shard_->take_head(message));
}

Enclave::Reply Enclave::on(const boundary::ClientState& message) {
    BOOST_OUTCOME_TRY(expect_serving());
    return with_questions(endpoint_->state_given(message));
}

Enclave::Reply Enclave::on(const boundary::CheckActivity& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    return reply(shard_->check_activity(message));
}

Enclave::Reply Enclave::with_questions(Result<boundary::ClientEffects> effects) {
    for (auto& question : endpoint_->take_evidence_questions()) {
        evidence_.ask(std::move(question));
    }
    BOOST_OUTCOME_TRY(auto out, std::move(effects));
    out.evidence_waits = evidence_.is_asked();
    return out;
}

attestation::BindingBlock Enclave::binding_block(Bytes nonce) const {
    const auto& identity = shard_->identity();
    const auto spki = identity.shielding_key().public_key().spki_der();
    REDOUBT_ASSERT(spki.has_value());  // of a key that is in use
    attestation::BindingBlock out;
    out.role = "worker";
    out.signing_key = attestation::BoundSigningKey{.algorithm = attestation::SigningAlgorithm::kEd25519,
                                                   .key = identity.signing_key().public_key()};
    out.shielding_key = attestation::BoundShieldingKey{.algorithm = attestation::ShieldingAlgorithm::kRsa,
                                                       .key = spki.value()};
    out.genesis_hash = identity.scope().genesis_hash;
    out.shard = identity.scope().shard;
    out.tls_key_sha256 = endpoint_->tls_spki_sha256();
    out.nonce = std::move(nonce);
    out.issued_at =
        attestation::VerificationTime{static_cast<std::int64_t>(shard_->advisory_time_ms() / 1'000)};
    return out;
}

Enclave::Reply Enclave::on(const boundary::TakeEvidence& message) {
    BOOST_OUTCOME_TRY(expect_serving());
    shard_->hear_time(message.host_time_ms);
    if (message.endorsements && !evidence_.hand_out(*message.endorsements)) {
        return Refusal::kEndorsementsMalformed;
    }
    if (message.give_up) {
        evidence_.give_up();
    } else {
        evidence_.go_on([this](Bytes nonce) { return binding_block(std::move(nonce)); });
    }
    boundary::ClientEffects out;
    for (auto& answer : evidence_.take_answers()) {
        for (auto& effect : endpoint_->evidence_given(std::move(answer)).effects) {
            out.effects.push_back(std::move(effect));
        }
    }
    return with_questions(std::move(out));
}

Enclave::Reply Enclave::on(const boundary::RegistrationEvidence& message) {
    BOOST_OUTCOME_TRY(expect(Phase::kRunning));
    shard_->hear_time(message.host_time_ms);
    auto made = evidence_.registration(message.nonce,
                                       [this](Bytes nonce) { return binding_block(std::move(nonce)); });
    if (made) {
        return boundary::RegistrationEvidenceMade{.evidence = std::move(made).value(), .failure = 0};
    }
    if (made.error().category() == error_category<attestation::produce::ProduceError>()) {
        return boundary::RegistrationEvidenceMade{
            .evidence = std::nullopt, .failure = static_cast<std::uint32_t>(made.error().value())};
    }
    return made.error() == EvidenceError::kGone ? Refusal::kEvidenceGone : Refusal::kEvidenceFailed;
}

Enclave::Reply Enclave::on(const boundary::Page&) {
    return Refusal::kOutOfOrder;  // it answers PageNeeded, and nothing was asked
}

Enclave::Reply Enclave::on(const boundary::Status& message) {
    if (!shard_) {
        return boundary::StatusReport{};
    }
    shard_->hear_time(message.host_time_ms);
    auto report = shard_->status();
    report.clients = endpoint_->clients();
    const auto producer = evidence_.health();
    report.evidence_restarts = producer.restarts;
    report.evidence_gone = producer.is_gone;
    report.evidence_end = producer.end;
    return report;
}

}  // namespace redoubt::enclave
