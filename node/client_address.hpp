/// Where clients come from: one network of an address counts as one place.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::node {

/// What one party can be assumed to hold: an IPv4 address, or the /64 network of an IPv6 address. An IPv4
/// address that is written as IPv6 counts as IPv4.
class ClientPlace {
  public:
    explicit ClientPlace(const boost::asio::ip::address& address);
    auto operator<=>(const ClientPlace&) const = default;

  private:
    std::array<std::uint8_t, 9> key_{};
};

/// A network in CIDR notation; a single address is the network of its full length.
struct AddressRange {
    boost::asio::ip::address network;
    unsigned prefix_bits = 0;

    /// `10.0.0.0/8`, `192.0.2.7`, `fd00::/8`; nullopt for anything else.
    [[nodiscard]] static std::optional<AddressRange> parse(std::string_view text);
    [[nodiscard]] bool contains(const boost::asio::ip::address& address) const;
    [[nodiscard]] std::string to_text() const;
};

/// Ranges separated by commas, with or without spaces; nullopt when one of them is none.
[[nodiscard]] std::optional<std::vector<AddressRange>> parse_address_ranges(std::string_view text);
[[nodiscard]] std::string to_text(const std::vector<AddressRange>& ranges);

}  // namespace redoubt::node
