#include <policy-file/toml_values.hpp>

#include <command-line/unknown_word.hpp>

#include <algorithm>

namespace redoubt::policy_file {
namespace {

constexpr std::size_t kWordShownMax = 64;

/// Text of the file for a message: short.
std::string shown(std::string_view text) {
    return std::string{text.substr(0, kWordShownMax)} + (text.size() > kWordShownMax ? "..." : "");
}

/// Without what steers a terminal: the control characters of ASCII, and those of UTF-8 behind 0xc2.
std::string for_terminals(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        const bool is_wide_control = byte == 0xc2 && next >= 0x80 && next < 0xa0;
        out += byte < 0x20 || byte == 0x7f || is_wide_control ? '?' : text[i];
        i += is_wide_control ? 1 : 0;
    }
    return out;
}

std::string joined(std::span<const std::string> words) {
    std::string out;
    for (const auto& word : words) {
        out.append(out.empty() ? "" : ", ").append(word);
    }
    return out;
}

std::string suggestion(std::string_view word, std::span<const std::string> known) {
    if (const auto near = command_line::nearest(word, known)) {
        return "Did you mean " + *near + "?";
    }
    return "Known are: " + joined(known) + ".";
}

}  // namespace

Problem TomlValues::problem(const toml::source_region& at,
                            const std::string& message,
                            std::string remedy) const {
    const auto line = at.begin.line;
    const auto where = file_ + (line == 0 ? "" : ":" + std::to_string(line));
    // Messages hold words of the file, and the TOML library's own hold pieces of it.
    return {for_terminals(where + ": " + message), std::move(remedy)};
}

Problem TomlValues::problem(const toml::node& at, const std::string& message, std::string remedy) const {
    return problem(at.source(), message, std::move(remedy));
}

Problem TomlValues::unexpected(const toml::node& at, const std::string& expected) const {
    return problem(at, "the value is not " + expected, "Write " + expected + ".");
}

Problem TomlValues::unknown_word(const toml::node& node, std::span<const std::string> words) const {
    const auto* given = node.as_string();
    if (given == nullptr) {
        return unexpected(node, "one of the words " + joined(words));
    }
    return problem(node, "\"" + shown(given->get()) + "\" is no word that is known here",
                   suggestion(given->get(), words));
}

Outcome<void> TomlValues::read_table(const toml::node& node,
                                     const std::string& where,
                                     std::span<const Entry> entries) const {
    const auto* table = node.as_table();
    if (table == nullptr) {
        return unexpected(node, "a table: " + where);
    }
    for (const auto& [key, value] : *table) {
        const auto entry = std::ranges::find(entries, key.str(), &Entry::name);
        if (entry == entries.end()) {
            std::vector<std::string> known;
            for (const auto& one : entries) {
                known.emplace_back(one.name);
            }
            return problem(key.source(), "unknown key \"" + shown(key.str()) + "\" in " + where,
                           suggestion(key.str(), known));
        }
        auto read = entry->read(value);
        if (!read) {
            return read.error();
        }
    }
    return success();
}

Outcome<void> TomlValues::read_tables(const toml::node& node,
                                      const std::string& where,
                                      const std::function<Outcome<void>(const toml::table&)>& read) const {
    const auto* array = node.as_array();
    if (array == nullptr || !std::ranges::all_of(*array, [](const auto& one) { return one.is_table(); }) ||
        array->empty() || array->size() > kPolicyListMax) {
        return unexpected(node, "a list of 1 to " + std::to_string(kPolicyListMax) + " tables: " + where);
    }
    for (const auto& one : *array) {
        BOOST_OUTCOME_TRY(read(*one.as_table()));
    }
    return success();
}

Outcome<bool> TomlValues::boolean(const toml::node& node) const {
    if (const auto* value = node.as_boolean()) {
        return value->get();
    }
    return unexpected(node, "true or false");
}

Outcome<std::uint64_t> TomlValues::number(const toml::node& node, std::uint64_t max) const {
    const auto* value = node.as_integer();
    if (value == nullptr || value->get() < 0 || static_cast<std::uint64_t>(value->get()) > max) {
        return unexpected(node, "a whole number from 0 to " + std::to_string(max));
    }
    return static_cast<std::uint64_t>(value->get());
}

Outcome<std::string> TomlValues::text(const toml::node& node, std::size_t bytes_max) const {
    const auto* value = node.as_string();
    if (value == nullptr || value->get().empty() || value->get().size() > bytes_max) {
        return unexpected(node, "a text of 1 to " + std::to_string(bytes_max) + " bytes");
    }
    return value->get();
}

Outcome<std::vector<std::string>> TomlValues::texts(const toml::node& node) const {
    constexpr std::size_t kTextBytesMax = 128;
    return list(node, [&](const toml::node& element) { return text(element, kTextBytesMax); });
}

Outcome<Bytes> TomlValues::bytes(const toml::node& node, std::span<const std::size_t> lengths) const {
    const auto* value = node.as_string();
    if (value != nullptr) {
        const auto read = parse_hex(value->get());
        if (read && std::ranges::find(lengths, read.value().size()) != lengths.end()) {
            return read.value();
        }
    }
    std::string expected;
    for (const auto length : lengths) {
        expected.append(expected.empty() ? "" : " or ").append(std::to_string(length));
    }
    return unexpected(node, expected + " bytes as a text of hexadecimal digits");
}

Outcome<attestation::VerificationTime> TomlValues::time(const toml::node& node) const {
    if (const auto* seconds = node.as_integer(); seconds != nullptr && seconds->get() >= 0) {
        return attestation::VerificationTime{seconds->get()};
    }
    const auto* value = node.as_date_time();
    if (value != nullptr && value->get().offset) {
        const auto& given = value->get();
        const auto civil = attestation::to_time({.year = given.date.year,
                                                 .month = given.date.month,
                                                 .day = given.date.day,
                                                 .hour = given.time.hour,
                                                 .minute = given.time.minute,
                                                 .second = given.time.second});
        if (civil) {
            return attestation::VerificationTime{civil->unix_seconds -
                                                 std::int64_t{given.offset->minutes} * 60};
        }
    }
    return unexpected(node, "a time such as 2026-03-01T00:00:00Z");
}

}  // namespace redoubt::policy_file
