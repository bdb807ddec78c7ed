/// `redoubtd state compact`: a database without what was deleted or replaced in it.
#pragma once

#include <node/shard_report.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace redoubt::node {

/// Bytes on the disk.
struct Compaction {
    std::uint64_t bytes_before = 0;
    std::uint64_t bytes_after = 0;
};

/// Writes the database of a shard anew. No daemon may use the data directory.
/// @errors kDataDirectory: in use, damaged, no space
[[nodiscard]] Outcome<Compaction> compact_shard(const std::filesystem::path& data_dir,
                                                const ShardReport& report);

/// The text that the command prints.
[[nodiscard]] std::string compaction_text(const ShardReport& report, const Compaction& compaction, bool json);

}  // namespace redoubt::node
