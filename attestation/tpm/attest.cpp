#include <attestation/tpm/attest.hpp>

#include <attestation/tpm/wire.hpp>

namespace redoubt::attestation::tpm {
namespace {

constexpr std::uint32_t kGeneratedByTpm = 0xff544347;
constexpr std::uint16_t kAttestQuote = 0x8018;
/// A digest of SHA-512 with its algorithm's number.
constexpr std::size_t kDigestAndNumberBytesMax = 66;
constexpr std::size_t kDigestBytesMax = 64;
/// A digest with its algorithm's number, or a handle.
constexpr std::size_t kNameBytesMax = 68;

Result<PcrSelection> read_selection(ByteCursor& in) {
    PcrSelection out;
    BOOST_OUTCOME_TRY(out.bank, take_be<std::uint16_t>(in));
    BOOST_OUTCOME_TRY(const auto size, take_be<std::uint8_t>(in));
    const auto bitmap = size > kPcrsPerBankMax / 8 ? Result<ByteView>{Reason::kTpmMalformed} : in.take(size);
    if (!bitmap) {
        return Reason::kTpmMalformed;
    }
    for (std::size_t i = 0; i < size; ++i) {
        out.bitmap |= std::uint32_t{bitmap.value()[i]} << (8 * i);
    }
    return out;
}

Result<void> read_clock(ByteCursor& in, TpmClaims& out) {
    BOOST_OUTCOME_TRY(out.clock_ms, take_be<std::uint64_t>(in));
    BOOST_OUTCOME_TRY(out.reset_count, take_be<std::uint32_t>(in));
    BOOST_OUTCOME_TRY(out.restart_count, take_be<std::uint32_t>(in));
    BOOST_OUTCOME_TRY(const auto is_safe, take_be<std::uint8_t>(in));
    if (is_safe > 1) {
        return Reason::kTpmMalformed;
    }
    out.is_clock_safe = is_safe == 1;
    return success();
}

}  // namespace

Result<TpmClaims> parse_attest(ByteView bytes) {
    ByteCursor in{bytes};
    BOOST_OUTCOME_TRY(const auto magic, take_be<std::uint32_t>(in));
    BOOST_OUTCOME_TRY(const auto type, take_be<std::uint16_t>(in));
    if (magic != kGeneratedByTpm || type != kAttestQuote) {
        return Reason::kTpmNotAQuote;
    }
    TpmClaims out;
    BOOST_OUTCOME_TRY(const auto signer, take_sized(in, kNameBytesMax));
    out.qualified_signer = to_bytes(signer);
    BOOST_OUTCOME_TRY(const auto extra_data, take_sized(in, kDigestAndNumberBytesMax));
    out.extra_data = to_bytes(extra_data);
    BOOST_OUTCOME_TRY(read_clock(in, out));
    BOOST_OUTCOME_TRY(out.firmware_version, take_be<std::uint64_t>(in));
    BOOST_OUTCOME_TRY(const auto selections, take_be<std::uint32_t>(in));
    if (selections > kBanksMax) {
        return Reason::kTpmMalformed;
    }
    for (std::uint32_t i = 0; i < selections; ++i) {
        BOOST_OUTCOME_TRY(const auto selection, read_selection(in));
        out.selection.push_back(selection);
    }
    BOOST_OUTCOME_TRY(const auto digest, take_sized(in, kDigestBytesMax));
    out.pcr_digest = to_bytes(digest);
    if (!in.empty()) {
        return Reason::kTpmMalformed;
    }
    return out;
}

}  // namespace redoubt::attestation::tpm
