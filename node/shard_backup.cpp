#include <node/shard_backup.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <node/data_dir.hpp>
#include <node/progress.hpp>
#include <node/report_text.hpp>
#include <node/storage/database.hpp>
#include <node/storage/journal.hpp>
#include <primitives/hex.hpp>

#include <system_error>
#include <utility>

namespace redoubt::node {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t kBatchBytes = std::size_t{4} << 20;

/// Nothing that a database holds has such a key.
constexpr std::uint8_t kPastAllKeys = 0xff;

std::uint64_t bytes_of_file(const fs::path& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    return error ? 0 : size;
}

/// Writes entries in batches.
class DatabaseFiller {
  public:
    explicit DatabaseFiller(Database& database) : database_(database) {}

    Outcome<> add(ByteView key, ByteView value) {
        batch_.put(key, value);
        bytes_ += key.size() + value.size();
        return bytes_ < kBatchBytes ? success() : flush();
    }
    Outcome<> flush() {
        bytes_ = 0;
        return database_.write(std::exchange(batch_, Batch{}));
    }

  private:
    Database& database_;
    Batch batch_;
    std::size_t bytes_ = 0;
};

/// Fills a new database from a backup that was checked before.
Outcome<> fill(const fs::path& folder, const fs::path& from, const BackupSummary& expected) {
    BOOST_OUTCOME_TRY(const auto database, Database::open(folder));
    DatabaseFiller filler{*database};
    Progress progress{"restoring", expected.bytes};
    BOOST_OUTCOME_TRY(const auto summary, read_backup(from, [&](ByteView key, ByteView value) {
                          progress.add(key.size() + value.size());
                          return filler.add(key, value);
                      }));
    BOOST_OUTCOME_TRY(filler.flush());
    if (summary != expected) {
        return Problem{ExitCode::kDataDirectory,
                       fmt::format("{} changed while it was restored", from.string()),
                       "Let nobody write to it meanwhile; nothing was restored."};
    }
    Batch mark;
    mark_restored(mark);
    return database->write(std::move(mark));
}

/// Where the shard will lie, or why it must not.
Outcome<fs::path> free_place(const fs::path& data_dir, const Hash256& shard) {
    const auto place = places_to_carry(data_dir, std::span{&shard, 1}).front();
    std::error_code error;
    if (fs::exists(place.database(), error)) {
        return Problem{
            ExitCode::kDataDirectory,
            fmt::format("{} holds the shard {} already", place.database().string(), to_hex_0x(shard.view())),
            "Name another --data-dir, or move that folder away if the backup is to take its place."};
    }
    if (place.obstacle) {
        return *place.obstacle;
    }
    return place.folder;
}

Json summary_json(const BackupSummary& summary) {
    return Json{{"shard", to_hex_0x(summary.shard.view())},
                {"genesis", to_hex_0x(summary.genesis.view())},
                {"sequence", summary.last_sequence ? Json(*summary.last_sequence) : Json(nullptr)},
                {"entries", summary.entries},
                {"bytes", summary.bytes}};
}

std::string state_words(const BackupSummary& summary) {
    return fmt::format("{}, {} entries, {}",
                       summary.last_sequence ? fmt::format("record {}", *summary.last_sequence) : "no record",
                       summary.entries, size_text(summary.bytes));
}

std::string json_text(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Outcome<BackupSummary> backup_shard(const ShardReport& report, const fs::path& to) {
    if (report.problem) {
        return *report.problem;
    }
    BOOST_OUTCOME_TRY(const auto database, Database::open_read_only(report.place.database()));
    BOOST_OUTCOME_TRY(auto writer, BackupWriter::create(to));
    Outcome<> written = success();
    {
        Progress progress{"backing up", report.bytes()};
        const Bytes past_all{kPastAllKeys};
        BOOST_OUTCOME_TRY(database->scan({}, past_all, [&](ByteView key, ByteView value) {
            progress.add(key.size() + value.size());
            if (!is_restored_mark(key)) {
                written = writer.add(key, value);
            }
            return written.has_value();
        }));
    }
    BOOST_OUTCOME_TRY(std::move(written));
    return writer.finish();
}

Outcome<RestoredShard> restore_shard(const fs::path& from, const fs::path& data_dir) {
    Outcome<BackupSummary> checked = BackupSummary{};
    {
        Progress progress{"checking", bytes_of_file(from)};
        checked = read_backup(from, [&progress](ByteView key, ByteView value) -> Outcome<> {
            progress.add(key.size() + value.size());
            return success();
        });
    }
    BOOST_OUTCOME_TRY(const auto summary, std::move(checked));
    BOOST_OUTCOME_TRY(const auto directory, DataDir::open(data_dir));
    BOOST_OUTCOME_TRY(const auto folder, free_place(directory.path(), summary.shard));
    const ShardPlace built{.folder = fs::path{folder.string() + ".restoring"}};
    std::error_code error;
    fs::remove_all(built.folder, error);
    BOOST_OUTCOME_TRY(directory.provide_shard_folder(built.folder));
    if (auto filled = fill(built.database(), from, summary); filled.has_error()) {
        fs::remove_all(built.folder, error);
        return filled.error();
    }
    BOOST_OUTCOME_TRY(directory.settle_shard_folder(built.folder, folder));
    return RestoredShard{summary, directory.path(), folder / "db",
                         !fs::exists(directory.sim_platform(), error)};
}

std::string backup_text(const BackupSummary& summary, const fs::path& file, bool json) {
    if (json) {
        auto out = summary_json(summary);
        out["file"] = file.string();
        out["file_bytes"] = bytes_of_file(file);
        return json_text(out);
    }
    return fmt::format(
        "{}\n  {} in {}\n  sim-platform is not part of it: copy that file apart, to another place\n",
        to_hex_0x(summary.shard.view()), state_words(summary), file.string());
}

std::string restored_text(const RestoredShard& restored, bool json) {
    if (json) {
        auto out = summary_json(restored.backup);
        out["database"] = restored.database.string();
        out["lacks_platform"] = restored.lacks_platform;
        return json_text(out);
    }
    auto out = fmt::format("{}\n  {} in {}\n", to_hex_0x(restored.backup.shard.view()),
                           state_words(restored.backup), restored.database.string());
    if (restored.lacks_platform) {
        out += fmt::format("  copy the worker's sim-platform to {} before the start\n",
                           (restored.data_dir / "sim-platform").string());
    }
    return out;
}

}  // namespace redoubt::node
