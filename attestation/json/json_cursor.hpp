/// A strict reader of JSON that knows where each value stands in the text. Signed JSON is verified and read
/// from the same bytes, so that no second parser can see something else in them.
///
/// Strict means: UTF-8, no comments, no trailing data, no duplicate member names (compared after escapes are
/// resolved), bounded depth. Nothing is built: the caller visits members and elements in the order of the
/// text.
///
/// @source RFC 8259, attestation.md section 6.2
#pragma once

#include <attestation/limits.hpp>
#include <attestation/reason.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::attestation {

/// A position in a text that outlives it. Each read skips white space before its value. After an error the
/// position is unspecified. All functions fail with kJsonMalformed, and where names are read with
/// kJsonDuplicateMember or kLimitExceeded.
class JsonCursor {
  public:
    explicit JsonCursor(std::string_view text) noexcept : text_(text) {}

    /// Visits the members of an object. `on_member(name, cursor)` reads or skips exactly one value.
    template <class OnMember>
    [[nodiscard]] Result<void> read_object(OnMember&& on_member) {
        BOOST_OUTCOME_TRY(open('{'));
        std::vector<std::string> names;
        while (true) {
            BOOST_OUTCOME_TRY(const bool has_more, next_item('}', names.empty()));
            if (!has_more) {
                break;
            }
            BOOST_OUTCOME_TRY(auto name, read_member_name(names));
            names.push_back(std::move(name));
            BOOST_OUTCOME_TRY(on_member(std::string_view{names.back()}, *this));
        }
        --depth_;
        return success();
    }

    /// Visits the elements of an array. `on_element(cursor)` reads or skips exactly one value.
    template <class OnElement>
    [[nodiscard]] Result<void> read_array(OnElement&& on_element) {
        BOOST_OUTCOME_TRY(open('['));
        for (bool is_first = true;; is_first = false) {
            BOOST_OUTCOME_TRY(const bool has_more, next_item(']', is_first));
            if (!has_more) {
                break;
            }
            BOOST_OUTCOME_TRY(on_element(*this));
        }
        --depth_;
        return success();
    }

    /// A string, with its escapes resolved.
    [[nodiscard]] Result<std::string> read_string();
    /// A number without sign, fraction and exponent, from 0 to `max`.
    [[nodiscard]] Result<std::uint64_t> read_unsigned(std::uint64_t max);
    [[nodiscard]] Result<bool> read_boolean();
    /// True, and the value is read, when it is null.
    [[nodiscard]] Result<bool> skip_null();
    /// Any value; all of it is checked. @return its exact text, without white space around it
    [[nodiscard]] Result<std::string_view> skip_value();
    /// Nothing but white space follows.
    [[nodiscard]] Result<void> expect_end();

  private:
    void skip_space() noexcept;
    [[nodiscard]] Result<void> open(char bracket);
    [[nodiscard]] Result<bool> next_item(char closing, bool is_first);
    [[nodiscard]] Result<std::string> read_member_name(const std::vector<std::string>& names);
    [[nodiscard]] Result<void> expect_word(std::string_view word);
    [[nodiscard]] Result<void> skip_any();
    [[nodiscard]] Result<void> skip_string();
    [[nodiscard]] Result<void> skip_number();
    [[nodiscard]] Result<void> read_escape(std::string& out);
    [[nodiscard]] Result<std::uint32_t> read_hex4();

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
};

/// True when the bytes are well-formed UTF-8 without surrogates.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace redoubt::attestation
