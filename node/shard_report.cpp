#include <node/shard_report.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>
#include <node/config.hpp>
#include <node/progress.hpp>
#include <node/report_text.hpp>
#include <primitives/crypto/base58.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <numeric>
#include <system_error>

namespace redoubt::node {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Asks who holds RocksDB's lock, without taking it. Not for a process that has the database open itself:
/// closing the file would drop its lock.
void look_for_process(ShardReport& report) {
    const auto path = report.place.database() / "LOCK";
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return;
    }
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK) {
        report.running = true;
        if (lock.l_pid > 0) {
            report.process = lock.l_pid;
        }
    }
    ::close(file);
}

std::string running_text(const ShardReport& report) {
    if (!report.running) {
        return "not running";
    }
    return report.process ? fmt::format("running, process {}", *report.process) : "running";
}

std::string sequence_text(const ShardReport& report) {
    if (!report.journal || !report.journal->last_sequence) {
        return "no record";
    }
    return fmt::format("record {}", *report.journal->last_sequence);
}

std::string name_text(const ShardReport& report) {
    return report.place.shard ? to_hex_0x(report.place.shard->view()) : "(shard not known)";
}

Json hash_json(const std::optional<Hash256>& hash) {
    return hash ? Json(to_hex_0x(hash->view())) : Json(nullptr);
}

