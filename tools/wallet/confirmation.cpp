#include <tools/wallet/confirmation.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <stf/parentchain/indirect_calls.hpp>
#include <substrate/extrinsic.hpp>
#include <substrate/storage_key.hpp>

namespace redoubt::wallet {
namespace {

using registry_client::BlockHeader;
using registry_client::BlockReference;

/// One wait for a finalized head; the command's own timeout ends earlier or later.
constexpr std::chrono::milliseconds kHeadWait{60'000};

bool field_is(const substrate::Value& fields, std::string_view name, const Hash256& expected) {
    const auto* value = fields.find(name);
    const auto bytes = value != nullptr ? value->inner_bytes() : std::nullopt;
    return bytes && equal(*bytes, expected.view());
}

std::optional<Hash256> hash_field(const substrate::Value& fields, std::string_view name) {
    const auto* value = fields.find(name);
    const auto bytes = value != nullptr ? value->inner_bytes() : std::nullopt;
    if (!bytes || bytes->size() != Hash256::kSize) {
        return std::nullopt;
    }
    return Hash256::copy_of(std::span<const std::uint8_t, 32>{*bytes});
}

using registry_client::EnclaveEntry;
using registry_client::FinalizedHeads;
using Heads = std::shared_ptr<FinalizedHeads>;
using Events = std::vector<substrate::EventRecord>;

constexpr const char* kFollowing = "the finalized blocks cannot be followed";

/// The next finalized header; a silent minute is no failure here.
Task<rpc::Reply<BlockHeader>> next_header(Heads heads) {
    for (;;) {
        auto header = co_await heads->next(kHeadWait);
        if (header || header.error() != rpc::RpcError::kDeadline) {
            co_return header;
        }
    }
}

Task<Fallible<BlockHeader>> next_head(Context& context, Heads heads) {
    std::function<Task<rpc::Reply<BlockHeader>>()> ask = [heads] { return next_header(heads); };
    return until_answered<BlockHeader>(context, std::move(ask), kFollowing);
}

Task<rpc::Reply<Heads>> open_heads(ChainClientPtr chain, BlockReference after) {
    BOOST_OUTCOME_CO_TRY(auto heads, co_await chain->finalized_heads(after));
    co_return std::make_shared<FinalizedHeads>(std::move(heads));
}

Task<Fallible<Heads>> heads_after(Context& context, ChainClientPtr chain, BlockReference after) {
    std::function<Task<rpc::Reply<Heads>>()> ask = [chain, after] { return open_heads(chain, after); };
    return until_answered<Heads>(context, std::move(ask), kFollowing);
}

Task<Fallible<Events>> events_of(Context& context, ChainClientPtr chain, Hash256 block) {
    std::function<Task<rpc::Reply<Events>>()> ask = [chain, block] { return chain->events(block); };
    return until_answered<Events>(context, std::move(ask), kFollowing);
}

Task<Fallible<std::optional<EnclaveEntry>>> enclave_at(Context& context,
                                                       ChainClientPtr chain,
                                                       AccountId account,
                                                       Hash256 block) {
    using Entry = std::optional<EnclaveEntry>;
    std::function<Task<rpc::Reply<Entry>>()> ask = [chain, account, block] {
        return registry_client::enclave(chain, account, block);
    };
    return until_answered<Entry>(context, std::move(ask), kFollowing);
}

/// A block with what is needed to read it.
struct ReadableBlock {
    registry_client::Block block;
    std::shared_ptr<const Runtime> runtime;
    Bytes events;
};

Task<rpc::Reply<ReadableBlock>> load_block(ChainClientPtr chain, Hash256 hash) {
    ReadableBlock out;
    BOOST_OUTCOME_CO_TRY(out.block, co_await chain->block(hash));
    BOOST_OUTCOME_CO_TRY(out.runtime, co_await chain->runtime_of_block(out.block.header));
    BOOST_OUTCOME_CO_TRY(out.events, co_await chain->events_bytes(hash));
    co_return out;
}

Task<Fallible<ReadableBlock>> read_block(Context& context,
                                         ChainClientPtr chain,
                                         Hash256 hash,
                                         std::string doing) {
    std::function<Task<rpc::Reply<ReadableBlock>>()> ask = [chain, hash] { return load_block(chain, hash); };
    return until_answered<ReadableBlock>(context, std::move(ask), std::move(doing));
}

/// The account that signed extrinsic `index` of a block.
Task<Fallible<std::optional<AccountId>>> signer_of(Context& context,
                                                   ChainClientPtr chain,
                                                   Hash256 hash,
                                                   std::uint32_t index) {
    BOOST_OUTCOME_CO_TRY(const auto found,
                         co_await read_block(context, chain, hash, "the confirming block cannot be read"));
    if (index >= found.block.extrinsics.size()) {
        co_return std::optional<AccountId>{};
    }
    const auto decoded = substrate::decode_extrinsic(found.runtime->metadata, found.block.extrinsics[index]);
    co_return decoded ? decoded.value().signer : std::optional<AccountId>{};
}

Task<Fallible<Hash256>> root_of_block(Context& context, ChainClientPtr chain, Hash256 shard, Hash256 hash) {
    const std::string doing = "the block of the call cannot be read";
    BOOST_OUTCOME_CO_TRY(const auto found, co_await read_block(context, chain, hash, doing));
    const auto root =
        expected_merkle_root(found.runtime->metadata, shard, found.block.extrinsics, found.events);
    if (!root) {
        co_return refused("chain_error", doing + ": " + describe(root.error()), "Use another node.");
    }
    co_return root.value();
}

}  // namespace

Result<Hash256> expected_merkle_root(const substrate::Metadata& metadata,
                                     const stf::ShardId& shard,
                                     const std::vector<Bytes>& extrinsics,
                                     ByteView events) {
    BOOST_OUTCOME_TRY(const auto calls, stf::read_indirect_calls(metadata, extrinsics, events));
    std::vector<Hash256> leaves;
    for (const auto& seen : calls) {
        const auto* shielded = std::get_if<stf::indirect::ShieldFunds>(&seen.call.value);
        if (shielded == nullptr || shielded->shard == shard) {
            leaves.push_back(stf::leaf_of(seen.call));
        }
    }
    return stf::sorted_merkle_root(std::span<const Hash256>{leaves});
}

Task<Fallible<Confirmation>> await_confirmation(Context& context,
                                                ChainClientPtr chain,
                                                BlockReference submitted,
                                                ShardView view,
                                                unsigned blocks_max) {
    BOOST_OUTCOME_CO_TRY(const auto expected_root,
                         co_await root_of_block(context, chain, view.shard, submitted.hash));
    context.stage("waiting for a worker to confirm block " + std::to_string(submitted.number));
    BOOST_OUTCOME_CO_TRY(const auto heads, co_await heads_after(context, chain, submitted));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(const auto head, co_await next_head(context, heads));
        BOOST_OUTCOME_CO_TRY(const auto events, co_await events_of(context, chain, head.hash));
        for (const auto& event : events) {
            if (!event.is("EnclaveBridge", "ProcessedParentchainBlock") ||
                event.phase != substrate::PhaseKind::kApplyExtrinsic ||
                !field_is(event.fields, "shard", view.shard) ||
                !field_is(event.fields, "block_hash", submitted.hash)) {
                continue;
            }
            BOOST_OUTCOME_CO_TRY(const auto signer,
                                 co_await signer_of(context, chain, head.hash, event.extrinsic_index));
            if (!signer) {
                continue;
            }
            BOOST_OUTCOME_CO_TRY(const auto enclave, co_await enclave_at(context, chain, *signer, head.hash));
            if (!enclave || enclave->fingerprint != view.fingerprint) {
                context.console().warn("confirmation_foreign",
                                       "block " + std::to_string(head.header.number) +
                                           " holds a confirmation by an account that is no enclave of the "
                                           "shard; it does not count");
                continue;
            }
            Confirmation found;
            found.worker = *signer;
            found.block = head.reference();
            found.merkle_root = hash_field(event.fields, "trusted_calls_merkle_root").value_or(Hash256{});
            found.root_matches = found.merkle_root == expected_root;
            if (!found.root_matches) {
                context.console().warn(
                    "merkle_root_differs",
                    "the worker's merkle root is not the one of the block's extrinsics; a shield that "
                    "cannot be decrypted can be the reason");
            }
            co_return found;
        }
        if (head.header.number >= submitted.number + blocks_max) {
            co_return timed_out(
                "confirmation_missing",
                "no worker confirmed block " + std::to_string(submitted.number) + " within " +
                    std::to_string(blocks_max) + " blocks",
                "The call stays on chain and may still be executed: ask again with `redoubt trusted "
                "status`, and check that a worker of the shard runs.");
        }
    }
}

Task<Fallible<std::optional<BlockReference>>> await_payout(Context& context,
                                                           ChainClientPtr chain,
                                                           BlockReference after,
                                                           Hash256 call_hash,
                                                           unsigned blocks_max) {
    context.stage("waiting for the payout");
    const std::string doing = "the payout cannot be followed";
    const std::vector<Bytes> parts{to_bytes(call_hash.view())};
    const auto key =
        substrate::storage_key(chain->runtime()->metadata, "EnclaveBridge", "ExecutedUnshieldCalls", parts);
    if (!key) {
        co_return std::optional<BlockReference>{};
    }
    BOOST_OUTCOME_CO_TRY(const auto heads, co_await heads_after(context, chain, after));
    auto reference = after;
    for (;;) {
        std::function<Task<rpc::Reply<std::optional<Bytes>>>()> ask =
            [chain, key = key.value(), at = reference.hash] { return chain->storage(key, at); };
        auto asking = until_answered<std::optional<Bytes>>(context, std::move(ask), doing);
        BOOST_OUTCOME_CO_TRY(const auto executed, co_await std::move(asking));
        if (executed) {
            co_return std::optional{reference};
        }
        if (reference.number >= after.number + blocks_max) {
            co_return std::optional<BlockReference>{};
        }
        BOOST_OUTCOME_CO_TRY(const auto head, co_await next_head(context, heads));
        reference = head.reference();
    }
}

}  // namespace redoubt::wallet
