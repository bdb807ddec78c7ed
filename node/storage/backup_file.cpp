#include <node/storage/backup_file.hpp>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace redoubt::node {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "RDBK";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 4 + 4;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr std::uint8_t kEntry = 1;
constexpr std::uint8_t kEnd = 0;
constexpr std::size_t kKeyBytesMax = 64;
constexpr std::size_t kValueBytesMax = std::size_t{32} << 20;
constexpr std::size_t kCompactBytesMax = 5;
constexpr std::size_t kPartKeyBytes = 1 + 8 + 4;

Problem system_problem(const fs::path& path, std::string_view action) {
    const int error = errno;
    const bool is_full = error == ENOSPC || error == EDQUOT;
    return Problem{ExitCode::kUsage,
                   fmt::format("cannot {} {}: {}", action, path.string(), std::strerror(error)),
                   is_full ? "Free space there, or name a file on another file system."
                           : "Check the name, the owner and the permissions."};
}

Problem unusable(const fs::path& path, std::string_view what) {
    return Problem{ExitCode::kDataDirectory, fmt::format("{} {}", path.string(), what),
                   "Take another copy of this backup, or an older backup; nothing was restored."};
}

Hash256 next_hash(const Hash256& before, ByteView piece) {
    return crypto::blake2b_256(concat(before.view(), piece));
}

/// Gives a file's bytes in order, but for the hash at its end, which is compared when they are used up.
class CheckedFile {
  public:
    CheckedFile(const fs::path& path, FileDescriptor file, std::uint64_t size)
        : path_(path), file_(std::move(file)), left_(size - Hash256::kSize) {}

    /// Makes at least `count` bytes ready, fewer at the end. @errors kUsage
    Outcome<> provide(std::size_t count) {
        if (ready_.size() - at_ >= count) {
            return success();
        }
        ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(at_));
        at_ = 0;
        while (ready_.size() < count && left_ > 0) {
            Bytes piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, left_)));
            BOOST_OUTCOME_TRY(read(piece));
            left_ -= piece.size();
            hash_ = next_hash(hash_, piece);
            append(ready_, piece);
        }
        return success();
    }
    [[nodiscard]] ByteView ready() const { return ByteView{ready_}.subspan(at_); }
    void skip(std::size_t count) { at_ += count; }

    /// Whether nothing is left but the hash of all. @errors kUsage
    Outcome<bool> ends_well() {
        if (left_ > 0 || !ready().empty()) {
            return false;
        }
        Bytes stored(Hash256::kSize);
        BOOST_OUTCOME_TRY(read(stored));
        return equal(stored, hash_.view());
    }

  private:
    Outcome<> read(Bytes& into) {
        for (std::size_t done = 0; done < into.size();) {
            const auto size = ::read(file_.get(), into.data() + done, into.size() - done);
            if (size < 0) {
                return system_problem(path_, "read");
            }
            if (size == 0) {
                return unusable(path_, "became shorter while it was read");
            }
            done += static_cast<std::size_t>(size);
        }
        return success();
    }

    const fs::path& path_;
    FileDescriptor file_;
    std::uint64_t left_;
    Bytes ready_;
    std::size_t at_ = 0;
    Hash256 hash_;
};

/// A length and so many bytes; nullopt when that is not what follows.
Outcome<std::optional<Bytes>> take_bytes(CheckedFile& file, std::size_t bytes_max) {
    BOOST_OUTCOME_TRY(file.provide(kCompactBytesMax));
    ByteCursor cursor{file.ready()};
    const auto length = scale::read_compact_u32(cursor);
    if (!length.has_value() || length.value() > bytes_max) {
        return std::nullopt;
    }
    file.skip(file.ready().size() - cursor.remaining());
    BOOST_OUTCOME_TRY(file.provide(length.value()));
    if (file.ready().size() < length.value()) {
        return std::nullopt;
    }
    auto out = to_bytes(file.ready().first(length.value()));
    file.skip(out.size());
    return out;
}

struct Entry {
    Bytes key;
    Bytes value;
};

constexpr std::string_view kDamaged = "is damaged or cut off: it does not match its own hash";

Outcome<Entry> take_entry(CheckedFile& file, const fs::path& path) {
    BOOST_OUTCOME_TRY(auto key, take_bytes(file, kKeyBytesMax));
    BOOST_OUTCOME_TRY(auto value, take_bytes(file, kValueBytesMax));
    if (!key || !value) {
        return unusable(path, kDamaged);
    }
    return Entry{std::move(*key), std::move(*value)};
}

/// Opens the file behind its header.
Outcome<CheckedFile> open_backup(const fs::path& path) {
    FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        return system_problem(path, "read");
    }
    if (!S_ISREG(status.st_mode) ||
        static_cast<std::uint64_t>(status.st_size) < kHeaderBytes + Hash256::kSize) {
        return unusable(path, "is no backup of redoubtd");
    }
    CheckedFile out{path, std::move(file), static_cast<std::uint64_t>(status.st_size)};
    BOOST_OUTCOME_TRY(out.provide(kHeaderBytes));
    ByteCursor cursor{out.ready()};
    if (!equal(cursor.take(kMagic.size()).value(), bytes_of(kMagic))) {
        return unusable(path, "is no backup of redoubtd");
    }
    if (const auto version = cursor.take_le<std::uint32_t>().value(); version != kVersion) {
        return Problem{ExitCode::kDataDirectory,
                       fmt::format("{} is a backup of version {}, and this redoubtd reads version {}",
                                   path.string(), version, kVersion),
                       "Use the redoubtd that wrote it; nothing was restored."};
    }
    out.skip(kHeaderBytes);
    return out;
}

}  // namespace

