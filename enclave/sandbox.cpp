#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <enclave/sandbox.hpp>
#include <memory>
#include <vector>

namespace redoubt::enclave {

std::string_view error_domain(SandboxError) {
    return "sandbox";
}

std::string_view error_message(SandboxError error) {
    switch (error) {
        case SandboxError::kBadDescriptor:
            return "the channel descriptor is not usable";
        case SandboxError::kPrivileges:
            return "the process could not give up privileges";
        case SandboxError::kLimits:
            return "the resource limits could not be set";
        case SandboxError::kDescriptors:
            return "inherited descriptors could not be closed";
        case SandboxError::kFilter:
            return "the kernel did not take the system call filter: seccomp is needed";
        case SandboxError::kCapabilities:
            return "the process could not give up its capabilities";
    }
    return "unknown sandbox error";
}

namespace {

/// Closes all descriptors but those of `kept`, and standard error.
Result<void> close_inherited(std::vector<int> kept) {
    kept.push_back(STDERR_FILENO);
    std::ranges::sort(kept);
    unsigned first = 0;
    for (const auto descriptor : kept) {
        const auto one = static_cast<unsigned>(descriptor);
        if (one > first && close_range(first, one - 1, 0) != 0) {
            return SandboxError::kDescriptors;
        }
        first = std::max(first, one + 1);
    }
    if (close_range(first, ~0U, 0) != 0) {
        return SandboxError::kDescriptors;
    }
    return success();
}

Result<void> set_limit(__rlimit_resource resource, rlim_t value) {
    const rlimit limit{.rlim_cur = value, .rlim_max = value};
    if (setrlimit(resource, &limit) != 0) {
        return SandboxError::kLimits;
    }
    return success();
}

/// Gives up every capability, for this process and whatever it might become.
Result<void> drop_capabilities() {
    // The bounding set can be reduced by who may change capabilities, and has no effect on anybody else:
    // without new privileges and without executing a program nothing can be gained from it.
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM) {
            return SandboxError::kCapabilities;
        }
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) {
        return SandboxError::kCapabilities;
    }
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    if (syscall(SYS_capset, &header, sets.data()) != 0 || syscall(SYS_capget, &header, sets.data()) != 0) {
        return SandboxError::kCapabilities;
    }
    for (const auto& set : sets) {
        if ((set.effective | set.permitted | set.inheritable) != 0) {
            return SandboxError::kCapabilities;
        }
    }
    return success();
}

Result<void> limit_memory(std::optional<std::uint64_t> bytes_max) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    static_cast<void>(bytes_max);  // shadow memory takes more address space than any limit leaves
    return success();
#else
    return bytes_max ? set_limit(RLIMIT_AS, *bytes_max) : success();
#endif
}

/// The seccomp filter under construction.
class Filter {
  public:
    Filter() : context_(seccomp_init(SCMP_ACT_KILL_PROCESS)) {}

    template <class... Conditions>
    void allow(int system_call, Conditions... conditions) {
        failed_ = failed_ || context_ == nullptr ||
                  seccomp_rule_add(context_.get(), SCMP_ACT_ALLOW, system_call, sizeof...(conditions),
                                   conditions...) != 0;
    }

    Result<void> load() {
        if (failed_ || seccomp_load(context_.get()) != 0) {
            return SandboxError::kFilter;
        }
        return success();
    }

  private:
    struct Release {
        void operator()(void* context) const { seccomp_release(context); }
    };
    std::unique_ptr<void, Release> context_;
    bool failed_ = false;
};

