/// `redoubtd state backup` and `redoubtd state restore`: a shard's database in one file, and back.
///
/// What is copied is sealed. The simulated TEE's secret (`sim-platform`), which could open it, is never part
/// of a backup.
#pragma once

#include <node/shard_report.hpp>
#include <node/storage/backup_file.hpp>

#include <filesystem>
#include <string>

namespace redoubt::node {

/// Copies the database as it is at this moment into a new file, also beside a running daemon, which does not
/// notice.
/// @errors kDataDirectory: damaged, or not bound to an identity yet; kUsage: the file cannot be written
[[nodiscard]] Outcome<BackupSummary> backup_shard(const ShardReport& report, const std::filesystem::path& to);

struct RestoredShard {
    BackupSummary backup;
    std::filesystem::path data_dir;
    std::filesystem::path database;
    bool lacks_platform = false;  ///< there is no sim-platform in the data directory
};

/// Makes the database of a backup anew, below shards/ of a data directory that is created when it is not
/// there. The backup is checked as a whole before anything is written; what is cut off in the middle leaves a
/// folder that is passed over, and goes with the next attempt.
/// @errors kDataDirectory: as read_backup; the directory is in use, or carries that shard already
[[nodiscard]] Outcome<RestoredShard> restore_shard(const std::filesystem::path& from,
                                                   const std::filesystem::path& data_dir);

/// The texts that the commands print.
[[nodiscard]] std::string backup_text(const BackupSummary& summary,
                                      const std::filesystem::path& file,
                                      bool json);
[[nodiscard]] std::string restored_text(const RestoredShard& restored, bool json);

}  // namespace redoubt::node
