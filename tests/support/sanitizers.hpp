/// What a test needs that a sanitizer takes away.
#pragma once

#include <gtest/gtest.h>

/// Skips a test in which a locked-down process forks: ThreadSanitizer begins a thread after each fork, and
/// the filter of system calls ends the process for it.
#if defined(__SANITIZE_THREAD__)
#define REDOUBT_NEEDS_FORKS_IN_THE_SANDBOX() \
    GTEST_SKIP() << "ThreadSanitizer begins a thread after a fork, which the sandbox forbids"
#else
#define REDOUBT_NEEDS_FORKS_IN_THE_SANDBOX() static_assert(true)
#endif
