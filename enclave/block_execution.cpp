#include <algorithm>
#include <enclave/block_execution.hpp>
#include <enclave/call_statuses.hpp>
#include <enclave/state_roots.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <stf/balances/balances.hpp>

namespace redoubt::enclave {

namespace {

constexpr std::string_view kTimeKey = "chain/time";
constexpr std::string_view kBlindKey = "chain/blind";

}  // namespace

BlockExecution::BlockExecution(const stf::Executor& executor,
                               const crypto::RsaKeyPair& shielding_key,
                               const ShardState& state,
                               const boundary::BlockId& block,
                               stf::Balance existential_deposit,
                               const crypto::SecretBytes<32>* blind,
                               std::vector<SeenCall> calls)
    : executor_(executor),
      shielding_key_(shielding_key),
      state_(state),
      overlay_(state),
      block_(block),
      calls_(std::move(calls)) {
    context_.number = block.number;
    context_.hash = block.hash;
    context_.timestamp_ms = chain_time_ms(state);
    context_.existential_deposit = existential_deposit;
    begin(blind);
}

void BlockExecution::begin(const crypto::SecretBytes<32>* blind) {
    if (blind != nullptr) {
        overlay_.put(bytes_of(kBlindKey), to_bytes(blind->expose()));
        executor_.init(overlay_);
    }
    // The time counts for the whole block, wherever Timestamp.set stands in it.
    for (const auto& seen : calls_) {
        const auto* call = std::get_if<stf::IndirectCall>(&seen.call);
        const auto* time = call == nullptr ? nullptr : std::get_if<stf::indirect::TimestampSet>(&call->value);
        if (time != nullptr) {
            context_.timestamp_ms = time->now_ms.value;
            overlay_.put(bytes_of(kTimeKey), scale::encode(context_.timestamp_ms));
        }
    }
    executor_.on_block(context_, overlay_);
}

bool BlockExecution::run() {
    wanted_.clear();
    for (; next_ < calls_.size(); ++next_) {
        if (!process(next_)) {
            return false;
        }
        decrypted_.erase(next_);
        if (proven_bytes_ > kProvenBytesMax) {
            proven_.clear();
            proven_bytes_ = 0;
        }
    }
    return true;
}

void BlockExecution::provide(const Bytes& key, std::optional<ByteView> value) {
    auto kept = stf::kept_chain_value(value);
    proven_bytes_ += key.size() + (kept ? kept->size() : 0);
    proven_.insert_or_assign(key, std::move(kept));
}

bool BlockExecution::process(std::size_t index) {
    const auto& seen = calls_[index];
    if (const auto* settled = std::get_if<OutboxCall>(&seen.call)) {
        settle(*settled, seen.failed);
        return true;
    }
    const auto& call = std::get<stf::IndirectCall>(seen.call);
    if (const auto* invoke = std::get_if<stf::indirect::Invoke>(&call.value)) {
        if (!execute(index, invoke->request)) {
            return false;
        }
    } else if (const auto* shield = std::get_if<stf::indirect::ShieldFunds>(&call.value)) {
        if (!credit(*shield, seen)) {
            return true;
        }
    }
    leaves_.push_back(stf::leaf_of(call));
    return true;
}

BlockOutcome BlockExecution::finish() {
    return_payments();
    auto changes = overlay_.take_changes();
    auto state = state_;
    state.apply(changes);
    const auto root = stf::sorted_merkle_root(leaves_);
    stf::Overlay own{state};
    // What is written from here on concerns this worker alone, and leaves the shard's root as it is.
    record_state_root(own, block_.number, state.root());
    if (concerns_shard_ || !holds_own_report_) {
        push_outbox(own, {.call = Confirmation{.block_hash = block_.hash,
                                               .block_number = block_.number,
                                               .merkle_root = root},
                          .block_number = block_.number,
                          .track = std::nullopt});
    }
    if (concerns_shard_) {
        push_outbox(own, {.call = PublishedRoot{.block_hash = block_.hash,
                                                .block_number = block_.number,
                                                .state_root = state.root()},
                          .block_number = block_.number,
                          .track = std::nullopt});
    }
    auto own_changes = own.take_changes();
    state.apply(own_changes);
    for (auto& [key, value] : own_changes) {
        changes.insert_or_assign(key, std::move(value));
    }
    return {.changes = std::move(changes),
            .state = std::move(state),
            .merkle_root = root,
            .calls_executed = executed_,
            .calls_failed = failed_};
}

void BlockExecution::settle(const OutboxCall& call, bool failed) {
    const auto* payment = std::get_if<Payment>(&call);
    holds_own_report_ = holds_own_report_ || payment == nullptr;
    concerns_shard_ = concerns_shard_ || payment != nullptr;
    if (failed) {
        if (payment != nullptr) {
            refuse_payment(overlay_, *payment, block_.number);
        } else {
            settle_outbox(overlay_, call);  // a root: the next one is published instead
        }
        return;
    }
    const auto entry = settle_outbox(overlay_, call);
    if (entry && entry->track) {
        record_payment_state(overlay_, entry->track->status_hash, PaymentState::kPaid);
    }
}

void BlockExecution::return_payments() {
    for (const auto& [id, entry] : due_returns(state_, block_.number)) {
        const auto& payment = std::get<Payment>(entry.call);
        const bool is_waiting = find_outbox(overlay_, id).has_value();
        // A balance that cannot grow so far keeps the payment waiting: the amount is never lost.
        if (is_waiting && stf::balances::shield(overlay_, entry.track->owner, payment.amount)) {
            remove_returned(overlay_, id, entry);
            record_payment_state(overlay_, entry.track->status_hash, PaymentState::kReturned);
        }
    }
}

bool BlockExecution::execute(std::size_t index, const stf::Request& request) {
    auto hash = crypto::blake2b_256(request.cyphertext);
    const auto outcome = execute_decrypted(index, request, hash);
    if (!outcome && outcome.error() == stf::ChainReadError::kNotProvenYet) {
        return false;
    }
    StatusRecord record{.failure = std::nullopt, .block = block_, .payment = 0};
    if (outcome) {
        executed_ += 1;
        record.payment = static_cast<std::uint8_t>(outcome.value());
    } else {
        failed_ += 1;
        REDOUBT_ASSERT(outcome.error().category() == error_category<stf::StfError>());
        record.failure = static_cast<std::uint8_t>(outcome.error().value());
    }
    record_call_status(overlay_, hash, record);
    return true;
}

Result<PaymentState> BlockExecution::execute_decrypted(std::size_t index,
                                                       const stf::Request& request,
                                                       Hash256& hash) {
    if (request.shard != executor_.shard()) {
        return stf::StfError::kWrongShard;
    }
    concerns_shard_ = true;
    BOOST_OUTCOME_TRY(const auto signed_call, decrypt(index, request, hash));
    std::vector<stf::Unshield> unshields;
    stf::ChainReader chain{proven_};
    auto executed = executor_.execute(signed_call, context_, overlay_, chain, unshields);
    if (!executed) {
        if (executed.error() == stf::ChainReadError::kNotProvenYet) {
            want(chain.missing());
            look_ahead(index);
        }
        return executed.error();
    }
    for (const auto& unshield : unshields) {
        pay({.beneficiary = unshield.beneficiary, .amount = unshield.amount, .call_hash = unshield.call_hash},
            stf::sender_of(signed_call.call), hash);
    }
    return unshields.empty() ? PaymentState::kNone : PaymentState::kPending;
}

Result<stf::TrustedCallSigned> BlockExecution::decrypt(std::size_t index,
                                                       const stf::Request& request,
                                                       Hash256& hash) {
    auto kept = decrypted_.find(index);
    if (kept == decrypted_.end()) {
        auto plaintext = shielding_key_.decrypt_oaep(request.cyphertext, kCallBlocksMax);
        if (!plaintext) {
            return stf::StfError::kUndecryptable;
        }
        kept = decrypted_.emplace(index, std::move(plaintext).value()).first;
    }
    auto operation = stf::decode_trusted_operation(kept->second.expose());
    if (!operation) {
        return stf::StfError::kBadFormat;
    }
    hash = stf::operation_hash(operation.value());
    if (auto* indirect = std::get_if<stf::IndirectCallOperation>(&operation.value())) {
        return std::move(indirect->signed_call);
    }
    if (auto* direct = std::get_if<stf::DirectCallOperation>(&operation.value())) {
        return std::move(direct->signed_call);
    }
    return stf::StfError::kNotACall;
}

void BlockExecution::look_ahead(std::size_t index) {
    const auto end = index + 1 + std::min(calls_.size() - index - 1, kCallsAheadMax);
    overlay_.begin();
    for (auto i = index + 1; i < end && proven_bytes_ <= kProvenBytesMax; ++i) {
        const auto* call = std::get_if<stf::IndirectCall>(&calls_[i].call);
        const auto* invoke = call == nullptr ? nullptr : std::get_if<stf::indirect::Invoke>(&call->value);
        if (invoke == nullptr || invoke->request.shard != executor_.shard()) {
            continue;
        }
        Hash256 hash;
        const auto signed_call = decrypt(i, invoke->request, hash);
        if (!signed_call) {
            continue;
        }
        std::vector<stf::Unshield> unshields;
        stf::ChainReader chain{proven_};
        static_cast<void>(executor_.execute(signed_call.value(), context_, overlay_, chain, unshields));
        want(chain.missing());
    }
    overlay_.drop();
}

void BlockExecution::want(const std::vector<Bytes>& keys) {
    for (const auto& key : keys) {
        if (wanted_.size() < boundary::kChainKeysMax && std::ranges::find(wanted_, key) == wanted_.end()) {
            wanted_.push_back(key);
        }
    }
}

bool BlockExecution::credit(const stf::indirect::ShieldFunds& shield, const SeenCall& seen) {
    if (shield.shard != executor_.shard()) {
        return false;
    }
    concerns_shard_ = true;
    const auto plaintext = shielding_key_.decrypt_oaep(shield.account_encrypted, 1);
    if (plaintext && plaintext.value().size() == AccountId::kSize) {
        const auto account = AccountId::copy_of(plaintext.value().expose().first<AccountId::kSize>());
        if (stf::balances::shield(overlay_, account, shield.amount)) {
            return true;
        }
    }
    if (seen.payer) {
        refund(*seen.payer, shield.amount, refund_call_hash(block_.hash, seen.event_index));
    }
    return false;
}

void BlockExecution::refund(const AccountId& signer, stf::Balance amount, const Hash256& call_hash) {
    auto payment = PaymentState::kPending;
    if (amount >= std::max(context_.existential_deposit, stf::Balance{1})) {
        pay({.beneficiary = signer, .amount = amount, .call_hash = call_hash}, signer, call_hash);
    } else if (amount > 0 && stf::balances::shield(overlay_, signer, amount)) {
        // The chain pays nobody less than the existential deposit.
        payment = PaymentState::kReturned;
    } else {
        return;
    }
    record_call_status(
        overlay_, call_hash,
        {.failure = std::nullopt, .block = block_, .payment = static_cast<std::uint8_t>(payment)});
}

void BlockExecution::pay(const Payment& payment, const AccountId& owner, const Hash256& status_hash) {
    push_outbox(overlay_, {.call = payment,
                           .block_number = block_.number,
                           .track = PaymentTrack{.owner = owner, .status_hash = status_hash}});
}

std::uint64_t chain_time_ms(const stf::StateReader& state) {
    const auto stored = state.get(bytes_of(kTimeKey));
    if (!stored) {
        return 0;
    }
    const auto time = scale::decode<std::uint64_t>(*stored);
    REDOUBT_ASSERT(time.has_value());
    return time.value();
}

Hash256 refund_call_hash(const Hash256& block_hash, std::uint32_t event_index) {
    return crypto::blake2b_256(concat(bytes_of("redoubt/refund"), block_hash, scale::encode(event_index)));
}

}  // namespace redoubt::enclave
