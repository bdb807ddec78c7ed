#include <tools/devchain/chain/chain_impl.hpp>

#include <chrono>
#include <trie/trie_root.hpp>

namespace redoubt::devchain {
namespace {

substrate::Header genesis_header(const BlockState& state) {
    substrate::Header header;
    header.state_root = state.root();
    header.extrinsics_root = trie::empty_trie_root();
    return header;
}

BlockState build_genesis_state(const Runtime& runtime, const GenesisConfig& config) {
    const BlockState nothing;
    auto storage = nothing.storage();
    runtime.build_genesis(storage, config);
    return BlockState::from(storage.take_changes());
}

std::uint64_t system_clock_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

/// The other simulated validators are who transactions are broadcast to.
std::vector<std::string> peers_among(const light_client::AuthorityList& authorities) {
    std::vector<std::string> out;
    for (std::size_t i = 1; i < authorities.size(); ++i) {
        out.push_back(peer_id(authorities[i].id));
    }
    return out;
}

}  // namespace

Result<std::unique_ptr<Chain>> Chain::open(ChainOptions options) {
    if (options.authorities == 0 || options.authorities > kAuthoritiesMax ||
        options.genesis.slot_duration_ms == 0 || options.justify_every == 0 || options.states_kept == 0) {
        return ChainError::kBadGenesis;
    }
    auto impl = std::make_unique<Impl>();
    if (!options.now_ms) {
        options.now_ms = system_clock_ms;
    }
    impl->options = std::move(options);
    BOOST_OUTCOME_TRY(impl->prepare_keys());
    if (!light_client::VoterSet::from(impl->options.genesis.grandpa)) {
        return ChainError::kBadGenesis;
    }
    impl->pool.emplace(impl->options.pool, peers_among(impl->options.genesis.grandpa));
    BOOST_OUTCOME_TRY(impl->start());
    return std::unique_ptr<Chain>{new Chain{std::move(impl)}};
}

Chain::Chain(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
}
Chain::~Chain() = default;

Result<void> Chain::Impl::prepare_keys() {
    auto& genesis = options.genesis;
    const auto count = [&](std::size_t given) {
        return given == 0 ? options.authorities
                          : static_cast<unsigned>(std::min<std::size_t>(given, kAuthoritiesMax));
    };
    BOOST_OUTCOME_TRY(auto voters, keys.voters(count(genesis.grandpa.size()), 0));
    BOOST_OUTCOME_TRY(auto authors, keys.authors(count(genesis.aura.size())));
    if (genesis.grandpa.empty()) {
        genesis.grandpa = std::move(voters);
    }
    if (genesis.aura.empty()) {
        genesis.aura = std::move(authors);
    }
    return success();
}

Result<void> Chain::Impl::start() {
    auto state = build_genesis_state(runtime, options.genesis);
    BlockNode genesis;
    genesis.header = genesis_header(state);
    genesis_hash = substrate::header_hash(genesis.header);
    genesis.block = {genesis_hash, 0};
    if (!options.base_path) {
        store.emplace(make_memory_store(), false);
    } else {
        BOOST_OUTCOME_TRY(auto database, open_rocksdb_store(*options.base_path));
        store.emplace(std::move(database), true);
    }
    BOOST_OUTCOME_TRY(const auto stored, store->genesis_hash());
    if (stored && *stored != genesis_hash) {
        return ChainError::kOtherGenesis;
    }
    if (stored) {
        return go_on(state);
    }
    genesis.state = std::make_shared<const BlockState>(std::move(state));
    return begin(std::move(genesis));
}

Result<void> Chain::Impl::begin(BlockNode genesis) {
    finality.finalized = genesis_hash;
    finality.sets = AuthoritySets{options.genesis.grandpa};
    StoreBatch batch;
    store->put_genesis(batch, genesis_hash);
    store->put_block(batch, genesis_hash, substrate::encode(genesis.header), {});
    store->put_finalized_at(batch, 0, genesis_hash);
    store->put_base(batch, {genesis_hash, genesis.header.state_root, 0});
    store->put_finality(batch, finality);
    BOOST_OUTCOME_TRY(store->write(batch));
    tree.emplace(std::move(genesis));
    return success();
}

Result<void> Chain::Impl::go_on(const BlockState& genesis) {
    BOOST_OUTCOME_TRY(finality, store->finality());
    for (const auto& [count, generation] : finality.key_generations) {
        BOOST_OUTCOME_TRY(keys.voters(count, generation));
    }
    BOOST_OUTCOME_TRY(const auto base, store->base());
    BOOST_OUTCOME_TRY(const auto base_changes, store->base_changes());
    auto base_state = genesis;
    base_state.apply(base_changes);
    const auto base_header = true_header(base.hash);
    if (!base_header || base_state.root() != base.state_root) {
        return ChainError::kDamagedDatabase;
    }
    tree.emplace(BlockNode{{base.hash, base_header->number},
                           *base_header,
                           std::make_shared<const BlockState>(std::move(base_state)),
                           base.slot,
                           0,
                           {}});

    BOOST_OUTCOME_TRY(const auto records, store->tree());
    for (const auto& [arrival, record] : records) {
        const auto header = true_header(record.hash);
        const auto* parent = header ? tree->find(header->parent_hash) : nullptr;
        if (parent == nullptr) {
            return ChainError::kDamagedDatabase;
        }
        auto state = *parent->state;
        state.apply({record.main, record.children});
        if (state.root() != record.state_root) {
            return ChainError::kDamagedDatabase;
        }
        tree->insert({{record.hash, header->number},
                      *header,
                      std::make_shared<const BlockState>(std::move(state)),
                      record.slot,
                      arrival,
                      {}});
        next_arrival = arrival + 1;
    }
    if (tree->find(finality.finalized) == nullptr) {
        return ChainError::kDamagedDatabase;
    }
    tree->set_best(tree->choose_best(finality.finalized).block.hash);
    tree->set_finalized(finality.finalized);
    return success();
}

}  // namespace redoubt::devchain
