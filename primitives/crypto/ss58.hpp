/// SS58: account ids, keys and account indices as text, with a network prefix and a checksum.
///
/// @source light-client.md, section 4
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace redoubt::crypto {

enum class Ss58Error : int {
    kBadBase58 = 1,  ///< empty, too long, or a character outside the alphabet
    kBadPrefix,      ///< a reserved or non-canonical network prefix
    kBadLength,      ///< no body of 1, 2, 4, 8, 32 or 33 bytes fits
    kBadChecksum,    ///< most likely a typing error
    kWrongNetwork,   ///< an address of another network than the one expected
    kNoAccountId,    ///< neither an address of 32 bytes nor 0x and 64 hex digits
};
[[nodiscard]] std::string_view error_domain(Ss58Error);
[[nodiscard]] std::string_view error_message(Ss58Error);
REDOUBT_ERROR_DOMAIN(Ss58Error)

/// The network id for addresses that belong to no particular network.
inline constexpr std::uint16_t kGenericSs58Prefix = 42;
/// The largest network id two bytes can hold.
inline constexpr std::uint16_t kSs58PrefixMax = 16'383;

struct Ss58Address {
    std::uint16_t prefix = kGenericSs58Prefix;
    /// 1, 2, 4 or 8 bytes (account index), 32 (account id) or 33 (compressed ECDSA key).
    Bytes body;
    bool operator==(const Ss58Address&) const = default;
};

/// @pre `body` has a length Ss58Address allows, `prefix` is at most kSs58PrefixMax and neither 46 nor 47
[[nodiscard]] std::string encode_ss58(ByteView body, std::uint16_t prefix);

/// Reads an address in its one canonical form; the reserved networks 46 and 47 are refused.
/// @errors kBadBase58, kBadPrefix, kBadLength, kBadChecksum
[[nodiscard]] Result<Ss58Address> decode_ss58(std::string_view text);

/// Reads an account id from an SS58 address or from `0x` and 64 hex digits.
/// @param expected_prefix  network that an address must belong to; nullopt takes any. Hex has no network.
/// @errors those of decode_ss58; kWrongNetwork, kNoAccountId
[[nodiscard]] Result<AccountId> parse_account_id(std::string_view text,
                                                 std::optional<std::uint16_t> expected_prefix);

}  // namespace redoubt::crypto

template <>
struct std::is_error_code_enum<redoubt::crypto::Ss58Error> : std::true_type {};
