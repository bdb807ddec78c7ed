/// Messages of what the enclave signs for the chain: its outbox, its registration, and what that needs.
///
/// Part of the list in messages.hpp, which is what is included elsewhere.
#pragma once

#include <boundary/bounded.hpp>
#include <boundary/limits.hpp>
#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <cstdint>
#include <string>
#include <tuple>

namespace redoubt::boundary {

/// Asks for `max` entries of the outbox that can be signed now, payments and confirmations in turn.
struct Outbox {
    std::uint32_t max = 0;
    static constexpr auto kScaleFields = std::tuple{&Outbox::max};
    bool operator==(const Outbox&) const = default;
};

/// Kinds of OutboxItem.
inline constexpr std::uint8_t kOutboxConfirm = 0;
inline constexpr std::uint8_t kOutboxUnshield = 1;
inline constexpr std::uint8_t kOutboxPublishRoot = 2;

/// Something the enclave wants on the chain.
struct OutboxItem {
    std::uint64_t id = 0;
    std::uint8_t kind = kOutboxConfirm;
    /// The block that caused it.
    std::uint32_t block_number = 0;
    static constexpr auto kScaleFields =
        std::tuple{&OutboxItem::id, &OutboxItem::kind, &OutboxItem::block_number};
    bool operator==(const OutboxItem&) const = default;
};

/// Answers Outbox: payments in turn with confirmations and the root, each kind oldest first.
struct OutboxItems {
    Bounded<OutboxItem, kOutboxItemsMax> items;
    static constexpr auto kScaleFields = std::tuple{&OutboxItems::items};
    bool operator==(const OutboxItems&) const = default;
};

/// Signs the outbox entry `id` as an extrinsic with account nonce `nonce`. May be repeated.
struct SignOutbox {
    std::uint64_t id = 0;
    std::uint32_t nonce = 0;
    static constexpr auto kScaleFields = std::tuple{&SignOutbox::id, &SignOutbox::nonce};
    bool operator==(const SignOutbox&) const = default;
};

/// Signs Teerex.register_sgx_enclave. The methods are the registry's: 0 Skip and 2 Dcap, both not proxied,
/// and 1 Ias. Without evidence (Skip) the enclave's measurement is what is registered, and `proof` is empty.
struct SignRegistration {
    std::string url;
    std::uint8_t method = 0;
    /// A quote, or the certificate with a report. The chain judges it; the enclave does not look into it.
    Bytes proof{};
    std::uint32_t nonce = 0;
    static constexpr auto kScaleFields = std::tuple{&SignRegistration::url, &SignRegistration::method,
                                                    &SignRegistration::proof, &SignRegistration::nonce};
    bool operator==(const SignRegistration&) const = default;
};

/// Signs EnclaveBridge.update_shard_config with this enclave's measurement as the shard's fingerprint.
struct SignShardConfig {
    std::uint32_t nonce = 0;
    static constexpr auto kScaleFields = std::tuple{&SignShardConfig::nonce};
    bool operator==(const SignShardConfig&) const = default;
};

/// What quotes are judged by: a signed document for the registry, which verifies it.
enum class CollateralKind : std::uint8_t {
    kQuotingEnclave = 0,  ///< Teerex.register_quoting_enclave
    kTcbInfo = 1,         ///< Teerex.register_tcb_info
};

/// Signs the registration of collateral. Anybody may send it; the enclave's account pays.
struct SignCollateral {
    std::uint8_t kind = 0;  ///< a CollateralKind
    Bytes document;
    Bytes signature;
    Bytes issuer_chain;
    std::uint32_t nonce = 0;
    static constexpr auto kScaleFields =
        std::tuple{&SignCollateral::kind, &SignCollateral::document, &SignCollateral::signature,
                   &SignCollateral::issuer_chain, &SignCollateral::nonce};
    bool operator==(const SignCollateral&) const = default;
};

/// Answers SignOutbox, SignRegistration and SignShardConfig.
struct Signed {
    /// The extrinsic with its length prefix, ready for author_submitExtrinsic.
    Bytes extrinsic;
    /// The last block number in which it can be included.
    std::uint32_t valid_until_block = 0;
    static constexpr auto kScaleFields = std::tuple{&Signed::extrinsic, &Signed::valid_until_block};
    bool operator==(const Signed&) const = default;
};

}  // namespace redoubt::boundary
