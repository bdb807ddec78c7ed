#include <attestation/paravisor/hcl_report.hpp>

#include <attestation/limits.hpp>
#include <attestation/tdx/td_report.hpp>
#include <primitives/byte_cursor.hpp>

#include <algorithm>
#include <optional>

namespace redoubt::attestation::paravisor {
namespace {

constexpr std::string_view kMagic = "HCLA";
constexpr std::uint32_t kVersionMax = 2;
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kRuntimeHeaderBytes = 20;
constexpr std::uint32_t kRuntimeVersion = 1;

bool is_zero(ByteView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

std::optional<HashAlgorithm> hash_of_number(std::uint32_t number) {
    switch (number) {
        case 1:
            return HashAlgorithm::kSha256;
        case 2:
            return HashAlgorithm::kSha384;
        case 3:
            return HashAlgorithm::kSha512;
        default:
            return std::nullopt;
    }
}

/// The header's version and size; the number of the request and what is reserved mean nothing here.
Result<std::uint32_t> read_header(ByteCursor& in) {
    BOOST_OUTCOME_TRY(auto header, in.take(kHeaderBytes));
    ByteCursor fields{header};
    BOOST_OUTCOME_TRY(const auto magic, fields.take(kMagic.size()));
    BOOST_OUTCOME_TRY(const auto version, fields.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto size, fields.take_le<std::uint32_t>());
    if (text_of(magic) != kMagic || version == 0 || version > kVersionMax) {
        return Reason::kHclMalformed;
    }
    return size;
}

Result<void> read_hardware(std::uint32_t number, ByteView area, HclReport& out) {
    if (number == static_cast<std::uint32_t>(Hardware::kSnp)) {
        out.hardware = Hardware::kSnp;
        out.hardware_report = area;
        return success();
    }
    const auto rest = area.subspan(tdx::kTdReportBytes);
    if (number != static_cast<std::uint32_t>(Hardware::kTdx) || !is_zero(rest)) {
        return Reason::kHclMalformed;
    }
    out.hardware = Hardware::kTdx;
    out.hardware_report = area.first(tdx::kTdReportBytes);
    return success();
}

Result<HclReport> read_blob(ByteView bytes) {
    ByteCursor in{bytes};
    HclReport out;
    BOOST_OUTCOME_TRY(const auto size, read_header(in));
    BOOST_OUTCOME_TRY(const auto area, in.take(kSnpReportBytes));
    BOOST_OUTCOME_TRY(const auto runtime_size, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto runtime_version, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto type, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto hash_number, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto claims_size, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(const auto claims, in.take(claims_size));
    BOOST_OUTCOME_TRY(read_hardware(type, area, out));
    const auto hash = hash_of_number(hash_number);
    const auto runtime_bytes = kRuntimeHeaderBytes + claims.size();
    if (!hash || runtime_version != kRuntimeVersion || runtime_size != runtime_bytes ||
        size != kHeaderBytes + kSnpReportBytes + runtime_bytes || !is_zero(in.rest())) {
        return Reason::kHclMalformed;
    }
    out.hash = *hash;
    out.claims = text_of(claims);
    return out;
}

}  // namespace

FixedBytes<64> HclReport::report_data() const {
    FixedBytes<64> out;
    const auto made = digest(hash, {bytes_of(claims)});
    std::ranges::copy(made.view(), out.bytes.begin());
    return out;
}

Result<HclReport> parse_hcl_report(ByteView bytes) {
    if (bytes.size() > kHclReportBytesMax) {
        return Reason::kHclMalformed;
    }
    auto out = read_blob(bytes);
    if (!out) {
        return Reason::kHclMalformed;
    }
    return out;
}

}  // namespace redoubt::attestation::paravisor
