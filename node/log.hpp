/// The daemon's log (stderr) and its events (stdout).
///
/// The log is for people and log collectors: text, or one JSON object for each line. Events are for programs
/// that wait for them: with JSON output each is one line `{"event":NAME,…}` on stdout, otherwise it becomes a
/// log line. Both say which shard they are about (log_scope.hpp). Callers pass nothing secret; nothing here
/// filters.
#pragma once

#include <nlohmann/json.hpp>
#include <node/config.hpp>

#include <string>
#include <string_view>

namespace redoubt::node {

/// Sets spdlog's default logger. Called once, before any thread starts.
void start_log(LogLevel level, bool json);

/// Announces what happened. `fields` is a JSON object; its members follow "event" in the line. "shard" is
/// added from the current scope. In text mode the line is `NAME key=value …` at level info.
void announce(std::string_view event, nlohmann::ordered_json fields);

/// Prints the lines of a report for people on stdout, only in text mode.
void print_report(const std::string& lines);

/// What the enclave wrote on its stderr: logged line by line, prefixed, bounded to 1 KiB a line.
void log_enclave_line(std::string_view line);

/// Logs a problem: cause and remedy.
void log_problem(const Problem& problem);

/// The JSON text of one log line, without a newline.
/// @param shard  what it is about: left out when empty
[[nodiscard]] std::string json_log_line(std::string_view time,
                                        std::string_view level,
                                        std::string_view shard,
                                        std::string_view message);

}  // namespace redoubt::node
