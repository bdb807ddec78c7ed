#include <attestation/claims/sgx_claims.hpp>

namespace redoubt::attestation {
namespace {

Result<void> skip_reserved(ByteCursor& in, std::size_t count, bool& has_unknown_fields) {
    BOOST_OUTCOME_TRY(const auto reserved, in.take(count));
    has_unknown_fields |= std::ranges::any_of(reserved, [](std::uint8_t byte) { return byte != 0; });
    return success();
}

}  // namespace

FixedBytes<16> SgxClaims::attributes() const {
    FixedBytes<16> out;
    for (std::size_t i = 0; i < 8; ++i) {
        out.bytes[i] = static_cast<std::uint8_t>(flags >> (8 * i));
        out.bytes[8 + i] = static_cast<std::uint8_t>(xfrm >> (8 * i));
    }
    return out;
}

Result<SgxClaims> read_sgx_report_body(ByteCursor& in) {
    SgxClaims out;
    BOOST_OUTCOME_TRY(out.cpu_svn, in.take_fixed<FixedBytes<16>>());
    BOOST_OUTCOME_TRY(out.misc_select, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(skip_reserved(in, 12, out.has_unknown_fields));
    BOOST_OUTCOME_TRY(out.isv_ext_prod_id, in.take_fixed<FixedBytes<16>>());
    BOOST_OUTCOME_TRY(out.flags, in.take_le<std::uint64_t>());
    BOOST_OUTCOME_TRY(out.xfrm, in.take_le<std::uint64_t>());
    BOOST_OUTCOME_TRY(out.mr_enclave, in.take_fixed<Hash256>());
    BOOST_OUTCOME_TRY(skip_reserved(in, 32, out.has_unknown_fields));
    BOOST_OUTCOME_TRY(out.mr_signer, in.take_fixed<Hash256>());
    BOOST_OUTCOME_TRY(skip_reserved(in, 32, out.has_unknown_fields));
    BOOST_OUTCOME_TRY(out.config_id, in.take_fixed<FixedBytes<64>>());
    BOOST_OUTCOME_TRY(out.isv_prod_id, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(out.isv_svn, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(out.config_svn, in.take_le<std::uint16_t>());
    BOOST_OUTCOME_TRY(skip_reserved(in, 42, out.has_unknown_fields));
    BOOST_OUTCOME_TRY(out.isv_family_id, in.take_fixed<FixedBytes<16>>());
    BOOST_OUTCOME_TRY(out.report_data, in.take_fixed<FixedBytes<64>>());
    return out;
}

}  // namespace redoubt::attestation
