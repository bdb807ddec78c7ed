#include <attestation/ias/report.hpp>

#include <attestation/json/json_cursor.hpp>
#include <attestation/limits.hpp>
#include <attestation/x509/pem.hpp>

#include <algorithm>
#include <limits>

namespace redoubt::attestation::ias {
namespace {

constexpr std::uint16_t kQuoteVersion = 2;
constexpr std::uint16_t kSignatureTypeMax = 1;
constexpr std::size_t kSecondsSize = 19;  ///< of YYYY-MM-DDThh:mm:ss
constexpr std::size_t kFractionDigitsMax = 6;
constexpr std::size_t kStatusBytesMax = 64;
constexpr std::size_t kAdvisoryBytesMax = 64;

bool is_status_word(std::string_view text) {
    return !text.empty() && text.size() <= kStatusBytesMax &&
           std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

/// Reads `YYYY-MM-DDThh:mm:ss` and up to six digits after a point, in UTC.
std::optional<std::int64_t> parse_timestamp_us(std::string_view text) {
    const auto time = parse_utc(std::string{text.substr(0, kSecondsSize)} + "Z");
    if (!time) {
        return std::nullopt;
    }
    std::int64_t fraction = 0;
    if (text.size() > kSecondsSize) {
        const auto digits = text.size() - kSecondsSize - 1;
        const auto value = decimal_at(text, kSecondsSize + 1, digits);
        if (text[kSecondsSize] != '.' || digits == 0 || digits > kFractionDigitsMax || !value) {
            return std::nullopt;
        }
        fraction = *value;
        for (auto i = digits; i < kFractionDigitsMax; ++i) {
            fraction *= 10;
        }
    }
    return time->unix_seconds * 1'000'000 + fraction;
}

Result<void> read_quote_body(std::string_view base64, IasClaims& out) {
    if (base64.size() != kQuoteBodyBytes / 3 * 4) {
        return Reason::kIasReportMalformed;
    }
    BOOST_OUTCOME_TRY(const auto bytes, x509::decode_base64(base64));
    ByteCursor in{bytes};
    BOOST_OUTCOME_TRY(const auto version, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(const auto signature_type, in.take_le<std::uint16_t>());
    if (version != kQuoteVersion || signature_type > kSignatureTypeMax) {
        return Reason::kIasReportMalformed;
    }
    out.is_linkable = signature_type == 1;
    BOOST_OUTCOME_TRY(out.epid_group, in.take_fixed<FixedBytes<4>>());
    BOOST_OUTCOME_TRY(out.qe_svn, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(out.pce_svn, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(out.extended_epid_group, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(out.basename, in.take_fixed<FixedBytes<32>>());
    BOOST_OUTCOME_TRY(out.enclave, read_sgx_report_body(in));
    return in.expect_end();
}

/// One reading: the claims so far, and which of the members that have to be there were.
struct Reading {
    IasClaims claims;
    bool has_timestamp = false;
    bool has_status = false;
    bool has_quote = false;

    Result<void> read_member(std::string_view name, JsonCursor& in);
    Result<void> read_advisory(JsonCursor& in);
};

Result<void> Reading::read_advisory(JsonCursor& in) {
    BOOST_OUTCOME_TRY(auto advisory, in.read_string());
    if (claims.advisories.size() == kAdvisoriesMax || advisory.size() > kAdvisoryBytesMax) {
        return Reason::kIasReportMalformed;
    }
    claims.advisories.push_back(std::move(advisory));
    return success();
}

Result<void> Reading::read_member(std::string_view name, JsonCursor& in) {
    if (name == "timestamp") {
        BOOST_OUTCOME_TRY(const auto text, in.read_string());
        const auto time = parse_timestamp_us(text);
        if (!time) {
            return Reason::kIasReportMalformed;
        }
        claims.timestamp_us = *time;
        has_timestamp = true;
    } else if (name == "isvEnclaveQuoteStatus") {
        BOOST_OUTCOME_TRY(claims.status_text, in.read_string());
        if (!is_status_word(claims.status_text)) {
            return Reason::kIasReportMalformed;
        }
        claims.status = ias_quote_status_of(claims.status_text);
        has_status = true;
    } else if (name == "isvEnclaveQuoteBody") {
        BOOST_OUTCOME_TRY(const auto text, in.read_string());
        BOOST_OUTCOME_TRY(read_quote_body(text, claims));
        has_quote = true;
    } else if (name == "version") {
        BOOST_OUTCOME_TRY(const auto version, in.read_unsigned(std::numeric_limits<std::uint32_t>::max()));
        claims.version = static_cast<std::uint32_t>(version);
    } else if (name == "nonce") {
        BOOST_OUTCOME_TRY(auto nonce, in.read_string());
        if (nonce.size() > kIasNonceBytesMax) {
            return Reason::kIasReportMalformed;
        }
        claims.nonce = std::move(nonce);
    } else if (name == "advisoryIDs") {
        return in.read_array([this](JsonCursor& item) { return read_advisory(item); });
    } else {
        BOOST_OUTCOME_TRY(in.skip_value());
    }
    return success();
}

Result<void> read_body(std::string_view text, Reading& out) {
    JsonCursor in{text};
    BOOST_OUTCOME_TRY(in.read_object(
        [&](std::string_view name, JsonCursor& member) { return out.read_member(name, member); }));
    return in.expect_end();
}

}  // namespace

Result<IasClaims> parse_report(std::string_view text) {
    Reading out;
    if (text.size() > kIasReportBytesMax || !read_body(text, out) || !out.has_timestamp || !out.has_status ||
        !out.has_quote) {
        return Reason::kIasReportMalformed;
    }
    return std::move(out.claims);
}

}  // namespace redoubt::attestation::ias
