#include <tools/wallet/accounts.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <primitives/crypto/ss58.hpp>
#include <primitives/hex.hpp>
#include <tools/wallet/test_folder_test.hpp>

namespace redoubt::wallet {
namespace {

// light-client.md, section 5.5.
constexpr std::string_view kAliceHex = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
constexpr std::string_view kAlice42 = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
constexpr std::uint16_t kIntegritee = 13;

/// A keystore with //Bob as "bob", opened by the password in a file.
struct AccountsTest : ::testing::Test {
    AccountsTest() {
        KeyFileHeader header;
        header.cost = {.passes = 1, .memory_kib = 8};
        const auto bob = crypto::KeyPair::from_secret_uri("//Bob", crypto::Scheme::kSr25519).value();
        header.public_key = bob.public_key();
        bob_id = bob.account_id();
        EXPECT_TRUE(
            keystore.add("bob", seal_key_file(header, bytes_of("//Bob"), bytes_of("secret")).value()));
        header.has_password = false;
        header.public_key =
            crypto::KeyPair::from_secret_uri("//Eve", crypto::Scheme::kSr25519).value().public_key();
        EXPECT_TRUE(keystore.add("eve", seal_key_file(header, bytes_of("//Eve"), {}).value()));
    }
    Accounts with_password(std::string_view password) {
        const auto path = folder.path() / "password";
        std::ofstream{path, std::ios::trunc} << password << "\nsecond line\n";
        return Accounts{keystore, PasswordSource{.none = false, .file = path.string()}};
    }

    TestFolder folder;
    Keystore keystore{folder.path() / "keys"};
    AccountId bob_id;
};

std::string hex_of(const Fallible<AccountId>& account) {
    return account ? to_hex_0x(account.value().view()) : account.error().code;
}

TEST_F(AccountsTest, resolves_uris_names_addresses_and_hex) {
    const auto accounts = with_password("secret");
    const auto alice13 = crypto::encode_ss58(parse_hex(kAliceHex).value(), kIntegritee);
    EXPECT_EQ(hex_of(accounts.resolve("//Alice", kIntegritee)), kAliceHex);
    EXPECT_EQ(hex_of(accounts.resolve(kAlice42, kIntegritee)), kAliceHex);
    EXPECT_EQ(hex_of(accounts.resolve(alice13, kIntegritee)), kAliceHex);
    EXPECT_EQ(hex_of(accounts.resolve(kAliceHex, kIntegritee)), kAliceHex);
    EXPECT_EQ(hex_of(accounts.resolve("bob", kIntegritee)), to_hex_0x(bob_id.view()));
}

TEST_F(AccountsTest, rejects_an_address_of_another_network) {
    const auto accounts = with_password("secret");
    const auto polkadot = crypto::encode_ss58(parse_hex(kAliceHex).value(), 0);
    EXPECT_EQ(hex_of(accounts.resolve(polkadot, kIntegritee)), "address_wrong_network");
    EXPECT_EQ(hex_of(accounts.resolve(polkadot, std::nullopt)), kAliceHex);
}

TEST_F(AccountsTest, tells_a_typing_error_from_an_unknown_name) {
    const auto accounts = with_password("secret");
    auto mistyped = std::string{kAlice42};
    mistyped.back() = 'Z';
    EXPECT_EQ(hex_of(accounts.resolve(mistyped, kIntegritee)), "address_mistyped");
    EXPECT_EQ(hex_of(accounts.resolve("mallory", kIntegritee)), "account_unknown");
    EXPECT_EQ(hex_of(accounts.resolve("0x1234", kIntegritee)), "account_unknown");
    EXPECT_EQ(hex_of(accounts.resolve("not a phrase", kIntegritee)), "secret_uri_invalid");
    EXPECT_EQ(hex_of(accounts.resolve("//", kIntegritee)), "secret_uri_invalid");
}

TEST_F(AccountsTest, unlocks_by_name_and_by_address_with_the_password) {
    const auto accounts = with_password("secret");
    EXPECT_EQ(accounts.unlock("bob", kIntegritee).value().account_id(), bob_id);
    const auto address = crypto::encode_ss58(bob_id.view(), kIntegritee);
    EXPECT_EQ(accounts.unlock(address, kIntegritee).value().account_id(), bob_id);
}

TEST_F(AccountsTest, rejects_a_wrong_password) {
    const auto key = with_password("Secret").unlock("bob", kIntegritee);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, "password_wrong");
    EXPECT_EQ(key.error().exit, ExitCode::kRefused);
}

TEST_F(AccountsTest, an_account_without_a_password_opens_without_one) {
    EXPECT_TRUE(with_password("anything").unlock("eve", kIntegritee));
}

TEST_F(AccountsTest, an_address_alone_cannot_sign) {
    const auto key = with_password("secret").unlock(kAliceHex, kIntegritee);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, "account_not_in_keystore");
}

TEST_F(AccountsTest, a_missing_password_file_is_a_usage_error) {
    const Accounts accounts{keystore,
                            PasswordSource{.none = false, .file = (folder.path() / "none").string()}};
    const auto key = accounts.unlock("bob", kIntegritee);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, "password_file_unreadable");
    EXPECT_EQ(key.error().exit, ExitCode::kUsage);
}

}  // namespace
}  // namespace redoubt::wallet
