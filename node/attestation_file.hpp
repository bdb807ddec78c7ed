/// The files that an operator names for attestation: quotes, reports, collateral, certificates.
#pragma once

#include <node/problem.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace redoubt::node {

/// What is wrong with such a file, and where it is said how they are made.
[[nodiscard]] Problem attestation_file_problem(const std::filesystem::path& path, std::string_view what);

/// All of a regular file. Never waits, and never reads more than it may: of a FIFO, a device or a file that
/// grows meanwhile either.
/// @errors kUsage: it cannot be read, is no regular file, or is longer than `bytes_max`
[[nodiscard]] Outcome<std::string> read_attestation_file(const std::filesystem::path& path,
                                                         std::size_t bytes_max);

}  // namespace redoubt::node
