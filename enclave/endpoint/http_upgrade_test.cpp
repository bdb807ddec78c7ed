#include <enclave/endpoint/http_upgrade.hpp>

#include <enclave/endpoint/memory_client_test.hpp>

namespace redoubt::enclave::endpoint::tests {
namespace {

using Status = HttpUpgrade::Status;

std::string replaced(std::string_view from, std::string_view to) {
    std::string out{kUpgradeRequest};
    const auto at = out.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return out.replace(at, from.size(), to);
}

/// The status line's code, 0 when the request is not complete.
int status_of(std::string_view request) {
    HttpUpgrade upgrade;
    const auto progress = upgrade.receive(bytes_of(request));
    if (progress.status == Status::kNeedMore) {
        return 0;
    }
    EXPECT_TRUE(upgrade.response().ends_with("\n"));
    return std::stoi(upgrade.response().substr(std::string_view{"HTTP/1.1 "}.size(), 3));
}

// RFC 6455, section 1.3.
TEST(HttpUpgrade, makes_the_accept_value_of_the_rfc) {
    EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(HttpUpgrade, upgrades_and_leaves_the_rest_to_the_websocket) {
    HttpUpgrade upgrade;
    const auto progress = upgrade.receive(bytes_of(std::string{kUpgradeRequest} + "frames"));
    EXPECT_EQ(progress.status, Status::kUpgraded);
    EXPECT_EQ(progress.consumed, kUpgradeRequest.size());
    EXPECT_EQ(upgrade.response(),
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

TEST(HttpUpgrade, upgrades_byte_by_byte) {
    HttpUpgrade upgrade;
    for (std::size_t i = 0; i < kUpgradeRequest.size(); ++i) {
        const auto progress = upgrade.receive(bytes_of(kUpgradeRequest.substr(i, 1)));
        EXPECT_EQ(progress.status, i + 1 < kUpgradeRequest.size() ? Status::kNeedMore : Status::kUpgraded);
    }
}

TEST(HttpUpgrade, declines_extensions_and_protocols_by_silence) {
    HttpUpgrade upgrade;
    const auto request = replaced("Host: localhost\r\n",
                                  "Host: localhost\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
                                  "Sec-WebSocket-Protocol: chat\r\n");
    EXPECT_EQ(upgrade.receive(bytes_of(request)).status, Status::kUpgraded);
    EXPECT_EQ(upgrade.response().find("Extensions"), std::string::npos);
    EXPECT_EQ(upgrade.response().find("Protocol:"), std::string::npos);
}

TEST(HttpUpgrade, reads_lists_and_names_in_any_case) {
    EXPECT_EQ(status_of(replaced("Connection: Upgrade", "cONNECTION: keep-alive , UPGRADE")), 101);
    EXPECT_EQ(status_of(replaced("Connection: Upgrade", "Connection: keep-alive\r\nConnection: upgrade")),
              101);
    EXPECT_EQ(status_of(replaced("Upgrade: websocket", "Upgrade: WebSocket")), 101);
    EXPECT_EQ(status_of(replaced("GET / ", "GET /some/path?with=query ")), 101);
}

TEST(HttpUpgrade, answers_a_plain_get_with_426) {
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), 426);
    EXPECT_EQ(status_of(replaced("Upgrade: websocket\r\n", "")), 426);
    EXPECT_EQ(status_of(replaced("Upgrade: websocket", "Upgrade: h2c")), 426);
    EXPECT_EQ(status_of(replaced("Connection: Upgrade", "Connection: close")), 426);
    EXPECT_EQ(status_of(replaced("Version: 13", "Version: 8")), 426);
}

TEST(HttpUpgrade, rejects_other_methods) {
    for (const auto* method : {"POST", "PUT", "HEAD", "OPTIONS", "DELETE", "CONNECT"}) {
        EXPECT_EQ(
            status_of(std::string{method} + (std::string_view{method} == "CONNECT" ? " localhost:1" : " /") +
                      " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            405)
            << method;
    }
}

TEST(HttpUpgrade, rejects_other_versions_of_http) {
    EXPECT_EQ(status_of(replaced("HTTP/1.1", "HTTP/1.0")), 505);
    EXPECT_EQ(status_of(replaced("HTTP/1.1", "HTTP/2.0")), 505);
}

TEST(HttpUpgrade, rejects_bad_keys_and_bodies) {
    EXPECT_EQ(status_of(replaced("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=")), 400);
    EXPECT_EQ(status_of(replaced("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j!Q==")), 400);
    EXPECT_EQ(status_of(replaced("Sec-WebSocket-Key: ", "X-Key: ")), 400);
    EXPECT_EQ(status_of(replaced("Sec-WebSocket-Version",
                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version")),
              400);
    EXPECT_EQ(status_of(replaced("Host: localhost\r\n", "")), 400);
    EXPECT_EQ(status_of(replaced("Host: localhost", "Host: localhost\r\nContent-Length: 5")), 400);
    EXPECT_EQ(status_of(replaced("Host: localhost", "Host: localhost\r\nTransfer-Encoding: chunked")), 400);
}

TEST(HttpUpgrade, rejects_garbage_at_its_first_bytes) {
    EXPECT_EQ(status_of("\x16\x03\x01 this is TLS in TLS"), 400);
    EXPECT_EQ(status_of("[1,2,3]"), 400);
    EXPECT_EQ(status_of(replaced("Host: ", "Ho st: ")), 400);
}

TEST(HttpUpgrade, rejects_heads_that_are_too_large) {
    const std::size_t room = kHttpHeadBytesMax - kUpgradeRequest.size() - std::string_view{"X: \r\n"}.size();
    EXPECT_EQ(status_of(replaced("Host:", "X: " + std::string(room, 'x') + "\r\nHost:")), 101);
    EXPECT_EQ(status_of(replaced("Host:", "X: " + std::string(room + 1, 'x') + "\r\nHost:")), 431);
    std::string fields;
    for (std::size_t i = 0; i <= kHttpFieldsMax; ++i) {
        fields += "A: b\r\n";
    }
    EXPECT_EQ(status_of(replaced("Host:", fields + "Host:")), 431);
}

}  // namespace
}  // namespace redoubt::enclave::endpoint::tests
