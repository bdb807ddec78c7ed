/// Errors as values: Result<T>, and how a domain declares its error codes.
///
/// A domain writes, beside its functions:
///
///     enum class FrameError : int { kTooLarge = 1, kTruncated };          // one enumerator per remedy
///     std::string_view error_domain(FrameError);                           // "boundary frame"
///     std::string_view error_message(FrameError);                          // a switch without default
///     REDOUBT_ERROR_DOMAIN(FrameError)                                     // in the same namespace
///     ...
///     template <> struct std::is_error_code_enum<redoubt::boundary::FrameError> : std::true_type {};
///
/// and may then `return FrameError::kTooLarge;` from any function that returns a Result.
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/try.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

namespace redoubt {

namespace outcome = BOOST_OUTCOME_V2_NAMESPACE;

/// A value or an error code. Reading the value of a failed result ends the process.
template <class T = void>
using Result = outcome::basic_result<T, std::error_code, outcome::policy::terminate>;

/// Success of a Result<void>.
using outcome::success;

namespace detail {

template <class Enum>
class EnumErrorCategory final : public std::error_category {
  public:
    [[nodiscard]] const char* name() const noexcept override { return error_domain(Enum{}).data(); }
    [[nodiscard]] std::string message(int value) const override {
        return std::string{error_message(static_cast<Enum>(value))};
    }
};

/// Ends the process after a broken invariant; never used for input.
[[noreturn]] inline void assertion_failed(const char* expression, const char* file, int line) {
    (void)std::fprintf(stderr, "broken invariant: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

}  // namespace detail

template <class Enum>
[[nodiscard]] const std::error_category& error_category() noexcept {
    static const detail::EnumErrorCategory<Enum> category;
    return category;
}

}  // namespace redoubt

#define REDOUBT_ERROR_DOMAIN(Enum)                                              \
    [[nodiscard]] inline std::error_code make_error_code(Enum error) noexcept { \
        return {static_cast<int>(error), ::redoubt::error_category<Enum>()};    \
    }

/// A broken invariant ends the process, in every build. Input is checked with Result instead.
#define REDOUBT_ASSERT(expression)                        \
    (static_cast<bool>(expression) ? static_cast<void>(0) \
                                   : ::redoubt::detail::assertion_failed(#expression, __FILE__, __LINE__))
