#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <node/account_funding.hpp>
#include <node/chain_retry.hpp>
#include <node/log.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/crypto/ss58.hpp>
#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <registry-client/calls.hpp>
#include <registry-client/transaction.hpp>
#include <substrate/era.hpp>
#include <substrate/signing.hpp>

#include <algorithm>
#include <optional>

namespace redoubt::node {

using registry_client::AccountInfo;
using registry_client::ChainClientPtr;
using registry_client::SignedExtrinsic;
using rpc::Reply;

namespace {

constexpr uint128 kMax = ~uint128{0};

uint128 saturating_multiply(uint128 a, uint128 b) {
    return b != 0 && a > kMax / b ? kMax : a * b;
}

uint128 power_of_ten(unsigned exponent) {
    uint128 out = 1;
    for (unsigned i = 0; i < exponent; ++i) {
        out = saturating_multiply(out, 10);
    }
    return out;
}

Task<Reply<AccountInfo>> info_at_finalized(ChainClientPtr chain, AccountId account) {
    const auto head = co_await chain->finalized_head();
    if (!head.has_value()) {
        co_return head.error();
    }
    co_return co_await chain->account_info(account, head.value().hash);
}

Task<Reply<SignedExtrinsic>> sign_for_alice(ChainClientPtr chain, Bytes call, std::uint32_t nonce) {
    constexpr std::uint64_t kEraBlocks = 64;
    const auto alice = crypto::KeyPair::from_secret_uri("//Alice", crypto::Scheme::kSr25519);
    if (!alice.has_value()) {
        co_return alice.error();
    }
    const auto head = co_await chain->finalized_head();
    if (!head.has_value()) {
        co_return head.error();
    }
    const auto number = head.value().number;
    substrate::SigningContext context;
    context.nonce = nonce;
    context.era = substrate::Era::mortal(kEraBlocks, number);
    context.genesis_hash = chain->genesis_hash();
    context.birth_hash = head.value().hash;
    const auto runtime = chain->runtime();
    auto bytes = substrate::sign_extrinsic(runtime->metadata, call, context, alice.value());
    if (!bytes.has_value()) {
        co_return bytes.error();
    }
    SignedExtrinsic out;
    out.bytes = std::move(bytes.value());
    out.valid_until_block = number + static_cast<std::uint32_t>(kEraBlocks) - 1;
    co_return out;
}

}  // namespace

std::string format_amount(uint128 amount, std::uint8_t decimals, const std::string& symbol) {
    const auto unit = power_of_ten(decimals);
    auto text = to_decimal(amount / unit);
    auto rest = to_decimal(amount % unit);
    rest.insert(0, decimals > rest.size() ? decimals - rest.size() : 0, '0');
    rest.erase(rest.find_last_not_of('0') + 1);
    if (!rest.empty()) {
        text += "." + rest;
    }
    return symbol.empty() ? text : text + " " + symbol;
}

std::string format_account(const AccountId& account, std::uint16_t ss58_prefix) {
    const bool reserved = ss58_prefix == 46 || ss58_prefix == 47 || ss58_prefix > crypto::kSs58PrefixMax;
    return reserved ? to_hex_0x(account.view()) : crypto::encode_ss58(account.view(), ss58_prefix);
}

Task<uint128> fee_of(ChainClientPtr chain, Bytes extrinsic) {
    // RuntimeDispatchInfo ends with the partial fee, whatever form its weight has.
    constexpr std::size_t kFeeBytes = 16;
    Bytes arguments = extrinsic;
    scale::encode_scale(arguments, static_cast<std::uint32_t>(extrinsic.size()));
    const auto info = co_await chain->runtime_call("TransactionPaymentApi_query_info", std::move(arguments));
    if (info.has_value() && info.value().size() > kFeeBytes) {
        ByteCursor fee{ByteView{info.value()}.last(kFeeBytes)};
        co_return fee.take_le<uint128>().value();
    }
    const auto decimals = chain->runtime()->decimals;
    co_return power_of_ten(decimals > 3 ? decimals - 3U : 0U);
}

uint128 spendable(const AccountInfo& info) {
    return info.free > info.frozen ? info.free - info.frozen : 0;
}

uint128 funds_needed(uint128 existential_deposit, uint128 fee, std::uint32_t transactions) {
    const auto fees = saturating_multiply(fee, transactions);
    return fees > kMax - existential_deposit ? kMax : fees + existential_deposit;
}

Task<Outcome<>> fund_from_alice(ChainClientPtr chain, AccountId account, uint128 amount) {
    constexpr unsigned kAttempts = 5;
    std::string reason;
    for (unsigned attempt = 0; attempt < kAttempts; ++attempt) {
        const auto runtime = chain->runtime();
        const auto alice = crypto::KeyPair::from_secret_uri("//Alice", crypto::Scheme::kSr25519);
        auto call = registry_client::transfer_keep_alive_call(runtime->metadata, account, amount);
        if (!alice.has_value() || !call.has_value()) {
            reason = call.has_value() ? alice.error().message() : call.error().message();
            break;
        }
        registry_client::SubmitOptions options;
        options.deadline = std::chrono::seconds{60};
        options.on_progress = log_retries("sending money from //Alice");
        options.account = alice.value().account_id();
        registry_client::Signer signer = [chain, call = std::move(call.value())](std::uint32_t nonce) {
            return sign_for_alice(chain, call, nonce);
        };
        spdlog::info("--dev: sending {} from //Alice to {}",
                     format_amount(amount, runtime->decimals, runtime->symbol),
                     format_account(account, runtime->ss58_prefix));
        const auto sent =
            co_await registry_client::submit_until_finalized(chain, std::move(signer), std::move(options));
        if (sent.has_value() && sent.value().succeeded()) {
            co_return success();
        }
        reason = sent.has_value() ? *sent.value().dispatch_error : sent.error().describe();
        if (!sent.has_value() && is_permanent(sent.error())) {
            co_return chain_problem(sent.error(), chain->url());
        }
        log_chain_trouble("sending money from //Alice", reason);
        co_await pause_for(std::chrono::seconds{1});
    }
    co_return Problem{
        ExitCode::kChain, fmt::format("--dev: //Alice cannot fund the enclave's account: {}", reason),
        "Use a development chain on which //Alice has money, or start without --dev and fund the "
        "account yourself."};
}

Task<Outcome<>> wait_for_funds(ChainClientPtr chain, AccountId account, uint128 needed) {
    using Clock = std::chrono::steady_clock;
    std::optional<Clock::time_point> said;
    for (;;) {
        std::function<Task<Reply<AccountInfo>>()> call = [chain, account] {
            return info_at_finalized(chain, account);
        };
        const auto info =
            co_await until_answered<AccountInfo>(std::move(call), "reading the balance", chain->url());
        if (!info.has_value()) {
            co_return info.error();
        }
        const auto has = spendable(info.value());
        if (has >= needed) {
            if (said) {
                spdlog::info("the enclave's account has its money");
            }
            co_return success();
        }
        if (!said || Clock::now() - *said > std::chrono::minutes{5}) {
            said = Clock::now();
            const auto runtime = chain->runtime();
            const auto missing = needed - has;
            announce("waiting_for_funds", {{"account", format_account(account, runtime->ss58_prefix)},
                                           {"account_hex", to_hex_0x(account.view())},
                                           {"needed", to_decimal(needed)},
                                           {"free", to_decimal(has)},
                                           {"missing", to_decimal(missing)},
                                           {"symbol", runtime->symbol},
                                           {"decimals", runtime->decimals}});
            spdlog::warn(
                "the enclave's account {} ({}) needs {} more to pay its fees (it has {}, {} are needed): "
                "send it; redoubtd goes on by itself",
                format_account(account, runtime->ss58_prefix), to_hex_0x(account.view()),
                format_amount(missing, runtime->decimals, runtime->symbol),
                format_amount(has, runtime->decimals, runtime->symbol),
                format_amount(needed, runtime->decimals, runtime->symbol));
        }
        auto heads = co_await chain->finalized_heads();
        if (!heads.has_value()) {
            log_chain_trouble("following finalized blocks", heads.error().describe());
            co_await pause_for(std::chrono::seconds{1});
            continue;
        }
        // The stream begins with the present head; the one after it brings news.
        for (int i = 0; i < 2; ++i) {
            const auto head = co_await heads.value().next(std::chrono::seconds{30});
            if (!head.has_value()) {
                break;
            }
        }
    }
}

}  // namespace redoubt::node
