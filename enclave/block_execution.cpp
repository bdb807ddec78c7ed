#include <algorithm>
#include <enclave/block_execution.hpp>
#include <enclave/call_statuses.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <stf/balances/balances.hpp>

namespace redoubt::enclave {

namespace {

constexpr std::string_view kTimeKey = "chain/time";

/// The state of one block's execution.
class BlockExecution {
  public:
    BlockExecution(const stf::Executor& executor,
                   const crypto::RsaKeyPair& shielding_key,
                   const stf::State& state,
                   const boundary::BlockId& block,
                   stf::Balance existential_deposit)
        : executor_(executor), shielding_key_(shielding_key), state_(state), overlay_(state), block_(block) {
        context_.number = block.number;
        context_.hash = block.hash;
        context_.timestamp_ms = chain_time_ms(state);
        context_.existential_deposit = existential_deposit;
    }

    void begin(bool first_block, std::span<const SeenCall> calls) {
        if (first_block) {
            executor_.init(overlay_);
        }
        // The time counts for the whole block, wherever Timestamp.set stands in it.
        for (const auto& seen : calls) {
            const auto* call = std::get_if<stf::IndirectCall>(&seen.call);
            const auto* time =
                call == nullptr ? nullptr : std::get_if<stf::indirect::TimestampSet>(&call->value);
            if (time != nullptr) {
                context_.timestamp_ms = time->now_ms.value;
                overlay_.put(bytes_of(kTimeKey), scale::encode(context_.timestamp_ms));
            }
        }
        executor_.on_block(context_, overlay_);
    }

    void process(const SeenCall& seen) {
        if (const auto* settled = std::get_if<OutboxCall>(&seen.call)) {
            settle(*settled, seen.failed);
            return;
        }
        const auto& call = std::get<stf::IndirectCall>(seen.call);
        if (const auto* invoke = std::get_if<stf::indirect::Invoke>(&call.value)) {
            execute(invoke->request);
        } else if (const auto* shield = std::get_if<stf::indirect::ShieldFunds>(&call.value)) {
            if (!credit(*shield, seen)) {
                return;
            }
        }
        leaves_.push_back(stf::leaf_of(call));
    }

    BlockOutcome finish() {
        return_payments();
        const auto root = stf::sorted_merkle_root(leaves_);
        if (concerns_shard_ || !holds_own_confirmation_) {
            push_outbox(overlay_, {.call = Confirmation{.block_hash = block_.hash,
                                                        .block_number = block_.number,
                                                        .merkle_root = root},
                                   .block_number = block_.number,
                                   .track = std::nullopt});
        }
        return {.changes = overlay_.take_changes(),
                .merkle_root = root,
                .calls_executed = executed_,
                .calls_failed = failed_};
    }

  private:
    void settle(const OutboxCall& call, bool failed) {
        const auto* payment = std::get_if<Payment>(&call);
        holds_own_confirmation_ = holds_own_confirmation_ || payment == nullptr;
        concerns_shard_ = concerns_shard_ || payment != nullptr;
        if (failed) {
            if (payment != nullptr) {
                refuse_payment(overlay_, *payment, block_.number);
            }
            return;
        }
        const auto entry = settle_outbox(overlay_, call);
        if (entry && entry->track) {
            record_payment_state(overlay_, entry->track->status_hash, PaymentState::kPaid);
        }
    }

    void return_payments() {
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

    void execute(const stf::Request& request) {
        auto hash = crypto::blake2b_256(request.cyphertext);
        const auto outcome = execute_decrypted(request, hash);
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
    }

    /// Replaces `hash` by the TOP hash as soon as that is known.
    /// @returns kPending when the call asks for a payment
    Result<PaymentState> execute_decrypted(const stf::Request& request, Hash256& hash) {
        if (request.shard != executor_.shard()) {
            return stf::StfError::kWrongShard;
        }
        concerns_shard_ = true;
        const auto plaintext = shielding_key_.decrypt_oaep(request.cyphertext, kCallBlocksMax);
        if (!plaintext) {
            return stf::StfError::kUndecryptable;
        }
        const auto operation = stf::decode_trusted_operation(plaintext.value().expose());
        if (!operation) {
            return stf::StfError::kBadFormat;
        }
        hash = stf::operation_hash(operation.value());
        const auto* indirect = std::get_if<stf::IndirectCallOperation>(&operation.value());
        const auto* direct = std::get_if<stf::DirectCallOperation>(&operation.value());
        if (indirect == nullptr && direct == nullptr) {
            return stf::StfError::kNotACall;
        }
        const auto& signed_call = indirect != nullptr ? indirect->signed_call : direct->signed_call;
        std::vector<stf::Unshield> unshields;
        BOOST_OUTCOME_TRY(executor_.execute(signed_call, context_, overlay_, unshields));
        for (const auto& unshield : unshields) {
            pay({.beneficiary = unshield.beneficiary,
                 .amount = unshield.amount,
                 .call_hash = unshield.call_hash},
                stf::sender_of(signed_call.call), hash);
        }
        return unshields.empty() ? PaymentState::kNone : PaymentState::kPending;
    }

    /// False when the funds are not credited: then they are none of this shard's, or are sent back.
    bool credit(const stf::indirect::ShieldFunds& shield, const SeenCall& seen) {
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

    void refund(const AccountId& signer, stf::Balance amount, const Hash256& call_hash) {
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

    void pay(const Payment& payment, const AccountId& owner, const Hash256& status_hash) {
        push_outbox(overlay_, {.call = payment,
                               .block_number = block_.number,
                               .track = PaymentTrack{.owner = owner, .status_hash = status_hash}});
    }

    const stf::Executor& executor_;
    const crypto::RsaKeyPair& shielding_key_;
    const stf::State& state_;
    stf::Overlay overlay_;
    boundary::BlockId block_;
    stf::BlockContext context_;
    std::vector<Hash256> leaves_;
    /// A block that only carries this worker's own confirmation is not confirmed: confirming it would call
    /// for the next confirmation, without end.
    bool holds_own_confirmation_ = false;
    bool concerns_shard_ = false;
    std::uint32_t executed_ = 0;
    std::uint32_t failed_ = 0;
};

}  // namespace

BlockOutcome execute_block(const stf::Executor& executor,
                           const crypto::RsaKeyPair& shielding_key,
                           const stf::State& state,
                           const boundary::BlockId& block,
                           stf::Balance existential_deposit,
                           bool first_block,
                           std::span<const SeenCall> calls) {
    BlockExecution execution{executor, shielding_key, state, block, existential_deposit};
    execution.begin(first_block, calls);
    for (const auto& seen : calls) {
        execution.process(seen);
    }
    return execution.finish();
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