scmp_arg_cmp equals(unsigned argument, std::uint64_t value) {
    return {.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}

scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
    return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

void allow_channel(Filter& filter, int descriptor) {
    const auto channel = static_cast<std::uint64_t>(descriptor);
    filter.allow(SCMP_SYS(read), equals(0, channel));
    filter.allow(SCMP_SYS(write), equals(0, channel));
}

/// What every program does: memory, time, its error output, and ending.
void allow_computing(Filter& filter) {
    filter.allow(SCMP_SYS(write), equals(0, STDERR_FILENO));
    filter.allow(SCMP_SYS(writev), equals(0, STDERR_FILENO));
    filter.allow(SCMP_SYS(close));
    // Memory: anonymous, never executable.
    filter.allow(SCMP_SYS(brk));
    filter.allow(SCMP_SYS(mmap), masked(2, PROT_EXEC, 0), masked(3, MAP_ANONYMOUS, MAP_ANONYMOUS));
    filter.allow(SCMP_SYS(mprotect), masked(2, PROT_EXEC, 0));
    filter.allow(SCMP_SYS(mremap));
    filter.allow(SCMP_SYS(munmap));
    filter.allow(SCMP_SYS(madvise));
    filter.allow(SCMP_SYS(futex));
    filter.allow(SCMP_SYS(getrandom));
    filter.allow(SCMP_SYS(clock_gettime));
    filter.allow(SCMP_SYS(gettimeofday));
    filter.allow(SCMP_SYS(getpid));
    filter.allow(SCMP_SYS(gettid));
    filter.allow(SCMP_SYS(restart_syscall));
    // Ending: also by abort(), which signals its own thread.
    filter.allow(SCMP_SYS(rt_sigprocmask));
    filter.allow(SCMP_SYS(rt_sigaction));
    filter.allow(SCMP_SYS(rt_sigreturn));
    filter.allow(SCMP_SYS(tgkill), equals(0, static_cast<std::uint64_t>(getpid())));
    filter.allow(SCMP_SYS(exit));
    filter.allow(SCMP_SYS(exit_group));
#if defined(__SANITIZE_ADDRESS__)
    filter.allow(SCMP_SYS(sigaltstack));  // asked for before each call that does not return
#endif
}

void allow_devices(Filter& filter) {
    filter.allow(SCMP_SYS(open));
    filter.allow(SCMP_SYS(openat));
    filter.allow(SCMP_SYS(read));
    filter.allow(SCMP_SYS(write));
    filter.allow(SCMP_SYS(ioctl));
    filter.allow(SCMP_SYS(mkdir));
    filter.allow(SCMP_SYS(mkdirat));
    filter.allow(SCMP_SYS(rmdir));
    filter.allow(SCMP_SYS(unlinkat), equals(2, AT_REMOVEDIR));
    filter.allow(SCMP_SYS(socket), equals(0, AF_VSOCK));
    filter.allow(SCMP_SYS(setsockopt));
    filter.allow(SCMP_SYS(connect));
}

/// Starting a process that enters a sandbox of its own, and noticing its end.
void allow_starting_sandboxed(Filter& filter) {
    constexpr std::uint64_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                             CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    filter.allow(SCMP_SYS(clone), masked(0, kNewNamespaces, 0));
    filter.allow(SCMP_SYS(set_robust_list));
    filter.allow(SCMP_SYS(wait4));
    filter.allow(SCMP_SYS(poll));
    filter.allow(SCMP_SYS(socketpair), equals(0, AF_UNIX));
    filter.allow(SCMP_SYS(read));
    filter.allow(SCMP_SYS(write));
    filter.allow(SCMP_SYS(tgkill), equals(2, SIGABRT));
    filter.allow(SCMP_SYS(close_range));
    filter.allow(SCMP_SYS(prctl));
    filter.allow(SCMP_SYS(capset));
    filter.allow(SCMP_SYS(capget));
    filter.allow(SCMP_SYS(prlimit64));
    filter.allow(SCMP_SYS(setrlimit));
    filter.allow(SCMP_SYS(seccomp));
}

/// What all processes give up before their filter.
Result<void> give_up_privileges(std::vector<int> kept) {
    BOOST_OUTCOME_TRY(close_inherited(std::move(kept)));
    BOOST_OUTCOME_TRY(drop_capabilities());
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return SandboxError::kPrivileges;
    }
    // After the capabilities: giving them up may set the mark of dumps anew.
    BOOST_OUTCOME_TRY(forbid_dumps());
    // The other end closes the channel, which a long computation would notice late. One that has ended
    // already left the channel closed.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
        return SandboxError::kPrivileges;
    }
    // A peer that is gone, or standard error that is a file, is an error of the write, not the end of the
    // process.
    if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR || std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) {
        return SandboxError::kPrivileges;
    }
    return success();
}

bool is_channel(int descriptor) {
    return descriptor >= 0 && descriptor != STDERR_FILENO;
}

}  // namespace

Result<void> forbid_dumps() {
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return SandboxError::kPrivileges;
    }
    return set_limit(RLIMIT_CORE, 0);
}

Result<void> enter_sandbox(int channel_fd,
                           std::optional<std::uint64_t> memory_bytes_max,
                           std::optional<EvidenceLink> evidence) {
    if (!is_channel(channel_fd) || (evidence && (!is_channel(evidence->fd) || evidence->process <= 0))) {
        return SandboxError::kBadDescriptor;
    }
    std::vector<int> kept{channel_fd};
    if (evidence) {
        kept.push_back(evidence->fd);
    }
    BOOST_OUTCOME_TRY(give_up_privileges(kept));
    BOOST_OUTCOME_TRY(set_limit(RLIMIT_NPROC, 0));
    BOOST_OUTCOME_TRY(set_limit(RLIMIT_NOFILE, 0));
    BOOST_OUTCOME_TRY(set_limit(RLIMIT_FSIZE, 0));
    BOOST_OUTCOME_TRY(limit_memory(memory_bytes_max));
    Filter filter;
    for (const auto descriptor : kept) {
        allow_channel(filter, descriptor);
    }
    if (evidence) {
        filter.allow(SCMP_SYS(wait4), equals(0, static_cast<std::uint64_t>(evidence->process)),
                     equals(2, WNOHANG), equals(3, 0));
    }
    allow_computing(filter);
    return filter.load();
}

Result<void> enter_producer_sandbox(int channel_fd, ProducerNeeds needs) {
    if (!is_channel(channel_fd)) {
        return SandboxError::kBadDescriptor;
    }
    BOOST_OUTCOME_TRY(give_up_privileges({channel_fd}));
    BOOST_OUTCOME_TRY(set_limit(RLIMIT_NPROC, 0));
    Filter filter;
    allow_channel(filter, channel_fd);
    allow_computing(filter);
    filter.allow(SCMP_SYS(clock_nanosleep));
    if (needs == ProducerNeeds::kDevices) {
        allow_devices(filter);
    } else {
        BOOST_OUTCOME_TRY(set_limit(RLIMIT_NOFILE, 0));
        BOOST_OUTCOME_TRY(set_limit(RLIMIT_FSIZE, 0));
    }
    return filter.load();
}

Result<void> enter_keeper_sandbox(int channel_fd, ProducerNeeds needs) {
    if (!is_channel(channel_fd)) {
        return SandboxError::kBadDescriptor;
    }
    BOOST_OUTCOME_TRY(give_up_privileges({channel_fd}));
    if (needs == ProducerNeeds::kNothing) {
        BOOST_OUTCOME_TRY(set_limit(RLIMIT_FSIZE, 0));
    }
    Filter filter;
    allow_computing(filter);
    filter.allow(SCMP_SYS(clock_nanosleep));
    allow_starting_sandboxed(filter);
    if (needs == ProducerNeeds::kDevices) {
        allow_devices(filter);
    }
    return filter.load();
}

}  // namespace redoubt::enclave
