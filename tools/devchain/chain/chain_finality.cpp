#include <tools/devchain/chain/chain_impl.hpp>
#include <tools/devchain/chain/voting.hpp>

#include <primitives/scale.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace redoubt::devchain {

using light_client::BlockRef;

namespace {

/// As many headers as a node puts into a finality proof.
constexpr std::uint32_t kUnknownHeadersMax = 100'000;

}  // namespace

Result<void> Chain::Impl::follow_best(StoreBatch& batch) {
    const auto best_number = tree->best().block.number;
    const auto finalized_number = tree->finalized().block.number;
    if (is_stalled || best_number < options.finality_lag ||
        best_number - options.finality_lag <= finalized_number) {
        return success();
    }
    const auto target = tree->on_best_chain(best_number - options.finality_lag)->block.hash;
    auto outcome = finalize_up_to(batch, target);
    // Voters that are not here stall finality; that is no failure of the block.
    if (!outcome && outcome.error() == ChainError::kNoQuorum) {
        return success();
    }
    return outcome;
}

Result<void> Chain::Impl::finalize_up_to(StoreBatch& batch, const Hash256& target) {
    const auto last = tree->at(target).block.number;
    while (tree->finalized().block.number < last) {
        const auto* change = finality.sets.next_scheduled(tree->best().block.hash, is_ancestor());
        const auto set_end = change == nullptr ? std::nullopt : std::optional{change->effective_number};
        const auto number = std::min(last, set_end.value_or(last));
        BOOST_OUTCOME_TRY(finalize_in_set(batch, tree->on_best_chain(number)->block, set_end));
    }
    return success();
}

/// @param target   of the best chain, not above the end of the set
/// @param set_end  the last block of the present set, if it is announced on the best chain
Result<void> Chain::Impl::finalize_in_set(StoreBatch& batch,
                                          const BlockRef& target,
                                          std::optional<std::uint32_t> set_end) {
    VotingRound round{finality.round, finality.sets.set_id(), target, std::nullopt};
    if (const auto* next = tree->on_best_chain(target.number + 1);
        next != nullptr && target.number < set_end.value_or(next->block.number)) {
        round.ahead = next->block;
    }
    BOOST_OUTCOME_TRY(const auto votes, plan_votes(round, finality.sets.authorities(), keys));
    const auto justification = sign_votes(round, votes, keys, [this](const Hash256& hash) {
        const auto* node = tree->find(hash);
        return node == nullptr ? nullptr : &node->header;
    });
    auto encoded = light_client::encode(justification);

    Finalization notice;
    const auto before = tree->finalized().block.number;
    for (auto number = before + 1; number <= target.number; ++number) {
        const auto hash = tree->on_best_chain(number)->block.hash;
        notice.finalized.push_back(hash);
        store->put_finalized_at(batch, number, hash);
    }
    for (const auto& pruned : tree->set_finalized(target.hash)) {
        notice.pruned.push_back(pruned.block.hash);
        store->erase_tree_record(batch, pruned.arrival);
    }
    finality.finalized = target.hash;
    ++finality.round;
    const bool ends_set = finality.sets.on_finalized(target, is_ancestor());
    if (ends_set || before / options.justify_every != target.number / options.justify_every) {
        store->put_justification(batch, target.hash, encoded);
    }
    if (ends_set) {
        finality.round = 1;
        finality.last_justification.reset();
    } else {
        finality.last_justification = encoded;
        finality.last_justified_number = target.number;
    }
    notice.justification = through(hooks.justification, std::move(encoded), target);
    const auto finalized = notice.finalized;
    notices.emplace_back(std::move(notice));
    for (const auto& hash : finalized) {
        pool->on_finalized(hash);
    }
    collect_pool_events();
    return success();
}

Result<void> Chain::Impl::prune_states(StoreBatch& batch) {
    const auto best = tree->best().block.number;
    const auto oldest_kept = best < options.states_kept ? 0 : best - options.states_kept + 1;
    const auto base = std::min(tree->finalized().block.number, oldest_kept);
    while (tree->base().block.number < base) {
        const auto* child = tree->on_best_chain(tree->base().block.number + 1);
        BOOST_OUTCOME_TRY(store->advance_base(batch, child->arrival));
        tree->advance_base();
    }
    return success();
}

Result<void> Chain::Impl::finish(StoreBatch batch, const Result<void>& outcome) {
    auto result = outcome;
    store->put_finality(batch, finality);
    if (result) {
        deferred.insert(deferred.end(), std::make_move_iterator(batch.begin()),
                        std::make_move_iterator(batch.end()));
        result = store->write(std::exchange(deferred, {}));
    }
    if (result) {
        result = prune_states(deferred);
    }
    if (!result) {
        failure = result.error();
        notices.clear();
        return result;
    }
    notify();
    return result;
}

// Requests -----------------------------------------------------------------------------------------------

Result<void> Chain::finalize(const Hash256& hash) {
    auto& impl = *impl_;
    if (impl.failure) {
        return *impl.failure;
    }
    const auto* node = impl.tree->find(hash);
    if (node == nullptr && !impl.true_header(hash)) {
        return ChainError::kUnknownBlock;
    }
    const auto finalized = impl.tree->finalized().block.hash;
    if (node == nullptr || !impl.tree->is_ancestor(finalized, hash)) {
        const bool is_final = node != nullptr
                                  ? impl.tree->is_ancestor(hash, finalized)
                                  : impl.true_hash_by_number(impl.true_header(hash)->number) == hash;
        return is_final ? Result<void>{success()} : ChainError::kNotOnFinalizedBranch;
    }
    StoreBatch batch;
    if (!impl.tree->is_ancestor(hash, impl.tree->best().block.hash)) {
        impl.move_best(impl.tree->choose_best(hash).block.hash);
    }
    const auto outcome = impl.finalize_up_to(batch, hash);
    if (!outcome && outcome.error() == ChainError::kNoQuorum) {
        BOOST_OUTCOME_TRY(impl.finish(std::move(batch), success()));
        return outcome;
    }
    return impl.finish(std::move(batch), outcome);
}

