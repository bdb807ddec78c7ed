#include <cstdio>
#include <cstdlib>
#include <light-client/anchor.hpp>
#include <light-client/block_proof.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <substrate/call.hpp>
#include <substrate/dynamic_codec.hpp>
#include <substrate/extrinsic.hpp>
#include <substrate/header.hpp>
#include <substrate/signing.hpp>
#include <substrate/storage_key.hpp>
#include <tests/integration/test_chain.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::tests {

namespace {

template <class T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "test chain: %s\n", result.error().message().c_str());
        std::abort();
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(result).value();
    }
}

}  // namespace

crypto::KeyPair dev_account(std::string_view uri) {
    return must(crypto::KeyPair::from_secret_uri(uri, crypto::Scheme::kSr25519));
}

Bytes paseo_metadata(const std::filesystem::path& chainspec) {
    auto text = read_file(chainspec / "integritee-paseo-50.metadata-v14.hex");
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return must(parse_hex(text));
}

TestChain::TestChain(Bytes metadata)
    : metadata_bytes_(std::move(metadata)),
      metadata_(
          std::make_shared<const substrate::Metadata>(must(substrate::Metadata::decode(metadata_bytes_)))),
      version_(must(substrate::runtime_version(*metadata_))) {
    head_.hash = genesis_hash();
    states_.emplace(head_.hash, genesis_state());
}

trie::StateTrie TestChain::genesis_state() const {
    trie::StateTrie state{trie::StateVersion::kV1};
    state.put(bytes_of(":grandpa_authorities"), scale::encode_all(std::uint8_t{1}, voters_->list()));
    return state;
}

substrate::Header TestChain::genesis() const {
    substrate::Header header;
    header.state_root = genesis_state().root();
    header.extrinsics_root = trie::empty_trie_root();
    return header;
}

Hash256 TestChain::genesis_hash() const {
    return substrate::header_hash(genesis());
}

boundary::TrustAnchor TestChain::anchor() const {
    return {.header = substrate::encode(genesis()),
            .state_proof = genesis_state().prove(light_client::anchor_keys())};
}

boundary::TrustAnchor TestChain::anchor_at(const boundary::ImportBlock& block) const {
    return {.header = block.header, .state_proof = prove(block, light_client::anchor_keys())};
}

boundary::Finality TestChain::finality_of(const boundary::ImportBlock& block) const {
    const auto header = must(substrate::decode_header(block.header));
    boundary::Finality out;
    out.headers.push_back(block.header);
    out.justification =
        light_client::encode(voters_->justify({substrate::header_hash(block.header), header.number}, 0));
    return out;
}

std::vector<Bytes> TestChain::prove(const boundary::ImportBlock& block, std::span<const Bytes> keys) const {
    return states_.at(substrate::header_hash(block.header)).prove(keys);
}

void TestChain::add_timestamp(std::uint64_t now_ms) {
    const auto call =
        must(substrate::encode_call(*metadata_, "Timestamp", "set",
                                    substrate::Value::fields({{"now", substrate::Value::integer(now_ms)}})));
    add_raw(substrate::bare_extrinsic(call));
}

void TestChain::add_signed(const crypto::KeyPair& signer,
                           std::string_view pallet,
                           std::string_view call,
                           const substrate::Value& args,
                           bool succeeds,
                           const std::vector<Bytes>& events) {
    const auto bytes = must(substrate::encode_call(*metadata_, pallet, call, args));
    substrate::SigningContext context;
    context.genesis_hash = genesis_hash();
    add_raw(must(substrate::sign_extrinsic(*metadata_, bytes, context, signer)), succeeds, events);
}

void TestChain::add_invoke(const Hash256& shard, Bytes cyphertext, bool succeeds) {
    add_signed(dev_account("//Alice"), "EnclaveBridge", "invoke",
               substrate::Value::fields(
                   {{"request", substrate::Value::fields(
                                    {{"shard", fixed_value(shard)},
                                     {"cyphertext", substrate::Value::bytes(std::move(cyphertext))}})}}),
               succeeds);
}

