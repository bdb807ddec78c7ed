#include <fmt/format.h>
#include <node/client_address.hpp>

#include <algorithm>
#include <charconv>

namespace redoubt::node {

namespace asio = boost::asio;

namespace {

/// An IPv4 address that is written as IPv6 becomes IPv4.
asio::ip::address unmapped(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    return address;
}

template <class Bytes>
bool same_bits(const Bytes& a, const Bytes& b, unsigned bits) {
    for (unsigned i = 0; i < bits; ++i) {
        const auto mask = static_cast<std::uint8_t>(0x80U >> (i % 8));
        if (((a[i / 8] ^ b[i / 8]) & mask) != 0) {
            return false;
        }
    }
    return true;
}

}  // namespace

ClientPlace::ClientPlace(const asio::ip::address& address) {
    const auto plain = unmapped(address);
    if (plain.is_v4()) {
        key_[0] = 4;
        std::ranges::copy(plain.to_v4().to_bytes(), key_.begin() + 1);
    } else {
        key_[0] = 6;
        const auto bytes = plain.to_v6().to_bytes();
        std::copy_n(bytes.begin(), 8, key_.begin() + 1);
    }
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
    const auto slash = text.find('/');
    boost::system::error_code error;
    AddressRange range;
    range.network = asio::ip::make_address(std::string{text.substr(0, slash)}, error);
    if (error) {
        return std::nullopt;
    }
    const unsigned bits_max = range.network.is_v4() ? 32 : 128;
    range.prefix_bits = bits_max;
    if (slash != std::string_view::npos) {
        const auto bits = text.substr(slash + 1);
        const auto [end, failed] = std::from_chars(bits.data(), bits.data() + bits.size(), range.prefix_bits);
        if (failed != std::errc{} || end != bits.data() + bits.size() || range.prefix_bits > bits_max) {
            return std::nullopt;
        }
    }
    return range;
}

bool AddressRange::contains(const asio::ip::address& address) const {
    const auto plain = unmapped(address);
    if (plain.is_v4() != network.is_v4()) {
        return false;
    }
    return plain.is_v4() ? same_bits(plain.to_v4().to_bytes(), network.to_v4().to_bytes(), prefix_bits)
                         : same_bits(plain.to_v6().to_bytes(), network.to_v6().to_bytes(), prefix_bits);
}

std::string AddressRange::to_text() const {
    return fmt::format("{}/{}", network.to_string(), prefix_bits);
}

std::optional<std::vector<AddressRange>> parse_address_ranges(std::string_view text) {
    std::vector<AddressRange> out;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        auto one = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        one = one.substr(0, one.find_last_not_of(' ') + 1);
        const auto range = AddressRange::parse(one);
        if (!range) {
            return std::nullopt;
        }
        out.push_back(*range);
    }
    return out;
}

std::string to_text(const std::vector<AddressRange>& ranges) {
    std::string out;
    for (const auto& range : ranges) {
        out += (out.empty() ? "" : ",") + range.to_text();
    }
    return out;
}

}  // namespace redoubt::node
