#include <attestation/dcap/collateral.hpp>

#include <attestation/json/json_cursor.hpp>
#include <attestation/limits.hpp>
#include <primitives/hex.hpp>

#include <array>
#include <bitset>
#include <optional>

namespace redoubt::attestation::dcap {
namespace {

/// Two revocation lists in hexadecimal digits and the rest.
constexpr std::size_t kContainerBytesMax = 2 * 2 * kCrlBytesMax + 8 * kJsonBytesMax;

Result<void> read_signature(JsonCursor& value, FixedBytes<64>& out) {
    BOOST_OUTCOME_TRY(const auto digits, value.read_string());
    const auto parsed = parse_hex_fixed<FixedBytes<64>>(digits);
    if (!parsed) {
        return Reason::kCollateralMalformed;
    }
    out = parsed.value();
    return success();
}

Result<void> read_text(JsonCursor& value, std::string& out, std::size_t bytes_max) {
    BOOST_OUTCOME_TRY(out, value.read_string());
    if (out.size() > bytes_max) {
        return Reason::kLimitExceeded;
    }
    return success();
}

Result<void> read_list(JsonCursor& value, Bytes& out) {
    BOOST_OUTCOME_TRY(const auto text, value.read_string());
    if (text.size() > 2 * kCrlBytesMax) {
        return Reason::kLimitExceeded;
    }
    out = to_bytes(bytes_of(text));
    return success();
}

}  // namespace

Result<Collateral> parse_collateral(std::string_view json) {
    if (json.size() > kContainerBytesMax) {
        return Reason::kLimitExceeded;
    }
    Collateral out;
    std::bitset<6> seen;
    JsonCursor cursor{json};
    const auto read_member = [&](std::string_view name, JsonCursor& value) -> Result<void> {
        if (name == "tcb_info") {
            seen.set(0);
            return read_text(value, out.tcb_info.text, kJsonBytesMax);
        }
        if (name == "tcb_info_signature") {
            seen.set(1);
            return read_signature(value, out.tcb_info.signature);
        }
        if (name == "tcb_info_issuer_chain") {
            seen.set(2);
            return read_text(value, out.tcb_info.issuer_chain, kPemBytesMax);
        }
        if (name == "qe_identity") {
            seen.set(3);
            return read_text(value, out.qe_identity.text, kJsonBytesMax);
        }
        if (name == "qe_identity_signature") {
            seen.set(4);
            return read_signature(value, out.qe_identity.signature);
        }
        if (name == "qe_identity_issuer_chain") {
            seen.set(5);
            return read_text(value, out.qe_identity.issuer_chain, kPemBytesMax);
        }
        if (name == "root_ca_crl") {
            return read_list(value, out.root_ca_crl);
        }
        if (name == "pck_crl") {
            return read_list(value, out.pck_crl);
        }
        if (name == "pck_crl_issuer_chain") {
            return read_text(value, out.pck_crl_issuer_chain, kPemBytesMax);
        }
        if (name == "pck_certificate_chain") {
            return read_text(value, out.pck_certificate_chain, kPemBytesMax);
        }
        BOOST_OUTCOME_TRY(value.skip_value());
        return success();
    };
    BOOST_OUTCOME_TRY(cursor.read_object(read_member));
    BOOST_OUTCOME_TRY(cursor.expect_end());
    if (!seen.all()) {
        return Reason::kCollateralMissing;
    }
    return out;
}

}  // namespace redoubt::attestation::dcap
