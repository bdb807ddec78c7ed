#include <tools/wallet/confirmation.hpp>

#include <chrono>
#include <primitives/scale.hpp>
#include <stf/types/indirect_call.hpp>
#include <substrate/call.hpp>
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

/// The next finalized header; a silent minute is no failure here.
Task<Fallible<BlockHeader>> next_head(registry_client::FinalizedHeads& heads) {
    for (;;) {
        auto head = co_await heads.next(kHeadWait);
        if (!head && head.error() == rpc::RpcError::kDeadline) {
            continue;
        }
        co_return lift(std::move(head), "the finalized blocks cannot be followed");
    }
}

std::optional<stf::IndirectCall> indirect_call_of(const substrate::Metadata& metadata, ByteView extrinsic) {
    const auto decoded = substrate::decode_extrinsic(metadata, extrinsic);
    if (!decoded) {
        return std::nullopt;
    }
    const auto call = decoded.value().call;
    if (call.size() < 2) {
        return std::nullopt;
    }
    const auto is = [&](std::string_view pallet, std::string_view name) {
        const auto index = substrate::call_index(metadata, pallet, name);
        return index && equal(call.first(2), index.value());
    };
    const auto arguments = call.subspan(2);
    if (is("EnclaveBridge", "invoke")) {
        const auto request = scale::decode<stf::Request>(arguments);
        return request ? std::optional<stf::IndirectCall>{stf::indirect::Invoke{request.value()}}
                       : std::nullopt;
    }
    if (is("EnclaveBridge", "shield_funds")) {
        const auto shield = scale::decode<stf::indirect::ShieldFunds>(arguments);
        return shield ? std::optional<stf::IndirectCall>{shield.value()} : std::nullopt;
    }
    if (is("Timestamp", "set")) {
        const auto timestamp = scale::decode<stf::indirect::TimestampSet>(arguments);
        return timestamp ? std::optional<stf::IndirectCall>{timestamp.value()} : std::nullopt;
    }
    return std::nullopt;
}

/// The account that signed extrinsic `index` of a block.
Task<Fallible<std::optional<AccountId>>> signer_of(ChainClientPtr chain,
                                                   BlockHeader head,
                                                   std::uint32_t index) {
    const std::string doing = "the confirming block cannot be read";
    BOOST_OUTCOME_CO_TRY(const auto runtime, lift(co_await chain->runtime_of_block(head), doing));
    BOOST_OUTCOME_CO_TRY(const auto block, lift(co_await chain->block(head.hash), doing));
    if (index >= block.extrinsics.size()) {
        co_return std::optional<AccountId>{};
    }
    const auto decoded = substrate::decode_extrinsic(runtime->metadata, block.extrinsics[index]);
    co_return decoded ? decoded.value().signer : std::optional<AccountId>{};
}

Task<Fallible<Hash256>> root_of_block(ChainClientPtr chain, Hash256 hash) {
    const std::string doing = "the block of the call cannot be read";
    BOOST_OUTCOME_CO_TRY(const auto block, lift(co_await chain->block(hash), doing));
    BOOST_OUTCOME_CO_TRY(const auto runtime, lift(co_await chain->runtime_of_block(block.header), doing));
    BOOST_OUTCOME_CO_TRY(const auto events, lift(co_await chain->events_bytes(hash), doing));
    const auto root = expected_merkle_root(runtime->metadata, block.extrinsics, events);
    if (!root) {
        co_return refused("chain_error", doing + ": " + describe(root.error()), "Use another node.");
    }
    co_return root.value();
}

}  // namespace

Result<Hash256> expected_merkle_root(const substrate::Metadata& metadata,
                                     const std::vector<Bytes>& extrinsics,
                                     ByteView events) {
    BOOST_OUTCOME_TRY(const auto succeeded,
                      substrate::extrinsic_outcomes(metadata, events, extrinsics.size()));
    std::vector<Hash256> leaves;
    for (std::size_t i = 0; i < extrinsics.size(); ++i) {
        if (!succeeded[i]) {
            continue;
        }
        if (const auto call = indirect_call_of(metadata, extrinsics[i])) {
            leaves.push_back(stf::leaf_of(*call));
        }
    }
    return stf::sorted_merkle_root(std::span<const Hash256>{leaves});
}

Task<Fallible<Confirmation>> await_confirmation(Context& context,
                                                ChainClientPtr chain,
                                                BlockReference submitted,
                                                ShardView view,
                                                unsigned blocks_max) {
    BOOST_OUTCOME_CO_TRY(const auto expected_root, co_await root_of_block(chain, submitted.hash));
    context.stage("waiting for a worker to confirm block " + std::to_string(submitted.number));
    const std::string doing = "the finalized blocks cannot be followed";
    BOOST_OUTCOME_CO_TRY(auto heads, lift(co_await chain->finalized_heads(submitted), doing));
    for (;;) {
        BOOST_OUTCOME_CO_TRY(const auto head, co_await next_head(heads));
        BOOST_OUTCOME_CO_TRY(const auto events, lift(co_await chain->events(head.hash), doing));
        for (const auto& event : events) {
            if (!event.is("EnclaveBridge", "ProcessedParentchainBlock") ||
                event.phase != substrate::PhaseKind::kApplyExtrinsic ||
                !field_is(event.fields, "shard", view.shard) ||
                !field_is(event.fields, "block_hash", submitted.hash)) {
                continue;
            }
            BOOST_OUTCOME_CO_TRY(const auto signer, co_await signer_of(chain, head, event.extrinsic_index));
            if (!signer) {
                continue;
            }
            BOOST_OUTCOME_CO_TRY(const auto enclave,
                                 lift(co_await registry_client::enclave(chain, *signer, head.hash), doing));
            if (!enclave || enclave->fingerprint != view.fingerprint) {
                context.console().warn(
                    "block " + std::to_string(head.header.number) +
                    " holds a confirmation by an account that is no enclave of the shard; it does not count");
                continue;
            }
            Confirmation found;
            found.worker = *signer;
            found.block = head.reference();
            found.merkle_root = hash_field(event.fields, "trusted_calls_merkle_root").value_or(Hash256{});
            found.root_matches = found.merkle_root == expected_root;
            if (!found.root_matches) {
                context.console().warn(
                    "the worker's merkle root is not the one of the block's extrinsics; a shield that "
                    "cannot be decrypted can be the reason");
            }
            co_return found;
        }
        if (head.header.number >= submitted.number + blocks_max) {
            auto failure =
                refused("confirmation_missing",
                        "no worker confirmed block " + std::to_string(submitted.number) + " within " +
                            std::to_string(blocks_max) + " blocks",
                        "The call stays on chain and may still be executed: ask again with `redoubt trusted "
                        "status`, and check that a worker of the shard runs.");
            failure.exit = ExitCode::kTimedOut;
            co_return failure;
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
    BOOST_OUTCOME_CO_TRY(auto heads, lift(co_await chain->finalized_heads(after), doing));
    auto reference = after;
    for (;;) {
        BOOST_OUTCOME_CO_TRY(const auto executed,
                             lift(co_await chain->storage(key.value(), reference.hash), doing));
        if (executed) {
            co_return std::optional{reference};
        }
        if (reference.number >= after.number + blocks_max) {
            co_return std::optional<BlockReference>{};
        }
        BOOST_OUTCOME_CO_TRY(const auto head, co_await next_head(heads));
        reference = head.reference();
    }
}

}  // namespace redoubt::wallet
