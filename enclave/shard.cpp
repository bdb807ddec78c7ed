#include <boundary/refusal.hpp>
#include <enclave/call_statuses.hpp>
#include <enclave/enclave_error.hpp>
#include <enclave/shard.hpp>
#include <numeric>
#include <stf/modules.hpp>
#include <stf/nonces.hpp>
#include <substrate/header.hpp>

namespace redoubt::enclave {

using boundary::Refusal;

namespace {

constexpr std::string_view kReturnedReason =
    "the chain refused the payment: the amount is in the sender's balance inside the shard again. Unshield "
    "it "
    "to an account that exists, or more than the existential deposit";

}  // namespace

Shard::Shard(Identity identity, const Hash256& measurement, std::string_view version)
    : identity_(std::move(identity)),
      measurement_(measurement),
      version_(version),
      executor_(stf::make_modules(), identity_.scope().shard, measurement, identity_.scope().dev),
      journal_reader_(identity_.state_key(), identity_.scope().shard) {
}

Result<void> Shard::restore(const boundary::Restore& message) {
    BOOST_OUTCOME_TRY(auto record, journal_reader_.take(message.sequence, message.sealed));
    if (bytes_since_base_ < UINT64_MAX - message.sealed.size()) {
        bytes_since_base_ += message.sealed.size();
    }
    if (!record) {
        return success();
    }
    if (record->is_base) {
        state_ = stf::State{};
        records_since_base_ = 0;
        bytes_since_base_ = 0;
    } else {
        records_since_base_ += 1;
    }
    state_.apply(record->entry.changes);
    last_block_ = record->entry.block;
    journal_head_ = record->head;
    return success();
}

Result<boundary::Position> Shard::finish_restoring() {
    if (!journal_reader_.is_complete()) {
        return Refusal::kJournalIncomplete;
    }
    return boundary::Position{.sequence = journal_head_.sequence,
                              .last_block = last_block_,
                              .shard = shard(),
                              .state_bytes = state_.total_bytes()};
}

Result<boundary::RuntimeSet> Shard::set_runtime(const boundary::SetRuntime& message) {
    BOOST_OUTCOME_TRY(auto runtime, Runtime::make(message.metadata, {.ss58_prefix = message.ss58_prefix,
                                                                     .decimals = message.decimals,
                                                                     .symbol = message.symbol}));
    runtime_.emplace(std::move(runtime));
    runtime_outdated_ = false;
    return boundary::RuntimeSet{.spec_version = runtime_->spec_version(),
                                .metadata_hash = runtime_->metadata_hash()};
}

Result<const Runtime*> Shard::usable_runtime() const {
    if (!runtime_) {
        return Refusal::kRuntimeMissing;
    }
    if (runtime_outdated_) {
        return Refusal::kRuntimeOutdated;
    }
    return &*runtime_;
}

bool Shard::base_is_due() const {
    return journal_head_.sequence == 0 || records_since_base_ >= kRecordsPerBaseMax ||
           bytes_since_base_ >= kChangeBytesPerBaseMin + state_.total_bytes();
}

Result<SealedRecord> Shard::seal(const boundary::BlockId& block, const BlockOutcome& outcome) const {
    const bool is_base = base_is_due();
    if (!is_base) {
        return seal_record(identity_.state_key(), shard(), journal_head_, is_base,
                           {.block = block, .changes = outcome.changes});
    }
    auto whole = state_;
    whole.apply(outcome.changes);
    JournalEntry entry{.block = block, .changes = {}};
    for (const auto& [key, value] : whole.entries()) {
        entry.changes.emplace_hint(entry.changes.end(), key, value);
    }
    return seal_record(identity_.state_key(), shard(), journal_head_, is_base, entry);
}

Result<boundary::Commit> Shard::import_block(const boundary::ImportBlock& message) {
    pending_.reset();
    BOOST_OUTCOME_TRY(const auto* runtime, usable_runtime());
    const auto extrinsics_bytes =
        std::accumulate(message.extrinsics.begin(), message.extrinsics.end(), std::size_t{0},
                        [](std::size_t sum, const Bytes& extrinsic) { return sum + extrinsic.size(); });
    if (extrinsics_bytes > boundary::kBlockExtrinsicsBytesMax ||
        message.events.size() > boundary::kEventsBytesMax ||
        message.header.size() > boundary::kHeaderBytesMax) {
        return Refusal::kBlockTooLarge;
    }
    const auto header = substrate::decode_header(message.header);
    if (!header) {
        return Refusal::kHeaderUnusable;
    }
    const boundary::BlockId block{.number = header.value().number,
                                  .hash = substrate::header_hash(message.header)};
    if (last_block_ && (header.value().parent_hash != last_block_->hash ||
                        std::uint64_t{block.number} != std::uint64_t{last_block_->number} + 1)) {
        return Refusal::kWrongParent;
    }
    BOOST_OUTCOME_TRY(const auto calls,
                      read_block(*runtime, shard(), account(), message.extrinsics, message.events));
    auto outcome = execute_block(executor_, identity_.shielding_key(), state_, block,
                                 runtime->existential_deposit(), !last_block_, calls);
    BOOST_OUTCOME_TRY(auto record, seal(block, outcome));
    const auto sealed_bytes =
        std::accumulate(record.parts.begin(), record.parts.end(), std::uint64_t{0},
                        [](std::uint64_t sum, const Bytes& part) { return sum + part.size(); });
    pending_ = Pending{.block = block,
                       .head = record.head,
                       .outcome = std::move(outcome),
                       .is_base = record.is_base,
                       .updates_runtime = header.value().updates_runtime(),
                       .sealed_bytes = sealed_bytes};
    return boundary::Commit{
        .sequence = record.head.sequence, .is_base = record.is_base, .sealed = std::move(record.parts)};
}

Result<boundary::Committed> Shard::commit_persisted(std::uint64_t sequence) {
    if (!pending_ || pending_->head.sequence != sequence) {
        return Refusal::kNoCommitWaiting;
    }
    const auto pending = std::move(*pending_);
    pending_.reset();
    state_.apply(pending.outcome.changes);
    last_block_ = pending.block;
    journal_head_ = pending.head;
    records_since_base_ = pending.is_base ? 0 : records_since_base_ + 1;
    bytes_since_base_ = pending.is_base ? 0 : bytes_since_base_ + pending.sealed_bytes;
    // The next block runs on the new runtime; its metadata has to come first.
    runtime_outdated_ = runtime_outdated_ || pending.updates_runtime;
    blocks_imported_ += 1;
    calls_executed_ += pending.outcome.calls_executed;
    calls_failed_ += pending.outcome.calls_failed;
    return boundary::Committed{.last_block = *last_block_,
                               .calls_executed = pending.outcome.calls_executed,
                               .calls_failed = pending.outcome.calls_failed,
                               .outbox_size = outbox_size(state_)};
}

boundary::OutboxItems Shard::outbox(std::uint32_t max) const {
    boundary::OutboxItems out;
    const auto number = last_block_ ? last_block_->number : 0;
    for (const auto& [id, entry] :
         signable_outbox(state_, number, std::min(max, boundary::kOutboxItemsMax))) {
        out.items.push_back({.id = id,
                             .kind = static_cast<std::uint8_t>(entry.call.index()),
                             .block_number = entry.block_number});
    }
    return out;
}

Result<boundary::Signed> Shard::sign(Result<Bytes> call, std::uint64_t period, std::uint32_t nonce) const {
    BOOST_OUTCOME_TRY(const auto bytes, std::move(call));
    if (!last_block_) {
        return Refusal::kNoBlockYet;
    }
    return runtime_->sign(bytes, period, nonce, *last_block_, identity_.scope().genesis_hash,
                          identity_.signing_key());
}

Result<boundary::Signed> Shard::sign_outbox(const boundary::SignOutbox& message) const {
    BOOST_OUTCOME_TRY(const auto* runtime, usable_runtime());
    const auto entry = find_outbox(state_, message.id);
    // A payment that waits or was given up is none at present: its return relies on old signatures expiring.
    if (!entry || !last_block_ || !is_signable(*entry, last_block_->number)) {
        return Refusal::kUnknownOutboxItem;
    }
    const auto period =
        std::holds_alternative<Payment>(entry->call) ? std::uint64_t{kUnshieldPeriod} : kConfirmationPeriod;
    return sign(runtime->encode_outbox_call(shard(), entry->call), period, message.nonce);
}

Result<boundary::Signed> Shard::sign_registration(const boundary::SignRegistration& message) const {
    BOOST_OUTCOME_TRY(const auto* runtime, usable_runtime());
    if (message.method != 0) {
        return Refusal::kMethodUnsupported;
    }
    if (message.url.empty() || message.url.size() > boundary::kUrlBytesMax) {
        return Refusal::kUrlUnusable;
    }
    return sign(runtime->encode_registration(measurement_, message.url), kRegistrationPeriod, message.nonce);
}

Result<boundary::Signed> Shard::sign_shard_config(const boundary::SignShardConfig& message) const {
    BOOST_OUTCOME_TRY(const auto* runtime, usable_runtime());
    return sign(runtime->encode_shard_config(shard(), measurement_), kRegistrationPeriod, message.nonce);
}

boundary::StatusReport Shard::status() const {
    boundary::StatusReport report;
    report.last_block = last_block_;
    report.sequence = journal_head_.sequence;
    report.outbox_size = outbox_size(state_);
    report.blocks_imported = blocks_imported_;
    report.calls_executed = calls_executed_;
    report.calls_failed = calls_failed_;
    report.state_entries = state_.entries().size();
    report.state_bytes = state_.total_bytes();
    if (runtime_) {
        report.spec_version = runtime_->spec_version();
    }
    report.runtime_outdated = runtime_outdated_;
    return report;
}

std::string Shard::shielding_key_json() const {
    return identity_.shielding_key().public_key().to_json();
}

std::uint32_t Shard::nonce_of(const AccountId& account) const {
    return stf::nonce_of(state_, account);
}

Result<std::optional<Bytes>> Shard::execute_getter(const stf::Request& request) const {
    if (request.shard != shard()) {
        return EnclaveError::kWrongShard;
    }
    return executor_.query(request.cyphertext, state_);
}

CallStatus Shard::call_status(const Hash256& hash) const {
    const auto record = find_call_status(state_, hash);
    if (!record) {
        return {};
    }
    CallStatus status{.outcome = CallOutcome::kExecuted, .reason = std::nullopt, .block = record->block};
    if (record->failure) {
        status.outcome = CallOutcome::kFailed;
        status.reason = std::string{error_message(static_cast<stf::StfError>(*record->failure))};
    }
    status.payment = payment_state(*record);
    if (status.payment == PaymentState::kReturned) {
        status.reason = std::string{kReturnedReason};
    }
    return status;
}

HealthReport Shard::health() const {
    HealthReport report;
    report.following = runtime_.has_value() && last_block_.has_value() && !runtime_outdated_;
    report.last_block = last_block_;
    if (runtime_) {
        report.spec_version = runtime_->spec_version();
    }
    report.outbox_size = outbox_size(state_);
    return report;
}

}  // namespace redoubt::enclave
