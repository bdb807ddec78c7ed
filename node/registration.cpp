#include <fmt/format.h>
#include <node/enclave_signer.hpp>
#include <node/registration.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <utility>

namespace redoubt::node {

using registry_client::ChainClientPtr;
using rpc::Reply;

std::chrono::milliseconds registration_valid_for(const std::optional<registry_client::EnclaveEntry>& entry,
                                                 const EnclaveIdentity& identity,
                                                 std::uint64_t now_ms,
                                                 std::chrono::milliseconds reregister_after) {
    if (!entry || entry->account != identity.account || entry->fingerprint != identity.measurement ||
        entry->url != identity.url) {
        return std::chrono::milliseconds{0};
    }
    const auto age_ms = now_ms > entry->timestamp_ms ? now_ms - entry->timestamp_ms : 0;
    const auto limit_ms = static_cast<std::uint64_t>(reregister_after.count());
    return std::chrono::milliseconds{age_ms < limit_ms ? limit_ms - age_ms : 0};
}

std::optional<Problem> shard_obstacle(const ShardOnChain& shard,
                                      const EnclaveIdentity& identity,
                                      bool has_state) {
    const auto shard_hex = to_hex_0x(identity.shard.view());
    if (shard.config) {
        const auto& config = *shard.config;
        const bool upgraded =
            config.pending && config.upgrade_at_block && *config.upgrade_at_block <= shard.block_number;
        const auto& effective = upgraded ? *config.pending : config.active;
        if (effective.enclave_fingerprint != identity.measurement) {
            return Problem{
                ExitCode::kChain,
                fmt::format("the shard {} belongs to enclaves with fingerprint {}; this enclave is {}",
                            shard_hex, to_hex_0x(effective.enclave_fingerprint.view()),
                            to_hex_0x(identity.measurement.view())),
                "Use the enclave program of that shard (--enclave), or carry another shard (--shard)."};
        }
    }
    if (has_state || shard.signers.empty()) {
        return std::nullopt;
    }
    const auto own =
        std::ranges::find(shard.signers, identity.account, &registry_client::ShardSigner::signer);
    if (own != shard.signers.end()) {
        return Problem{
            ExitCode::kDataDirectory,
            fmt::format(
                "this enclave has carried the shard {} before (last in block {}), but the data directory "
                "holds no state of it",
                shard_hex, own->last_activity_block),
            "Restore the data directory from a backup, or carry another shard (--shard)."};
    }
    return Problem{
        ExitCode::kDataDirectory,
        fmt::format(
            "the shard {} is carried by another enclave ({}), and this data directory holds no state of "
            "it",
            shard_hex, to_hex_0x(shard.signers.front().signer.view())),
        "This release cannot take over the state of another worker. Use the data directory that the shard "
        "was started with, or carry a shard of your own: --shard with 32 bytes of your choice."};
}

registry_client::Signer registration_signer(EnclaveLinkPtr enclave,
                                            std::string url,
                                            AttestationMethod method,
                                            Bytes proof) {
    return enclave_signer(
        std::move(enclave),
        [url = std::move(url), method, proof = std::move(proof)](std::uint32_t nonce) -> boundary::ToEnclave {
            return boundary::SignRegistration{url, static_cast<std::uint8_t>(method), proof, nonce};
        });
}

registry_client::Signer collateral_signer(EnclaveLinkPtr enclave, CollateralDocument document) {
    return enclave_signer(
        std::move(enclave), [document = std::move(document)](std::uint32_t nonce) -> boundary::ToEnclave {
            return boundary::SignCollateral{static_cast<std::uint8_t>(document.kind), document.document,
                                            document.signature, document.issuer_chain, nonce};
        });
}

registry_client::Signer shard_config_signer(EnclaveLinkPtr enclave) {
    return enclave_signer(std::move(enclave), [](std::uint32_t nonce) -> boundary::ToEnclave {
        return boundary::SignShardConfig{nonce};
    });
}

Task<Reply<ShardOnChain>> read_shard(ChainClientPtr chain, Hash256 shard) {
    const auto head = co_await chain->finalized_head();
    if (!head.has_value()) {
        co_return head.error();
    }
    const std::optional<Hash256> at = head.value().hash;
    auto signers = co_await registry_client::shard_status(chain, shard, at);
    if (!signers.has_value()) {
        co_return signers.error();
    }
    auto config = co_await registry_client::shard_config(chain, shard, at);
    if (!config.has_value()) {
        co_return config.error();
    }
    ShardOnChain out;
    out.signers = std::move(signers.value());
    out.config = std::move(config.value());
    out.block_number = head.value().number;
    co_return out;
}

std::optional<Problem> method_obstacle(const registry_client::RegistryFlags& flags,
                                       AttestationMethod method,
                                       bool is_debug) {
    if (method == AttestationMethod::kSkip && !flags.allows_skipping) {
        return Problem{ExitCode::kChain,
                       "the chain does not register enclaves without attestation "
                       "(Teerex.AllowSkippingAttestation is false)",
                       "Register with evidence (--attestation dcap), or on a chain of your own call "
                       "Teerex.set_security_flags(true, …) as root."};
    }
    if (is_debug && !flags.allows_debug) {
        return Problem{
            ExitCode::kChain,
            "the chain does not register enclaves in debug mode (Teerex.SgxAllowDebugMode is false)",
            "Build and sign the enclave for production."};
    }
    return std::nullopt;
}

bool is_news(const CollateralDocument& document,
             const std::optional<registry_client::CollateralEntry>& on_chain) {
    return !on_chain || on_chain->issued_ms < document.issued_ms;
}

}  // namespace redoubt::node
