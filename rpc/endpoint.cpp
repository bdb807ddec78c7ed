#include <rpc/endpoint.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace redoubt::rpc {
namespace {

constexpr std::size_t kUrlBytesMax = 2048;

bool is_plain(char c) {
    return c > ' ' && c < 127;
}

}  // namespace

std::string Endpoint::authority() const {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + host + "]" : host) + ":" + port;
}

Reply<Endpoint> parse_endpoint(std::string_view url) {
    const Failure bad{make_error_code(RpcError::kBadUrl), std::string{url.substr(0, 200)}};
    if (url.size() > kUrlBytesMax || !std::ranges::all_of(url, is_plain)) {
        return Failure{make_error_code(RpcError::kBadUrl), "it holds spaces, or is too long"};
    }
    Endpoint out;
    auto rest = url;
    if (rest.starts_with("ws://")) {
        rest.remove_prefix(5);
    } else if (rest.starts_with("wss://")) {
        rest.remove_prefix(6);
        out.tls = true;
    } else {
        return bad;
    }
    const auto path_at = rest.find_first_of("/?");
    out.path = path_at == std::string_view::npos ? "/" : std::string{rest.substr(path_at)};
    if (out.path.front() == '?') {
        out.path.insert(0, 1, '/');
    }
    auto authority = rest.substr(0, path_at);
    if (authority.find('@') != std::string_view::npos) {
        return bad;
    }
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) {
            return bad;
        }
        out.host = authority.substr(1, end - 1);
        authority.remove_prefix(end + 1);
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        out.host = authority.substr(0, colon);
        authority.remove_prefix(colon);
    }
    if (out.host.empty()) {
        return bad;
    }
    if (authority.empty()) {
        out.port = out.tls ? "443" : "80";
        return out;
    }
    authority.remove_prefix(1);
    std::uint16_t port = 0;
    const auto* end = authority.data() + authority.size();
    const auto parsed = std::from_chars(authority.data(), end, port);
    if (parsed.ec != std::errc{} || parsed.ptr != end || port == 0) {
        return bad;
    }
    out.port = std::to_string(port);
    return out;
}

}  // namespace redoubt::rpc
