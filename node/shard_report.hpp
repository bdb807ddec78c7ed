/// `redoubtd shard list` and `redoubtd shard show`: what a data directory carries, told beside a running
/// daemon.
///
/// Nothing is locked, opened for writing or changed.
#pragma once

#include <node/problem.hpp>
#include <node/shard_places.hpp>
#include <node/storage/journal_survey.hpp>

#include <sys/types.h>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace redoubt::node {

/// One file of a database.
struct StoredFile {
    std::string name;
    std::uint64_t bytes = 0;
    std::time_t written = 0;  ///< seconds since 1970
};

/// The files that lie in a database's folder, by name.
[[nodiscard]] std::vector<StoredFile> stored_files(const std::filesystem::path& folder);
/// In bytes.
[[nodiscard]] std::uint64_t size_of(const std::vector<StoredFile>& files);

struct ShardReport {
    ShardPlace place;
    std::optional<JournalSurvey> journal;  ///< absent with a problem
    std::optional<Problem> problem;        ///< why the database cannot be read
    std::vector<StoredFile> files;         ///< of the database, by name
    bool running = false;                  ///< a process has the database open
    std::optional<pid_t> process;          ///< which, when the system says it

    [[nodiscard]] std::uint64_t bytes() const { return size_of(files); }
    /// When records or pages were last written; nullopt without such a file.
    [[nodiscard]] std::optional<std::time_t> written() const;
};

/// Every shard of a data directory.
/// @errors kDataDirectory: no data directory of redoubt
[[nodiscard]] Outcome<std::vector<ShardReport>> report_shards(const std::filesystem::path& data_dir,
                                                              SurveyDepth depth);

/// The one that `name` means: hex, base58, or the first digits (at least four) of only one shard's hex; an
/// empty name means the only shard there is.
/// @errors kUsage: none or several
[[nodiscard]] Outcome<ShardReport> find_shard(const std::vector<ShardReport>& reports,
                                              const std::string& name);

/// The texts that the commands print.
[[nodiscard]] std::string list_text(const std::filesystem::path& data_dir,
                                    const std::vector<ShardReport>& reports,
                                    bool json);
[[nodiscard]] std::string show_text(const ShardReport& report, bool json);

}  // namespace redoubt::node