Result<void> Chain::stall_finality(bool is_stalled) {
    impl_->is_stalled = is_stalled;
    StoreBatch batch;
    const auto outcome = impl_->follow_best(batch);
    return impl_->finish(std::move(batch), outcome);
}

Result<void> Chain::set_finality_lag(std::uint32_t lag) {
    impl_->options.finality_lag = lag;
    StoreBatch batch;
    const auto outcome = impl_->follow_best(batch);
    return impl_->finish(std::move(batch), outcome);
}

FinalityView Chain::finality() const {
    const auto& record = impl_->finality;
    FinalityView view;
    view.set_id = record.sets.set_id();
    view.round = record.round;
    view.authorities = record.sets.authorities();
    const auto voters = light_client::VoterSet::from(view.authorities);
    if (voters) {
        view.total_weight = voters.value().total_weight();
        view.threshold = voters.value().threshold();
    }
    view.is_stalled = impl_->is_stalled;
    view.lag = impl_->options.finality_lag;
    return view;
}

Result<std::optional<Bytes>> Chain::prove_finality(std::uint32_t number) const {
    const auto& impl = *impl_;
    if (number > finalized().number) {
        return ChainError::kNotCoveredByProofs;
    }
    std::optional<Bytes> proof;
    auto last_number = impl.finality.last_justified_number;
    auto justification = impl.finality.last_justification;
    if (const auto set_end = impl.finality.sets.last_block_of_set_at(number)) {
        last_number = *set_end;
        const auto last_hash = impl.true_hash_by_number(last_number);
        if (!last_hash) {
            return ChainError::kNotCoveredByProofs;
        }
        BOOST_OUTCOME_TRY(justification, impl.store->justification(*last_hash));
    }
    const auto last_hash = impl.true_hash_by_number(last_number);
    if (justification && last_hash) {
        justification = through(impl.hooks.justification, *std::move(justification),
                                light_client::BlockRef{*last_hash, last_number});
    }
    if (justification && last_hash) {
        proof = scale::encode_all(*last_hash, *justification);
        const auto headers_end =
            number + std::min(last_number > number ? last_number - number : 0, kUnknownHeadersMax) + 1;
        std::vector<substrate::Header> headers;
        for (auto next = number + 1; next < headers_end; ++next) {
            if (auto shown = header(impl.true_hash_by_number(next).value())) {
                headers.push_back(*std::move(shown));
            }
        }
        scale::append_compact(*proof, headers.size());
        for (const auto& each : headers) {
            append(*proof, substrate::encode(each));
        }
    }
    return through(impl.hooks.finality_proof, std::move(proof), number);
}

std::uint64_t Chain::set_id_at(std::uint32_t number) const {
    return impl_->finality.sets.set_id_at(number);
}

std::optional<FixedBytes<64>> Chain::sign_as_voter(const light_client::AuthorityId& voter,
                                                   ByteView message) const {
    const auto* key = impl_->keys.find_voter(voter);
    if (key == nullptr) {
        return std::nullopt;
    }
    return FixedBytes<64>::copy_of(key->sign(message).bytes().first<64>());
}

std::optional<Bytes> Chain::authority_set_checkpoint() const {
    return impl_->finality.sets.checkpoint();
}

Result<FixedBytes<32>> Chain::insert_key(KeyKind kind, const std::string& uri) {
    return kind == KeyKind::kGrandpa ? impl_->keys.add_voter(uri) : impl_->keys.add_author(uri);
}

bool Chain::has_key(KeyKind kind, const FixedBytes<32>& id) const {
    return (kind == KeyKind::kGrandpa ? impl_->keys.find_voter(id) : impl_->keys.find_author(id)) != nullptr;
}

Result<void> Chain::Impl::plan_change(const light_client::AuthorityList& next,
                                      std::uint32_t delay,
                                      bool is_forced) {
    if (!light_client::VoterSet::from(next)) {
        return ChainError::kUnusableAuthoritySet;
    }
    if (planned_change || finality.sets.has_pending(tree->best().block, is_ancestor())) {
        return ChainError::kChangePending;
    }
    planned_change = PlannedChange{next, delay, is_forced};
    return success();
}

Result<void> Chain::schedule_authority_change(const light_client::AuthorityList& next, std::uint32_t delay) {
    return impl_->plan_change(next, delay, false);
}

Result<void> Chain::force_authority_change(const light_client::AuthorityList& next, std::uint32_t delay) {
    return impl_->plan_change(next, delay, true);
}

Result<light_client::AuthorityList> Chain::development_authorities(unsigned count, std::uint32_t generation) {
    if (count == 0 || count > kAuthoritiesMax) {
        return ChainError::kUnusableAuthoritySet;
    }
    BOOST_OUTCOME_TRY(auto list, impl_->keys.voters(count, generation));
    auto& known = impl_->finality.key_generations;
    if (std::ranges::find(known, std::pair{count, generation}) == known.end()) {
        known.emplace_back(count, generation);
        // Stored before anything can depend on these keys.
        BOOST_OUTCOME_TRY(impl_->finish({}, success()));
    }
    return list;
}

}  // namespace redoubt::devchain
