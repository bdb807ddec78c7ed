#include <attestation/snp/report.hpp>

#include <attestation/limits.hpp>
#include <primitives/byte_cursor.hpp>

#include <algorithm>

namespace redoubt::attestation::snp {
namespace {

constexpr std::uint32_t kEcdsaP384Sha384 = 1;
constexpr std::size_t kAlgorithmOffset = 0x34;
constexpr std::size_t kReservedOffset = 0x4c;
constexpr std::size_t kReservedBytes = 4;
constexpr std::size_t kNumberBytes = 72;  ///< of r and of s, little-endian
constexpr std::size_t kCoordinateBytes = 48;
constexpr std::size_t kEndOffset = kSnpSignedBytes + 2 * kNumberBytes;
/// AUTHOR_KEY_EN, MASK_CHIP_KEY and SIGNING_KEY.
constexpr std::uint32_t kKeyInfoBits = 0x1f;

bool is_zero(ByteView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

bool is_version_known(std::uint32_t version) {
    return version == 2 || version == 3 || version == 5;
}

std::optional<FixedBytes<96>> read_signature(ByteView numbers) {
    FixedBytes<2 * kCoordinateBytes> out;
    for (std::size_t i = 0; i < 2; ++i) {
        const auto number = numbers.subspan(i * kNumberBytes, kNumberBytes);
        if (!is_zero(number.subspan(kCoordinateBytes))) {
            return std::nullopt;
        }
        std::ranges::reverse_copy(number.first(kCoordinateBytes),
                                  out.bytes.begin() + static_cast<std::ptrdiff_t>(i * kCoordinateBytes));
    }
    return out;
}

}  // namespace

Result<Report> parse_report(ByteView bytes) {
    if (bytes.size() != kSnpReportBytes) {
        return Reason::kSnpSize;
    }
    Report out;
    out.signed_bytes = bytes.first(kSnpSignedBytes);
    ByteCursor in{out.signed_bytes};
    BOOST_OUTCOME_TRY(out.claims, read_snp_report_body(in));
    BOOST_OUTCOME_TRY(in.expect_end());
    const auto& claims = out.claims;
    if (!is_version_known(claims.version)) {
        return Reason::kSnpVersionUnsupported;
    }
    ByteCursor algorithm_field{bytes.subspan(kAlgorithmOffset)};
    BOOST_OUTCOME_TRY(const auto algorithm, algorithm_field.take_le<std::uint32_t>());
    if (algorithm != kEcdsaP384Sha384) {
        return Reason::kSnpSigAlgoUnsupported;
    }
    if (claims.signing_key_number() > 1 || (claims.key_info & ~kKeyInfoBits) != 0) {
        return Reason::kSnpSigningKeyInvalid;
    }
    if (!is_zero(bytes.subspan(kReservedOffset, kReservedBytes)) || !is_zero(bytes.subspan(kEndOffset)) ||
        (claims.policy & kSnpPolicyReservedOne) == 0 || (claims.policy & kSnpPolicyReservedZero) != 0) {
        return Reason::kSnpReservedNonzero;
    }
    out.signature = read_signature(bytes.subspan(kSnpSignedBytes, 2 * kNumberBytes));
    return out;
}

}  // namespace redoubt::attestation::snp
