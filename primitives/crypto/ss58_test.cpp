#include <primitives/crypto/ss58.hpp>

#include <gtest/gtest.h>

#include <primitives/crypto/base58.hpp>
#include <primitives/hex.hpp>
#include <tests/support/result_matchers.hpp>

namespace redoubt::crypto {
namespace {

constexpr std::string_view kAlice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
constexpr std::string_view kAliceHex = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

TEST(Ss58, reads_what_it_writes_for_every_network_and_length) {
    for (std::uint16_t prefix = 0; prefix <= kSs58PrefixMax;
         prefix = static_cast<std::uint16_t>(prefix + 1)) {
        if (prefix == 46 || prefix == 47) {
            continue;
        }
        const std::size_t size = std::array<std::size_t, 6>{1, 2, 4, 8, 32, 33}[prefix % 6U];
        const Ss58Address address{.prefix = prefix, .body = Bytes(size, static_cast<std::uint8_t>(prefix))};
        const auto decoded = decode_ss58(encode_ss58(address.body, prefix));
        ASSERT_OK(decoded);
        ASSERT_EQ(decoded.value(), address);
    }
}

TEST(Ss58, rejects_lengths_in_between) {
    for (const std::size_t size : {std::size_t{2}, std::size_t{5}, std::size_t{34}, std::size_t{37}}) {
        Bytes raw(size, 1);
        raw[0] = 42;
        EXPECT_ERROR(decode_ss58(encode_base58(raw)), Ss58Error::kBadLength);
    }
}

TEST(Ss58, rejects_reserved_first_bytes) {
    Bytes raw(35, 1);
    raw[0] = 0x80;
    EXPECT_ERROR(decode_ss58(encode_base58(raw)), Ss58Error::kBadPrefix);
    raw[0] = 46;
    EXPECT_ERROR(decode_ss58(encode_base58(raw)), Ss58Error::kBadPrefix);
    EXPECT_ERROR(decode_ss58(encode_base58(Bytes{0x41})), Ss58Error::kBadPrefix);
    EXPECT_ERROR(decode_ss58(""), Ss58Error::kBadBase58);
    EXPECT_ERROR(decode_ss58("0"), Ss58Error::kBadBase58);
}

TEST(ParseAccountId, takes_an_address_or_hex) {
    const auto from_address = parse_account_id(kAlice, 42);
    const auto from_hex = parse_account_id(kAliceHex, 42);
    ASSERT_OK(from_address);
    ASSERT_OK(from_hex);
    EXPECT_EQ(from_address.value(), from_hex.value());
    EXPECT_EQ(to_hex_0x(from_hex.value().view()), kAliceHex);
    EXPECT_OK(parse_account_id(kAlice, std::nullopt));
}

TEST(ParseAccountId, rejects_other_networks_lengths_and_texts) {
    EXPECT_ERROR(parse_account_id(kAlice, 0), Ss58Error::kWrongNetwork);
    EXPECT_ERROR(parse_account_id("FR9u", std::nullopt), Ss58Error::kNoAccountId);
    EXPECT_ERROR(parse_account_id("0x00", std::nullopt), Ss58Error::kNoAccountId);
    EXPECT_ERROR(parse_account_id(kAliceHex.substr(2), std::nullopt), Ss58Error::kBadBase58);
    EXPECT_ERROR(parse_account_id("Alice", std::nullopt), Ss58Error::kBadBase58);
}

}  // namespace
}  // namespace redoubt::crypto
