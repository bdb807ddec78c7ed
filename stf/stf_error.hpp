/// Why a trusted call had no effect. The numbers are stored in status records: append only.
#pragma once

#include <primitives/result.hpp>
#include <string_view>

namespace redoubt::stf {

/// One enumerator per remedy of the call's owner.
enum class StfError : int {
    kUndecryptable = 1,          ///< not encrypted for this enclave's shielding key
    kBadFormat = 2,              ///< decrypted, but no trusted operation
    kWrongShard = 3,             ///< names another shard
    kNotACall = 4,               ///< a getter where a call is expected
    kDelegateNotSupported = 5,   ///< signed by a session proxy
    kBadSignature = 6,           ///< not signed by the sender for this enclave and shard
    kNonceTooLow = 7,            ///< a replay, or another call was faster
    kNonceTooHigh = 8,           ///< an earlier call is missing
    kNotSupported = 9,           ///< no module executes this call
    kNoSuchModule = 10,          ///< ModuleCall names an unknown module
    kBadModuleCall = 11,         ///< the module cannot decode its call
    kNotPermitted = 12,          ///< reserved for another account or for development shards
    kInsufficientFunds = 13,     ///< more than the sender's free balance
    kOverflow = 14,              ///< a number would become too large
    kBelowMinimum = 15,          ///< less than the chain keeps in an account
    kChainReadLimit = 16,        ///< reads more of the chain's state than a call may
    kChainValueUnreadable = 17,  ///< a value of the chain is not laid out as the module expects
    kNoSuchRoom = 18,            ///< gated: nobody opened that room
    kChainBalanceTooLow = 19,    ///< gated: the sender holds too little on the chain
};
[[nodiscard]] std::string_view error_domain(StfError);
[[nodiscard]] std::string_view error_message(StfError);
REDOUBT_ERROR_DOMAIN(StfError)

}  // namespace redoubt::stf

template <>
struct std::is_error_code_enum<redoubt::stf::StfError> : std::true_type {};