void TestChain::add_shield(const crypto::KeyPair& signer,
                           const Hash256& shard,
                           Bytes account,
                           uint128 amount) {
    using substrate::Value;
    const auto transfer = event("Balances", "Transfer",
                                Value::fields({{"from", fixed_value(signer.account_id())},
                                               {"to", fixed_value(shard)},
                                               {"amount", Value::integer_u128(amount)}}));
    const auto shielded = event("EnclaveBridge", "ShieldFunds",
                                Value::fields({{"shard", fixed_value(shard)},
                                               {"encrypted_beneficiary", Value::bytes(account)},
                                               {"amount", Value::integer_u128(amount)}}));
    add_signed(signer, "EnclaveBridge", "shield_funds",
               Value::fields({{"shard", fixed_value(shard)},
                              {"incognito_account_encrypted", Value::bytes(std::move(account))},
                              {"amount", Value::integer_u128(amount)}}),
               true, {transfer, shielded});
}

Bytes TestChain::event(std::string_view pallet, std::string_view name, const substrate::Value& fields) const {
    const auto& found = *metadata_->find_pallet(pallet);
    Bytes out{found.index};
    must(substrate::encode_value(metadata_->types(), *found.events,
                                 substrate::Value::variant(std::string{name}, fields), out));
    return out;
}

void TestChain::add_event(const Bytes& event) {
    events_.push_back(0);  // phase ApplyExtrinsic
    scale::encode_scale(events_, static_cast<std::uint32_t>(extrinsics_.size()));
    append(events_, event);
    events_.push_back(0);  // no topics
    ++event_count_;
}

void TestChain::add_raw(Bytes extrinsic, bool succeeds, const std::vector<Bytes>& events) {
    for (const auto& one : events) {
        add_event(one);
    }
    const Bytes dispatch_info = {0x04, 0x04, 0x00, 0x00};  // weight (1, 1), class normal, pays
    add_event(succeeds ? concat(Bytes{0, 0}, dispatch_info)
                       : concat(Bytes{0, 1, 0}, dispatch_info));  // DispatchError::Other
    extrinsics_.push_back(std::move(extrinsic));
}

boundary::ImportBlock TestChain::seal_block() {
    boundary::ImportBlock block;
    scale::append_compact(block.events, event_count_);
    append(block.events, events_);
    block.extrinsics = std::move(extrinsics_);
    auto state = genesis_state();
    state.put(substrate::storage_prefix("System", "Events"), block.events);
    state.put(substrate::storage_prefix("System", "LastRuntimeUpgrade"),
              scale::encode_all(scale::Compact<std::uint32_t>{version_.spec_version}, version_.spec_name));
    auto genesis_hash_key = substrate::storage_prefix("System", "BlockHash");
    substrate::append_hashed(genesis_hash_key, substrate::StorageHasher::kTwox64Concat,
                             scale::encode(std::uint32_t{0}));
    state.put(genesis_hash_key, genesis_hash().view());
    for (const auto& [key, value] : storage_) {
        if (value) {
            state.put(key, *value);
        }
    }
    substrate::Header header;
    header.parent_hash = head_.hash;
    header.number = head_.number + 1;
    header.state_root = state.root();
    header.extrinsics_root = trie::ordered_trie_root(
        block.extrinsics, version_.system_version >= 2 ? trie::StateVersion::kV1 : trie::StateVersion::kV0);
    if (upgrades_runtime_) {
        header.digest.push_back(
            {.kind = substrate::DigestKind::kRuntimeEnvironmentUpdated, .engine = {}, .data = {}});
    }
    if (alter_header_) {
        alter_header_(header);
        alter_header_ = nullptr;
    }
    block.header = substrate::encode(header);
    block.state_proof = state.prove(light_client::block_proof_keys());
    extrinsics_.clear();
    events_.clear();
    event_count_ = 0;
    upgrades_runtime_ = false;
    head_ = {.number = header.number, .hash = substrate::header_hash(block.header)};
    states_.insert_or_assign(head_.hash, std::move(state));
    blocks_.insert_or_assign(head_.hash, block);
    return block;
}

const boundary::ImportBlock* TestChain::block(const Hash256& hash) const {
    const auto found = blocks_.find(hash);
    return found == blocks_.end() ? nullptr : &found->second;
}

Bytes indirect_operation(const crypto::KeyPair& signer,
                         const stf::TrustedCall& call,
                         std::uint32_t nonce,
                         const Hash256& fingerprint,
                         const Hash256& shard) {
    stf::TrustedCallSigned signed_call;
    signed_call.call = call;
    signed_call.nonce = nonce;
    signed_call.signature = signer.sign(stf::signing_payload(call, nonce, fingerprint, shard));
    return scale::encode(stf::TrustedOperation{stf::IndirectCallOperation{.signed_call = signed_call}});
}

}  // namespace redoubt::tests
