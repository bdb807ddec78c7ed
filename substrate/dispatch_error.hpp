/// Dispatch errors in words.
#pragma once

#include <string>
#include <substrate/metadata.hpp>
#include <substrate/value.hpp>

namespace redoubt::substrate {

/// A short name for a dispatch error: `Teerex.EnclaveIsNotRegistered` for an error of a pallet,
/// `Token.FundsUnavailable` and the like for others, `Module 50 error 3` when the metadata does not know it.
/// @param error  the value of type DispatchError, as System.ExtrinsicFailed holds it
[[nodiscard]] std::string describe_dispatch_error(const Metadata& metadata, const Value& error);

}  // namespace redoubt::substrate
