#include <command-line/unknown_word.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>
#include <vector>

namespace redoubt::command_line {
namespace {

constexpr std::size_t kWordShownMax = 64;

/// Levenshtein's distance.
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        auto diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < to.size(); ++j) {
            const auto changed = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

std::string shown(const std::string& word) {
    std::string out;
    for (const char c : word.substr(0, kWordShownMax)) {
        const auto byte = static_cast<unsigned char>(c);
        out += byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    return out;
}

/// "redoubt trusted", as it was written.
std::string full_name(const CLI::App& command) {
    const auto* parent = command.get_parent();
    return parent == nullptr ? command.get_name() : full_name(*parent) + " " + command.get_name();
}

std::vector<std::string> commands_of(const CLI::App& command) {
    std::vector<std::string> out;
    for (const auto* known : command.get_subcommands([](const CLI::App*) { return true; })) {
        out.push_back(known->get_name());
    }
    return out;
}

/// The long options of a command and of those above it.
std::vector<std::string> options_of(const CLI::App* command) {
    std::vector<std::string> out;
    for (; command != nullptr; command = command->get_parent()) {
        for (const auto* option : command->get_options()) {
            for (const auto& name : option->get_lnames()) {
                out.push_back("--" + name);
            }
        }
    }
    return out;
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
    const std::string* best = nullptr;
    std::size_t least = 0;
    for (const auto& candidate : candidates) {
        const auto changes = distance(word, candidate);
        if (changes * 2 <= candidate.size() && (best == nullptr || changes < least)) {
            best = &candidate;
            least = changes;
        }
    }
    return best == nullptr ? std::nullopt : std::optional{*best};
}

std::optional<UnknownWord> unknown_word(const CLI::App& app) {
    const auto words = app.remaining(true);
    if (words.empty()) {
        return std::nullopt;
    }
    const CLI::App* command = &app;
    for (auto chosen = command->get_subcommands(); !chosen.empty(); chosen = command->get_subcommands()) {
        command = chosen.back();
    }
    const auto& word = words.front();
    const auto name = full_name(*command);
    if (word.starts_with('-')) {
        const auto close = nearest(word.substr(0, word.find('=')), options_of(command));
        return UnknownWord{.message = "'" + shown(word) + "' is no option of " + name,
                           .remedy = close ? "Did you mean " + *close + "?" : "See " + name + " --help."};
    }
    const auto commands = commands_of(*command);
    if (commands.empty()) {
        return std::nullopt;
    }
    UnknownWord out{.message = "'" + shown(word) + "' is no command of " + name, .remedy = {}};
    if (const auto close = nearest(word, commands)) {
        out.remedy = "Did you mean `" + name + " " + *close + "`?";
        return out;
    }
    for (const auto& known : commands) {
        out.remedy += (out.remedy.empty() ? "The commands are " : ", ") + known;
    }
    out.remedy += ".";
    return out;
}

}  // namespace redoubt::command_line
