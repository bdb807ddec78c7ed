#include <tools/wallet/keystore.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <primitives/crypto/key_pair.hpp>
#include <tools/wallet/test_folder_test.hpp>

namespace redoubt::wallet {
namespace {

Bytes key_file_of(std::string_view uri) {
    KeyFileHeader header;
    header.cost = {.passes = 1, .memory_kib = 8};
    header.public_key = crypto::KeyPair::from_secret_uri(uri, crypto::Scheme::kSr25519).value().public_key();
    return seal_key_file(header, bytes_of(uri), bytes_of("secret")).value();
}

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    return status.st_mode & 0777U;
}

TEST(Keystore, a_folder_that_does_not_exist_holds_no_accounts) {
    const TestFolder folder;
    const Keystore keystore{folder.path() / "none"};
    EXPECT_TRUE(keystore.list().value().accounts.empty());
    EXPECT_FALSE(keystore.find("alice").value().has_value());
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "none"));
}

TEST(Keystore, finds_what_was_added_by_name_and_by_account) {
    const TestFolder folder;
    const Keystore keystore{folder.path() / "keys"};
    ASSERT_TRUE(keystore.add("bob", key_file_of("//Bob")));
    ASSERT_TRUE(keystore.add("alice", key_file_of("//Alice")));
    const auto listing = keystore.list().value();
    ASSERT_EQ(listing.accounts.size(), 2U);
    EXPECT_EQ(listing.accounts[0].name, "alice");
    EXPECT_EQ(listing.accounts[1].name, "bob");
    const auto found = keystore.find(listing.accounts[1].account).value();
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->name, "bob");
}

TEST(Keystore, files_are_for_their_owner_only) {
    const TestFolder folder;
    const Keystore keystore{folder.path() / "keys"};
    const auto path = keystore.add("alice", key_file_of("//Alice")).value();
    EXPECT_EQ(mode_of(path), 0600U);
    EXPECT_EQ(mode_of(keystore.folder()), 0700U);
}

TEST(Keystore, never_overwrites_and_leaves_no_scratch_file) {
    const TestFolder folder;
    const Keystore keystore{folder.path() / "keys"};
    ASSERT_TRUE(keystore.add("alice", key_file_of("//Alice")));
    const auto before = keystore.read("alice").value();
    const auto second = keystore.add("alice", key_file_of("//Bob"));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "account_exists");
    EXPECT_EQ(keystore.read("alice").value(), before);
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{keystore.folder()}) {
        ++files;
    }
    EXPECT_EQ(files, 1U);
}

TEST(Keystore, lists_a_damaged_file_beside_the_good_ones) {
    const TestFolder folder;
    const Keystore keystore{folder.path() / "keys"};
    ASSERT_TRUE(keystore.add("alice", key_file_of("//Alice")));
    std::ofstream{keystore.folder() / "torn.key"} << "RDBTKEY";
    std::ofstream{keystore.folder() / "readme.txt"} << "not a key";
    const auto listing = keystore.list().value();
    EXPECT_EQ(listing.accounts.size(), 1U);
    ASSERT_EQ(listing.damaged.size(), 1U);
    const auto torn = keystore.find("torn");
    ASSERT_FALSE(torn);
    EXPECT_EQ(torn.error().code, "key_file_damaged");
}

TEST(Keystore, rejects_names_that_are_paths_addresses_or_keys) {
    EXPECT_TRUE(check_account_name("alice-2_b.c"));
    EXPECT_TRUE(check_account_name(std::string(64, 'a')));
    for (const auto& name :
         {std::string{}, std::string(65, 'a'), std::string{"../x"}, std::string{"a/b"},
          std::string{".hidden"}, std::string{"-x"}, std::string{"a b"}, std::string{"0x12"},
          std::string{"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"}}) {
        EXPECT_FALSE(check_account_name(name)) << name;
    }
}

}  // namespace
}  // namespace redoubt::wallet
