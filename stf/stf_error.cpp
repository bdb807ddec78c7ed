#include <stf/stf_error.hpp>

namespace redoubt::stf {

std::string_view error_domain(StfError) {
    return "state transition";
}

std::string_view error_message(StfError error) {
    switch (error) {
        case StfError::kUndecryptable:
            return "the call could not be decrypted: encrypt it with this worker's current shielding key";
        case StfError::kBadFormat:
            return "the decrypted bytes are no trusted operation: update the wallet";
        case StfError::kWrongShard:
            return "the call names a shard that this worker does not serve: ask the worker for its shard";
        case StfError::kNotACall:
            return "a getter was sent as a call: ask it at the worker's endpoint";
        case StfError::kDelegateNotSupported:
            return "session proxies are not supported: sign with the account itself";
        case StfError::kBadSignature:
            return "the signature is not the sender's for this enclave and shard: sign again with the "
                   "worker's present fingerprint and shard";
        case StfError::kNonceTooLow:
            return "the nonce was used already: this call or another one with its nonce was processed";
        case StfError::kNonceTooHigh:
            return "the nonce is ahead of the account: send the missing call first or ask for the nonce "
                   "again. The signed call stays valid until its nonce has passed, and anybody can submit it "
                   "again: use the nonce for another call if this one is not wanted any more";
        case StfError::kNotSupported:
            return "this shard does not execute calls of this kind";
        case StfError::kNoSuchModule:
            return "this shard has no module of that name";
        case StfError::kBadModuleCall:
            return "the module cannot decode the call: update the wallet";
        case StfError::kNotPermitted:
            return "the sender may not make this call on this shard";
        case StfError::kInsufficientFunds:
            return "the sender's balance is too low: shield more funds first";
        case StfError::kOverflow:
            return "the resulting number would be too large";
        case StfError::kBelowMinimum:
            return "the amount is below the existential deposit of the chain: it could not be paid out";
        case StfError::kChainReadLimit:
            return "the call needs more of the chain's state than a call may read";
        case StfError::kChainValueUnreadable:
            return "a value of the chain's state is laid out in another way than this worker knows: the "
                   "worker needs a newer release";
        case StfError::kNoSuchRoom:
            return "there is no such room: ask its owner to open it";
        case StfError::kChainBalanceTooLow:
            return "the sender's free balance on the chain is below what the room asks for: put more funds "
                   "on that account and call again";
    }
    return "unknown reason";
}

}  // namespace redoubt::stf
