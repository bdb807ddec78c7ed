/// The data directory: one daemon at a time, private to its user, of one known layout.
///
///     LAYOUT         the version of this arrangement
///     lock           locked while a daemon runs; holds its process id
///     db/            RocksDB: sealed identity, sealed journal, bookkeeping (node/storage)
///     shards/        the same for each named shard (node/shard_places.hpp); a directory with it has layout 2
///     sim-platform   32 random bytes, the root secret of the simulated TEE
///
/// It knows files, not their meaning; what is sealed is opened by the enclave alone.
#pragma once

#include <node/problem.hpp>

#include <filesystem>

namespace redoubt::node {

/// An open and locked data directory. The lock is released when the object goes, or with the process.
class DataDir {
  public:
    /// Creates `path` (mode 0700) with its parents when it does not exist, locks it and checks its layout.
    /// An existing folder must be empty or hold a LAYOUT file: another program's folder is left alone. What
    /// others than its user can reach in it is made private, with a warning.
    /// @errors kDataDirectory: not ours, in use (names the process), unreadable, written by another version,
    /// or
    ///   cannot be made private
    [[nodiscard]] static Outcome<DataDir> open(const std::filesystem::path& path);

    DataDir(DataDir&& other) noexcept;
    DataDir& operator=(DataDir&&) = delete;
    ~DataDir();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path sim_platform() const { return path_ / "sim-platform"; }

    /// Makes the folder of a shard (node/shard_places.hpp), mode 0700, when it does not exist. The first one
    /// below shards/ makes the layout 2, so that a redoubtd that knows one shard only refuses the directory.
    /// @errors kDataDirectory
    [[nodiscard]] Outcome<> provide_shard_folder(const std::filesystem::path& folder) const;

    /// Gives a folder below shards/ that was filled under another name the name of its shard, durably.
    /// @errors kDataDirectory: a folder of that name holds something
    [[nodiscard]] Outcome<> settle_shard_folder(const std::filesystem::path& built,
                                                const std::filesystem::path& folder) const;

    /// Makes sure that the secret of the simulated TEE exists: 32 random bytes, mode 0600.
    /// @param identity_exists true when something was sealed with it before: then it is not made again
    /// @errors kDataDirectory: missing although it was used, of the wrong size, unreadable
    [[nodiscard]] Outcome<> provide_sim_platform(bool identity_exists) const;

  private:
    DataDir(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

    std::filesystem::path path_;
    int lock_ = -1;
};

}  // namespace redoubt::node
