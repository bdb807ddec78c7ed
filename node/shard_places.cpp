#include <node/shard_places.hpp>

#include <fmt/format.h>
#include <node/storage/journal.hpp>
#include <primitives/hex.hpp>

#include <algorithm>
#include <system_error>

namespace redoubt::node {
namespace {

namespace fs = std::filesystem;

constexpr const char* kShardsFolder = "shards";

/// The place of the directory's own database; nullopt when there is none.
std::optional<ShardPlace> own_place(const fs::path& data_dir) {
    ShardPlace place{.folder = data_dir};
    std::error_code error;
    if (!fs::exists(place.database() / "CURRENT", error)) {
        return std::nullopt;
    }
    const auto journal = Journal::open_read_only(place.database());
    if (!journal.has_value()) {
        place.unreadable = journal.error();
        return place;
    }
    const auto shard = journal.value()->shard();
    if (!shard.has_value()) {
        place.unreadable = shard.error();
        return place;
    }
    place.shard = shard.value();
    return place;
}

Problem stored_twice(const ShardPlace& own, const ShardPlace& named) {
    return Problem{
        ExitCode::kDataDirectory,
        fmt::format("the shard {} is stored twice, in {} and in {}", to_hex_0x(named.shard->view()),
                    own.database().string(), named.database().string()),
        "Each has keys of its own. Move the one away that is not registered on the chain."};
}

}  // namespace

std::string short_name(const Hash256& shard) {
    return to_hex(shard.view()).substr(0, 8);
}

fs::path named_shard_folder(const fs::path& data_dir, const Hash256& shard) {
    return data_dir / kShardsFolder / to_hex(shard.view());
}

std::vector<ShardPlace> stored_shards(const fs::path& data_dir) {
    std::vector<ShardPlace> out;
    std::error_code error;
    for (fs::directory_iterator entry{data_dir / kShardsFolder, error}, end; !error && entry != end;
         entry.increment(error)) {
        const auto name = entry->path().filename().string();
        const auto shard = parse_hex_fixed<Hash256>(name);
        if (shard.has_value() && name == to_hex(shard.value().view()) && fs::exists(entry->path() / "db")) {
            out.push_back({.folder = entry->path(), .shard = shard.value()});
        }
    }
    std::ranges::sort(out, {}, &ShardPlace::folder);
    if (auto own = own_place(data_dir)) {
        for (auto& named : out) {
            if (named.shard == own->shard) {
                named.obstacle = stored_twice(*own, named);
                own->obstacle = named.obstacle;
            }
        }
        out.insert(out.begin(), std::move(*own));
    }
    return out;
}

std::vector<ShardPlace> places_to_carry(const fs::path& data_dir, std::span<const Hash256> named) {
    auto stored = stored_shards(data_dir);
    if (named.empty()) {
        if (stored.empty()) {
            stored.push_back({.folder = data_dir});
        }
        return stored;
    }
    std::vector<ShardPlace> out;
    for (const auto& shard : named) {
        const auto known = std::ranges::find(stored, std::optional{shard}, &ShardPlace::shard);
        if (known != stored.end()) {
            out.push_back(*known);
            continue;
        }
        ShardPlace fresh{.folder = named_shard_folder(data_dir, shard), .shard = shard};
        if (!stored.empty()) {
            fresh.obstacle = stored.front().unreadable;  // it may be this shard's: no second identity is made
        }
        out.push_back(std::move(fresh));
    }
    return out;
}

}  // namespace redoubt::node
