/// Locks the process down: after it the enclave can read and write its channel, compute, and nothing else.
///
/// A system call that is not allowed kills the process at once. Memory for code cannot be made, files,
/// sockets and processes cannot be opened, and no other process of the user can look into it.
#pragma once

#include <primitives/result.hpp>
#include <string_view>

namespace redoubt::enclave {

enum class SandboxError : int {
    kBadDescriptor = 1,  ///< the channel is standard error or no descriptor
    kPrivileges,         ///< no_new_privs or dumpable could not be set
    kLimits,             ///< a resource limit could not be set
    kDescriptors,        ///< inherited descriptors could not be closed
    kFilter,             ///< the system call filter was refused by the kernel
};
[[nodiscard]] std::string_view error_domain(SandboxError);
[[nodiscard]] std::string_view error_message(SandboxError);
REDOUBT_ERROR_DOMAIN(SandboxError)

/// Closes every descriptor but `channel_fd` and standard error, then locks down for the rest of the process's
/// life. To be called once, before the first byte from outside is read and after crypto::initialise().
/// @errors all of SandboxError; the process must then end
[[nodiscard]] Result<void> enter_sandbox(int channel_fd);

}  // namespace redoubt::enclave

template <>
struct std::is_error_code_enum<redoubt::enclave::SandboxError> : std::true_type {};
