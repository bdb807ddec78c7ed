#include <fmt/format.h>
#include <node/shard_endpoint.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace redoubt::node {
namespace {

constexpr std::uint32_t kPortMax = 65535;

/// A URL cut at its port: `wss://host:`, 2000, `/path`.
struct UrlParts {
    std::string before;
    std::uint32_t port = 0;
    std::string after;
};

/// nullopt for a URL that names no port.
std::optional<UrlParts> parts_of(const std::string& url) {
    const auto host = url.find("://") + 3;
    const auto end = std::min(url.find_first_of("/?#", host), url.size());
    const auto colon = url.rfind(':', end);
    if (colon == std::string::npos || colon < host || url.find(']', colon) < end) {
        return std::nullopt;
    }
    UrlParts out{url.substr(0, colon + 1), 0, url.substr(end)};
    const auto* const last = url.data() + end;
    const auto [read, error] = std::from_chars(url.data() + colon + 1, last, out.port);
    if (error != std::errc{} || read != last || out.port == 0 || out.port > kPortMax) {
        return std::nullopt;
    }
    return out;
}

Problem usage(std::string cause, std::string remedy) {
    return Problem{ExitCode::kUsage, std::move(cause), std::move(remedy)};
}

}  // namespace

Outcome<std::vector<ShardEndpoint>> shard_endpoints(const ListenAddress& listen,
                                                    const std::string& external_url,
                                                    std::size_t count) {
    const auto further = static_cast<std::uint32_t>(count > 0 ? count - 1 : 0);
    std::optional<UrlParts> url;
    if (further > 0 && listen.port + further > kPortMax) {
        return usage(
            fmt::format("{} shards need the ports {} to {}", count, listen.port, listen.port + further),
            "Choose a lower port with --listen, or port 0 for free ones.");
    }
    if (further > 0 && !external_url.empty()) {
        url = parts_of(external_url);
        if (!url || url->port + further > kPortMax) {
            return usage(fmt::format("--external-url {} names no port from which {} shards can count up",
                                     external_url, count),
                         "Each shard has an endpoint of its own. Write wss://NAME:PORT: the first shard is "
                         "registered with it, each further one with the next port.");
        }
        if (listen.port == 0) {
            return usage(
                "--external-url does not tell which free port belongs to which of several shards",
                "Name the first port with --listen HOST:PORT; each further shard takes the next one.");
        }
    }
    std::vector<ShardEndpoint> out;
    for (std::uint32_t i = 0; i < count; ++i) {
        ShardEndpoint endpoint{listen, external_url};
        if (listen.port != 0) {
            endpoint.listen.port = static_cast<std::uint16_t>(listen.port + i);
        }
        if (url) {
            endpoint.external_url = fmt::format("{}{}{}", url->before, url->port + i, url->after);
        }
        out.push_back(std::move(endpoint));
    }
    return out;
}

std::vector<std::string> tls_names(const std::string& url, const ListenAddress& address) {
    std::vector<std::string> out{"localhost", "127.0.0.1", "::1"};
    const auto add = [&out](std::string name) {
        if (!name.empty() && name != "0.0.0.0" && name != "::" && std::ranges::find(out, name) == out.end()) {
            out.push_back(std::move(name));
        }
    };
    add(address.host);
    auto authority = url.substr(std::min(url.size(), std::string_view{"wss://"}.size()));
    authority = authority.substr(0, authority.find_first_of("/?#"));
    if (authority.starts_with('[')) {
        add(authority.substr(1, authority.find(']') - 1));
    } else {
        add(authority.substr(0, authority.find(':')));
    }
    return out;
}

Outcome<std::string> endpoint_url(const std::string& external_url, const ListenAddress& address) {
    if (!external_url.empty()) {
        return external_url;
    }
    if (address.host == "0.0.0.0" || address.host == "::") {
        return Problem{
            ExitCode::kUsage,
            fmt::format("listening on {} names no address that clients could use", to_text(address)),
            "Say under which name clients reach this worker: --external-url wss://NAME:PORT."};
    }
    return "wss://" + to_text(address);
}

}  // namespace redoubt::node
