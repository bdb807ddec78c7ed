#include <unistd.h>
#include <fstream>
#include <node/data_dir.hpp>
#include <node/shard_places.hpp>
#include <node/test_support.hpp>

namespace redoubt::node {
namespace {

namespace fs = std::filesystem;
using tests::is_problem;
using tests::TemporaryFolder;

fs::perms mode_of(const fs::path& path) {
    return fs::status(path).permissions();
}

TEST(DataDir, creates_a_private_folder_with_its_parents) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "a" / "b";
    ASSERT_TRUE(DataDir::open(path).has_value());
    EXPECT_EQ(mode_of(path), fs::perms::owner_all);
    EXPECT_TRUE(fs::exists(path / "LAYOUT"));
}

TEST(DataDir, makes_an_existing_wider_one_private) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "data";
    ASSERT_TRUE(DataDir::open(path).has_value());
    fs::create_directories(path / "db");
    std::ofstream{path / "db" / "000001.sst"} << "x";
    std::ofstream{folder.path() / "outside"} << "x";
    fs::create_symlink(folder.path() / "outside", path / "db" / "link");
    fs::permissions(folder.path() / "outside", fs::perms::all);
    fs::permissions(path / "db" / "000001.sst", fs::perms::all);
    fs::permissions(path / "db", fs::perms::all);
    fs::permissions(path / "LAYOUT", fs::perms::all);
    fs::permissions(path, fs::perms::all);
    ASSERT_TRUE(DataDir::open(path).has_value());
    EXPECT_EQ(mode_of(path), fs::perms::owner_all);
    EXPECT_EQ(mode_of(path / "db"), fs::perms::owner_all);
    EXPECT_EQ(mode_of(path / "db" / "000001.sst"), fs::perms::owner_all);
    EXPECT_EQ(mode_of(path / "LAYOUT"), fs::perms::owner_all);
    EXPECT_EQ(mode_of(folder.path() / "outside"), fs::perms::all);
}

TEST(DataDir, opens_again_after_it_was_closed) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "data";
    EXPECT_TRUE(DataDir::open(path).has_value());
    EXPECT_TRUE(DataDir::open(path).has_value());
}

TEST(DataDir, rejects_a_second_opener_and_names_the_first) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "data";
    const auto first = DataDir::open(path);
    ASSERT_TRUE(first.has_value());
    EXPECT_TRUE(is_problem(DataDir::open(path), ExitCode::kDataDirectory,
                           "in use by process " + std::to_string(::getpid())));
}

TEST(DataDir, rejects_a_folder_of_somebody_else_and_leaves_it_alone) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "photos";
    fs::create_directory(path);
    fs::permissions(path, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec);
    std::ofstream{path / "cat.jpg"} << "meow";
    EXPECT_TRUE(is_problem(DataDir::open(path), ExitCode::kDataDirectory, "cat.jpg"));
    EXPECT_EQ(mode_of(path), fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec);
}

TEST(DataDir, rejects_a_file_in_its_place) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "file";
    std::ofstream{path} << "x";
    EXPECT_TRUE(is_problem(DataDir::open(path), ExitCode::kDataDirectory, "not a folder"));
}

TEST(DataDir, rejects_a_later_layout) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "data";
    EXPECT_TRUE(DataDir::open(path).has_value());
    std::ofstream{path / "LAYOUT"} << "redoubt data directory, layout 3\n";
    EXPECT_TRUE(is_problem(DataDir::open(path), ExitCode::kDataDirectory, "layout 3"));
}

TEST(DataDir, takes_the_layout_of_several_shards_with_the_first_folder_below_shards) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "data";
    const auto layout = [&path] {
        std::ifstream in{path / "LAYOUT"};
        return std::string{std::istreambuf_iterator<char>{in}, {}};
    };
    {
        const auto data = DataDir::open(path);
        ASSERT_TRUE(data.has_value());
        ASSERT_TRUE(data.value().provide_shard_folder(path).has_value());
        EXPECT_EQ(layout(), "redoubt data directory, layout 1\n");
        const auto shard = named_shard_folder(path, Hash256{});
        ASSERT_TRUE(data.value().provide_shard_folder(shard).has_value());
        ASSERT_TRUE(data.value().provide_shard_folder(shard).has_value());
        EXPECT_EQ(mode_of(shard), fs::perms::owner_all);
        EXPECT_EQ(mode_of(shard.parent_path()), fs::perms::owner_all);
    }
    EXPECT_EQ(layout(), "redoubt data directory, layout 2\n");
    EXPECT_TRUE(DataDir::open(path).has_value());
}

TEST(DataDir, rejects_a_damaged_layout) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "data";
    EXPECT_TRUE(DataDir::open(path).has_value());
    std::ofstream{path / "LAYOUT", std::ios::binary} << std::string(5000, '\xff');
    EXPECT_TRUE(is_problem(DataDir::open(path), ExitCode::kDataDirectory, "LAYOUT is damaged"));
}

TEST(DataDir, makes_the_platform_secret_once_and_private) {
    const TemporaryFolder folder;
    const auto data = DataDir::open(folder.path() / "data");
    ASSERT_TRUE(data.has_value());
    ASSERT_TRUE(data.value().provide_sim_platform(false).has_value());
    const auto file = data.value().sim_platform();
    EXPECT_EQ(fs::file_size(file), 32U);
    EXPECT_EQ(mode_of(file), fs::perms::owner_read | fs::perms::owner_write);
    std::ifstream first_in{file, std::ios::binary};
    const std::string first{std::istreambuf_iterator<char>{first_in}, {}};
    ASSERT_TRUE(data.value().provide_sim_platform(true).has_value());
    std::ifstream second_in{file, std::ios::binary};
    EXPECT_EQ(first, (std::string{std::istreambuf_iterator<char>{second_in}, {}}));
}

TEST(DataDir, rejects_a_lost_or_cut_platform_secret) {
    const TemporaryFolder folder;
    const auto data = DataDir::open(folder.path() / "data");
    ASSERT_TRUE(data.has_value());
    EXPECT_TRUE(is_problem(data.value().provide_sim_platform(true), ExitCode::kDataDirectory, "missing"));
    std::ofstream{data.value().sim_platform()} << "short";
    EXPECT_TRUE(is_problem(data.value().provide_sim_platform(true), ExitCode::kDataDirectory, "5 bytes"));
}

}  // namespace
}  // namespace redoubt::node
