/// Why a parachain's head is refused.
#pragma once

#include <primitives/result.hpp>
#include <string_view>

namespace redoubt::light_client {

enum class ParachainError : int {
    kUnknownRelayBlock = 1,  ///< not one of the relay chain's recently finalized blocks
    kStaleRelayBlock,        ///< below the relay block of the last anchor
    kNotRegistered,          ///< the relay chain has no head for the parachain: it is offboarded
    kBadHead,                ///< the head is no header
    kTooManyHeaders,         ///< more headers, or more bytes, than allowed
    kBrokenChain,            ///< the given headers do not lead from the known head to the new one
    kConflictingHead,        ///< halt: the relay chain's head is not a descendant of the known one
    kGenesisUnproven,        ///< the head's state was not shown to name a genesis block
    kOtherGenesis,           ///< the head is of a chain with another genesis block
};
[[nodiscard]] std::string_view error_domain(ParachainError);
[[nodiscard]] std::string_view error_message(ParachainError);
REDOUBT_ERROR_DOMAIN(ParachainError)

}  // namespace redoubt::light_client

template <>
struct std::is_error_code_enum<redoubt::light_client::ParachainError> : std::true_type {};
