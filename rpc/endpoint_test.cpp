#include <rpc/endpoint.hpp>

#include <gtest/gtest.h>

namespace redoubt::rpc {
namespace {

TEST(Endpoint, returns_the_parts_of_an_address) {
    const auto plain = parse_endpoint("ws://127.0.0.1:9944").value();
    EXPECT_FALSE(plain.tls);
    EXPECT_EQ(plain.host, "127.0.0.1");
    EXPECT_EQ(plain.port, "9944");
    EXPECT_EQ(plain.path, "/");
    const auto tls = parse_endpoint("wss://rpc.example.org/a/b?c=d").value();
    EXPECT_TRUE(tls.tls);
    EXPECT_EQ(tls.port, "443");
    EXPECT_EQ(tls.path, "/a/b?c=d");
    const auto ipv6 = parse_endpoint("ws://[::1]:80?x").value();
    EXPECT_EQ(ipv6.host, "::1");
    EXPECT_EQ(ipv6.authority(), "[::1]:80");
    EXPECT_EQ(ipv6.path, "/?x");
}

TEST(Endpoint, rejects_other_addresses) {
    for (const auto* url : {"", "ws://", "http://a", "ws:/a", "ws://a:", "ws://a:0", "ws://a:65536",
                            "ws://a:9x", "ws://[::1", "ws://u:p@a", "ws://a b", "ws://[]:1", "ws://a\n"}) {
        EXPECT_FALSE(parse_endpoint(url).has_value()) << url;
    }
}

}  // namespace
}  // namespace redoubt::rpc
