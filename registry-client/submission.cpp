#include <registry-client/submission.hpp>

#include <primitives/hex.hpp>
#include <registry-client/chain_client_parts.hpp>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <rpc/client.hpp>
#include <substrate/dispatch_error.hpp>
#include <substrate/extrinsic.hpp>
#include <variant>

namespace redoubt::registry_client {

namespace asio = boost::asio;
using nlohmann::json;
using std::chrono::milliseconds;

namespace {

/// After so many finalized blocks without it, a transaction that the node reports nothing about is
/// submitted again.
constexpr unsigned kPatienceBlocks = 10;

/// How often a block is asked for that the node calls finalized and does not give.
constexpr unsigned kMissingBlockAttempts = 20;

/// The name of a status, which is a text or the only key of an object.
std::string status_name(const json& status) {
    if (const auto* text = status.get_ptr<const std::string*>()) {
        return *text;
    }
    return status.is_object() && status.size() == 1 ? status.begin().key() : std::string{};
}

}  // namespace

Submission::Submission(Executor strand, ChainClientPtr client, Signer signer, SubmitOptions options)
    : strand_(std::move(strand)),
      client_(std::move(client)),
      signer_(std::move(signer)),
      options_(std::move(options)),
      deadline_(Clock::now() + options_.deadline),
      tick_(std::max(options_.repeat_after / 4, milliseconds{1})),
      watches_(strand_) {
}

milliseconds Submission::left() const {
    return std::max(milliseconds{0}, std::chrono::duration_cast<milliseconds>(deadline_ - Clock::now()));
}

void Submission::report(TransactionStep step, const Attempt& attempt, std::string detail) const {
    if (options_.on_progress) {
        const bool out_there = step == TransactionStep::kSending || any_may_be_included();
        const TransactionProgress progress{step, attempt.hash, attempt.nonce, std::move(detail), out_there};
        options_.on_progress(progress);
    }
}

Task<void> Submission::pause(milliseconds time) {
    asio::steady_timer timer{strand_, std::min(time, left())};
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

bool Submission::any_may_be_included() const {
    return std::ranges::any_of(attempts_,
                               [](const Attempt& attempt) { return attempt.may_be_known && !attempt.dead; });
}

rpc::Failure Submission::given_up(TransactionError error) const {
    std::string detail;
    if (any_may_be_included()) {
        error = TransactionError::kFateUnknown;
        const auto& attempt = attempts_.back();
        detail =
            "extrinsic " + to_hex_0x(attempt.hash.view()) + " with nonce " + std::to_string(attempt.nonce);
        detail += attempt.valid_until_block
                      ? " may be included up to block " + std::to_string(*attempt.valid_until_block)
                      : " may be included at any time";
    }
    if (!last_trouble_.empty()) {
        detail += (detail.empty() ? "" : "; ") + last_trouble_;
    }
    return {make_error_code(error), std::move(detail)};
}

/// Asks the signer. With `same_nonce` at most one of the signed extrinsics can ever be included.
Task<Reply<void>> Submission::sign(bool same_nonce) {
    if (signatures_ >= options_.signatures_max) {
        co_return given_up(TransactionError::kTooManyAttempts);
    }
    ++signatures_;
    repeats_ = same_nonce ? repeats_ : 0;
    BOOST_OUTCOME_CO_TRY(co_await client_->refresh_runtime());
    if (!same_nonce || !held_) {
        held_.reset();
        BOOST_OUTCOME_CO_TRY(const auto nonce, co_await client_->account_nonce(options_.account));
        held_ = co_await client_->parts().nonces->hold(options_.account, nonce);
    }
    auto signing = signer_(held_->nonce());
    BOOST_OUTCOME_CO_TRY(auto extrinsic, co_await std::move(signing));
    Attempt attempt;
    attempt.hash = substrate::extrinsic_hash(extrinsic.bytes);
    attempt.bytes = std::move(extrinsic.bytes);
    attempt.nonce = held_->nonce();
    attempt.valid_until_block = extrinsic.valid_until_block;
    // An Ed25519 signer gives the same extrinsic again for the same nonce and era.
    const auto known = std::ranges::find(attempts_, attempt.hash, &Attempt::hash);
    if (known != attempts_.end()) {
        std::rotate(known, known + 1, attempts_.end());
    } else {
        attempts_.push_back(std::move(attempt));
    }
    report(TransactionStep::kSigned, attempts_.back());
    co_return success();
}

/// Submits the current attempt.
Task<Reply<Submission::Round>> Submission::submit() {
    auto& attempt = attempts_.back();
    auto parameters = json::array({to_hex_0x(attempt.bytes)});
    std::optional<rpc::Failure> failure;
    hints_ = std::make_shared<WatchHints>();
    report(TransactionStep::kSending, attempt);
    if (watch_offered_) {
        rpc::SubscribeOptions options;
        options.subscribe = "author_submitAndWatchExtrinsic";
        options.unsubscribe = "author_unwatchExtrinsic";
        options.params = parameters;
        options.resubscribe = false;
        auto subscribing = client_->rpc().subscribe(std::move(options));
        auto subscription = co_await std::move(subscribing);
        if (subscription) {
            watches_.spawn(
                watch(shared_from_this(), std::move(subscription).value(), attempts_.back(), hints_));
        } else {
            failure = subscription.error();
            watch_offered_ = pool_verdict(*failure) != PoolVerdict::kNotOffered;
        }
    }
    if (!watch_offered_) {
        failure.reset();
        auto submitted = co_await client_->rpc().call("author_submitExtrinsic", std::move(parameters));
        if (!submitted) {
            failure = submitted.error();
        }
    }
    if (failure) {
        auto round = judge(*failure);
        if (!attempts_.back().may_be_known) {
            report(TransactionStep::kNotTaken, attempts_.back(), last_trouble_);
        }
        co_return round;
    }
    attempts_.back().may_be_known = true;
    report(TransactionStep::kSubmitted, attempts_.back());
    co_return Round::kFollow;
}

Reply<Submission::Round> Submission::judge(const rpc::Failure& failure) {
    auto& attempt = attempts_.back();
    last_trouble_ = failure.describe();
    const bool nothing_out_there = !any_may_be_included();
    switch (pool_verdict(failure)) {
        case PoolVerdict::kInPool:
            attempt.may_be_known = true;
            return Round::kFollow;
        case PoolVerdict::kUnknown:
            if (!is_passing(failure)) {
                return failure;
            }
            // Without a connection it was not even sent.
            attempt.may_be_known = attempt.may_be_known || failure == rpc::RpcError::kConnectionLost ||
                                   failure == rpc::RpcError::kDeadline;
            return Round::kWaitAndRepeat;
        case PoolVerdict::kStaleNonce:
        case PoolVerdict::kNonceTaken:
            // When one of ours may be the transaction that used the nonce, its block will show.
            return nothing_out_there ? Round::kSignAfresh : Round::kWaitAndRepeat;
        case PoolVerdict::kFutureNonce:
        case PoolVerdict::kTryLater:
            return Round::kWaitAndRepeat;
        case PoolVerdict::kBanned:
            attempt.banned = true;
            return Round::kWaitAndRepeat;
        case PoolVerdict::kSignAgain:
            return Round::kSignAgain;
        case PoolVerdict::kNotOffered:
        case PoolVerdict::kRefused:
            break;
    }
    if (nothing_out_there) {
        return rpc::Failure{make_error_code(TransactionError::kRefused), last_trouble_};
    }
    return Round::kWaitAndRepeat;
}

Task<void> Submission::watch(std::shared_ptr<Submission> self,
                             rpc::Subscription subscription,
                             Attempt attempt,
                             std::shared_ptr<WatchHints> hints) {
    while (true) {
        auto waiting = subscription.next(std::chrono::minutes{1});
        const auto event = co_await std::move(waiting);
        if (!event) {
            if (event.error() == rpc::RpcError::kDeadline) {
                continue;
            }
            hints->trouble = event.error().describe();
            co_return;
        }
        const auto* notification = std::get_if<rpc::Notification>(&event.value());
        if (notification == nullptr) {
            continue;
        }
        const auto name = status_name(notification->result);
        if (name == "inBlock") {
            hints->in_block = true;
            const auto& block = notification->result.at(name);
            self->report(TransactionStep::kInBlock, attempt,
                         block.is_string() ? block.get<std::string>() : "");
        } else if (name == "retracted") {
            hints->in_block = false;
            self->report(TransactionStep::kRetracted, attempt);
        } else if (name == "finalized") {
            co_return;
        } else if (name != "future" && name != "ready" && name != "broadcast") {
            // usurped, dropped, invalid, finalityTimeout, and what else a node may call the end of a watch.
            hints->trouble = "the node reports: " + (name.empty() ? "an unknown status" : name);
            co_return;
        }
    }
}

/// Waits for finalized blocks, and gives the outcome when one holds an attempt. nullopt after `limit`.
Task<Reply<std::optional<TransactionOutcome>>> Submission::follow(milliseconds limit) {
    auto waiting = heads_->next(std::min(limit, left()));
    auto header = co_await std::move(waiting);
    if (header) {
        auto looking = look_into(std::move(header).value());
        co_return co_await std::move(looking);
    }
    if (header.error() == ChainError::kFinalizedReorg) {
        // What was announced may have been no block of the chain; else going back gives the same error.
        last_trouble_ = header.error().describe();
        BOOST_OUTCOME_CO_TRY(co_await go_back());
        co_await pause(tick_);
        co_return std::optional<TransactionOutcome>{};
    }
    if (!is_passing(header.error())) {
        co_return header.error();
    }
    if (header.error() != rpc::RpcError::kDeadline) {
        last_trouble_ = header.error().describe();
        co_await pause(tick_);
    }
    co_return std::optional<TransactionOutcome>{};
}

Task<Reply<bool>> Submission::go_back() {
    auto taken = co_await heads_->take_back();
    if (!taken && is_passing(taken.error())) {
        last_trouble_ = taken.error().describe();
        co_return false;
    }
    co_return taken;
}

Task<Reply<std::optional<TransactionOutcome>>> Submission::look_into(BlockHeader header) {
    for (unsigned missing = 0;;) {
        auto block = co_await client_->block(header.hash);
        if (block) {
            const auto& extrinsics = block.value().extrinsics;
            for (const auto& attempt : attempts_) {
                const auto found = std::ranges::find(extrinsics, attempt.bytes);
                if (found != extrinsics.end()) {
                    const auto index = static_cast<std::uint32_t>(found - extrinsics.begin());
                    auto describing = describe(std::move(header), index, attempt);
                    BOOST_OUTCOME_CO_TRY(auto outcome, co_await std::move(describing));
                    co_return std::optional{std::move(outcome)};
                }
            }
            ++blocks_without_it_;
            co_return std::optional<TransactionOutcome>{};
        }
        if (!is_passing(block.error())) {
            co_return block.error();
        }
        last_trouble_ = block.error().describe();
        if (block.error() == ChainError::kNoSuchBlock) {
            BOOST_OUTCOME_CO_TRY(const bool taken_back, co_await go_back());
            if (taken_back) {
                co_return std::optional<TransactionOutcome>{};
            }
            ++missing;
        }
        if (missing == kMissingBlockAttempts || left() == milliseconds{0}) {
            co_return given_up(TransactionError::kFateUnknown);
        }
        co_await pause(tick_);
    }
}

Task<Reply<TransactionOutcome>> Submission::describe(BlockHeader header,
                                                     std::uint32_t index,
                                                     Attempt attempt) {
    TransactionOutcome out;
    out.extrinsic_hash = attempt.hash;
    out.block = header.reference();
    out.extrinsic_index = index;
    out.nonce = attempt.nonce;
    while (true) {
        auto events = co_await client_->events(header.hash);
        auto runtime = co_await client_->runtime_of_block(header);
        if (events && runtime) {
            const auto succeeded = substrate::extrinsic_succeeded(events.value(), index);
            if (!succeeded) {
                co_return rpc::Failure{make_error_code(ChainError::kBadAnswer),
                                       "the events of the block do not tell whether the extrinsic succeeded"};
            }
            if (!*succeeded) {
                const auto* error = substrate::dispatch_error_of(events.value(), index);
                out.dispatch_error =
                    error == nullptr ? "an unknown dispatch error"
                                     : substrate::describe_dispatch_error(runtime.value()->metadata, *error);
            }
            for (auto& record : events.value()) {
                if (record.belongs_to(index)) {
                    out.events.push_back(std::move(record));
                }
            }
            report(TransactionStep::kFinalized, attempt, to_hex_0x(header.hash.view()));
            co_return out;
        }
        auto failure = events ? runtime.error() : events.error();
        if (!is_passing(failure) || left() == milliseconds{0}) {
            failure.detail += "; the extrinsic is in finalized block " + std::to_string(header.header.number);
            co_return failure;
        }
        co_await pause(tick_);
    }
}

/// True when the finalized blocks seen so far show that neither the current attempt nor any that a node may
/// know can be included any more.
Task<Reply<bool>> Submission::nothing_can_be_included() {
    const auto last = heads_->last();
    const auto counts = [this](const Attempt& attempt) {
        return !attempt.dead && (attempt.may_be_known || &attempt == &attempts_.back());
    };
    for (auto& attempt : attempts_) {
        attempt.dead =
            attempt.dead || (attempt.valid_until_block && last->number >= *attempt.valid_until_block);
    }
    if (std::ranges::any_of(attempts_, counts)) {
        BOOST_OUTCOME_CO_TRY(const auto info, co_await client_->account_info(options_.account, last->hash));
        for (auto& attempt : attempts_) {
            attempt.dead = attempt.dead || info.nonce > attempt.nonce;
        }
    }
    co_return std::ranges::none_of(attempts_, counts);
}

/// The node reported trouble, or nothing for long: decides what to do with the current attempt.
Task<Reply<Submission::Round>> Submission::attend() {
    if (hints_->trouble) {
        last_trouble_ = *hints_->trouble;
    }
    blocks_without_it_ = 0;
    ++repeats_;
    BOOST_OUTCOME_CO_TRY(const auto nothing_left, co_await nothing_can_be_included());
    report(TransactionStep::kRetrying, attempts_.back(), last_trouble_);
    if (nothing_left) {
        co_return Round::kSignAfresh;
    }
    if (attempts_.back().banned) {
        // With a later era it is another extrinsic, and whichever of them is included uses up the nonce.
        co_return Round::kSignAgain;
    }
    co_return co_await submit();
}

Task<Reply<TransactionOutcome>> Submission::run() {
    BOOST_OUTCOME_CO_TRY(const auto start, co_await client_->finalized_head());
    BOOST_OUTCOME_CO_TRY(heads_, co_await client_->finalized_heads(start));

    auto round = Round::kSignAfresh;
    while (left() > milliseconds{0}) {
        if (round == Round::kSignAfresh || round == Round::kSignAgain) {
            if (signatures_ >= options_.signatures_max && any_may_be_included()) {
                round = Round::kWaitAndRepeat;  // a block may still bring one of those that were signed
                hints_->trouble.reset();
            } else {
                // One transaction of the account after the other is signed and reaches the pool.
                const auto turn = co_await client_->parts().nonces->take_turn(options_.account);
                if (signatures_ > 0 && round == Round::kSignAfresh) {
                    // Let the node's view of the nonce settle before asking for it again.
                    co_await pause(tick_);
                }
                const auto ready = co_await sign(round == Round::kSignAgain);
                if (ready) {
                    BOOST_OUTCOME_CO_TRY(round, co_await submit());
                    if (round == Round::kSignAgain || round == Round::kSignAfresh) {
                        continue;
                    }
                } else if (is_passing(ready.error()) && any_may_be_included()) {
                    last_trouble_ = ready.error().describe();
                    round = Round::kWaitAndRepeat;
                } else {
                    co_return ready.error();
                }
            }
        }
        const auto repeat_at = Clock::now() + options_.repeat_after * (1U << std::min(repeats_, 4U));
        while (left() > milliseconds{0}) {
            BOOST_OUTCOME_CO_TRY(auto outcome, co_await follow(tick_));
            if (outcome) {
                co_return std::move(*outcome);
            }
            const bool trouble =
                round == Round::kWaitAndRepeat || hints_->trouble || blocks_without_it_ >= kPatienceBlocks;
            if (trouble && Clock::now() >= repeat_at) {
                break;
            }
        }
        if (left() > milliseconds{0}) {
            auto attended = co_await attend();
            if (attended) {
                round = attended.value();
            } else if (is_passing(attended.error())) {
                round = Round::kWaitAndRepeat;
            } else {
                co_return attended.error();
            }
        }
    }
    co_return given_up(TransactionError::kFateUnknown);
}

}  // namespace redoubt::registry_client
