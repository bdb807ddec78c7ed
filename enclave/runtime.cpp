#include <algorithm>
#include <boundary/refusal.hpp>
#include <enclave/runtime.hpp>
#include <primitives/scale.hpp>
#include <substrate/bridge_events.hpp>
#include <substrate/call.hpp>
#include <substrate/era.hpp>
#include <substrate/signing.hpp>

namespace redoubt::enclave {

namespace {

using boundary::Refusal;
using substrate::Value;

constexpr std::string_view kBridge = "EnclaveBridge";
constexpr std::string_view kTeerex = "Teerex";

/// H256 and AccountId32 are composites of one field.
template <class Fixed>
Value hash_value(const Fixed& fixed) {
    return Value::list({Value::bytes(fixed.view())});
}

Result<Bytes> encoded(const substrate::Metadata& metadata,
                      std::string_view pallet,
                      std::string_view call,
                      Value::Fields args) {
    auto bytes = substrate::encode_call(metadata, pallet, call, Value::fields(std::move(args)));
    if (!bytes) {
        return Refusal::kSigningFailed;
    }
    return std::move(bytes).value();
}

/// Signatures must expire: a payment that was given up is returned when its last one has.
bool checks_mortality(const substrate::Metadata& metadata) {
    const auto extensions = metadata.extrinsic().extension_set(0);
    return extensions && std::ranges::any_of(*extensions, [](const substrate::Extension& extension) {
               return extension.identifier == "CheckMortality" || extension.identifier == "CheckEra";
           });
}

}  // namespace

Result<Runtime> Runtime::make(ByteView bytes, const substrate::ChainProperties& properties) {
    auto metadata = substrate::Metadata::decode(bytes);
    if (!metadata) {
        return Refusal::kMetadataUnusable;
    }
    auto version = substrate::runtime_version(metadata.value());
    if (!version) {
        return Refusal::kMetadataUnusable;
    }
    Runtime runtime{std::move(metadata).value(), std::move(version).value()};
    if (substrate::unsupported_extension(runtime.metadata_) || !checks_mortality(runtime.metadata_)) {
        return Refusal::kChainUnsupported;
    }
    if (substrate::supports_metadata_hash(runtime.metadata_)) {
        if (runtime.metadata_.version() < 15) {
            return Refusal::kMetadataTooOld;
        }
        const auto hash = substrate::metadata_hash(runtime.metadata_, properties);
        if (!hash) {
            return Refusal::kMetadataUnusable;
        }
        runtime.metadata_hash_ = hash.value();
    }
    if (const auto deposit = runtime.metadata_.constant("Balances", "ExistentialDeposit")) {
        const auto value = scale::decode<stf::Balance>(*deposit);
        if (!value) {
            return Refusal::kChainUnsupported;
        }
        runtime.existential_deposit_ = value.value();
    }
    runtime.aura_scheme_ = substrate::aura_scheme(runtime.metadata_);
    BOOST_OUTCOME_TRY(runtime.find_calls());
    return runtime;
}

Result<void> Runtime::find_calls() {
    struct Wanted {
        std::string_view pallet;
        std::string_view call;
        std::array<std::uint8_t, 2>* index;
    };
    const std::array wanted = {
        Wanted{kBridge, "invoke", &read_calls_.invoke},
        Wanted{kBridge, "shield_funds", &read_calls_.shield_funds},
        Wanted{"Timestamp", "set", &read_calls_.timestamp_set},
        Wanted{kBridge, "confirm_processed_parentchain_block", &read_calls_.confirm},
        Wanted{kBridge, "unshield_funds", &read_calls_.unshield_funds},
        Wanted{kBridge, "publish_hash", &read_calls_.publish_hash},
    };
    for (const auto& [pallet, call, index] : wanted) {
        const auto found = substrate::call_index(metadata_, pallet, call);
        if (!found) {
            return Refusal::kChainUnsupported;
        }
        *index = found.value();
    }
    if (!substrate::call_index(metadata_, kTeerex, "register_sgx_enclave") ||
        !substrate::call_index(metadata_, kBridge, "update_shard_config") ||
        !substrate::has_bridge_events(metadata_)) {
        return Refusal::kChainUnsupported;
    }
    return success();
}

Result<Bytes> Runtime::encode_outbox_call(const stf::ShardId& shard, const OutboxCall& call) const {
    if (const auto* confirmation = std::get_if<Confirmation>(&call)) {
        return encoded(metadata_, kBridge, "confirm_processed_parentchain_block",
                       {{"shard", hash_value(shard)},
                        {"block_hash", hash_value(confirmation->block_hash)},
                        {"block_number", Value::integer(confirmation->block_number)},
                        {"trusted_calls_merkle_root", hash_value(confirmation->merkle_root)}});
    }
    if (const auto* published = std::get_if<PublishedRoot>(&call)) {
        return encoded(metadata_, kBridge, "publish_hash",
                       {{"hash", hash_value(published->state_root)},
                        {"extra_topics", Value::list({hash_value(shard), hash_value(published->block_hash)})},
                        {"data", Value::bytes(scale::encode(published->block_number))}});
    }
    const auto& payment = std::get<Payment>(call);
    return encoded(metadata_, kBridge, "unshield_funds",
                   {{"shard", hash_value(shard)},
                    {"beneficiary", hash_value(payment.beneficiary)},
                    {"amount", Value::integer_u128(payment.amount)},
                    {"call_hash", hash_value(payment.call_hash)}});
}

Result<Bytes> Runtime::encode_registration(ByteView proof, std::string_view url, std::uint8_t method) const {
    const auto not_proxied = [] { return Value::fields({{"proxied", Value::boolean(false)}}); };
    return encoded(metadata_, kTeerex, "register_sgx_enclave",
                   {{"proof", Value::bytes(proof)},
                    {"worker_url", Value::variant("Some", Value::list({Value::bytes(bytes_of(url))}))},
                    {"attestation_method", method == kMethodSkip   ? Value::variant("Skip", not_proxied())
                                           : method == kMethodDcap ? Value::variant("Dcap", not_proxied())
                                                                   : Value::variant("Ias")}});
}

Result<Bytes> Runtime::encode_collateral(const boundary::SignCollateral& collateral) const {
    const bool is_tcb_info = collateral.kind == static_cast<std::uint8_t>(boundary::CollateralKind::kTcbInfo);
    return encoded(metadata_, kTeerex, is_tcb_info ? "register_tcb_info" : "register_quoting_enclave",
                   {{is_tcb_info ? "tcb_info" : "enclave_identity", Value::bytes(collateral.document)},
                    {"signature", Value::bytes(collateral.signature)},
                    {"certificate_chain", Value::bytes(collateral.issuer_chain)}});
}

Result<Bytes> Runtime::encode_shard_config(const stf::ShardId& shard, const Hash256& fingerprint) const {
    return encoded(metadata_, kBridge, "update_shard_config",
                   {{"shard", hash_value(shard)},
                    {"shard_config", Value::fields({{"enclave_fingerprint", hash_value(fingerprint)},
                                                    {"max_instances", Value::variant("None")},
                                                    {"authorities", Value::variant("None")},
                                                    {"maintenance_mode", Value::boolean(false)}})},
                    {"enactment_delay", Value::integer(0)}});
}

Result<boundary::Signed> Runtime::sign(ByteView call,
                                       std::uint64_t period,
                                       std::uint32_t nonce,
                                       const boundary::BlockId& last,
                                       const Hash256& genesis_hash,
                                       const crypto::KeyPair& key) const {
    const auto era = substrate::Era::mortal(period, last.number);
    substrate::SigningContext context;
    context.nonce = nonce;
    context.era = era;
    context.genesis_hash = genesis_hash;
    context.birth_hash = last.hash;
    context.metadata_hash = metadata_hash_;
    auto extrinsic = substrate::sign_extrinsic(metadata_, call, context, key);
    if (!extrinsic) {
        return Refusal::kSigningFailed;
    }
    const auto last_valid = std::min<std::uint64_t>(era.death(last.number) - 1, UINT32_MAX);
    return boundary::Signed{.extrinsic = std::move(extrinsic).value(),
                            .valid_until_block = static_cast<std::uint32_t>(last_valid)};
}

}  // namespace redoubt::enclave
