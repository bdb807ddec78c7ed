/// The one HTTP request of a connection: its upgrade to a WebSocket. No other HTTP is served.
///
/// Path, origin and sub-protocols are not looked at; extensions are declined by not naming them.
///
/// @source RFC 6455, section 4.2; integritee-wire.md, section 4.1
#pragma once

#include <enclave/endpoint/limits.hpp>
#include <primitives/bytes.hpp>

#include <http_parser.h>

#include <string>
#include <string_view>

namespace redoubt::enclave::endpoint {

/// `Sec-WebSocket-Accept` for a client's `Sec-WebSocket-Key`.
[[nodiscard]] std::string websocket_accept(std::string_view key);

/// Reads a request in any division of bytes and makes the answer.
class HttpUpgrade {
  public:
    enum class Status {
        kNeedMore,  ///< the request is not complete
        kUpgraded,  ///< answer with response(); what follows is WebSocket
        kRefused,   ///< answer with response() and close
    };
    struct Progress {
        Status status;
        /// How many bytes belong to the request; the rest, after kUpgraded, are WebSocket's.
        std::size_t consumed;
    };

    HttpUpgrade();

    /// @pre the last status was kNeedMore
    [[nodiscard]] Progress receive(ByteView bytes);
    /// The whole HTTP response; empty until the status is not kNeedMore.
    [[nodiscard]] const std::string& response() const noexcept { return response_; }

  private:
    struct Callbacks;
    /// The fields the upgrade is decided by; all others are skipped.
    struct Fields {
        std::string host, upgrade, connection, version, key;
        bool is_key_repeated = false;
        bool has_host = false;
    };

    void begin_field_value();
    Status decide();
    Status refuse(std::string_view status_line, std::string_view extra_fields, std::string_view text);

    http_parser parser_{};
    std::size_t head_bytes_ = 0;
    std::size_t field_count_ = 0;
    std::string field_name_;
    std::string* value_ = nullptr;
    bool in_value_ = false;
    bool is_head_complete_ = false;
    Fields fields_;
    std::string response_;
};

}  // namespace redoubt::enclave::endpoint
