#include <primitives/hex.hpp>
#include <registry-client/chain_client.hpp>
#include <registry-client/chain_client_parts.hpp>
#include <registry-client/json_codec.hpp>

#include <algorithm>
#include <deque>
#include <rpc/subscription.hpp>
#include <variant>

namespace redoubt::registry_client {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t kRememberedMax = 256;

std::string named(const BlockReference& block) {
    return "block " + std::to_string(block.number) + " (" + to_hex_0x(block.hash.view()) + ")";
}

rpc::Failure reorg(const BlockReference& was, const std::string& is) {
    return {make_error_code(ChainError::kFinalizedReorg), named(was) + " was finalized, now " + is};
}

}  // namespace

struct FinalizedHeads::State {
    ChainClientPtr client;
    std::optional<rpc::Subscription> subscription;
    std::optional<BlockReference> last;
    std::deque<BlockReference> given;    ///< the last ones, to notice a chain that was rolled back
    std::optional<BlockHeader> target;   ///< finalized and above `last`; what lies between is fetched
    bool look_at_head = true;            ///< the subscription may have missed something
    std::optional<rpc::Failure> failed;  ///< for good

    [[nodiscard]] Task<Reply<BlockHeader>> next(milliseconds limit);
    [[nodiscard]] Task<Reply<bool>> take_back();
    [[nodiscard]] Task<Reply<void>> ensure_subscribed();
    [[nodiscard]] Task<Reply<BlockHeader>> advance();
    [[nodiscard]] Reply<void> announce(BlockHeader head);
    [[nodiscard]] BlockHeader give(BlockHeader block);
    [[nodiscard]] rpc::Failure fail(rpc::Failure failure) {
        failed = failure;
        return failure;
    }
};

FinalizedHeads::FinalizedHeads(std::unique_ptr<State> state) : state_(std::move(state)) {
}
FinalizedHeads::FinalizedHeads(FinalizedHeads&&) noexcept = default;
FinalizedHeads& FinalizedHeads::operator=(FinalizedHeads&&) noexcept = default;
FinalizedHeads::~FinalizedHeads() = default;

std::optional<BlockReference> FinalizedHeads::last() const {
    return state_->last;
}

Task<Reply<BlockHeader>> FinalizedHeads::next(milliseconds limit) {
    return state_->next(limit);
}

Task<Reply<bool>> FinalizedHeads::take_back() {
    return state_->take_back();
}

BlockHeader FinalizedHeads::State::give(BlockHeader block) {
    last = block.reference();
    given.push_back(*last);
    if (given.size() > kRememberedMax) {
        given.pop_front();
    }
    if (target && target->header.number <= last->number) {
        target.reset();
    }
    return block;
}

Reply<void> FinalizedHeads::State::announce(BlockHeader head) {
    if (head.header.number == 0) {
        head.hash = client->genesis_hash();
    }
    const auto reference = head.reference();
    for (const auto& known : given) {
        if (known.number == reference.number && known.hash != reference.hash) {
            return fail(reorg(known, to_hex_0x(reference.hash.view())));
        }
    }
    if (last && last->number == reference.number && last->hash != reference.hash) {
        return fail(reorg(*last, to_hex_0x(reference.hash.view())));
    }
    // A node that is behind, for example after a restart, will come up to where we are.
    if ((!last || reference.number > last->number) && (!target || reference.number > target->header.number)) {
        target = std::move(head);
    }
    return success();
}

Task<Reply<bool>> FinalizedHeads::State::take_back() {
    bool taken = false;
    while (!given.empty()) {
        const auto newest = given.back();
        BOOST_OUTCOME_CO_TRY(const auto hash, co_await client->block_hash(newest.number));
        if (hash == newest.hash) {
            last = newest;
            if (failed && *failed == ChainError::kFinalizedReorg) {
                failed.reset();
                target.reset();
                look_at_head = true;
            }
            co_return taken;
        }
        given.pop_back();
        target.reset();
        look_at_head = true;
        taken = true;
    }
    co_return fail({make_error_code(ChainError::kFinalizedReorg), "the node has none of the blocks it gave"});
}

