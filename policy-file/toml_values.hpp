/// Values of a TOML document with errors that say where, what, and what would be right.
#pragma once

#include <attestation/verification_time.hpp>
#include <policy-file/policy_file.hpp>
#include <primitives/bytes.hpp>
#include <primitives/hex.hpp>

#include <toml++/toml.h>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::policy_file {

/// Reads one value into its place.
using ReadValue = std::function<Outcome<void>(const toml::node&)>;

struct Entry {
    std::string_view name;
    ReadValue read;
};

/// The document that is read: its name stands in every message. All functions fail with a Problem.
class TomlValues {
  public:
    explicit TomlValues(std::string file) : file_(std::move(file)) {}

    /// `FILE:LINE: message`, without control characters.
    [[nodiscard]] Problem problem(const toml::node& at, const std::string& message, std::string remedy) const;
    [[nodiscard]] Problem problem(const toml::source_region& at,
                                  const std::string& message,
                                  std::string remedy) const;
    /// The value is not what `expected` describes.
    [[nodiscard]] Problem unexpected(const toml::node& at, const std::string& expected) const;

    /// Reads each key by its entry. A key without one is refused, with the nearest known one.
    /// @param where how messages call the table: `[tcb]`
    [[nodiscard]] Outcome<void> read_table(const toml::node& node,
                                           const std::string& where,
                                           std::span<const Entry> entries) const;
    /// Reads each table of an array of at least one: a rule that is named and not there is a mistake.
    [[nodiscard]] Outcome<void> read_tables(
        const toml::node& node,
        const std::string& where,
        const std::function<Outcome<void>(const toml::table&)>& read) const;

    [[nodiscard]] Outcome<bool> boolean(const toml::node& node) const;
    /// From 0 to `max`.
    [[nodiscard]] Outcome<std::uint64_t> number(const toml::node& node, std::uint64_t max) const;
    [[nodiscard]] Outcome<std::string> text(const toml::node& node, std::size_t bytes_max) const;
    [[nodiscard]] Outcome<std::vector<std::string>> texts(const toml::node& node) const;
    /// One of the lengths in bytes.
    [[nodiscard]] Outcome<Bytes> bytes(const toml::node& node, std::span<const std::size_t> lengths) const;
    /// A date-time with an offset, or Unix seconds.
    [[nodiscard]] Outcome<attestation::VerificationTime> time(const toml::node& node) const;

    template <class Fixed>
    [[nodiscard]] Outcome<Fixed> fixed(const toml::node& node) const {
        constexpr std::array<std::size_t, 1> kLengths{Fixed::kSize};
        BOOST_OUTCOME_TRY(const auto read, bytes(node, kLengths));
        return Fixed::copy_of(std::span<const std::uint8_t, Fixed::kSize>{read});
    }
    /// An array, each element read by `read`.
    template <class Read>
    [[nodiscard]] auto list(const toml::node& node, Read&& read) const
        -> Outcome<std::vector<typename std::invoke_result_t<Read, const toml::node&>::value_type>> {
        std::vector<typename std::invoke_result_t<Read, const toml::node&>::value_type> out;
        const auto* array = node.as_array();
        if (array == nullptr) {
            return unexpected(node, "a list: [VALUE, VALUE]");
        }
        if (array->size() > kPolicyListMax) {
            return unexpected(node, "a list of at most " + std::to_string(kPolicyListMax) + " values");
        }
        for (const auto& element : *array) {
            BOOST_OUTCOME_TRY(auto value, read(element));
            out.push_back(std::move(value));
        }
        return out;
    }
    /// The same with at least one value: none at all would mean another thing than what was meant.
    template <class Read>
    [[nodiscard]] auto filled_list(const toml::node& node, Read&& read) const
        -> decltype(list(node, std::forward<Read>(read))) {
        if (const auto* array = node.as_array(); array != nullptr && array->empty()) {
            return problem(node, "the list is empty", "Name at least one value, or remove the key.");
        }
        return list(node, std::forward<Read>(read));
    }
    /// A word of a closed list. @param find gives nullopt for a word that is none
    template <class Find>
    [[nodiscard]] auto word(const toml::node& node, std::span<const std::string> words, Find&& find) const
        -> Outcome<typename std::invoke_result_t<Find, std::string_view>::value_type> {
        const auto* given = node.as_string();
        if (given != nullptr) {
            if (auto found = find(std::string_view{given->get()})) {
                return *std::move(found);
            }
        }
        return unknown_word(node, words);
    }

  private:
    [[nodiscard]] Problem unknown_word(const toml::node& node, std::span<const std::string> words) const;

    std::string file_;
};

}  // namespace redoubt::policy_file
