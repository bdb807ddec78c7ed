/// What the levels of TCB info and of enclave identities have in common, and how their members are read.
///
/// All functions fail with kJsonMalformed, kJsonDuplicateMember, kLimitExceeded or kCollateralMalformed.
///
/// @source attestation.md, sections 6.3 and 6.4
#pragma once

#include <attestation/json/json_cursor.hpp>
#include <attestation/reason.hpp>
#include <attestation/tcb_status.hpp>
#include <attestation/verification_time.hpp>
#include <primitives/hex.hpp>
#include <primitives/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt::attestation::dcap {

struct LevelState {
    TcbStatus status = TcbStatus::kRevoked;
    VerificationTime date;
    std::vector<std::string> advisories;
};

/// A level of one enclave or module, which has one security version.
struct SvnLevel {
    std::uint16_t isv_svn = 0;
    LevelState state;
};

/// The first level, of those sorted newest first, that `isv_svn` reaches; nullptr when it reaches none.
[[nodiscard]] const SvnLevel* find_level(const std::vector<SvnLevel>& levels, std::uint16_t isv_svn);

/// Gathers a LevelState from the members of a level.
class LevelStateReader {
  public:
    /// Reads the member when it is one of tcbStatus, tcbDate and advisoryIDs. @return whether it is
    [[nodiscard]] Result<bool> read(std::string_view name, JsonCursor& value);
    /// @errors kCollateralMalformed: status or date are missing
    [[nodiscard]] Result<LevelState> take() &&;

  private:
    LevelState state_;
    bool has_status_ = false;
    bool has_date_ = false;
};

/// An array of levels, sorted newest first; equal versions are refused.
[[nodiscard]] Result<std::vector<SvnLevel>> read_svn_levels(JsonCursor& value);
/// A date as Intel writes it, `YYYY-MM-DDThh:mm:ssZ`.
[[nodiscard]] Result<VerificationTime> read_date(JsonCursor& value);

/// A string of exactly two hexadecimal digits for each byte of `Fixed`.
template <class Fixed>
[[nodiscard]] Result<Fixed> read_hex_fixed(JsonCursor& value) {
    BOOST_OUTCOME_TRY(const auto digits, value.read_string());
    const auto parsed = parse_hex_fixed<Fixed>(digits);
    if (!parsed || digits.size() != 2 * Fixed::kSize) {
        return Reason::kCollateralMalformed;
    }
    return parsed.value();
}

/// A number that hexadecimal digits give as little-endian bytes.
template <class Integer>
[[nodiscard]] Result<Integer> read_hex_le(JsonCursor& value) {
    BOOST_OUTCOME_TRY(const auto bytes, read_hex_fixed<FixedBytes<sizeof(Integer)>>(value));
    Integer out = 0;
    for (std::size_t i = sizeof(Integer); i > 0; --i) {
        out = static_cast<Integer>((out << 8U) | bytes.bytes[i - 1]);
    }
    return out;
}

}  // namespace redoubt::attestation::dcap