bool BackupCensus::add(ByteView key, ByteView value) {
    if (summary_.entries > 0 && !std::ranges::lexicographical_compare(last_key_, key)) {
        return false;
    }
    last_key_.assign(key.begin(), key.end());
    summary_.entries += 1;
    summary_.bytes += key.size() + value.size();
    const bool is_hash = value.size() == Hash256::kSize;
    if (const auto name = text_of(key); name == "genesis" && is_hash) {
        summary_.genesis = Hash256::copy_of(value.first<Hash256::kSize>());
        has_genesis_ = true;
    } else if (name == "shard" && is_hash) {
        summary_.shard = Hash256::copy_of(value.first<Hash256::kSize>());
        has_shard_ = true;
    } else if (name == "identity") {
        has_identity_ = true;
    } else if (name.starts_with('j') && key.size() == kPartKeyBytes) {
        std::uint64_t sequence = 0;
        for (const auto byte : key.subspan(1, 8)) {
            sequence = sequence << 8 | byte;
        }
        summary_.last_sequence = sequence;
    }
    return true;
}

std::optional<BackupSummary> BackupCensus::summary() const {
    return has_genesis_ && has_shard_ && has_identity_ ? std::optional{summary_} : std::nullopt;
}

Outcome<BackupWriter> BackupWriter::create(const fs::path& path) {
    std::error_code error;
    if (fs::exists(path, error)) {
        return Problem{ExitCode::kUsage, fmt::format("{} exists already", path.string()),
                       "Name a new file: a backup never replaces another one."};
    }
    const auto fresh = fs::path{fmt::format("{}.{}.new", path.string(), ::getpid())};
    FileDescriptor file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (file.get() < 0) {
        return system_problem(fresh, "create");
    }
    BackupWriter out{path, fresh, std::move(file)};
    BOOST_OUTCOME_TRY(out.put(concat(bytes_of(kMagic), scale::encode(kVersion))));
    return out;
}

BackupWriter::~BackupWriter() {
    if (file_.get() >= 0) {
        ::unlink(fresh_.c_str());
    }
}

Outcome<> BackupWriter::write(ByteView bytes) {
    if (!write_all(file_.get(), bytes)) {
        return system_problem(fresh_, "write");
    }
    return success();
}

Outcome<> BackupWriter::put(ByteView bytes) {
    append(piece_, bytes);
    std::size_t done = 0;
    for (; piece_.size() - done >= kPieceBytes; done += kPieceBytes) {
        const auto piece = ByteView{piece_}.subspan(done, kPieceBytes);
        hash_ = next_hash(hash_, piece);
        BOOST_OUTCOME_TRY(write(piece));
    }
    piece_.erase(piece_.begin(), piece_.begin() + static_cast<std::ptrdiff_t>(done));
    return success();
}

Outcome<> BackupWriter::add(ByteView key, ByteView value) {
    REDOUBT_ASSERT(census_.add(key, value));
    Bytes entry{kEntry};
    scale::append_compact(entry, key.size());
    append(entry, key);
    scale::append_compact(entry, value.size());
    append(entry, value);
    return put(entry);
}

Outcome<BackupSummary> BackupWriter::finish() {
    const auto summary = census_.summary();
    if (!summary) {
        return Problem{ExitCode::kDataDirectory, "the database holds no identity of an enclave yet",
                       "There is nothing to back up before the worker's first start is over."};
    }
    BOOST_OUTCOME_TRY(put(concat(Bytes{kEnd}, scale::encode(summary->entries))));
    if (!piece_.empty()) {
        hash_ = next_hash(hash_, piece_);
        BOOST_OUTCOME_TRY(write(piece_));
    }
    BOOST_OUTCOME_TRY(write(hash_.view()));
    if (::fsync(file_.get()) != 0) {
        return system_problem(fresh_, "sync");
    }
    // Not every file system can promise not to replace a file that has come meanwhile.
    if (::renameat2(AT_FDCWD, fresh_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) != 0 &&
        (errno != EINVAL || ::rename(fresh_.c_str(), path_.c_str()) != 0)) {
        return system_problem(path_, "create");
    }
    ::close(file_.release());
    if (!sync_folder(fs::absolute(path_).parent_path())) {
        return system_problem(path_, "sync the folder of");
    }
    return *summary;
}

Outcome<BackupSummary> read_backup(const fs::path& path, const EntryVisitor& visit) {
    BOOST_OUTCOME_TRY(auto file, open_backup(path));
    BackupCensus census;
    while (true) {
        BOOST_OUTCOME_TRY(file.provide(1));
        const auto ready = file.ready();
        if (ready.empty() || (ready[0] != kEntry && ready[0] != kEnd)) {
            return unusable(path, kDamaged);
        }
        const bool is_end = ready[0] == kEnd;
        file.skip(1);
        if (is_end) {
            break;
        }
        BOOST_OUTCOME_TRY(const auto entry, take_entry(file, path));
        if (!census.add(entry.key, entry.value)) {
            return unusable(path, kDamaged);
        }
        BOOST_OUTCOME_TRY(visit(entry.key, entry.value));
    }
    BOOST_OUTCOME_TRY(file.provide(sizeof(std::uint64_t)));
    ByteCursor cursor{file.ready()};
    const auto count = cursor.take_le<std::uint64_t>();
    file.skip(file.ready().size() - cursor.remaining());
    const auto summary = census.summary();
    if (!count.has_value() || !summary || count.value() != summary->entries) {
        return unusable(path, kDamaged);
    }
    BOOST_OUTCOME_TRY(const auto whole, file.ends_well());
    if (!whole) {
        return unusable(path, kDamaged);
    }
    return *summary;
}

}  // namespace redoubt::node
