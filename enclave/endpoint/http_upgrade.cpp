#include <enclave/endpoint/http_upgrade.hpp>

#include <primitives/result.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace redoubt::enclave::endpoint {
namespace {

constexpr std::size_t kKeyCharacters = 24;
constexpr std::size_t kSha1Bytes = 20;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

/// True when a comma-separated field value names `token`.
bool has_token(std::string_view value, std::string_view token) {
    while (!value.empty()) {
        const auto comma = value.find(',');
        if (equal_ignoring_case(trimmed(value.substr(0, comma)), token)) {
            return true;
        }
        value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
    }
    return false;
}

/// Base64 of 16 bytes: 22 digits and "==".
bool is_websocket_key(std::string_view key) {
    const auto is_digit = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
               c == '/';
    };
    return key.size() == kKeyCharacters && key.ends_with("==") &&
           std::ranges::all_of(key.substr(0, kKeyCharacters - 2), is_digit);
}

}  // namespace

std::string websocket_accept(std::string_view key) {
    const std::string text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, kSha1Bytes> digest{};
    // SHA-1 is what the protocol asks for; nothing rests on its strength.
    REDOUBT_ASSERT(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr) == 1);
    std::array<unsigned char, 4 * ((kSha1Bytes + 2) / 3) + 1> base64{};
    const int size = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
    return {base64.begin(), base64.begin() + size};
}

/// http_parser's callbacks; a result other than 0 stops the parser.
struct HttpUpgrade::Callbacks {
    static HttpUpgrade& self(http_parser* parser) { return *static_cast<HttpUpgrade*>(parser->data); }

    static int on_header_field(http_parser* parser, const char* text, std::size_t size) {
        auto& upgrade = self(parser);
        if (upgrade.in_value_ || upgrade.field_count_ == 0) {
            upgrade.field_name_.clear();
            upgrade.in_value_ = false;
            if (++upgrade.field_count_ > kHttpFieldsMax) {
                return 1;
            }
        }
        upgrade.field_name_.append(text, size);
        return 0;
    }
    static int on_header_value(http_parser* parser, const char* text, std::size_t size) {
        auto& upgrade = self(parser);
        if (!upgrade.in_value_) {
            upgrade.in_value_ = true;
            upgrade.begin_field_value();
        }
        if (upgrade.value_ != nullptr) {
            upgrade.value_->append(text, size);
        }
        return 0;
    }
    static int on_headers_complete(http_parser* parser) {
        self(parser).is_head_complete_ = true;
        // "No body, and another protocol follows": the parser returns right behind the head.
        return 2;
    }
    static const http_parser_settings& settings() {
        static const http_parser_settings callbacks = [] {
            http_parser_settings out;
            http_parser_settings_init(&out);
            out.on_header_field = on_header_field;
            out.on_header_value = on_header_value;
            out.on_headers_complete = on_headers_complete;
            return out;
        }();
        return callbacks;
    }
};

HttpUpgrade::HttpUpgrade() {
    http_parser_init(&parser_, HTTP_REQUEST);
}

void HttpUpgrade::begin_field_value() {
    value_ = nullptr;
    const auto choose = [this](std::string_view name, std::string& value) {
        if (equal_ignoring_case(field_name_, name)) {
            value_ = &value;
        }
    };
    choose("Host", fields_.host);
    choose("Upgrade", fields_.upgrade);
    choose("Connection", fields_.connection);
    choose("Sec-WebSocket-Version", fields_.version);
    choose("Sec-WebSocket-Key", fields_.key);
    fields_.has_host = fields_.has_host || value_ == &fields_.host;
    fields_.is_key_repeated = fields_.is_key_repeated || (value_ == &fields_.key && !fields_.key.empty());
    // A repeated list field continues the list.
    if (value_ != nullptr && !value_->empty()) {
        value_->push_back(',');
    }
}

HttpUpgrade::Progress HttpUpgrade::receive(ByteView bytes) {
    const auto part = bytes.first(std::min(bytes.size(), kHttpHeadBytesMax - head_bytes_));
    parser_.data = this;
    const auto consumed = http_parser_execute(&parser_, &Callbacks::settings(),
                                              reinterpret_cast<const char*>(part.data()), part.size());
    head_bytes_ += consumed;
    if (is_head_complete_ && HTTP_PARSER_ERRNO(&parser_) == HPE_OK) {
        return {decide(), consumed};
    }
    if (field_count_ > kHttpFieldsMax) {
        return {refuse("431 Request Header Fields Too Large", "", "more than 64 header fields"), consumed};
    }
    if (HTTP_PARSER_ERRNO(&parser_) != HPE_OK) {
        return {refuse("400 Bad Request", "", "this is no HTTP/1.1 request"), consumed};
    }
    if (head_bytes_ >= kHttpHeadBytesMax) {
        return {refuse("431 Request Header Fields Too Large", "", "the request head is larger than 8 KiB"),
                consumed};
    }
    return {Status::kNeedMore, consumed};
}

HttpUpgrade::Status HttpUpgrade::decide() {
    if (parser_.method != HTTP_GET) {
        return refuse("405 Method Not Allowed", "Allow: GET\r\n", "only GET with an upgrade to WebSocket");
    }
    if (parser_.http_major != 1 || parser_.http_minor < 1) {
        return refuse("505 HTTP Version Not Supported", "", "a WebSocket needs HTTP/1.1");
    }
    if (!has_token(fields_.upgrade, "websocket") || !has_token(fields_.connection, "upgrade")) {
        return refuse("426 Upgrade Required", "Upgrade: websocket\r\n",
                      "This is the trusted endpoint of a Redoubt worker. It speaks JSON-RPC 2.0 over "
                      "WebSocket (wss://).");
    }
    if (trimmed(fields_.version) != "13") {
        return refuse("426 Upgrade Required", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
                      "only version 13 of the WebSocket protocol");
    }
    if (!fields_.has_host) {
        return refuse("400 Bad Request", "", "the Host field is missing");
    }
    const auto key = trimmed(fields_.key);
    if (fields_.is_key_repeated || !is_websocket_key(key)) {
        return refuse("400 Bad Request", "", "Sec-WebSocket-Key has to be base64 of 16 bytes, once");
    }
    if ((parser_.flags & F_CHUNKED) != 0 || (parser_.flags & F_CONTENTLENGTH) != 0) {
        return refuse("400 Bad Request", "", "an upgrade request has no body");
    }
    response_ =
        "HTTP/1.1 101 Switching Protocols\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        websocket_accept(key) + "\r\n\r\n";
    return Status::kUpgraded;
}

HttpUpgrade::Status HttpUpgrade::refuse(std::string_view status_line,
                                        std::string_view extra_fields,
                                        std::string_view text) {
    response_ = "HTTP/1.1 ";
    response_ += status_line;
    response_ += "\r\n";
    response_ += extra_fields;
    // An Upgrade field is announced in Connection (RFC 9110, section 7.8).
    response_ +=
        extra_fields.starts_with("Upgrade") ? "Connection: upgrade, close\r\n" : "Connection: close\r\n";
    response_ += "Content-Type: text/plain; charset=utf-8\r\nContent-Length: ";
    response_ += std::to_string(text.size() + 1);
    response_ += "\r\n\r\n";
    response_ += text;
    response_ += "\n";
    return Status::kRefused;
}

}  // namespace redoubt::enclave::endpoint
