#include <tools/wallet/pem_key.hpp>

#include <gtest/gtest.h>

#include <attestation/x509/pem.hpp>
#include <fstream>
#include <primitives/hex.hpp>
#include <tools/wallet/test_folder_test.hpp>

namespace redoubt::wallet {
namespace {

// RFC 8410, section 10.3: the same key without and with its public key.
constexpr auto kKey = R"(-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
)";
constexpr auto kPublicKey = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";

class PemKey : public ::testing::Test {
  protected:
    Fallible<crypto::KeyPair> read(std::string_view text) {
        const auto path = (folder_.path() / "key.pem").string();
        std::ofstream{path, std::ios::binary} << text;
        return read_pem_key(path);
    }
    std::string code(std::string_view text) {
        const auto key = read(text);
        return key ? "read" : key.error().code;
    }
    static std::string block(ByteView der, const std::string& label = "PRIVATE KEY") {
        return "-----BEGIN " + label + "-----\n" + attestation::x509::encode_base64(der) + "\n-----END " +
               label + "-----\n";
    }

    TestFolder folder_;
};

TEST_F(PemKey, is_read_as_openssl_writes_it) {
    const auto key = read(kKey);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(key.value().scheme(), crypto::Scheme::kEd25519);
    EXPECT_EQ(to_hex(key.value().public_key()), kPublicKey);
    EXPECT_EQ(code("a key of mine\r\n" + std::string{kKey} + "\n"), "read");
}

TEST_F(PemKey, is_refused_when_encrypted_or_of_another_kind) {
    const auto pkcs8 = parse_hex(
        "302e020100300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842");
    auto x25519 = pkcs8.value();
    x25519[11] = 0x6e;
    auto longer = pkcs8.value();
    longer.push_back(0);
    auto version = pkcs8.value();
    version[4] = 2;
    EXPECT_EQ(code(block(pkcs8.value())), "read");
    for (const auto& text :
         {block(x25519), block(longer), block(version), block(ByteView{pkcs8.value()}.first(47)), block({}),
          block(pkcs8.value(), "ENCRYPTED PRIVATE KEY"), block(pkcs8.value(), "PUBLIC KEY"), std::string{},
          block(pkcs8.value()) + block(pkcs8.value()), std::string{"-----BEGIN PRIVATE KEY-----"},
          std::string(5000, ' ') + kKey,
          std::string{"-----END PRIVATE KEY----------BEGIN PRIVATE KEY-----"}}) {
        EXPECT_EQ(code(text), "ear_key_unsuitable") << text.substr(0, 60);
    }
    EXPECT_EQ(read_pem_key((folder_.path() / "none").string()).error().code, "file_unreadable");
    EXPECT_EQ(read_pem_key(folder_.path().string()).error().code, "file_unreadable");
    EXPECT_EQ(read_pem_key("/dev/zero").error().code, "ear_key_unsuitable");
}

}  // namespace
}  // namespace redoubt::wallet
