/// `redoubtd state compact`: a database without what was deleted or replaced in it.
#pragma once

#include <node/shard_report.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace redoubt::node {

/// Bytes on the disk.
struct Compaction {
    std::uint64_t bytes_before = 0;
    std::uint64_t bytes_after = 0;
};

/// How much of a database was written anew: the bytes of tables that were not there before. Tables that a
/// later table replaced count too, so that it never falls.
class TableGrowth {
  public:
    /// Looks at what is there now.
    explicit TableGrowth(std::filesystem::path folder);
    [[nodiscard]] std::uint64_t bytes();

  private:
    std::filesystem::path folder_;
    std::set<std::string> before_;
    std::map<std::string, std::uint64_t> written_;
};

/// Writes the database of a shard anew. No daemon may use the data directory.
/// @errors kDataDirectory: in use, damaged, no space
[[nodiscard]] Outcome<Compaction> compact_shard(const std::filesystem::path& data_dir,
                                                const ShardReport& report);

/// The text that the command prints.
[[nodiscard]] std::string compaction_text(const ShardReport& report, const Compaction& compaction, bool json);

}  // namespace redoubt::node
