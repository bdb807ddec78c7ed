/// The file with what verifiers need beside the evidence of this worker's TEE: the collateral of a quote, or
/// the certificates of a report. It is read anew when it changes, because collateral expires.
///
/// @source docs/PROTOCOL.md, "Evidence bundles"
#pragma once

#include <node/problem.hpp>
#include <primitives/bytes.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

namespace redoubt::node {

class EndorsementsFile {
  public:
    /// @param path empty for no file
    explicit EndorsementsFile(std::filesystem::path path) : path_(std::move(path)) {}

    /// What the file holds; nullopt when it is as it was at the last call, and without a file. An unreadable
    /// one is told once, until it changes again.
    /// @errors kUsage: it is no file, too long, or has not the form of a bundle's endorsements
    [[nodiscard]] Outcome<std::optional<Bytes>> read_changed();

  private:
    /// What tells a changed file from an unchanged one; nullopt for one that is not there.
    using Version = std::optional<std::pair<std::filesystem::file_time_type, std::uintmax_t>>;

    std::filesystem::path path_;
    std::optional<Version> last_;
};

}  // namespace redoubt::node
