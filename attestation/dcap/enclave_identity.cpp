#include <attestation/dcap/enclave_identity.hpp>

#include <attestation/json/json_cursor.hpp>
#include <attestation/limits.hpp>

#include <bitset>

namespace redoubt::attestation::dcap {
namespace {

Result<EnclaveRole> read_role(JsonCursor& value) {
    BOOST_OUTCOME_TRY(const auto text, value.read_string());
    if (text == "QE") {
        return EnclaveRole::kQe;
    }
    if (text == "TD_QE") {
        return EnclaveRole::kTdQe;
    }
    if (text == "QVE") {
        return EnclaveRole::kQve;
    }
    return Reason::kCollateralMalformed;
}

enum Member : std::size_t {
    kId,
    kVersion,
    kIssueDate,
    kNextUpdate,
    kEvaluationNumber,
    kMiscSelect,
    kMiscSelectMask,
    kAttributes,
    kAttributesMask,
    kMrSigner,
    kIsvProdId,
    kLevels,
    kMembers,
};

Result<void> read_member(std::string_view name,
                         JsonCursor& value,
                         EnclaveIdentity& out,
                         std::bitset<kMembers>& seen) {
    if (name == "id") {
        seen.set(kId);
        BOOST_OUTCOME_TRY(out.role, read_role(value));
    } else if (name == "version") {
        seen.set(kVersion);
        BOOST_OUTCOME_TRY(const auto version, value.read_unsigned(UINT16_MAX));
        out.version = static_cast<std::uint32_t>(version);
    } else if (name == "issueDate") {
        seen.set(kIssueDate);
        BOOST_OUTCOME_TRY(out.validity.not_before, read_date(value));
    } else if (name == "nextUpdate") {
        seen.set(kNextUpdate);
        BOOST_OUTCOME_TRY(out.validity.not_after, read_date(value));
    } else if (name == "tcbEvaluationDataNumber") {
        seen.set(kEvaluationNumber);
        BOOST_OUTCOME_TRY(const auto number, value.read_unsigned(UINT32_MAX));
        out.evaluation_data_number = static_cast<std::uint32_t>(number);
    } else if (name == "miscselect") {
        seen.set(kMiscSelect);
        BOOST_OUTCOME_TRY(out.misc_select, read_hex_le<std::uint32_t>(value));
    } else if (name == "miscselectMask") {
        seen.set(kMiscSelectMask);
        BOOST_OUTCOME_TRY(out.misc_select_mask, read_hex_le<std::uint32_t>(value));
    } else if (name == "attributes") {
        seen.set(kAttributes);
        BOOST_OUTCOME_TRY(out.attributes, read_hex_fixed<FixedBytes<16>>(value));
    } else if (name == "attributesMask") {
        seen.set(kAttributesMask);
        BOOST_OUTCOME_TRY(out.attributes_mask, read_hex_fixed<FixedBytes<16>>(value));
    } else if (name == "mrsigner") {
        seen.set(kMrSigner);
        BOOST_OUTCOME_TRY(out.mr_signer, read_hex_fixed<Hash256>(value));
    } else if (name == "isvprodid") {
        seen.set(kIsvProdId);
        BOOST_OUTCOME_TRY(const auto id, value.read_unsigned(UINT16_MAX));
        out.isv_prod_id = static_cast<std::uint16_t>(id);
    } else if (name == "tcbLevels") {
        seen.set(kLevels);
        BOOST_OUTCOME_TRY(out.levels, read_svn_levels(value));
    } else {
        BOOST_OUTCOME_TRY(value.skip_value());
    }
    return success();
}

}  // namespace

bool EnclaveIdentity::matches(const SgxClaims& report) const {
    const auto reported = report.attributes();
    for (std::size_t i = 0; i < FixedBytes<16>::kSize; ++i) {
        if ((reported.bytes[i] & attributes_mask.bytes[i]) !=
            (attributes.bytes[i] & attributes_mask.bytes[i])) {
            return false;
        }
    }
    return (report.misc_select & misc_select_mask) == (misc_select & misc_select_mask) &&
           report.mr_signer == mr_signer && report.isv_prod_id == isv_prod_id;
}

Result<EnclaveIdentity> parse_enclave_identity(std::string_view text) {
    if (text.size() > kJsonBytesMax) {
        return Reason::kLimitExceeded;
    }
    EnclaveIdentity out;
    std::bitset<kMembers> seen;
    JsonCursor cursor{text};
    BOOST_OUTCOME_TRY(cursor.read_object(
        [&](std::string_view name, JsonCursor& value) { return read_member(name, value, out, seen); }));
    BOOST_OUTCOME_TRY(cursor.expect_end());
    const bool is_known_version = out.version == 2 || (out.version == 3 && out.role == EnclaveRole::kTdQe);
    if (!seen.all() || !is_known_version || out.levels.empty()) {
        return Reason::kCollateralMalformed;
    }
    return out;
}

}  // namespace redoubt::attestation::dcap
