/// A transaction from signing to finality, without ever taking effect twice.
///
/// What the node says about a transaction is a hint; what counts is that the extrinsic stands in the body
/// of a finalized block, and the events of that block. A transaction that may still be included is only
/// submitted again as it is, or signed again with the same nonce. Another nonce is used when the earlier
/// one was refused at its first submission, or provably came to nothing: its nonce was used by another, or
/// its mortality ended, in finalized blocks that do not hold it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <registry-client/chain_client.hpp>
#include <string>
#include <vector>

namespace redoubt::registry_client {

enum class TransactionError : int {
    kRefused = 1,      ///< the chain will not take it: no funds, bad signature, …; the detail has the words
    kTooManyAttempts,  ///< it was signed as often as allowed, and each time came to nothing
    /// The deadline passed, or the node keeps back a finalized block; it may still be included: the detail
    /// names the extrinsic.
    kFateUnknown,
};
[[nodiscard]] std::string_view error_domain(TransactionError);
[[nodiscard]] std::string_view error_message(TransactionError);
REDOUBT_ERROR_DOMAIN(TransactionError)

}  // namespace redoubt::registry_client

template <>
struct std::is_error_code_enum<redoubt::registry_client::TransactionError> : std::true_type {};

namespace redoubt::registry_client {

struct SignedExtrinsic {
    Bytes bytes;  ///< with length prefix
    /// The last block that may hold it (birth of the era + period - 1); nullopt for an immortal one.
    std::optional<std::uint32_t> valid_until_block = std::nullopt;
};

/// Signs the same call with the given nonce and an era that starts at a recent finalized block. It is
/// called again after a conflict; an error from it ends the submission with that error.
using Signer = std::function<Task<Reply<SignedExtrinsic>>(std::uint32_t nonce)>;

/// Steps on the way, for people who wait. Hints of the node, except kFinalized.
enum class TransactionStep : std::uint8_t {
    kSigned,
    kSending,
    kNotTaken,  ///< the node refused it or was not reached; the detail has the words
    kSubmitted,
    kInBlock,
    kRetracted,
    kRetrying,
    kFinalized
};
struct TransactionProgress {
    TransactionStep step = TransactionStep::kSigned;
    Hash256 extrinsic_hash;
    std::uint32_t nonce = 0;
    std::string detail;  ///< block hash, or why it is tried again
    /// The extrinsic, or an earlier one of the same call, was handed to a node and may stand in a block.
    bool may_be_included = false;
};

struct SubmitOptions {
    AccountId account;  ///< who signs; needed to follow the nonce
    std::chrono::milliseconds deadline{300'000};
    /// How long a transaction in trouble is left alone before it is submitted or signed again.
    std::chrono::milliseconds repeat_after{2'000};
    unsigned signatures_max = 5;  ///< how often the signer is asked
    /// Called on the submission's own strand.
    std::function<void(const TransactionProgress&)> on_progress = {};
};

struct TransactionOutcome {
    Hash256 extrinsic_hash;
    BlockReference block;  ///< finalized
    std::uint32_t extrinsic_index = 0;
    std::uint32_t nonce = 0;
    std::vector<substrate::EventRecord> events;  ///< those of this extrinsic
    /// nullopt when the call succeeded; else for example "EnclaveBridge.WrongFingerprintForShard".
    std::optional<std::string> dispatch_error = std::nullopt;

    [[nodiscard]] bool succeeded() const { return !dispatch_error.has_value(); }
};

/// Signs, submits and follows until the extrinsic stands in a finalized block. A dispatch error is an
/// outcome, not a failure. Several may run at once for one account: they take nonces one after the other.
/// @errors kRefused, kTooManyAttempts, kFateUnknown; those of ChainClient and of the signer
[[nodiscard]] Task<Reply<TransactionOutcome>> submit_until_finalized(ChainClientPtr client,
                                                                     Signer signer,
                                                                     SubmitOptions options);

}  // namespace redoubt::registry_client
