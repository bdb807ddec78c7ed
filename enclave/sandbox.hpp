/// Locks the process down: after it the enclave can read and write its channels, compute, and nothing else.
///
/// A system call that is not allowed kills the process at once. Memory for code cannot be made, files,
/// sockets and processes cannot be opened, and no other process of the user can look into it. It keeps no
/// capability, also when root started it. The kernel ends it with the thread that started it.
#pragma once

#include <cstdint>
#include <optional>
#include <primitives/result.hpp>
#include <string_view>

namespace redoubt::enclave {

enum class SandboxError : int {
    kBadDescriptor = 1,  ///< the channel is standard error or no descriptor
    kPrivileges,         ///< no_new_privs or dumpable could not be set
    kLimits,             ///< a resource limit could not be set
    kDescriptors,        ///< inherited descriptors could not be closed
    kFilter,             ///< the system call filter was refused by the kernel
    kCapabilities,       ///< capabilities could not be given up
};
[[nodiscard]] std::string_view error_domain(SandboxError);
[[nodiscard]] std::string_view error_message(SandboxError);
REDOUBT_ERROR_DOMAIN(SandboxError)

/// No core dump and no debugger from now on. To be called before the first secret is read.
/// @errors kPrivileges, kLimits; the process must then end
[[nodiscard]] Result<void> forbid_dumps();

/// The process that keeps the one that makes evidence: a channel to it, and how it ends.
struct EvidenceLink {
    int fd = -1;
    int process = -1;  ///< a child of this process
};

/// Closes every descriptor but `channel_fd` and standard error, then locks down for the rest of the process's
/// life. To be called once, before the first byte from outside is read and after crypto::initialise().
/// @param memory_bytes_max  address space of the process; nullopt leaves it unlimited
/// @param evidence          a second channel, and the one process whose end may be asked for, without waiting
/// @errors all of SandboxError; the process must then end
[[nodiscard]] Result<void> enter_sandbox(int channel_fd,
                                         std::optional<std::uint64_t> memory_bytes_max = std::nullopt,
                                         std::optional<EvidenceLink> evidence = std::nullopt);

/// What a process that makes evidence needs beside its channel.
enum class ProducerNeeds : std::uint8_t {
    kNothing,  ///< a simulation: time passes, nothing else
    kDevices,  ///< the files and devices of a TEE, and vsock to its host
};

/// As enter_sandbox(), for the process that makes evidence. With kDevices it can open files: it reads nothing
/// that another party wrote but the TEE's answers.
/// @errors as enter_sandbox
[[nodiscard]] Result<void> enter_producer_sandbox(int channel_fd, ProducerNeeds needs);

/// As enter_sandbox(), for the process that starts the one that makes evidence, again and again: it may fork,
/// and what its children need has to be allowed to it too. It executes no program.
/// @param needs  of its children, which enter their own sandbox on top of this one
/// @errors as enter_sandbox
[[nodiscard]] Result<void> enter_keeper_sandbox(int channel_fd, ProducerNeeds needs);

}  // namespace redoubt::enclave

template <>
struct std::is_error_code_enum<redoubt::enclave::SandboxError> : std::true_type {};
