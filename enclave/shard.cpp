#include <boundary/refusal.hpp>
#include <enclave/call_statuses.hpp>
#include <enclave/chain_refusal.hpp>
#include <enclave/enclave_error.hpp>
#include <enclave/shard.hpp>
#include <enclave/state_roots.hpp>
#include <light-client/block_proof.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/kdf.hpp>
#include <primitives/total_size.hpp>
#include <stf/modules.hpp>
#include <stf/nonces.hpp>
#include <substrate/header.hpp>
#include <trie/read_proof.hpp>
#include <trie/trie_root.hpp>

namespace redoubt::enclave {

using boundary::Refusal;

namespace {

constexpr std::string_view kReturnedReason =
    "the chain refused the payment: the amount is in the sender's balance inside the shard again. Unshield "
    "it "
    "to an account that exists, or more than the existential deposit";

/// What a proof shows of a key. @errors those of proof_refusal
Result<std::optional<ByteView>> shown_value(const trie::ReadProof& proof, const Bytes& key) {
    auto value = proof.read(key);
    if (!value) {
        return proof_refusal(value.error());
    }
    return value;
}

}  // namespace

Shard::Shard(Identity identity,
             const Hash256& measurement,
             std::string_view version,
             PageStorage& storage,
             const StateLimits& limits)
    : identity_(std::move(identity)),
      measurement_(measurement),
      version_(version),
      executor_(stf::make_modules(), identity_.scope().shard, measurement, identity_.scope().dev),
      state_blind_(crypto::hkdf_sha256(identity_.state_key().expose(), bytes_of("redoubt/state-blind/v1"))),
      pages_(identity_.state_key(), identity_.scope().shard, storage),
      state_(pages_),
      limits_(limits),
      journal_reader_(identity_.state_key(), identity_.scope().shard),
      activity_(identity_.scope().shard, identity_.signing_key().account_id()),
      stale_after_ms_(identity_.scope().stale_after_ms) {
}

Result<std::unique_ptr<Shard>> Shard::make(Identity identity,
                                           const Hash256& measurement,
                                           std::string_view version,
                                           PageStorage& storage,
                                           const StateLimits& limits) {
    std::unique_ptr<Shard> shard{new Shard{std::move(identity), measurement, version, storage, limits}};
    BOOST_OUTCOME_TRY(shard->view_, view_of(shard->identity_.scope()));
    return shard;
}

Result<void> Shard::restore(const boundary::Restore& message) {
    BOOST_OUTCOME_TRY(auto record, journal_reader_.take(message.sequence, message.sealed));
    if (bytes_since_base_ < UINT64_MAX - message.sealed.size()) {
        bytes_since_base_ += message.sealed.size();
    }
    if (!record) {
        return success();
    }
    if (record->entry.chain.has_value() != view_.has_value()) {
        return Refusal::kJournalDamaged;
    }
    if (view_) {
        BOOST_OUTCOME_TRY(view_->restore(*record->entry.chain, record->entry.block));
    }
    kept_pin_ = record->entry.runtime;
    if (record->is_base) {
        state_ = ShardState{pages_, record->entry.state};
        records_since_base_ = 0;
        changes_since_base_ = 0;
        bytes_since_base_ = 0;
    } else {
        state_.restore(record->entry.changes, record->entry.state);
        records_since_base_ += 1;
        changes_since_base_ += record->entry.changes.size();
    }
    last_block_ = record->entry.block;
    journal_head_ = record->head;
    return success();
}

Result<boundary::Position> Shard::finish_restoring() {
    if (!journal_reader_.is_complete()) {
        return Refusal::kJournalIncomplete;
    }
    outbox_size_ = enclave::outbox_size(state_);
    if (view_ && (last_block_ || has_past_)) {
        activity_.begin();
    }
    const auto head = state_.head();
    return boundary::Position{.sequence = journal_head_.sequence,
                              .last_block = last_block_,
                              .shard = shard(),
                              .state_bytes = head.shard.bytes + head.worker.bytes,
                              .finalized = view_ ? std::optional{view_->finalized()} : std::nullopt,
                              .relay_finalized = view_ ? view_->relay_finalized() : std::nullopt,
                              .check_activity = !activity_.is_passed()};
}

Result<boundary::RuntimeSet> Shard::set_runtime(const boundary::SetRuntime& message) {
    BOOST_OUTCOME_TRY(auto runtime, Runtime::make(message.metadata, {.ss58_prefix = message.ss58_prefix,
                                                                     .decimals = message.decimals,
                                                                     .symbol = message.symbol}));
    const RuntimePin pin{.spec_version = runtime.spec_version(),
                         .metadata_hash = crypto::blake2b_256(message.metadata)};
    if (kept_pin_ && kept_pin_->spec_version == pin.spec_version && *kept_pin_ != pin) {
        return Refusal::kMetadataChanged;
    }
    importing_.reset();
    runtime_.emplace(std::move(runtime));
    runtime_pin_ = pin;
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

bool Shard::base_is_due(std::size_t changes) const {
    return journal_head_.sequence == 0 || records_since_base_ >= kRecordsPerBaseMax ||
           changes_since_base_ + changes > limits_.changes_per_base_max ||
           bytes_since_base_ >= kBytesPerBaseMax;
}

Result<const Runtime*> Shard::signing_runtime() const {
    BOOST_OUTCOME_TRY(const auto* runtime, usable_runtime());
    if (!activity_.is_passed()) {
        return Refusal::kActivityUnchecked;
    }
    if (is_stale()) {
        return Refusal::kStale;
    }
    return runtime;
}

void Shard::hear_time(std::uint64_t host_time_ms) {
    // A clock that goes backwards is no reason to become young again.
    host_time_ms_ = std::max(host_time_ms_, host_time_ms);
}

std::uint64_t Shard::advisory_time_ms() const {
    return std::max(host_time_ms_, chain_time_ms(state_));
}

void Shard::shorten_stale_limit(std::uint64_t stale_after_ms) {
    if (stale_after_ms != 0 && (stale_after_ms_ == 0 || stale_after_ms < stale_after_ms_)) {
        stale_after_ms_ = stale_after_ms;
    }
}

bool Shard::is_stale() const {
    const auto chain_time = chain_time_ms(state_);
    // The genesis block has no time: a chain that has just begun is not old, and may wait for this worker's
    // registration to go on.
    return stale_after_ms_ != 0 && chain_time != 0 && host_time_ms_ > chain_time &&
           host_time_ms_ - chain_time > stale_after_ms_;
}

void Shard::recheck_start() {
    if (has_past_ && !last_block_) {
        activity_.begin();
    }
}

Result<boundary::FinalityMoved> Shard::take_finality(const boundary::Finality& message) {
    if (!view_) {
        return Refusal::kUnverified;
    }
    importing_.reset();
    BOOST_OUTCOME_TRY(view_->take(message, last_block_));
    recheck_start();
    return boundary::FinalityMoved{.now = view_->report()};
}

Result<boundary::FinalityMoved> Shard::hop_finality(const boundary::FinalityHop& message) {
    if (!view_) {
        return Refusal::kUnverified;
    }
    importing_.reset();
    BOOST_OUTCOME_TRY(view_->hop(message.warp_sync, last_block_));
    recheck_start();
    return boundary::FinalityMoved{.now = view_->report()};
}

Result<boundary::FinalityMoved> Shard::take_head(const boundary::ParachainHead& message) {
    if (!view_) {
        return Refusal::kUnverified;
    }
    importing_.reset();
    BOOST_OUTCOME_TRY(view_->take_head(message, last_block_));
    recheck_start();
    return boundary::FinalityMoved{.now = view_->report()};
}

Result<Shard::CheckedBlock> Shard::check_block(const boundary::ImportBlock& message,
                                               const boundary::BlockId& block,
                                               const substrate::Header& header,
                                               const Runtime& runtime) const {
    if (!view_) {
        if (last_block_ && (header.parent_hash != last_block_->hash ||
                            std::uint64_t{block.number} != std::uint64_t{last_block_->number} + 1)) {
            return Refusal::kWrongParent;
        }
        return CheckedBlock{.events = message.events, .next_authors = std::nullopt};
    }
    BOOST_OUTCOME_TRY(view_->expect_next(block, last_block_));
    if (authors_ && runtime.aura_scheme() &&
        !substrate::verify_aura_block(header, *runtime.aura_scheme(), *authors_)) {
        return Refusal::kSealBad;
    }
    auto facts = light_client::read_block_proof(header.state_root, message.state_proof);
    if (!facts) {
        return proof_refusal(facts.error());
    }
    if (!runtime.has_executed(facts.value())) {
        return Refusal::kRuntimeOutdated;
    }
    if (trie::ordered_trie_root(message.extrinsics, runtime.extrinsics_root_version()) !=
        header.extrinsics_root) {
        return Refusal::kExtrinsicsRootMismatch;
    }
    return CheckedBlock{.events = std::move(facts.value().events),
                        .next_authors = std::move(facts.value().aura_authorities)};
}

Result<boundary::FromEnclave> Shard::import_block(const boundary::ImportBlock& message) {
    pending_.reset();
    importing_.reset();
    hear_time(message.host_time_ms);
    BOOST_OUTCOME_TRY(const auto* runtime, usable_runtime());
    if (!activity_.may_import()) {
        return Refusal::kActivityUnchecked;
    }
    if (total_size(message.extrinsics) > boundary::kBlockExtrinsicsBytesMax ||
        total_size(message.state_proof) > boundary::kStateProofBytesMax ||
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
    BOOST_OUTCOME_TRY(auto checked, check_block(message, block, header.value(), *runtime));
    BOOST_OUTCOME_TRY(auto calls,
                      read_block(*runtime, shard(), account(), message.extrinsics, checked.events));
    BOOST_OUTCOME_TRY(activity_.look_at(block.number, message.extrinsics, *runtime));
    if (view_) {
        BOOST_OUTCOME_TRY(compare_published_roots(calls));
    }
    importing_.emplace(
        Importing{.block = block,
                  .state_root = header.value().state_root,
                  .updates_runtime = header.value().updates_runtime(),
                  .next_authors = std::move(checked.next_authors),
                  .execution = BlockExecution{executor_, identity_.shielding_key(), state_, block,
                                              runtime->existential_deposit(),
                                              last_block_ ? nullptr : &state_blind_, std::move(calls)}});
    return go_on_importing();
}

Result<void> Shard::compare_published_roots(std::span<const SeenCall> calls) {
    for (const auto& seen : calls) {
        const auto* own = std::get_if<OutboxCall>(&seen.call);
        const auto* published = own == nullptr ? nullptr : std::get_if<PublishedRoot>(own);
        if (published == nullptr) {
            continue;
        }
        const auto had = find_state_root(state_, published->block_number);
        if (had && *had != published->state_root) {
            activity_.halt();
            return Refusal::kOtherRootPublished;
        }
    }
    return success();
}

Result<boundary::ActivityChecked> Shard::check_activity(const boundary::CheckActivity& message) {
    if (!view_) {
        return Refusal::kUnverified;
    }
    return activity_.take(message, *view_, last_block_, runtime_ ? &*runtime_ : nullptr);
}

Result<boundary::FromEnclave> Shard::take_chain_state(const boundary::ChainState& message) {
    if (!importing_ || importing_->block != message.block) {
        return Refusal::kChainStateUnwanted;
    }
    if (total_size(message.proof) > boundary::kStateProofBytesMax) {
        return Refusal::kBlockTooLarge;
    }
    const auto proof = trie::ReadProof::verify(importing_->state_root, message.proof);
    if (!proof) {
        return proof_refusal(proof.error());
    }
    auto& execution = importing_->execution;
    const auto& wanted = execution.wanted();
    // The first key is the one that the execution cannot go on without.
    BOOST_OUTCOME_TRY(const auto first, shown_value(proof.value(), wanted.front()));
    execution.provide(wanted.front(), first);
    for (const auto& key : std::span{wanted}.subspan(1)) {
        if (const auto value = proof.value().read(key)) {
            execution.provide(key, value.value());
        }
    }
    return go_on_importing();
}

Result<boundary::FromEnclave> Shard::go_on_importing() {
    if (!importing_->execution.run()) {
        return boundary::FromEnclave{
            boundary::StateNeeded{.block = importing_->block, .keys = importing_->execution.wanted()}};
    }
    auto imported = std::move(*importing_);
    importing_.reset();
    auto outcome = imported.execution.finish();
    const bool is_base = base_is_due(outcome.changes.size());
    auto chain = view_ ? std::optional{view_->record(is_base)} : std::nullopt;
    const JournalEntry entry{.block = imported.block,
                             .changes = is_base ? stf::Changes{} : outcome.changes,
                             .state = outcome.state.head(),
                             .chain = chain,
                             .runtime = runtime_pin_};
    BOOST_OUTCOME_TRY(auto record,
                      seal_record(identity_.state_key(), shard(), journal_head_, is_base, entry));
    const auto sealed_bytes = total_size(record.parts);
    boundary::Commit commit{
        .sequence = record.head.sequence, .is_base = is_base, .sealed = std::move(record.parts)};
    std::optional<SealedChanges> pages;
    if (is_base) {
        pages = outcome.state.page_changes(record.head.sequence);
        if (pages->removed.size() > boundary::kCommitPagesMax ||
            pages->written.size() > boundary::kCommitPagesMax) {
            return Refusal::kStateTooLarge;
        }
        commit.pages_removed = std::exchange(pages->removed, {});
        for (auto& [id, sealed] : std::exchange(pages->written, {})) {
            commit.pages_written.push_back({.id = id, .sealed = std::move(sealed)});
        }
    }
    const auto outbox_entries = enclave::outbox_size(outcome.state);
    pending_ = Pending{.block = imported.block,
                       .head = record.head,
                       .outcome = std::move(outcome),
                       .pages = std::move(pages),
                       .outbox_size = outbox_entries,
                       .chain = std::move(chain),
                       .next_authors = std::move(imported.next_authors),
                       .runtime = runtime_pin_,
                       .updates_runtime = imported.updates_runtime,
                       .sealed_bytes = sealed_bytes};
    return boundary::FromEnclave{std::move(commit)};
}

Result<boundary::Committed> Shard::commit_persisted(std::uint64_t sequence) {
    if (!pending_ || pending_->head.sequence != sequence) {
        return Refusal::kNoCommitWaiting;
    }
    auto pending = std::move(*pending_);
    pending_.reset();
    state_ = std::move(pending.outcome.state);
    const bool is_base = pending.pages.has_value();
    if (is_base) {
        state_.saved(*pending.pages);
    }
    outbox_size_ = pending.outbox_size;
    last_block_ = pending.block;
    activity_.imported(pending.block.number);
    if (view_) {
        view_->imported(pending.block);
        view_->kept(*pending.chain);
    }
    authors_ = std::move(pending.next_authors);
    kept_pin_ = pending.runtime;
    journal_head_ = pending.head;
    records_since_base_ = is_base ? 0 : records_since_base_ + 1;
    changes_since_base_ = is_base ? 0 : changes_since_base_ + pending.outcome.changes.size();
    bytes_since_base_ = is_base ? 0 : bytes_since_base_ + pending.sealed_bytes;
    // The next block runs on the new runtime; its metadata has to come first.
    runtime_outdated_ = runtime_outdated_ || pending.updates_runtime;
    blocks_imported_ += 1;
    calls_executed_ += pending.outcome.calls_executed;
    calls_failed_ += pending.outcome.calls_failed;
    return boundary::Committed{.last_block = *last_block_,
                               .calls_executed = pending.outcome.calls_executed,
                               .calls_failed = pending.outcome.calls_failed,
                               .outbox_size = outbox_size_};
}

void Shard::give_up_block() {
    pending_.reset();
    importing_.reset();
}

void Shard::free_memory() {
    if (!pending_ && !importing_) {
        state_.free_memory(limits_.memory_bytes_max);
    }
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
    BOOST_OUTCOME_TRY(const auto* runtime, signing_runtime());
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
    BOOST_OUTCOME_TRY(const auto* runtime, signing_runtime());
    if (message.method > kMethodDcap || message.proof.size() > boundary::kProofBytesMax ||
        message.proof.empty() != (message.method == kMethodSkip)) {
        return Refusal::kMethodUnsupported;
    }
    if (message.url.empty() || message.url.size() > boundary::kUrlBytesMax) {
        return Refusal::kUrlUnusable;
    }
    const auto proof = message.method == kMethodSkip ? measurement_.view() : ByteView{message.proof};
    return sign(runtime->encode_registration(proof, message.url, message.method), kRegistrationPeriod,
                message.nonce);
}

Result<boundary::Signed> Shard::sign_collateral(const boundary::SignCollateral& message) const {
    BOOST_OUTCOME_TRY(const auto* runtime, signing_runtime());
    const auto bytes = message.document.size() + message.signature.size() + message.issuer_chain.size();
    if (message.kind > static_cast<std::uint8_t>(boundary::CollateralKind::kTcbInfo) ||
        bytes > boundary::kCollateralBytesMax) {
        return Refusal::kMethodUnsupported;
    }
    return sign(runtime->encode_collateral(message), kRegistrationPeriod, message.nonce);
}

Result<boundary::Signed> Shard::sign_shard_config(const boundary::SignShardConfig& message) const {
    BOOST_OUTCOME_TRY(const auto* runtime, signing_runtime());
    return sign(runtime->encode_shard_config(shard(), measurement_), kRegistrationPeriod, message.nonce);
}

boundary::StatusReport Shard::status() const {
    boundary::StatusReport report;
    report.last_block = last_block_;
    report.sequence = journal_head_.sequence;
    report.outbox_size = outbox_size_;
    report.blocks_imported = blocks_imported_;
    report.calls_executed = calls_executed_;
    report.calls_failed = calls_failed_;
    const auto head = state_.head();
    report.state_entries = head.shard.entries + head.worker.entries;
    report.state_bytes = head.shard.bytes + head.worker.bytes;
    if (runtime_) {
        report.spec_version = runtime_->spec_version();
    }
    report.runtime_outdated = runtime_outdated_;
    if (view_) {
        report.finality = view_->report();
    }
    report.chain_time_ms = chain_time_ms(state_);
    report.stale = is_stale();
    return report;
}

std::string Shard::shielding_key_json() const {
    return identity_.shielding_key().public_key().to_json();
}

std::uint32_t Shard::nonce_of(const AccountId& account) const {
    return stf::nonce_of(state_, account);
}

Result<std::optional<Bytes>> Shard::execute_getter(const stf::Request& request, ChainReads& reads) const {
    if (request.shard != shard()) {
        return EnclaveError::kWrongShard;
    }
    if (reads.block != last_block_) {
        reads.block = last_block_;
        reads.proven.clear();
        reads.missing.clear();
    }
    stf::ChainReader chain{reads.proven};
    const auto block = last_block_.value_or(boundary::BlockId{});
    stf::QueryContext context{
        .state = state_, .chain = chain, .block_number = block.number, .block_hash = block.hash};
    auto answer = executor_.query(request.cyphertext, context);
    for (const auto& key : chain.missing()) {
        if (reads.missing.size() < boundary::kChainKeysMax &&
            std::ranges::find(reads.missing, key) == reads.missing.end()) {
            reads.missing.push_back(key);
        }
    }
    return answer;
}

Result<void> Shard::prove_reads(ByteView header_bytes,
                                std::span<const Bytes> nodes,
                                ChainReads& reads) const {
    if (header_bytes.size() > boundary::kHeaderBytesMax ||
        total_size(nodes) > boundary::kStateProofBytesMax) {
        return Refusal::kBlockTooLarge;
    }
    const auto header = substrate::decode_header(header_bytes);
    if (!header) {
        return Refusal::kHeaderUnusable;
    }
    if (!reads.block || substrate::header_hash(header_bytes) != reads.block->hash) {
        return Refusal::kWrongParent;
    }
    const auto proof = trie::ReadProof::verify(header.value().state_root, nodes);
    if (!proof) {
        return proof_refusal(proof.error());
    }
    const auto missing = std::exchange(reads.missing, {});
    for (const auto& key : missing) {
        const auto value = shown_value(proof.value(), key);
        if (value) {
            reads.proven.insert_or_assign(key, stf::kept_chain_value(value.value()));
        } else if (key == missing.front()) {
            return value.error();
        }
    }
    return success();
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

std::optional<Hash256> Shard::state_root(std::uint32_t block) const {
    return find_state_root(state_, block);
}

HealthReport Shard::health() const {
    HealthReport report;
    report.following = runtime_.has_value() && last_block_.has_value() && !runtime_outdated_;
    report.last_block = last_block_;
    if (last_block_) {
        report.state_root = state_root(last_block_->number);
    }
    if (runtime_) {
        report.spec_version = runtime_->spec_version();
    }
    report.outbox_size = outbox_size_;
    if (view_) {
        report.finality = view_->report();
    }
    report.chain_time_ms = chain_time_ms(state_);
    report.stale = is_stale();
    return report;
}

}  // namespace redoubt::enclave
