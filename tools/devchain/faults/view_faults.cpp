#include <tools/devchain/faults/groups.hpp>

#include <algorithm>
#include <memory>

namespace redoubt::devchain::faults {
namespace {

using light_client::BlockRef;
constexpr std::string_view kGroup = "The chain as a whole";
constexpr std::uint32_t kRolledBack = 10;

rpc::Expected<Lie> make_stale(Chain& chain, const std::optional<std::string>& argument) {
    BOOST_OUTCOME_TRY(const auto behind, count_argument(argument, 0, 0));
    const auto head = std::make_shared<BlockRef>();
    Lie lie;
    lie.on_start = [head, behind, &chain](const Moment& moment) {
        *head = moment.finalized;
        const auto number = moment.finalized.number - std::min(moment.finalized.number, behind);
        if (const auto hash = chain.hash_by_number(number)) {
            *head = {*hash, number};
        }
    };
    lie.hooks.finalized_head = [head](const BlockRef&) { return *head; };
    lie.hooks.justification = [head](const BlockRef& target, Bytes bytes) {
        return target.number > head->number ? std::nullopt : std::optional{std::move(bytes)};
    };
    return lie;
}

rpc::Expected<Lie> make_rolled_back(Chain& chain, const std::optional<std::string>& argument) {
    BOOST_OUTCOME_TRY(const auto behind, count_argument(argument, kRolledBack));
    const auto head = std::make_shared<BlockRef>();
    Lie lie;
    lie.on_start = [head, behind, &chain](const Moment& moment) {
        *head = moment.best;
        const auto number = moment.best.number - std::min(moment.best.number, behind);
        if (const auto hash = chain.hash_by_number(number)) {
            *head = {*hash, number};
        }
    };
    const auto at_most = [head](const BlockRef& block) {
        return block.number > head->number ? *head : block;
    };
    lie.hooks.best_head = at_most;
    lie.hooks.finalized_head = at_most;
    lie.hooks.header = [head](const Hash256&, substrate::Header header) {
        return header.number > head->number ? std::nullopt : std::optional{std::move(header)};
    };
    lie.hooks.justification = [head](const BlockRef& target, Bytes bytes) {
        return target.number > head->number ? std::nullopt : std::optional{std::move(bytes)};
    };
    return lie;
}

rpc::Expected<Lie> make_withheld(Chain&, const std::optional<std::string>& argument) {
    const auto range = std::make_shared<BlockRange>();
    Lie lie;
    if (argument) {
        BOOST_OUTCOME_TRY(*range, parse_block_range(*argument));
    } else {
        lie.on_start = [range](const Moment& moment) { range->first = moment.best.number + 1; };
    }
    lie.hooks.header = [range](const Hash256&, substrate::Header header) {
        return range->contains(header.number) ? std::nullopt : std::optional{std::move(header)};
    };
    return lie;
}

Hash256 other(Hash256 hash) {
    hash.bytes[0] ^= 1;
    return hash;
}

void change_genesis(Lie& lie, Chain&) {
    lie.hooks.genesis_hash = other;
    lie.hooks.hash_by_number = [](std::uint32_t number, std::optional<Hash256> hash) {
        return number == 0 && hash ? std::optional{other(*hash)} : hash;
    };
}

void sleep(Lie& lie, Chain&) {
    lie.hooks.is_author_awake = [](bool) { return false; };
}

}  // namespace

std::vector<Fault> view_faults() {
    return {
        {"stale-finalized-head", kGroup, "so many blocks behind, by default 0",
         "The finalized head stands still where it was, or ARG blocks below; blocks go on.",
         "Nothing becomes final for longer than blocks allow; it is not the newest finalized block.",
         make_stale},
        {"rolled-back-chain", kGroup, "so many blocks behind, by default 10",
         "The chain is shown as it was ARG blocks ago; later blocks are unknown.",
         "The finalized head is lower than one that was justified before; nothing final is taken back.",
         make_rolled_back},
        {"withheld-blocks", kGroup, "block numbers, by default all that are new",
         "These blocks are neither told of nor served.",
         "A header does not follow the one before it; finality waits at the gap.", make_withheld},
        {"wrong-genesis", kGroup, "", "The hash of block 0 is said to be another.",
         "It is not the genesis that the client was set up for.", plain(change_genesis)},
        {"stalled-time", kGroup, "", "No block is made for a slot or a transaction, only for dev_newBlock.",
         "The timestamp of the newest finalized block falls behind the clock.", plain(sleep)},
    };
}

}  // namespace redoubt::devchain::faults
