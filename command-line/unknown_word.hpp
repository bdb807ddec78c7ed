/// Command lines that name a command or an option that does not exist: which word it is, and what was meant.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace redoubt::command_line {

/// The candidate that differs from `word` in the fewest letters (put in, left out, or changed); the earlier
/// one of two. nullopt when even that one has more than half of its letters different.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 std::span<const std::string> candidates);

struct UnknownWord {
    std::string message;  ///< "'tranfer' is no command of redoubt"
    std::string remedy;   ///< the nearest command, or all there are
};

/// The first word that the parser could not place, where a command or an option was expected. To be asked
/// after parse() has thrown a CLI::ParseError.
/// @return nullopt when the mistake is another one
[[nodiscard]] std::optional<UnknownWord> unknown_word(const CLI::App& app);

}  // namespace redoubt::command_line
