#include <tools/devchain/chain/chain_impl.hpp>

#include <primitives/crypto/hashing.hpp>

#include <substrate/extrinsic.hpp>
#include <substrate/seal.hpp>
#include <trie/trie_root.hpp>

namespace redoubt::devchain {
namespace {

/// So many transactions may not fit any more before a block counts as full.
constexpr unsigned kMisfitsMax = 8;

substrate::DigestItem slot_item(std::uint64_t slot) {
    return {substrate::DigestKind::kPreRuntime, substrate::kAuraEngine, scale::encode(slot)};
}

}  // namespace

std::uint64_t Chain::Impl::now_ms() const {
    return options.now_ms();
}

AuthoritySets::IsAncestor Chain::Impl::is_ancestor() const {
    return
        [this](const Hash256& ancestor, const Hash256& block) { return tree->is_ancestor(ancestor, block); };
}

Result<const BlockNode*> Chain::Impl::node_with_state(const Hash256& hash) const {
    if (const auto* node = tree->find(hash)) {
        return node;
    }
    return true_header(hash) ? ChainError::kStatePruned : ChainError::kUnknownBlock;
}

// Executing ----------------------------------------------------------------------------------------------

Result<Chain::Impl::ExecutedBlock> Chain::Impl::execute(const BlockNode& parent,
                                                        const BuildRequest& request) {
    ExecutedBlock out;
    const auto slot_duration = options.genesis.slot_duration_ms;
    const auto now = request.now_ms.value_or(now_ms());
    out.slot = std::max(now / slot_duration, parent.slot + 1);
    const auto timestamp = std::max(now, out.slot * slot_duration);

    auto storage = parent.state->storage();
    BlockExecution execution{
        runtime, storage, parent.block.number + 1, parent.block.hash, {slot_item(out.slot)}};
    for (auto& inherent : runtime.inherent_extrinsics(timestamp)) {
        const auto applied = execution.apply_extrinsic(inherent);
        REDOUBT_ASSERT(applied && !applied.value().dispatch_error);
        out.body.push_back(std::move(inherent));
    }
    if (request.extrinsics) {
        for (const auto& extrinsic : *request.extrinsics) {
            if (!execution.apply_extrinsic(extrinsic)) {
                return ChainError::kBadExtrinsic;
            }
            out.body.push_back(extrinsic);
        }
    } else {
        fill(execution, out.body, parent.block == tree->best().block);
    }
    if (planned_change) {
        const auto median =
            planned_change->is_forced ? std::optional{tree->finalized().block.number} : std::nullopt;
        if (!execution.change_authorities(planned_change->next, planned_change->delay, median)) {
            planned_change.reset();
        }
    }
    out.header = execution.finalize();
    out.changes = storage.take_changes();
    out.state = *parent.state;
    out.state.apply(out.changes);
    out.header.state_root = out.state.root();
    out.header.extrinsics_root = trie::ordered_trie_root(out.body, trie::StateVersion::kV0);
    return out;
}

/// Applies what the pool has ready. On another branch than the best, what does not apply says nothing.
void Chain::Impl::fill(BlockExecution& execution, std::vector<Bytes>& body, bool is_on_best) {
    std::vector<Hash256> invalid;
    unsigned misfits = 0;
    for (const auto* txn : pool->ready()) {
        const auto applied = execution.apply_extrinsic(txn->extrinsic);
        if (applied) {
            body.push_back(txn->extrinsic);
        } else if (applied.error().is(InvalidTransaction::kExhaustsResources)) {
            if (++misfits == kMisfitsMax) {
                break;
            }
        } else if (is_on_best && !applied.error().is(InvalidTransaction::kFuture)) {
            invalid.push_back(txn->hash);
        }
    }
    for (const auto& hash : invalid) {
        pool->remove_invalid(hash, now_ms());
    }
}

Result<substrate::Header> Chain::Impl::seal(substrate::Header header, std::uint64_t slot) const {
    const auto& authors = options.genesis.aura;
    const auto* key = keys.find_author(authors[slot % authors.size()]);
    if (key == nullptr) {
        return ChainError::kUnknownAuthorKey;
    }
    header = through(hooks.new_header, std::move(header));
    const auto signature = key->sign(substrate::header_hash(header).view());
    header.digest.push_back(
        {substrate::DigestKind::kSeal, substrate::kAuraEngine, to_bytes(signature.bytes())});
    return header;
}

// Importing ----------------------------------------------------------------------------------------------

Result<Hash256> Chain::build_block(const BuildRequest& request) {
    auto& impl = *impl_;
    if (impl.failure) {
        return *impl.failure;
    }
    const auto parent_hash = request.parent.value_or(impl.tree->best().block.hash);
    BOOST_OUTCOME_TRY(const auto* parent, impl.node_with_state(parent_hash));
    if (!impl.tree->is_ancestor(impl.tree->finalized().block.hash, parent_hash)) {
        return ChainError::kNotOnFinalizedBranch;
    }
    BOOST_OUTCOME_TRY(auto block, impl.execute(*parent, request));
    BOOST_OUTCOME_TRY(auto sealed, impl.seal(block.header, block.slot));
    const auto hash = substrate::header_hash(sealed);
    impl.planned_change.reset();
    StoreBatch batch;
    impl.import(batch, std::move(block), std::move(sealed));
    const auto outcome = impl.follow_best(batch);
    BOOST_OUTCOME_TRY(impl.finish(std::move(batch), outcome));
    return hash;
}

void Chain::Impl::import(StoreBatch& batch, ExecutedBlock block, substrate::Header sealed) {
    const auto encoded = substrate::encode(sealed);
    const light_client::BlockRef ref{substrate::header_hash(encoded), sealed.number};
    const auto arrival = next_arrival++;
    store->put_block(batch, ref.hash, encoded, block.body);
    store->put_tree_record(batch, arrival,
                           {ref.hash, block.header.state_root, block.slot, std::move(block.changes.main),
                            std::move(block.changes.children)});
    const auto parent_hash = sealed.parent_hash;
    tree->insert({ref,
                  std::move(sealed),
                  std::make_shared<const BlockState>(std::move(block.state)),
                  block.slot,
                  arrival,
                  {}});
    finality.sets.on_imported(ref, block.header);

    const bool is_best = ref.number > tree->best().block.number;
    notices.emplace_back(ImportedBlock{ref, parent_hash, is_best});
    if (is_best) {
        move_best(ref.hash, &block.body);
    }
}

std::vector<TransactionPool::Included> Chain::Impl::included_in(const BlockNode& node,
                                                                const std::vector<Bytes>& body) const {
    std::vector<TransactionPool::Included> out;
    const auto* parent = tree->find(node.header.parent_hash);
    for (std::uint32_t i = 0; i < body.size(); ++i) {
        const auto& extrinsic = body[i];
        TransactionPool::Included one{substrate::extrinsic_hash(extrinsic), i, {}};
        if (const auto* known = pool->find(one.txn)) {
            one.provides_tags = known->validity.provides_tags;
        } else if (parent != nullptr) {
            const auto validity =
                runtime.validate_transaction(parent->state->storage(), extrinsic, parent->block.hash);
            if (!validity) {
                continue;  // an inherent
            }
            one.provides_tags = validity.value().provides_tags;
        }
        out.push_back(std::move(one));
    }
    return out;
}

void Chain::Impl::move_best(const Hash256& hash, const std::vector<Bytes>* body) {
    const auto route = tree->set_best(hash);
    const auto& best = tree->best();
    notices.emplace_back(BestChange{best.block, route.retracted, route.enacted});
    if (finality.sets.on_best(best.block, is_ancestor())) {
        finality.round = 1;
        finality.last_justification.reset();
    }
    for (const auto& retracted : route.retracted) {
        pool->on_retracted(retracted);
    }
    for (const auto& enacted : route.enacted) {
        const auto& node = tree->at(enacted);
        std::vector<Bytes> stored;
        if (enacted != hash || body == nullptr) {
            // A store that fails here fails the next write too, and is reported then.
            if (auto read = store->body(enacted); read && read.value()) {
                stored = *std::move(read).value();
            }
        }
        const auto& extrinsics = enacted == hash && body != nullptr ? *body : stored;
        pool->on_enacted(enacted, node.block.number, included_in(node, extrinsics), now_ms());
    }
    if (!route.retracted.empty()) {
        const auto storage = best.state->storage();
        for (const auto& extrinsic : pool->take_all()) {
            const auto validity = runtime.validate_transaction(storage, extrinsic, best.block.hash);
            pool->resubmit(extrinsic, validity, best.block.number, now_ms());
        }
    }
    collect_pool_events();
}

// Transactions -------------------------------------------------------------------------------------------

SubmitResult Chain::submit(Bytes extrinsic) {
    auto& impl = *impl_;
    const auto hash = substrate::extrinsic_hash(extrinsic);
    if (impl.pool->contains(hash)) {
        return SubmitError{SubmitFailure::kAlreadyImported, {}, 0, 0};
    }
    if (impl.pool->is_banned(hash, impl.now_ms())) {
        return SubmitError{SubmitFailure::kTemporarilyBanned, {}, 0, 0};
    }
    const auto& best = impl.tree->best();
    auto validity = impl.runtime.validate_transaction(best.state->storage(), extrinsic, best.block.hash);
    if (!validity) {
        const auto failure =
            validity.error().is_unknown() ? SubmitFailure::kUnknownValidity : SubmitFailure::kInvalid;
        return SubmitError{failure, validity.error(), 0, 0};
    }
    auto submitted = impl.pool->submit(std::move(extrinsic), std::move(validity).value(), best.block.number);
    impl.collect_pool_events();
    impl.notify();
    return submitted;
}

bool Chain::remove_transaction(const Hash256& txn) {
    if (!impl_->pool->contains(txn)) {
        return false;
    }
    impl_->pool->remove_invalid(txn, impl_->now_ms());
    impl_->collect_pool_events();
    impl_->notify();
    return true;
}

Result<ApplyResult> Chain::dry_run(const Hash256& hash, ByteView extrinsic) const {
    BOOST_OUTCOME_TRY(const auto* parent, impl_->node_with_state(hash));
    auto storage = parent->state->storage();
    const auto slot = parent->slot + 1;
    BlockExecution execution{impl_->runtime, storage, parent->block.number + 1, hash, {slot_item(slot)}};
    for (const auto& inherent :
         impl_->runtime.inherent_extrinsics(slot * impl_->options.genesis.slot_duration_ms)) {
        static_cast<void>(execution.apply_extrinsic(inherent));
    }
    return execution.apply_extrinsic(extrinsic);
}

}  // namespace redoubt::devchain
