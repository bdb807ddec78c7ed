#include <node/shard_endpoint.hpp>
#include <node/test_support.hpp>

namespace redoubt::node {
namespace {

using tests::is_problem;

TEST(ShardEndpoint, counts_the_ports_of_address_and_url_up) {
    const auto endpoints = shard_endpoints({"127.0.0.1", 2000}, "wss://[fd00::1]:443/a:b", 3);
    ASSERT_TRUE(endpoints.has_value());
    ASSERT_EQ(endpoints.value().size(), 3U);
    EXPECT_EQ(to_text(endpoints.value()[0].listen), "127.0.0.1:2000");
    EXPECT_EQ(endpoints.value()[0].external_url, "wss://[fd00::1]:443/a:b");
    EXPECT_EQ(to_text(endpoints.value()[2].listen), "127.0.0.1:2002");
    EXPECT_EQ(endpoints.value()[2].external_url, "wss://[fd00::1]:445/a:b");
}

TEST(ShardEndpoint, takes_free_ports_for_all) {
    const auto endpoints = shard_endpoints({"127.0.0.1", 0}, "", 2);
    ASSERT_TRUE(endpoints.has_value());
    EXPECT_EQ(endpoints.value()[1].listen.port, 0);
    EXPECT_EQ(endpoints.value()[1].external_url, "");
}

TEST(ShardEndpoint, leaves_a_single_shard_as_it_is_configured) {
    const auto endpoints = shard_endpoints({"127.0.0.1", 0}, "wss://worker.example", 1);
    ASSERT_TRUE(endpoints.has_value());
    EXPECT_EQ(endpoints.value()[0].external_url, "wss://worker.example");
}

TEST(ShardEndpoint, refuses_what_cannot_be_counted_up) {
    for (const auto* url :
         {"wss://worker.example", "wss://worker.example/x:1", "wss://[fd00::1]",
          "wss://worker.example:", "wss://worker.example:65535", "wss://worker.example:0"}) {
        EXPECT_TRUE(
            is_problem(shard_endpoints({"127.0.0.1", 2000}, url, 2), ExitCode::kUsage, "names no port"))
            << url;
    }
    EXPECT_TRUE(shard_endpoints({"127.0.0.1", 2000}, "wss://worker.example:65534", 2).has_value());
    EXPECT_TRUE(is_problem(shard_endpoints({"127.0.0.1", 0}, "wss://worker.example:1", 2), ExitCode::kUsage,
                           "which free port"));
    EXPECT_TRUE(is_problem(shard_endpoints({"127.0.0.1", 65534}, "", 3), ExitCode::kUsage, "65534 to 65536"));
    EXPECT_TRUE(shard_endpoints({"127.0.0.1", 65534}, "", 2).has_value());
}

TEST(EndpointUrl, is_made_from_the_address_unless_it_is_given) {
    EXPECT_EQ(endpoint_url("", {"127.0.0.1", 2000}).value(), "wss://127.0.0.1:2000");
    EXPECT_EQ(endpoint_url("", {"::1", 2000}).value(), "wss://[::1]:2000");
    EXPECT_EQ(endpoint_url("wss://a.b:1", {"0.0.0.0", 2000}).value(), "wss://a.b:1");
    EXPECT_TRUE(tests::is_problem(endpoint_url("", {"0.0.0.0", 2000}), ExitCode::kUsage, "--external-url"));
}

TEST(TlsNames, hold_the_host_of_the_url_and_the_loopback) {
    using Names = std::vector<std::string>;
    EXPECT_EQ(tls_names("wss://worker.example:2000/path", {"0.0.0.0", 2000}),
              (Names{"localhost", "127.0.0.1", "::1", "worker.example"}));
    EXPECT_EQ(tls_names("wss://[2001:db8::1]:2000", {"10.0.0.1", 2000}),
              (Names{"localhost", "127.0.0.1", "::1", "10.0.0.1", "2001:db8::1"}));
}

}  // namespace
}  // namespace redoubt::node
