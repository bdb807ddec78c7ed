/// Errors of the enclave core that do not cross the boundary: they are answered to clients.
#pragma once

#include <primitives/result.hpp>
#include <string_view>

namespace redoubt::enclave {

enum class EnclaveError : int {
    kWrongShard = 1,  ///< the request names a shard that this enclave does not serve
};
[[nodiscard]] std::string_view error_domain(EnclaveError);
[[nodiscard]] std::string_view error_message(EnclaveError);
REDOUBT_ERROR_DOMAIN(EnclaveError)

}  // namespace redoubt::enclave

template <>
struct std::is_error_code_enum<redoubt::enclave::EnclaveError> : std::true_type {};
