#include <node/shard_compaction.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <node/data_dir.hpp>
#include <node/progress.hpp>
#include <node/report_text.hpp>
#include <node/storage/database.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

namespace redoubt::node {
namespace {

constexpr std::chrono::milliseconds kLook{200};

}  // namespace

TableGrowth::TableGrowth(std::filesystem::path folder) : folder_(std::move(folder)) {
    for (const auto& file : stored_files(folder_)) {
        before_.insert(file.name);
    }
}

std::uint64_t TableGrowth::bytes() {
    for (const auto& file : stored_files(folder_)) {
        if (file.name.ends_with(".sst") && !before_.contains(file.name)) {
            auto& seen = written_[file.name];
            seen = std::max(seen, file.bytes);
        }
    }
    std::uint64_t sum = 0;
    for (const auto& [name, bytes] : written_) {
        sum += bytes;
    }
    return sum;
}

Outcome<Compaction> compact_shard(const std::filesystem::path& data_dir, const ShardReport& report) {
    BOOST_OUTCOME_TRY(const auto directory, DataDir::open(data_dir));
    if (report.problem) {
        return *report.problem;
    }
    const auto folder = report.place.database();
    Compaction out;
    out.bytes_before = size_of(stored_files(folder));
    {
        BOOST_OUTCOME_TRY(const auto database, Database::open(folder));
        TableGrowth growth{folder};
        Progress progress{"compacting", out.bytes_before};
        auto compacted = std::async(std::launch::async, [&database] { return database->compact(); });
        for (std::uint64_t shown = 0; compacted.wait_for(kLook) != std::future_status::ready;) {
            const auto written = growth.bytes();
            progress.add(written - shown);
            shown = written;
        }
        BOOST_OUTCOME_TRY(compacted.get());
    }
    out.bytes_after = size_of(stored_files(folder));
    return out;
}

std::string compaction_text(const ShardReport& report, const Compaction& compaction, bool json) {
    const auto shard = report.place.shard;
    if (json) {
        using Json = nlohmann::ordered_json;
        const Json out{{"shard", shard ? Json(to_hex_0x(shard->view())) : Json(nullptr)},
                       {"database", report.place.database().string()},
                       {"bytes_before", compaction.bytes_before},
                       {"bytes_after", compaction.bytes_after}};
        return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    }
    return fmt::format("{}\n  {} before, {} after\n", report.place.database().string(),
                       size_text(compaction.bytes_before), size_text(compaction.bytes_after));
}

}  // namespace redoubt::node
