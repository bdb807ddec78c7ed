/// What the runtime says of a transaction before it is applied: valid and how to order it, or why not.
///
/// @source polkadot-sdk, sp_runtime::transaction_validity
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace redoubt::devchain {

/// The values are the tags on the wire.
enum class InvalidTransaction : std::uint8_t {
    kCall = 0,                    ///< cannot be decoded, or is of a kind that is not accepted
    kPayment = 1,                 ///< the signer cannot pay the fee
    kFuture = 2,                  ///< the nonce is above the account's
    kStale = 3,                   ///< the nonce is below the account's
    kBadProof = 4,                ///< the signature is not over this transaction on this chain
    kAncientBirthBlock = 5,       ///< the era's first block is unknown or the era has ended
    kExhaustsResources = 6,       ///< too large or too heavy, for now or for ever
    kCustom = 7,                  ///< not used by this runtime
    kBadMandatory = 8,            ///< an inherent failed
    kMandatoryValidation = 9,     ///< an inherent came through the pool
    kBadSigner = 10,              ///< the zero account signs nothing
    kIndeterminateImplicit = 11,  ///< what is signed besides cannot be computed
    kUnknownOrigin = 12,          ///< nothing authorises the transaction
};
enum class UnknownTransaction : std::uint8_t {
    kCannotLookup = 0,         ///< the signer's address cannot be resolved
    kNoUnsignedValidator = 1,  ///< no pallet accepts this call unsigned
};

/// Why a transaction does not go into a block.
class TransactionValidityError {
  public:
    TransactionValidityError(InvalidTransaction reason) : code_(static_cast<std::uint8_t>(reason)) {}
    TransactionValidityError(UnknownTransaction reason)
        : is_unknown_(true), code_(static_cast<std::uint8_t>(reason)) {}

    [[nodiscard]] bool is(InvalidTransaction reason) const noexcept {
        return !is_unknown_ && code_ == static_cast<std::uint8_t>(reason);
    }
    [[nodiscard]] bool is_unknown() const noexcept { return is_unknown_; }
    /// The text that nodes put into the `data` of error 1010 (invalid) or 1011 (unknown).
    [[nodiscard]] std::string describe() const;
    /// SCALE of sp_runtime's TransactionValidityError.
    void encode(Bytes& out) const;
    bool operator==(const TransactionValidityError&) const = default;

  private:
    bool is_unknown_ = false;
    std::uint8_t code_ = 0;
};

/// How the pool orders a valid transaction.
struct ValidTransaction {
    std::uint64_t priority = 0;
    std::vector<Bytes> requires_tags;  ///< what must have been provided before
    std::vector<Bytes> provides_tags;
    std::uint64_t longevity = UINT64_MAX;  ///< blocks, counted from the block it was validated against
    bool propagate = true;
    bool operator==(const ValidTransaction&) const = default;
};

using Validity =
    outcome::basic_result<ValidTransaction, TransactionValidityError, outcome::policy::terminate>;

/// SCALE of `Result<ValidTransaction, TransactionValidityError>`.
[[nodiscard]] Bytes encode(const Validity& validity);

}  // namespace redoubt::devchain
