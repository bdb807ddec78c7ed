#include <node/shard_places.hpp>

#include <node/storage/journal.hpp>
#include <node/test_support.hpp>

namespace redoubt::node {
namespace {

namespace fs = std::filesystem;
using tests::is_problem;
using tests::TemporaryFolder;

Hash256 shard_of(std::uint8_t byte) {
    Hash256 out;
    out.bytes.fill(byte);
    return out;
}

/// A database that is bound to `shard`, as a first start leaves it.
void make_database(const fs::path& folder, const std::optional<Hash256>& shard) {
    fs::create_directories(folder);
    const auto journal = Journal::open(folder / "db");
    ASSERT_TRUE(journal.has_value());
    if (shard) {
        ASSERT_TRUE(journal.value()->bind_shard(*shard).has_value());
    }
}

std::vector<fs::path> folders_of(const std::vector<ShardPlace>& places) {
    std::vector<fs::path> out;
    for (const auto& place : places) {
        EXPECT_FALSE(place.obstacle) << place.obstacle->cause;
        out.push_back(place.folder);
    }
    return out;
}

TEST(ShardPlaces, give_a_new_directory_to_the_enclaves_own_shard_or_to_the_named_ones) {
    const TemporaryFolder folder;
    const auto& data = folder.path();
    EXPECT_TRUE(stored_shards(data).empty());
    const auto own = places_to_carry(data, {});
    EXPECT_EQ(folders_of(own), std::vector{data});
    EXPECT_FALSE(own.front().shard);
    const std::vector named{shard_of(2), shard_of(1)};
    EXPECT_EQ(folders_of(places_to_carry(data, named)),
              (std::vector{named_shard_folder(data, shard_of(2)), named_shard_folder(data, shard_of(1))}));
    EXPECT_EQ(named_shard_folder(data, shard_of(0)), data / "shards" / std::string(64, '0'));
}

TEST(ShardPlaces, keep_the_database_of_a_single_shard_where_it_is) {
    const TemporaryFolder folder;
    const auto& data = folder.path();
    make_database(data, shard_of(5));
    const std::vector named{shard_of(1), shard_of(5)};
    EXPECT_EQ(folders_of(places_to_carry(data, named)),
              (std::vector{named_shard_folder(data, shard_of(1)), data}));
    make_database(named_shard_folder(data, shard_of(1)), shard_of(1));
    fs::create_directories(data / "shards" / "old-1" / "db");
    const auto all = places_to_carry(data, {});
    EXPECT_EQ(folders_of(all), (std::vector{data, named_shard_folder(data, shard_of(1))}));
    EXPECT_EQ(all[0].shard, shard_of(5));
    EXPECT_EQ(all[1].shard, shard_of(1));
}

TEST(ShardPlaces, make_no_second_place_while_the_first_database_may_hold_the_shard) {
    const TemporaryFolder folder;
    const auto& data = folder.path();
    make_database(data, shard_of(5));
    make_database(named_shard_folder(data, shard_of(1)), shard_of(1));
    for (const auto& entry : fs::directory_iterator{data / "db"}) {
        if (entry.path().extension() == ".log") {
            fs::remove(entry.path());
        }
    }
    const std::vector named{shard_of(5), shard_of(1)};
    const auto places = places_to_carry(data, named);
    ASSERT_TRUE(places[0].obstacle);
    EXPECT_NE(places[0].obstacle->cause.find("write-ahead log"), std::string::npos);
    EXPECT_FALSE(places[1].obstacle);
}

TEST(ShardPlaces, refuse_a_shard_that_is_stored_twice) {
    const TemporaryFolder folder;
    const auto& data = folder.path();
    make_database(data, shard_of(5));
    make_database(named_shard_folder(data, shard_of(5)), shard_of(5));
    const std::vector named{shard_of(5)};
    const auto places = places_to_carry(data, named);
    ASSERT_TRUE(places[0].obstacle);
    EXPECT_NE(places[0].obstacle->cause.find("stored twice"), std::string::npos);
}

TEST(ShardPlaces, read_the_first_database_while_a_daemon_holds_it) {
    const TemporaryFolder folder;
    const auto& data = folder.path();
    const auto daemon = Journal::open(data / "db");
    ASSERT_TRUE(daemon.has_value());
    EXPECT_FALSE(stored_shards(data).front().shard);
    ASSERT_TRUE(daemon.value()->bind_shard(shard_of(7)).has_value());
    EXPECT_EQ(stored_shards(data).front().shard, shard_of(7));
    ASSERT_TRUE(daemon.value()->append({1, true, {Bytes{1, 2, 3}}}).has_value());
}

}  // namespace
}  // namespace redoubt::node
