/// Which checks a verification made, in order, and how each ended.
#pragma once

#include <attestation/reason.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace redoubt::attestation {

enum class CheckOutcome : std::uint8_t {
    kNotReached,  ///< an earlier check failed
    kNotNeeded,   ///< this evidence has nothing to check here
    kPassed,
    kFailed,
};

struct Check {
    /// A stable name in snake_case, for example `quote_signature`. Text of the program, not of the input.
    std::string_view name;
    CheckOutcome outcome = CheckOutcome::kNotReached;
};

/// Filled by a verifier while it works. It is made with the checks of its format, so that a report always
/// shows all of them.
class CheckLog {
  public:
    /// @param names the checks of the format, in order; text that outlives the log
    explicit CheckLog(std::span<const std::string_view> names) {
        checks_.reserve(names.size());
        for (const auto name : names) {
            checks_.push_back({.name = name});
        }
    }

    /// Notes how a check ended, and hands its result on: `BOOST_OUTCOME_TRY(auto x, log.note("x", f()));`
    /// A check may be noted several times; it has passed when each part has.
    /// @pre `name` is one of the names of this log
    template <class T>
    [[nodiscard]] Result<T> note(std::string_view name, Result<T> result) {
        set(name, result.has_value() ? CheckOutcome::kPassed : CheckOutcome::kFailed);
        return result;
    }
    void skip(std::string_view name) { set(name, CheckOutcome::kNotNeeded); }

    [[nodiscard]] std::vector<Check> take() && { return std::move(checks_); }
    /// The same with the checks of another verification, which this one rests upon, after the first.
    [[nodiscard]] std::vector<Check> take_around(std::vector<Check> inner) && {
        auto out = std::move(checks_);
        out.insert(out.begin() + 1, inner.begin(), inner.end());
        return out;
    }

  private:
    void set(std::string_view name, CheckOutcome outcome) {
        for (auto& check : checks_) {
            if (check.name == name) {
                if (check.outcome != CheckOutcome::kFailed) {
                    check.outcome = outcome;
                }
                return;
            }
        }
        REDOUBT_ASSERT(false);
    }

    std::vector<Check> checks_;
};

}  // namespace redoubt::attestation