Task<Reply<void>> FinalizedHeads::State::ensure_subscribed() {
    if (subscription) {
        co_return success();
    }
    rpc::SubscribeOptions options;
    options.subscribe = "chain_subscribeFinalizedHeads";
    options.unsubscribe = "chain_unsubscribeFinalizedHeads";
    auto subscribing = client->rpc().subscribe(std::move(options));
    BOOST_OUTCOME_CO_TRY(subscription, co_await std::move(subscribing));
    look_at_head = true;
    co_return success();
}

/// The next header towards `target`.
Task<Reply<BlockHeader>> FinalizedHeads::State::advance() {
    if (!last) {
        co_return give(std::move(*target));
    }
    BlockHeader candidate;
    if (target->header.number == last->number + 1) {
        candidate = *target;
    } else {
        BOOST_OUTCOME_CO_TRY(const auto hash, co_await client->block_hash(last->number + 1));
        if (!hash) {
            // What was announced may be a block that the node does not have: its head tells.
            target.reset();
            look_at_head = true;
            co_return rpc::Failure{make_error_code(ChainError::kNoSuchBlock),
                                   "block " + std::to_string(last->number + 1) + " of the finalized chain"};
        }
        BOOST_OUTCOME_CO_TRY(candidate, co_await client->header(*hash));
        if (candidate.header.number != last->number + 1) {
            co_return bad_answer("chain_getBlockHash", "the hash of another block number");
        }
    }
    if (candidate.header.parent_hash != last->hash) {
        co_return fail(reorg(*last, named(candidate.reference()) + " has the parent " +
                                        to_hex_0x(candidate.header.parent_hash.view())));
    }
    co_return give(std::move(candidate));
}

Task<Reply<BlockHeader>> FinalizedHeads::State::next(milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (true) {
        if (failed) {
            co_return *failed;
        }
        BOOST_OUTCOME_CO_TRY(co_await ensure_subscribed());
        if (look_at_head) {
            BOOST_OUTCOME_CO_TRY(const auto head, co_await client->finalized_head());
            BOOST_OUTCOME_CO_TRY(auto header, co_await client->header(head.hash));
            look_at_head = false;
            BOOST_OUTCOME_CO_TRY(announce(std::move(header)));
        }
        if (target) {
            co_return co_await advance();
        }
        const auto left =
            std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
        auto waiting = subscription->next(std::max(left, milliseconds{0}));
        auto event = co_await std::move(waiting);
        if (!event) {
            if (event.error() != rpc::RpcError::kDeadline) {
                subscription.reset();
                if (event.error() == ChainError::kWrongGenesis) {
                    failed = event.error();
                }
            }
            co_return event.error();
        }
        if (auto* notification = std::get_if<rpc::Notification>(&event.value())) {
            BOOST_OUTCOME_CO_TRY(auto header, header_from_json(notification->result, "chain_finalizedHead"));
            BOOST_OUTCOME_CO_TRY(announce(std::move(header)));
        } else {
            look_at_head = true;
        }
    }
}

Task<Reply<FinalizedHeads>> ChainClient::finalized_heads(std::optional<BlockReference> after) {
    auto state = std::make_unique<FinalizedHeads::State>();
    state->client = shared_from_this();
    state->last = after;
    if (after) {
        BOOST_OUTCOME_CO_TRY(const auto head, co_await finalized_head());
        if (head.number >= after->number) {
            BOOST_OUTCOME_CO_TRY(const auto hash, co_await block_hash(after->number));
            if (hash != after->hash) {
                co_return reorg(*after, hash ? to_hex_0x(hash->view()) : "the node has none of this number");
            }
        }
        state->given.push_back(*after);
    }
    BOOST_OUTCOME_CO_TRY(co_await state->ensure_subscribed());
    co_return FinalizedHeads{std::move(state)};
}

}  // namespace redoubt::registry_client
