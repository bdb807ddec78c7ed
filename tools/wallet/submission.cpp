#include <tools/wallet/submission.hpp>

#include <primitives/crypto/ss58.hpp>
#include <primitives/hex.hpp>
#include <registry-client/value_json.hpp>
#include <substrate/metadata_hash.hpp>
#include <substrate/signing.hpp>

namespace redoubt::wallet {
namespace {

using registry_client::SignedExtrinsic;
using registry_client::TransactionStep;

constexpr std::uint64_t kEraBlocks = 64;

std::optional<Hash256> digest_of(const Runtime& runtime) {
    if (!substrate::supports_metadata_hash(runtime.metadata)) {
        return std::nullopt;
    }
    const substrate::ChainProperties properties{
        .ss58_prefix = runtime.ss58_prefix, .decimals = runtime.decimals, .symbol = runtime.symbol};
    const auto digest = substrate::metadata_hash(runtime.metadata, properties);
    return digest ? std::optional{digest.value()} : std::nullopt;
}

Task<rpc::Reply<SignedExtrinsic>> sign(ChainClientPtr chain,
                                       Bytes call,
                                       SigningKey key,
                                       std::uint32_t nonce) {
    BOOST_OUTCOME_CO_TRY(const auto runtime, co_await chain->refresh_runtime());
    BOOST_OUTCOME_CO_TRY(const auto head, co_await chain->finalized_head());
    substrate::SigningContext context;
    context.nonce = nonce;
    context.era = substrate::Era::mortal(kEraBlocks, head.number);
    context.genesis_hash = chain->genesis_hash();
    context.birth_hash = head.hash;
    context.metadata_hash = digest_of(*runtime);
    auto bytes = substrate::sign_extrinsic(runtime->metadata, call, context, *key);
    if (!bytes) {
        co_return rpc::Failure{bytes.error(), "signing"};
    }
    SignedExtrinsic out;
    out.bytes = std::move(bytes).value();
    out.valid_until_block = static_cast<std::uint32_t>(context.era.death(head.number) - 1);
    co_return out;
}

std::string step_text(const registry_client::TransactionProgress& progress) {
    const auto hash = to_hex_0x(progress.extrinsic_hash.view());
    switch (progress.step) {
        case TransactionStep::kSigned:
            return "signed extrinsic " + hash + " with nonce " + std::to_string(progress.nonce);
        case TransactionStep::kSending:
            return "submitting";
        case TransactionStep::kNotTaken:
            return "not taken: " + printable(progress.detail);
        case TransactionStep::kSubmitted:
            return "submitted; waiting for a block";
        case TransactionStep::kInBlock:
            return "in block " + printable(progress.detail) + "; waiting for finality";
        case TransactionStep::kRetracted:
            return "its block was retracted; waiting for another";
        case TransactionStep::kRetrying:
            return "trying again: " + printable(progress.detail);
        case TransactionStep::kFinalized:
            return "finalized";
    }
    return "";
}

std::string remedy_for(const std::string& error) {
    if (error.starts_with("Token.") || error.starts_with("Balances.") || error.starts_with("Arithmetic.")) {
        return "Check the sender's balance, the existential deposit of the receiver, and the amount.";
    }
    return "The fee was paid; the call itself changed nothing.";
}

}  // namespace

Task<Fallible<TransactionOutcome>> submit_call(Context& context,
                                               ChainClientPtr chain,
                                               Bytes call,
                                               SigningKey key) {
    registry_client::Signer signer = [chain, call, key](std::uint32_t nonce) {
        return sign(chain, call, key, nonce);
    };
    registry_client::SubmitOptions options;
    options.account = key->account_id();
    options.deadline = context.settings().timeout;
    options.on_progress = [&context](const registry_client::TransactionProgress& progress) {
        context.set_submitted(progress.may_be_included);
        if (progress.may_be_included && progress.step != TransactionStep::kSigned) {
            context.remember("extrinsic_hash", to_hex_0x(progress.extrinsic_hash.view()));
        }
        if (progress.step == TransactionStep::kSending) {
            context.name_stage(step_text(progress));
        } else if (progress.step == TransactionStep::kSigned || progress.step == TransactionStep::kNotTaken ||
                   progress.step == TransactionStep::kFinalized) {
            context.console().progress(step_text(progress));
        } else {
            context.stage(step_text(progress));
        }
    };
    context.stage("signing for " +
                  crypto::encode_ss58(key->account_id().view(), chain->runtime()->ss58_prefix));
    auto submitted =
        co_await registry_client::submit_until_finalized(chain, std::move(signer), std::move(options));
    const std::string doing = "the transaction was not carried out";
    BOOST_OUTCOME_CO_TRY(auto outcome, lift(std::move(submitted), doing));
    context.remember("block_number", outcome.block.number);
    if (!outcome.succeeded()) {
        auto failure = refused("dispatch_failed", "the chain refused the call: " + *outcome.dispatch_error,
                               remedy_for(*outcome.dispatch_error));
        failure.details = outcome_json(outcome);
        failure.details["dispatch_error"] = *outcome.dispatch_error;
        co_return failure;
    }
    co_return outcome;
}

std::optional<uint128> fee_of(const TransactionOutcome& outcome) {
    for (const auto& event : outcome.events) {
        if (event.is("TransactionPayment", "TransactionFeePaid")) {
            const auto* fee = event.fields.find("actual_fee");
            return fee != nullptr ? fee->as_u128() : std::nullopt;
        }
    }
    return std::nullopt;
}

Json outcome_json(const TransactionOutcome& outcome) {
    return {{"extrinsic_hash", to_hex_0x(outcome.extrinsic_hash.view())},
            {"block_number", outcome.block.number},
            {"block_hash", to_hex_0x(outcome.block.hash.view())},
            {"extrinsic_index", outcome.extrinsic_index}};
}

std::string events_text(const TransactionOutcome& outcome) {
    std::string out;
    for (const auto& event : outcome.events) {
        if (event.pallet != "System") {
            out += (out.empty() ? "" : "\n");
            out += event.pallet + "." + event.name + "  " + registry_client::to_json(event.fields).dump();
        }
    }
    return out;
}

Json events_json(const std::vector<substrate::EventRecord>& events) {
    Json out = Json::array();
    for (const auto& event : events) {
        out.push_back({{"pallet", event.pallet},
                       {"event", event.name},
                       {"fields", Json(registry_client::to_json(event.fields))}});
    }
    return out;
}

}  // namespace redoubt::wallet
