#include <attestation/claims/tdx_claims.hpp>

namespace redoubt::attestation {

Result<void> read_td_module(ByteCursor& in, TdxClaims& out) {
    BOOST_OUTCOME_TRY(out.tee_tcb_svn, in.take_fixed<FixedBytes<16>>());
    BOOST_OUTCOME_TRY(out.mr_seam, in.take_fixed<TdRegister>());
    BOOST_OUTCOME_TRY(out.mr_signer_seam, in.take_fixed<TdRegister>());
    BOOST_OUTCOME_TRY(out.seam_attributes, in.take_le<std::uint64_t>());
    return success();
}

Result<void> read_td_registers(ByteCursor& in, TdxClaims& out) {
    BOOST_OUTCOME_TRY(out.td_attributes, in.take_le<std::uint64_t>());
    BOOST_OUTCOME_TRY(out.xfam, in.take_le<std::uint64_t>());
    BOOST_OUTCOME_TRY(out.mr_td, in.take_fixed<TdRegister>());
    BOOST_OUTCOME_TRY(out.mr_config_id, in.take_fixed<TdRegister>());
    BOOST_OUTCOME_TRY(out.mr_owner, in.take_fixed<TdRegister>());
    BOOST_OUTCOME_TRY(out.mr_owner_config, in.take_fixed<TdRegister>());
    for (auto& rtmr : out.rtmr) {
        BOOST_OUTCOME_TRY(rtmr, in.take_fixed<TdRegister>());
    }
    return success();
}

Result<TdxClaims> read_td_report_10(ByteCursor& in) {
    TdxClaims out;
    BOOST_OUTCOME_TRY(read_td_module(in, out));
    BOOST_OUTCOME_TRY(read_td_registers(in, out));
    BOOST_OUTCOME_TRY(out.report_data, in.take_fixed<FixedBytes<64>>());
    return out;
}

Result<TdxClaims> read_td_report_15(ByteCursor& in) {
    BOOST_OUTCOME_TRY(auto out, read_td_report_10(in));
    TdServiceClaims service;
    BOOST_OUTCOME_TRY(service.tee_tcb_svn2, in.take_fixed<FixedBytes<16>>());
    BOOST_OUTCOME_TRY(service.mr_service_td, in.take_fixed<TdRegister>());
    out.service = service;
    return out;
}

}  // namespace redoubt::attestation
