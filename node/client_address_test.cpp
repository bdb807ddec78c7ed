#include <gtest/gtest.h>

#include <node/client_address.hpp>

namespace redoubt::node {
namespace {

namespace ip = boost::asio::ip;

ClientPlace place(const char* text) {
    return ClientPlace{ip::make_address(text)};
}

TEST(ClientPlace, is_an_ipv4_address_or_an_ipv6_network_of_64_bits) {
    EXPECT_EQ(place("192.0.2.1"), place("192.0.2.1"));
    EXPECT_NE(place("192.0.2.1"), place("192.0.2.2"));
    EXPECT_EQ(place("192.0.2.1"), place("::ffff:192.0.2.1"));
    EXPECT_EQ(place("2001:db8:1:2::1"), place("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    EXPECT_NE(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
}

TEST(AddressRange, contains_what_begins_with_its_bits) {
    const auto v4 = AddressRange::parse("10.128.0.0/9");
    ASSERT_TRUE(v4.has_value());
    EXPECT_TRUE(v4->contains(ip::make_address("10.128.0.1")));
    EXPECT_TRUE(v4->contains(ip::make_address("::ffff:10.255.0.1")));
    EXPECT_FALSE(v4->contains(ip::make_address("10.127.255.255")));
    EXPECT_FALSE(v4->contains(ip::make_address("fd00::1")));
    const auto v6 = AddressRange::parse("fd00::/8");
    ASSERT_TRUE(v6.has_value());
    EXPECT_TRUE(v6->contains(ip::make_address("fdff::1")));
    EXPECT_FALSE(v6->contains(ip::make_address("fe00::1")));
    EXPECT_TRUE(AddressRange::parse("0.0.0.0/0")->contains(ip::make_address("203.0.113.9")));
    EXPECT_FALSE(AddressRange::parse("192.0.2.7")->contains(ip::make_address("192.0.2.6")));
}

TEST(AddressRange, rejects_what_is_no_network) {
    for (const auto* text : {"", "10.0.0", "10.0.0.0/33", "fd00::/129", "10.0.0.0/", "10.0.0.0/-1",
                             "10.0.0.0/8x", "host.example", "10.0.0.1 "}) {
        EXPECT_FALSE(AddressRange::parse(text).has_value()) << text;
    }
}

TEST(AddressRange, reads_lists_with_commas) {
    const auto ranges = parse_address_ranges("10.0.0.1, fd00::/8");
    ASSERT_TRUE(ranges.has_value());
    EXPECT_EQ(to_text(*ranges), "10.0.0.1/32,fd00::/8");
    EXPECT_TRUE(parse_address_ranges("")->empty());
    EXPECT_FALSE(parse_address_ranges("10.0.0.1,,10.0.0.2").has_value());
    EXPECT_FALSE(parse_address_ranges("10.0.0.1;10.0.0.2").has_value());
    EXPECT_FALSE(parse_address_ranges("   ").has_value());
}

}  // namespace
}  // namespace redoubt::node