template <class T>
Json optional_json(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

/// What both commands tell.
Json summary_json(const ShardReport& report) {
    const auto& shard = report.place.shard;
    const auto written = report.written();
    Json out{{"shard", hash_json(shard)},
             {"shard_base58", shard ? Json(crypto::encode_base58(shard->view())) : Json(nullptr)},
             {"sequence", report.journal ? optional_json(report.journal->last_sequence) : Json(nullptr)},
             {"bytes", report.bytes()},
             {"written", written ? Json(time_text(*written)) : Json(nullptr)},
             {"running", report.running},
             {"process", optional_json(report.process)},
             {"database", report.place.database().string()},
             {"problem", nullptr}};
    if (const auto& problem = report.problem) {
        out["problem"] = {{"cause", problem->cause}, {"remedy", problem->remedy}};
    }
    return out;
}

Json detail_json(const ShardReport& report) {
    auto out = summary_json(report);
    if (const auto& journal = report.journal) {
        out["genesis"] = hash_json(journal->genesis);
        out["identity"] = {{"bytes", journal->identity_bytes},
                           {"key_id", hash_json(journal->identity_key_id)}};
        out["journal"] = {{"first_sequence", optional_json(journal->first_sequence)},
                          {"last_sequence", optional_json(journal->last_sequence)},
                          {"records", journal->records},
                          {"parts", journal->parts},
                          {"bytes", journal->bytes},
                          {"bases", journal->bases},
                          {"last_base", optional_json(journal->last_base)},
                          {"key_id", hash_json(journal->journal_key_id)}};
        out["pages"] = {{"count", journal->pages}, {"bytes", journal->page_bytes}};
    }
    out["files"] = Json::array();
    for (const auto& file : report.files) {
        out["files"].push_back(
            {{"name", file.name}, {"bytes", file.bytes}, {"written", time_text(file.written)}});
    }
    return out;
}

std::string json_text(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string hash_text(const std::optional<Hash256>& hash) {
    return hash ? to_hex_0x(hash->view()) : "none";
}

/// The journal's lines of `shard show`.
std::string journal_text(const JournalSurvey& journal) {
    auto out = fmt::format("  chain       genesis {}\n", hash_text(journal.genesis));
    out += journal.identity_bytes == 0
               ? "  identity    none\n"
               : fmt::format("  identity    {} sealed, key id {}\n", size_text(journal.identity_bytes),
                             hash_text(journal.identity_key_id));
    if (!journal.last_sequence) {
        return out + "  journal     empty\n";
    }
    out += fmt::format("  journal     records {} to {}: {} in {} parts, {}\n", *journal.first_sequence,
                       *journal.last_sequence, journal.records, journal.parts, size_text(journal.bytes));
    if (journal.last_base) {
        out += fmt::format("              {} with the whole state, the newest is record {}\n", journal.bases,
                           *journal.last_base);
    }
    if (journal.pages > 0) {
        out += fmt::format("              {} pages of the state, {}\n", journal.pages,
                           size_text(journal.page_bytes));
    }
    return out + fmt::format("              key id {}\n", hash_text(journal.journal_key_id));
}

}  // namespace

std::vector<StoredFile> stored_files(const fs::path& folder) {
    std::vector<StoredFile> out;
    std::error_code error;
    for (fs::directory_iterator entry{folder, error}, end; !error && entry != end; entry.increment(error)) {
        struct stat status {};
        if (::lstat(entry->path().c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
            out.push_back({entry->path().filename().string(), static_cast<std::uint64_t>(status.st_size),
                           status.st_mtime});
        }
    }
    std::ranges::sort(out, {}, &StoredFile::name);
    return out;
}

std::uint64_t size_of(const std::vector<StoredFile>& files) {
    return std::accumulate(files.begin(), files.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const StoredFile& file) { return sum + file.bytes; });
}

std::optional<std::time_t> ShardReport::written() const {
    std::optional<std::time_t> newest;
    for (const auto& file : files) {
        const bool holds_data = file.name.ends_with(".log") || file.name.ends_with(".sst");
        if (holds_data && file.bytes > 0 && (!newest || *newest < file.written)) {
            newest = file.written;
        }
    }
    return newest;
}

Outcome<std::vector<ShardReport>> report_shards(const fs::path& data_dir, SurveyDepth depth) {
    std::error_code error;
    if (!fs::exists(data_dir / "LAYOUT", error)) {
        return Problem{
            ExitCode::kDataDirectory,
            fmt::format("{} is no data directory of redoubt, or it cannot be read: there is no LAYOUT "
                        "file in it",
                        data_dir.string()),
            "Name the directory of the worker with --data-dir, and run this as the worker's user."};
    }
    std::vector<ShardReport> out;
    for (auto& place : stored_shards(data_dir)) {
        ShardReport report;
        report.place = std::move(place);
        look_for_process(report);
        report.files = stored_files(report.place.database());
        std::optional<Progress> progress;
        if (depth == SurveyDepth::kEverything) {
            progress.emplace("reading", report.bytes());
        }
        auto journal = survey_journal(report.place.database(), depth, [&progress](std::uint64_t bytes) {
            if (progress) {
                progress->add(bytes);
            }
        });
        if (journal.has_value()) {
            report.journal = journal.value();
            report.problem = report.place.obstacle;
        } else {
            report.problem = journal.error();
        }
        out.push_back(std::move(report));
    }
    return out;
}

Outcome<ShardReport> find_shard(const std::vector<ShardReport>& reports, const std::string& name) {
    constexpr std::size_t kDigitsMin = 4;
    if (name.empty() && reports.size() == 1) {
        return reports.front();
    }
    if (name.empty()) {
        return Problem{
            ExitCode::kUsage,
            fmt::format("the data directory holds {}",
                        reports.empty() ? "no shard yet" : fmt::format("{} shards", reports.size())),
            "Say with --shard which one is meant; `redoubtd shard list` has them all."};
    }
    const auto shard = parse_shard(name);
    auto digits = name.starts_with("0x") ? name.substr(2) : name;
    std::ranges::transform(digits, digits.begin(), [](unsigned char c) { return std::tolower(c); });
    std::vector<const ShardReport*> found;
    for (const auto& report : reports) {
        if (const auto& known = report.place.shard;
            known &&
            (known == shard || (digits.size() >= kDigitsMin && to_hex(known->view()).starts_with(digits)))) {
            found.push_back(&report);
        }
    }
    if (found.size() == 1) {
        return *found.front();
    }
    return Problem{ExitCode::kUsage,
                   fmt::format("{} is {} of this data directory", name,
                               found.empty() ? "no shard" : "the beginning of several shards"),
                   "Give the shard as hex or base58, or the first digits of its hex, at least four; "
                   "`redoubtd shard list` has them all."};
}

std::string list_text(const fs::path& data_dir, const std::vector<ShardReport>& reports, bool json) {
    if (json) {
        Json out{{"data_dir", data_dir.string()}, {"shards", Json::array()}};
        for (const auto& report : reports) {
            out["shards"].push_back(summary_json(report));
        }
        return json_text(out);
    }
    std::string out;
    for (const auto& report : reports) {
        const auto written = report.written();
        out += fmt::format("{}\n", name_text(report));
        if (report.place.shard) {
            out += fmt::format("  {}\n", crypto::encode_base58(report.place.shard->view()));
        }
        out += fmt::format("  {}, {}, written {}, {}\n", sequence_text(report), size_text(report.bytes()),
                           written ? time_text(*written) : "never", running_text(report));
        if (const auto& problem = report.problem) {
            out += fmt::format("  {}. {}\n", problem->cause, problem->remedy);
        }
    }
    return out.empty() ? fmt::format("{} holds no shard yet\n", data_dir.string()) : out;
}

std::string show_text(const ShardReport& report, bool json) {
    if (json) {
        return json_text(detail_json(report));
    }
    auto out = fmt::format("{}\n", name_text(report));
    if (report.place.shard) {
        out += fmt::format("  base58      {}\n", crypto::encode_base58(report.place.shard->view()));
    }
    out += fmt::format("  state       {}\n", running_text(report));
    if (report.journal) {
        out += journal_text(*report.journal);
    }
    if (const auto& problem = report.problem) {
        out += fmt::format("  problem     {}. {}\n", problem->cause, problem->remedy);
    }
    out += fmt::format("  database    {}, {}\n", report.place.database().string(), size_text(report.bytes()));
    for (const auto& file : report.files) {
        out += fmt::format("              {:<24} {:>12}  {}\n", file.name, size_text(file.bytes),
                           time_text(file.written));
    }
    return out;
}

}  // namespace redoubt::node
