#include <primitives/crypto/ss58.hpp>

#include <primitives/crypto/base58.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/hex.hpp>

namespace redoubt::crypto {
namespace {

/// Checksum bytes behind a body of this length; 0 when no such body exists.
constexpr std::size_t checksum_bytes(std::size_t body_bytes) {
    switch (body_bytes) {
        case 1:
        case 2:
        case 4:
        case 8:
            return 1;
        case 32:
        case 33:
            return 2;
        default:
            return 0;
    }
}

constexpr bool is_reserved(std::uint16_t prefix) {
    return prefix == 46 || prefix == 47;
}

FixedBytes<64> checksum(ByteView prefix_and_body) {
    return blake2b_512(concat(bytes_of("SS58PRE"), prefix_and_body));
}

struct Prefix {
    std::uint16_t value;
    std::size_t bytes;
};

Result<Prefix> decode_prefix(ByteView raw) {
    if (raw.empty()) {
        return Ss58Error::kBadBase58;
    }
    const unsigned first = raw[0];
    if (first < 64) {
        return Prefix{static_cast<std::uint16_t>(first), 1};
    }
    if (first >= 128 || raw.size() < 2) {
        return Ss58Error::kBadPrefix;
    }
    const unsigned low = ((first & 0x3f) << 2) | (raw[1] >> 6U);
    const unsigned high = raw[1] & 0x3fU;
    const auto value = static_cast<std::uint16_t>(low | (high << 8));
    if (value < 64) {
        return Ss58Error::kBadPrefix;
    }
    return Prefix{value, 2};
}

}  // namespace

std::string_view error_domain(Ss58Error) {
    return "SS58";
}

std::string_view error_message(Ss58Error error) {
    switch (error) {
        case Ss58Error::kBadBase58:
            return "the address is empty or no base58 text";
        case Ss58Error::kBadPrefix:
            return "the network prefix of the address is reserved or not canonical";
        case Ss58Error::kBadLength:
            return "the address has the wrong length";
        case Ss58Error::kBadChecksum:
            return "the checksum of the address is wrong; is it mistyped?";
        case Ss58Error::kWrongNetwork:
            return "the address belongs to another network";
        case Ss58Error::kNoAccountId:
            return "this is no account: expected an SS58 address or 0x and 64 hex digits";
    }
    return "unknown SS58 error";
}

std::string encode_ss58(ByteView body, std::uint16_t prefix) {
    const auto checked = checksum_bytes(body.size());
    REDOUBT_ASSERT(checked > 0 && prefix <= kSs58PrefixMax && !is_reserved(prefix));
    Bytes raw;
    if (prefix < 64) {
        raw.push_back(static_cast<std::uint8_t>(prefix));
    } else {
        raw.push_back(static_cast<std::uint8_t>(0x40 | ((prefix & 0xfc) >> 2)));
        raw.push_back(static_cast<std::uint8_t>((prefix >> 8) | ((prefix & 3) << 6)));
    }
    append(raw, body);
    append(raw, checksum(raw).view().first(checked));
    return encode_base58(raw);
}

Result<Ss58Address> decode_ss58(std::string_view text) {
    const auto decoded = decode_base58(text);
    if (!decoded) {
        return Ss58Error::kBadBase58;
    }
    const ByteView raw{decoded.value()};
    BOOST_OUTCOME_TRY(const auto prefix, decode_prefix(raw));
    if (is_reserved(prefix.value)) {
        return Ss58Error::kBadPrefix;
    }
    for (const auto body_bytes : std::array<std::size_t, 6>{1, 2, 4, 8, 32, 33}) {
        const auto checked = checksum_bytes(body_bytes);
        if (raw.size() != prefix.bytes + body_bytes + checked) {
            continue;
        }
        const auto covered = raw.first(prefix.bytes + body_bytes);
        if (!equal(raw.last(checked), checksum(covered).view().first(checked))) {
            return Ss58Error::kBadChecksum;
        }
        return Ss58Address{.prefix = prefix.value, .body = to_bytes(covered.subspan(prefix.bytes))};
    }
    return Ss58Error::kBadLength;
}

Result<AccountId> parse_account_id(std::string_view text, std::optional<std::uint16_t> expected_prefix) {
    if (text.starts_with("0x")) {
        const auto account = parse_hex_fixed<AccountId>(text);
        if (!account) {
            return Ss58Error::kNoAccountId;
        }
        return account.value();
    }
    BOOST_OUTCOME_TRY(const auto address, decode_ss58(text));
    if (address.body.size() != AccountId::kSize) {
        return Ss58Error::kNoAccountId;
    }
    if (expected_prefix && address.prefix != *expected_prefix) {
        return Ss58Error::kWrongNetwork;
    }
    return AccountId::copy_of(ByteView{address.body}.first<32>());
}

}  // namespace redoubt::crypto
