#include <attestation/dcap/quote.hpp>

#include <gtest/gtest.h>

#include <attestation/limits.hpp>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::attestation::dcap {
namespace {

/// A kept input of the fuzz target dcap_quote.
Bytes kept(const std::string& name) {
    return to_bytes(
        bytes_of(tests::read_file(tests::source_folder() / "tests/fuzz/corpus/dcap_quote" / name)));
}

void put_le(Bytes& to, std::size_t at, std::size_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        to[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
}

/// A quote of version 3 with parts of these lengths, all zeros.
Bytes sized(std::size_t qe_auth_bytes, std::uint16_t type, std::size_t certification_bytes) {
    auto out = kept("sgx_v3");
    out.resize(1012);
    out.resize(1012 + 2 + qe_auth_bytes + 6 + certification_bytes);
    put_le(out, 432, out.size() - 436, 4);
    put_le(out, 1012, qe_auth_bytes, 2);
    put_le(out, 1014 + qe_auth_bytes, type, 2);
    put_le(out, 1016 + qe_auth_bytes, certification_bytes, 4);
    return out;
}

TEST(Quote, of_each_version_has_its_body) {
    EXPECT_EQ(parse_quote(kept("sgx_v3")).value().signed_bytes.size(), 432U);
    EXPECT_EQ(parse_quote(kept("sgx_v4")).value().signed_bytes.size(), 432U);
    EXPECT_EQ(parse_quote(kept("sgx_v5")).value().signed_bytes.size(), 438U);
    EXPECT_EQ(parse_quote(kept("tdx_v4")).value().signed_bytes.size(), 632U);
    EXPECT_EQ(parse_quote(kept("tdx_v5")).value().signed_bytes.size(), 638U);
    EXPECT_EQ(parse_quote(kept("td15_v5")).value().signed_bytes.size(), 702U);
    EXPECT_TRUE(parse_quote(kept("td15_v5")).value().td()->service.has_value());
    EXPECT_EQ(parse_quote(kept("sgx_v4")).value().td(), nullptr);
}

TEST(Quote, is_refused_wherever_it_is_cut) {
    for (const auto* name : {"sgx_v3", "tdx_v4", "td15_v5"}) {
        const auto whole = kept(name);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            EXPECT_ERROR(parse_quote(ByteView{whole}.first(size)), Reason::kQuoteTruncated)
                << name << " " << size;
        }
    }
}

TEST(Quote, may_be_followed_by_zeros_alone) {
    auto bytes = kept("tdx_v4");
    bytes.resize(bytes.size() + 70);
    EXPECT_EQ(parse_quote(bytes).value().trailing_bytes, 70U);
    bytes.back() = 1;
    EXPECT_ERROR(parse_quote(bytes), Reason::kQuoteTrailingData);
}

TEST(Quote, has_a_known_version_key_tee_and_vendor) {
    const auto with = [](const char* name, std::size_t at, std::uint8_t value) {
        auto bytes = kept(name);
        bytes[at] = value;
        return parse_quote(bytes);
    };
    EXPECT_ERROR(with("sgx_v3", 0, 2), Reason::kQuoteVersionUnsupported);
    EXPECT_ERROR(with("sgx_v3", 0, 6), Reason::kQuoteVersionUnsupported);
    EXPECT_ERROR(with("sgx_v3", 1, 1), Reason::kQuoteVersionUnsupported);
    EXPECT_ERROR(with("sgx_v3", 2, 3), Reason::kAttKeyTypeUnsupported);
    EXPECT_ERROR(with("sgx_v3", 4, 0x81), Reason::kQuoteBodyInvalid);
    EXPECT_ERROR(with("sgx_v4", 4, 1), Reason::kQuoteBodyInvalid);
    EXPECT_ERROR(with("sgx_v4", 12, 0), Reason::kQeVendorUnknown);
    for (const auto type : std::initializer_list<std::uint8_t>{0, 2, 3, 4}) {
        EXPECT_ERROR(with("sgx_v5", 48, type), Reason::kQuoteBodyInvalid);
    }
    EXPECT_ERROR(with("sgx_v5", 50, 0), Reason::kQuoteBodyInvalid);
    EXPECT_ERROR(with("td15_v5", 48, 2), Reason::kQuoteBodyInvalid);
    EXPECT_ERROR(with("tdx_v4", 636 + 128, 5), Reason::kCertDataTypeUnsupported);
}

TEST(Quote, has_certification_data_of_a_known_type_and_its_length) {
    EXPECT_OK(parse_quote(sized(0, 5, 0)));
    for (const auto type : std::initializer_list<std::uint16_t>{0, 6, 7, 8, 0x0105}) {
        EXPECT_ERROR(parse_quote(sized(0, type, 36)), Reason::kCertDataTypeUnsupported) << type;
    }
    EXPECT_OK(parse_quote(sized(32, 1, 36)));
    EXPECT_OK(parse_quote(sized(32, 2, 276)));
    EXPECT_OK(parse_quote(sized(32, 3, 404)));
    EXPECT_ERROR(parse_quote(sized(32, 1, 35)), Reason::kQuoteMalformed);
    EXPECT_ERROR(parse_quote(sized(32, 1, 276)), Reason::kQuoteMalformed);
}

TEST(Quote, stops_at_its_limits) {
    EXPECT_OK(parse_quote(sized(kQeAuthBytesMax, 5, 0)));
    EXPECT_ERROR(parse_quote(sized(kQeAuthBytesMax + 1, 5, 0)), Reason::kQuoteMalformed);
    EXPECT_OK(parse_quote(sized(0, 5, kCertificationDataBytesMax)));
    EXPECT_ERROR(parse_quote(sized(0, 5, kCertificationDataBytesMax + 1)), Reason::kQuoteMalformed);
    auto padded = kept("sgx_v3");
    padded.resize(kQuoteBytesMax);
    EXPECT_OK(parse_quote(padded));
    padded.push_back(0);
    EXPECT_ERROR(parse_quote(padded), Reason::kLimitExceeded);
}

TEST(Quote, with_lengths_that_leave_bytes_over_is_refused) {
    auto bytes = kept("sgx_v3");
    const auto certification_at = 1014 + 32 + 2;
    const auto size = bytes.size() - static_cast<std::size_t>(certification_at) - 4;
    put_le(bytes, certification_at, size - 1, 4);
    EXPECT_ERROR(parse_quote(bytes), Reason::kQuoteMalformed);
    put_le(bytes, certification_at, size + 1, 4);
    EXPECT_ERROR(parse_quote(bytes), Reason::kQuoteTruncated);
    put_le(bytes, certification_at, 0xffffffff, 4);
    EXPECT_ERROR(parse_quote(bytes), Reason::kQuoteTruncated);
    bytes = kept("tdx_v4");
    put_le(bytes, 636 + 130, 10, 4);
    EXPECT_ERROR(parse_quote(bytes), Reason::kQuoteMalformed);
}

}  // namespace
}  // namespace redoubt::attestation::dcap
