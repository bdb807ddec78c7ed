/// Standard output that cannot be written: a full disk, a pipe whose reader is gone, a descriptor that is
/// closed.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace redoubt::command_line {

/// The exit status of a program that has done its work but could not print its result.
inline constexpr int kOutputLost = 1;

/// Occupies those of the descriptors 0 to 2 that are closed, with ones that can be neither read nor written.
/// Without it a socket or a file opened later would take the number, and what is printed would go there.
void hold_standard_streams();

/// Flushes the stream.
/// @return why something that was written to it has not arrived; nullopt when everything has
[[nodiscard]] std::optional<std::string> flush_error(std::ostream& out);

/// The exit status of a program whose work is done: flushes standard output, whichever way it was written,
/// and says on standard error when it cannot be written.
/// @param status  what the program would end with; only 0 becomes kOutputLost
[[nodiscard]] int exit_status(std::string_view program, int status);

}  // namespace redoubt::command_line
