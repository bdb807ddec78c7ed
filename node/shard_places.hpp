/// Where the shards of a data directory lie.
///
///     db/              the shard that was carried without being named, or before there could be several
///     shards/HEX/db/   a named shard; HEX are the 64 digits of its 32 bytes, in small letters
///
/// Nothing is ever moved from one place to the other. Folders below shards/ with other names are passed over,
/// so that an operator can set one aside.
#pragma once

#include <node/problem.hpp>
#include <primitives/bytes.hpp>

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace redoubt::node {

/// One shard of a data directory.
struct ShardPlace {
    /// Holds db/: the data directory itself, or one below shards/.
    std::filesystem::path folder;
    /// nullopt: the enclave decides (its measurement), or the database is unreadable.
    std::optional<Hash256> shard = std::nullopt;
    /// Why its database does not say which shard it is.
    std::optional<Problem> unreadable = std::nullopt;
    /// Why it must not be carried.
    std::optional<Problem> obstacle = std::nullopt;

    [[nodiscard]] std::filesystem::path database() const { return folder / "db"; }
};

/// Where a named shard lies that is not the directory's first.
[[nodiscard]] std::filesystem::path named_shard_folder(const std::filesystem::path& data_dir,
                                                       const Hash256& shard);

/// Every shard that has a database: that of the directory itself first, then the named ones in their order.
/// Reads the first one's database without taking its lock, and only to learn its shard.
[[nodiscard]] std::vector<ShardPlace> stored_shards(const std::filesystem::path& data_dir);

/// The places of the shards to carry, in the order of `named`. Without names: all that are stored; in a new
/// directory the place of the enclave's own shard. Folders are not made here.
[[nodiscard]] std::vector<ShardPlace> places_to_carry(const std::filesystem::path& data_dir,
                                                      std::span<const Hash256> named);

/// The first eight digits, for people: `9f86d081`.
[[nodiscard]] std::string short_name(const Hash256& shard);

}  // namespace redoubt::node
