/// A shard's database in one file. Format: docs/PROTOCOL.md, section 6.
///
/// Everything sealed is opaque here, and stays sealed. The file's own hash finds damage, not malice: the
/// enclave judges what is restored.
#pragma once

#include <node/file_descriptor.hpp>
#include <node/problem.hpp>
#include <primitives/bytes.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace redoubt::node {

/// What a backup holds.
struct BackupSummary {
    Hash256 shard;
    Hash256 genesis;  ///< of the chain
    std::optional<std::uint64_t> last_sequence;
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;  ///< of all keys and values

    friend bool operator==(const BackupSummary&, const BackupSummary&) = default;
};

/// Looks at entries one after the other; their keys are those of node/storage/journal.hpp.
class BackupCensus {
  public:
    /// False when the key does not lie above the one before.
    [[nodiscard]] bool add(ByteView key, ByteView value);
    /// What they amount to; nullopt unless chain, shard and identity are among them.
    [[nodiscard]] std::optional<BackupSummary> summary() const;

  private:
    BackupSummary summary_;
    Bytes last_key_;
    bool has_genesis_ = false;
    bool has_shard_ = false;
    bool has_identity_ = false;
};

/// Writes a backup. Until finish() there is only a file beside it whose name ends in `.new`; that one goes
/// with the writer.
class BackupWriter {
  public:
    /// Begins the backup `path`, readable for its owner alone.
    /// @errors kUsage: there is such a file already, or the folder takes none
    [[nodiscard]] static Outcome<BackupWriter> create(const std::filesystem::path& path);

    BackupWriter(BackupWriter&& other) noexcept = default;
    BackupWriter& operator=(BackupWriter&&) = delete;
    ~BackupWriter();

    /// The next entry; keys come in ascending order.
    /// @errors kUsage: the file cannot be written
    [[nodiscard]] Outcome<> add(ByteView key, ByteView value);
    /// Ends the file; when this succeeds, it has its name and survives a power cut.
    /// @errors kUsage: as add; kDataDirectory: the database holds no identity
    [[nodiscard]] Outcome<BackupSummary> finish();

  private:
    BackupWriter(std::filesystem::path path, std::filesystem::path fresh, FileDescriptor file)
        : path_(std::move(path)), fresh_(std::move(fresh)), file_(std::move(file)) {}
    Outcome<> put(ByteView bytes);
    Outcome<> write(ByteView bytes);

    std::filesystem::path path_;
    std::filesystem::path fresh_;
    FileDescriptor file_;
    Bytes piece_;
    Hash256 hash_;
    BackupCensus census_;
};

/// Takes one entry.
using EntryVisitor = std::function<Outcome<>(ByteView key, ByteView value)>;

/// Reads a backup from its beginning to its end and checks all of it; memory does not grow with its size.
/// Only when it succeeds was what `visit` saw a backup.
/// @errors kUsage: the file cannot be read; kDataDirectory: no backup, of another version, cut off, or
/// damaged;
///   what `visit` gives
[[nodiscard]] Outcome<BackupSummary> read_backup(const std::filesystem::path& path,
                                                 const EntryVisitor& visit);

}  // namespace redoubt::node
