#include <cstdio>
#include <cstdlib>
#include <primitives/scale.hpp>
#include <substrate/call.hpp>
#include <substrate/extrinsic.hpp>
#include <substrate/header.hpp>
#include <substrate/signing.hpp>
#include <tests/integration/test_chain.hpp>

namespace redoubt::tests {

namespace {

template <class T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "test chain: %s\n", result.error().message().c_str());
        std::abort();
    }
    return std::move(result).value();
}

/// System.Events of a block whose extrinsics ended as given.
Bytes events_of(const std::vector<bool>& outcomes) {
    const Bytes dispatch_info = {0x04, 0x04, 0x00, 0x00};  // weight (1, 1), class normal, pays
    Bytes out;
    scale::append_compact(out, outcomes.size());
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        out.push_back(0);  // phase ApplyExtrinsic
        scale::encode_scale(out, static_cast<std::uint32_t>(i));
        out.push_back(0);  // pallet System
        out.push_back(outcomes[i] ? 0 : 1);
        if (!outcomes[i]) {
            out.push_back(0);  // DispatchError::Other
        }
        append(out, dispatch_info);
        out.push_back(0);  // no topics
    }
    return out;
}

}  // namespace

crypto::KeyPair dev_account(std::string_view uri) {
    return must(crypto::KeyPair::from_secret_uri(uri, crypto::Scheme::kSr25519));
}

TestChain::TestChain(Bytes metadata)
    : metadata_bytes_(std::move(metadata)), metadata_(must(substrate::Metadata::decode(metadata_bytes_))) {
    head_.hash = genesis_hash();
}

Hash256 TestChain::genesis_hash() const {
    Hash256 hash;
    hash.bytes.fill(0x45);
    return hash;
}

void TestChain::add_timestamp(std::uint64_t now_ms) {
    const auto call =
        must(substrate::encode_call(metadata_, "Timestamp", "set",
                                    substrate::Value::fields({{"now", substrate::Value::integer(now_ms)}})));
    add_raw(substrate::bare_extrinsic(call));
}

void TestChain::add_signed(const crypto::KeyPair& signer,
                           std::string_view pallet,
                           std::string_view call,
                           const substrate::Value& args,
                           bool succeeds) {
    const auto bytes = must(substrate::encode_call(metadata_, pallet, call, args));
    substrate::SigningContext context;
    context.genesis_hash = genesis_hash();
    add_raw(must(substrate::sign_extrinsic(metadata_, bytes, context, signer)), succeeds);
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
    add_signed(signer, "EnclaveBridge", "shield_funds",
               substrate::Value::fields(
                   {{"shard", fixed_value(shard)},
                    {"incognito_account_encrypted", substrate::Value::bytes(std::move(account))},
                    {"amount", substrate::Value::integer_u128(amount)}}));
}

void TestChain::add_raw(Bytes extrinsic, bool succeeds) {
    extrinsics_.push_back(std::move(extrinsic));
    outcomes_.push_back(succeeds);
}

boundary::ImportBlock TestChain::seal_block() {
    substrate::Header header;
    header.parent_hash = head_.hash;
    header.number = head_.number + 1;
    if (upgrades_runtime_) {
        header.digest.push_back(
            {.kind = substrate::DigestKind::kRuntimeEnvironmentUpdated, .engine = {}, .data = {}});
    }
    boundary::ImportBlock block;
    block.header = substrate::encode(header);
    block.events = events_of(outcomes_);
    block.extrinsics = std::move(extrinsics_);
    extrinsics_.clear();
    outcomes_.clear();
    upgrades_runtime_ = false;
    head_ = {.number = header.number, .hash = substrate::header_hash(block.header)};
    return block;
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
