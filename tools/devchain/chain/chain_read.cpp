#include <tools/devchain/chain/chain_impl.hpp>

#include <algorithm>
#include <utility>

namespace redoubt::devchain {

// Observers ----------------------------------------------------------------------------------------------

void Chain::add_observer(Observer& observer) {
    impl_->observers.push_back(&observer);
}

void Chain::remove_observer(Observer& observer) {
    std::erase(impl_->observers, &observer);
}

void Chain::Impl::collect_pool_events() {
    for (auto& event : pool->take_events()) {
        notices.emplace_back(std::move(event));
    }
}

void Chain::Impl::notify() {
    struct Tell {
        Observer& observer;
        void operator()(const ImportedBlock& notice) const { observer.on_imported(notice); }
        void operator()(const BestChange& notice) const { observer.on_best_changed(notice); }
        void operator()(const Finalization& notice) const { observer.on_finalized(notice); }
        void operator()(const PoolEvent& notice) const { observer.on_transaction(notice); }
    };
    for (const auto& notice : std::exchange(notices, {})) {
        const auto present = observers;
        for (auto* observer : present) {
            // One that an earlier one removed is not told any more.
            if (std::ranges::find(observers, observer) != observers.end()) {
                std::visit(Tell{*observer}, notice);
            }
        }
    }
}

const ChainOptions& Chain::options() const noexcept {
    return impl_->options;
}
const Runtime& Chain::runtime() const noexcept {
    return impl_->runtime;
}
Hooks& Chain::hooks() noexcept {
    return impl_->hooks;
}
bool Chain::is_author_awake() const {
    return through(impl_->hooks.is_author_awake, true);
}
const TransactionPool& Chain::pool() const noexcept {
    return *impl_->pool;
}

// Blocks -------------------------------------------------------------------------------------------------

std::optional<substrate::Header> Chain::Impl::true_header(const Hash256& hash) const {
    if (const auto* node = tree ? tree->find(hash) : nullptr) {
        return node->header;
    }
    const auto stored = store->header(hash);
    if (!stored || !stored.value()) {
        return std::nullopt;
    }
    auto header = substrate::decode_header(*stored.value());
    return header ? std::optional{std::move(header).value()} : std::nullopt;
}

std::optional<Hash256> Chain::Impl::true_hash_by_number(std::uint32_t number) const {
    if (const auto* node = tree->on_best_chain(number)) {
        return node->block.hash;
    }
    const auto stored = store->finalized_at(number);
    return stored ? stored.value() : std::nullopt;
}

Hash256 Chain::genesis_hash() const {
    return through(impl_->hooks.genesis_hash, impl_->genesis_hash);
}

light_client::BlockRef Chain::best() const {
    return through(impl_->hooks.best_head, impl_->tree->best().block);
}

light_client::BlockRef Chain::finalized() const {
    return through(impl_->hooks.finalized_head, impl_->tree->finalized().block);
}

std::optional<substrate::Header> Chain::header(const Hash256& hash) const {
    auto header = impl_->true_header(hash);
    if (!header || !impl_->hooks.header) {
        return header;
    }
    return impl_->hooks.header(hash, *std::move(header));
}

bool Chain::Impl::is_withheld(const Hash256& hash) const {
    if (!hooks.header) {
        return false;
    }
    auto header = true_header(hash);
    return header && !hooks.header(hash, *std::move(header));
}

std::optional<std::vector<Bytes>> Chain::body(const Hash256& hash) const {
    if (impl_->is_withheld(hash)) {
        return std::nullopt;
    }
    auto body = impl_->store->body(hash);
    if (!body || !body.value()) {
        return std::nullopt;
    }
    auto extrinsics = *std::move(body).value();
    return impl_->hooks.body ? impl_->hooks.body(hash, std::move(extrinsics)) : std::move(extrinsics);
}

std::optional<Bytes> Chain::justification(const Hash256& hash) const {
    auto stored = impl_->store->justification(hash);
    const auto header = impl_->true_header(hash);
    if (!stored || !stored.value() || !header || impl_->is_withheld(hash)) {
        return std::nullopt;
    }
    return through(impl_->hooks.justification, *std::move(stored).value(),
                   light_client::BlockRef{hash, header->number});
}

std::optional<Hash256> Chain::hash_by_number(std::uint32_t number) const {
    auto hash = impl_->true_hash_by_number(number);
    if (hash && impl_->is_withheld(*hash)) {
        hash.reset();
    }
    return through(impl_->hooks.hash_by_number, hash, number);
}

std::vector<Hash256> Chain::hashes_at(std::uint32_t number) const {
    std::vector<Hash256> out;
    const auto on_best = hash_by_number(number);
    if (on_best) {
        out.push_back(*on_best);
    }
    if (number <= impl_->tree->finalized().block.number) {
        return out;
    }
    for (const auto* node : impl_->tree->all()) {
        if (node->block.number == number && node->block.hash != on_best &&
            !impl_->is_withheld(node->block.hash)) {
            out.push_back(node->block.hash);
        }
    }
    return out;
}

std::vector<Hash256> Chain::unfinalized() const {
    std::vector<Hash256> out;
    for (const auto* node : impl_->tree->all()) {
        if (node->block.number > finalized().number && !impl_->is_withheld(node->block.hash)) {
            out.push_back(node->block.hash);
        }
    }
    return out;
}

// State --------------------------------------------------------------------------------------------------

Result<const BlockNode*> Chain::Impl::shown_node(const Hash256& hash) const {
    if (is_withheld(hash)) {
        return ChainError::kUnknownBlock;
    }
    return node_with_state(hash);
}

Result<BlockStatePtr> Chain::state(const Hash256& hash) const {
    BOOST_OUTCOME_TRY(const auto* node, impl_->shown_node(hash));
    return through(impl_->hooks.state, node->state, hash);
}

Result<std::vector<Bytes>> Chain::read_proof(const Hash256& hash, std::span<const Bytes> keys) const {
    return impl_->prove({hash, std::nullopt, keys});
}

Result<std::vector<Bytes>> Chain::child_read_proof(const Hash256& hash,
                                                   ByteView child_key,
                                                   std::span<const Bytes> keys) const {
    return impl_->prove({hash, child_key, keys});
}

Result<std::vector<Bytes>> Chain::Impl::prove(const ProofRequest& request) const {
    BOOST_OUTCOME_TRY(const auto* node, shown_node(request.at));
    auto proof = request.child_key ? node->state->prove_child(*request.child_key, request.keys)
                                   : node->state->main().prove(request.keys);
    return through(hooks.proof, std::move(proof), request);
}

std::optional<Bytes> Chain::metadata(unsigned version) const {
    const auto bytes = impl_->runtime.metadata(version);
    if (!bytes) {
        return std::nullopt;
    }
    return through(impl_->hooks.metadata, to_bytes(*bytes));
}

Version Chain::version() const {
    return through(impl_->hooks.version, impl_->runtime.version());
}

Result<std::optional<Bytes>> Chain::call(const Hash256& hash,
                                         std::string_view method,
                                         ByteView parameters) const {
    BOOST_OUTCOME_TRY(const auto* node, impl_->shown_node(hash));
    auto output = impl_->runtime.call_api(node->state->storage(), method, parameters);
    if (!output) {
        return std::optional<Bytes>{};
    }
    return std::optional{through(impl_->hooks.call_result, *std::move(output), method)};
}

}  // namespace redoubt::devchain
